"""How the people of one session talk: fillers, nods, reflections, and each one's own manner."""

from __future__ import annotations

import calendar
import re
from functools import cache
from random import Random
from typing import Any

from .cast import Cast
from .idiolect import Idiolect
from .loading import library
from .scenarios import Library
from .template import render

_KEEPS_CAPITAL = re.compile(r"I\b|[A-Z]\w*[A-Z]")
_STARTED = 0.55
"""Share of voiced turns that begin with a filler; the others have one inside (an assumption)."""


class Speech:
    """Voices of a session; nobody says the same filler sentence twice in a row."""

    def __init__(self, lib: Library, cast: Cast, rng: Random) -> None:
        self.bank, self.rng, self.cast = lib.banks["voices"], rng, cast
        self.names = _proper()
        kinds = ("leads", "shifts", "moves", "backchannels", "reflections", "assents", "tails")
        banks = {kind: [*self.bank[kind]] for kind in kinds}
        banks["tails"] += cast.problem.asides
        banks["starts"] = cast.voice["starts"]
        banks["clinician_starts"] = cast.clinician["starts"]
        self.left = {kind: rng.sample(all_, k=len(all_)) for kind, all_ in banks.items()}
        self._idiolects: dict[str, Idiolect] = {}
        self._idioms = lib.banks["idiolect"]
        self._key = str(rng.random())

    def take(self, kind: str) -> str:
        """The next of a kind, in an order of this session's own, over again when used up."""
        self.left[kind].append(self.left[kind].pop(0))
        return render(self.left[kind][-1], self.cast.slots, self.rng)

    def chance(self, rate: float) -> bool:
        """True in that share of the times."""
        return self.rng.random() < rate

    def clinician(self, said: str, phase: str, first: bool) -> str:
        """The clinician's turn, at times with a word of reception or of passing on before it."""
        kind = "shifts" if first else "leads"
        led = phase in self.bank[f"{kind}_in"] and "?" in said
        if led and self.chance(self.bank["rates"][kind] * self.cast.clinician["leads"]):
            said = f"{self.take(kind)} {said}"
        elif len(said.split()) > 6 and self.chance(self.cast.clinician["starts_rate"]):
            said = f"{self.take('clinician_starts')}, {self._lowered(said)}"
        return said

    def reflection(self, said: str) -> str:
        """What the client said, said back."""
        return self.take("reflections").replace("<said>", said)

    def assent(self, speaker: str) -> str:
        """A yes to what was said back; a client's at times with more than a yes."""
        said = self.take("assents")
        if speaker == "client" and self.chance(self.bank["rates"]["elaborates"]):
            said = f"{said} {self.take('tails')}"
        return said

    def client(self, said: str, phase: str) -> list[str]:
        """The client's turn in the client's voice, cut where a ``//`` lets the clinician nod."""
        pieces = [p.strip() for p in said.split("//") if p.strip()]
        if len(pieces) > 1 and not self.chance(self.cast.voice["pauses"]):
            pieces = [" ".join(pieces)]
        pieces = [self._voiced(p) for p in pieces]
        short = len(said.split()) < self.bank["rates"]["short"]
        if phase in self.bank["tails_in"] and short and self.chance(self.cast.voice["tails"]):
            pieces[-1] = f"{pieces[-1]} {self.take('tails')}"
        return pieces

    def own(self, speaker: str, text: str) -> str:
        """The text as this speaker would say it."""
        if speaker not in self._idiolects:
            self._idiolects[speaker] = self._idiolect(speaker)
        return _sentence_case(self._idiolects[speaker].said(text, self.rng))

    def _idiolect(self, speaker: str) -> Idiolect:
        clinician = self.cast.clinician
        if speaker == "clinician":
            return Idiolect(speaker, clinician["id"], clinician["halting"])
        halting = 0.0 if speaker == "interpreter" else self.cast.voice["halting"]
        return Idiolect(speaker, f"{self._key}/{speaker}", halting)

    def _voiced(self, text: str) -> str:
        if len(text.split()) < 7 or not self.chance(self.cast.voice["amount"]):
            return text
        if self.chance(_STARTED):
            return f"{self.take('starts')}, {self._lowered(text)}"
        commas = [m.start() for m in re.finditer(r", (?=[a-z])", text)]
        commas = [at for at in commas if not self._counting(text, at)]
        if not commas:
            return text
        at = self.rng.choice(commas)
        fill = self.rng.choice(self.cast.voice["fillers"])
        return f"{text[:at]}, {fill}{text[at:]}"

    def _counting(self, text: str, comma: int) -> bool:
        """Whether a number, or the no of a correction, stands at a comma: "three, no, four"."""
        beside = [*text[:comma].split()[-1:], *text[comma + 1 :].split()[:2]]
        words = {part for word in beside for part in re.split(r"\W+", word.lower())}
        return not words.isdisjoint(self._idioms["numbers"])

    def _lowered(self, text: str) -> str:
        first = text.split(maxsplit=1)[0].strip(",.'\"?!")
        keeps = _KEEPS_CAPITAL.match(first) or first.removesuffix("'s") in self.names
        return text if keeps or not text[:1].isalpha() else text[:1].lower() + text[1:]


@cache
def _proper() -> set[str]:
    """First words of names, which keep their capital."""
    known = library().banks["clients"]
    groups = [*known["names"].values(), *known["languages"].values()]
    people = [n for group in groups for n in _flat(group)]
    titles = [p["name"] for p in known["prescribers"]]
    days = [*calendar.day_name, *calendar.month_name[1:]]
    names = [*people, *titles, *known["towns"], *known["firms"], *days, *known["languages"]]
    return {n.split()[0].strip(".") for n in names}


def _flat(group: Any) -> list[str]:
    return [n for part in group.values() for n in part] if isinstance(group, dict) else [*group]


def _sentence_case(text: str) -> str:
    """With a capital at the beginning of each sentence."""
    return re.sub(r"(^|[.?!] )('?[a-z])", lambda m: m[1] + m[2].upper(), text)
