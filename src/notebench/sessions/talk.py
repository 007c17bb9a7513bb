"""From scenes to turns: wordings chosen, each client's voice, backchannels, evidence by tag."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random

from .cast import Cast
from .plot import Scene
from .scenarios import Library, split_tags
from .template import render

_SHORT = 6
"""Words below which an answer says little by itself."""
_KEEPS_CAPITAL = re.compile(r"I\b|[A-Z]\w*[A-Z]")


@dataclass
class Line:
    """One turn, with the facts that it conveys as (scene number, tag)."""

    speaker: str
    text: str
    facts: list[tuple[int, str]] = field(default_factory=list)


class _Speech:
    """How this session's people talk; nobody says the same filler sentence twice in a row."""

    def __init__(self, lib: Library, cast: Cast, rng: Random) -> None:
        self.bank, self.voice, self.rng = lib.banks["voices"], cast.voice, rng
        known = lib.banks["clients"]
        proper = [
            *known["towns"],
            *known["firms"],
            *(n for g in known["names"].values() for n in g),
        ]
        self.names = {name.split()[0] for name in proper}
        kinds = {kind: self.bank[kind] for kind in ("leads", "shifts", "moves", "backchannels")}
        kinds["starts"] = self.voice["starts"]
        kinds["tails"] = [*self.bank["tails"], *cast.problem.asides]
        self.left = {kind: rng.sample(all_, k=len(all_)) for kind, all_ in kinds.items()}

    def take(self, kind: str) -> str:
        """The next of a kind, in an order of this session's own, over again when used up."""
        self.left[kind].append(self.left[kind].pop(0))
        return self.left[kind][-1]

    def clinician(self, said: str, phase: str, first: bool) -> str:
        """The clinician's turn, at times with a word of reception or of passing on before it."""
        kind = "shifts" if first else "leads"
        led = phase in self.bank[f"{kind}_in"] and "?" in said
        if led and self.rng.random() < self.bank["rates"][kind]:
            said = f"{self.take(kind)} {said}"
        return _sentence_case(said)

    def client(self, said: str, phase: str) -> list[str]:
        """The client's turn in the client's voice, cut where a ``//`` lets the clinician nod."""
        pieces = [p.strip() for p in said.split("//") if p.strip()]
        if len(pieces) > 1 and self.rng.random() > self.voice["pauses"]:
            pieces = [" ".join(pieces)]
        pieces = [self._voiced(p) for p in pieces]
        short = len(said.split()) < self.bank["rates"]["short"]
        tailed = phase in self.bank["tails_in"] and short
        if tailed and self.rng.random() < self.bank["rates"]["tails"]:
            pieces[-1] = f"{pieces[-1]} {self.take('tails')}"
        return pieces

    def _voiced(self, text: str) -> str:
        if len(text.split()) < 7 or self.rng.random() > self.voice["amount"]:
            return _sentence_case(text)
        if self.rng.random() < 0.6:
            first = text.split(maxsplit=1)[0].strip(",.'")
            keeps = _KEEPS_CAPITAL.match(first) or first in self.names
            rest = text if keeps else text[:1].lower() + text[1:]
            return _sentence_case(f"{self.take('starts')}, {rest}")
        commas = [m.start() for m in re.finditer(r", (?=[a-z])", text)]
        if not commas:
            return _sentence_case(text)
        at = self.rng.choice(commas)
        return _sentence_case(f"{text[:at]}, {self.rng.choice(self.voice['fillers'])}{text[at:]}")


def make_talk(lib: Library, cast: Cast, scenes: list[Scene], rng: Random) -> list[Line]:
    """Every turn of a session."""
    speech = _Speech(lib, cast, rng)
    lines: list[Line] = []
    for number, scene in enumerate(scenes):
        talk = [raw.strip() for raw in rng.choice(scene.beat.talk or [""]).splitlines()]
        for place, raw in enumerate(filter(None, talk)):
            lines += _turns(raw, number, scene, place == 0, speech)
    return _with_questions(_joined(lines, speech))


def _turns(raw: str, number: int, scene: Scene, first: bool, speech: _Speech) -> list[Line]:
    text, tags = split_tags(raw)
    said = render(text[2:], scene.slots, speech.rng)
    facts = [(number, tag) for tag in tags]
    if text[0] == "T":
        return [Line("clinician", speech.clinician(said, scene.beat.phase, first), facts)]
    out: list[Line] = []
    for piece in speech.client(said, scene.beat.phase):
        if out:
            out.append(Line("clinician", speech.take("backchannels")))
        out.append(Line("client", piece, list(facts)))
    return out


def _joined(lines: list[Line], speech: _Speech) -> list[Line]:
    """Turns alternate where beats meet: the clinician's two become one, the client is asked on."""
    out: list[Line] = []
    for line in lines:
        if out and out[-1].speaker == line.speaker:
            if line.speaker == "client":
                out.append(Line("clinician", speech.take("moves")))
            else:
                last = out.pop()
                line = Line(line.speaker, f"{last.text} {line.text}", last.facts + line.facts)
        out.append(line)
    return out


def _with_questions(lines: list[Line]) -> list[Line]:
    """A short answer is evidence only together with its question."""
    for before, line in zip(lines, lines[1:], strict=False):
        if line.speaker == "client" and len(line.text.split()) < _SHORT:
            before.facts += [f for f in line.facts if f not in before.facts]
    return lines


def _sentence_case(text: str) -> str:
    return re.sub(r"(^|[.?!] )([a-z])", lambda m: m[1] + m[2].upper(), text)
