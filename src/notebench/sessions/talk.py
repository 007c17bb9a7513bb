"""From scenes to turns: wordings chosen, what is said back and summed up, evidence by tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from .cast import Cast
from .plot import Scene
from .scenarios import MARKS, SPEAKERS, Library, split_tags
from .speech import Speech
from .template import render

_SHORT = 6
"""Words below which an answer says little by itself."""
_RECAP = "{recap}"
"""Stands in a line for what the clinician sums up."""
_RECAPPED = (2, 4)
"""Fewest and most facts that a summing-up holds."""
_BRIEF = 16
"""Words up to which a question can follow on something said back."""

Key = tuple[int, str]
"""A fact, by the number of its scene and its tag."""


@dataclass
class Line:
    """One turn, with the facts that it conveys."""

    speaker: str
    text: str
    facts: list[Key] = field(default_factory=list)
    marks: dict[Key, str] = field(default_factory=dict)
    """How facts came up here: ! corrected, ~ revised."""

    def followed_by(self, line: Line) -> Line:
        """Both as one turn."""
        return Line(
            self.speaker, f"{self.text} {line.text}",
            [*self.facts, *(f for f in line.facts if f not in self.facts)],
            {**self.marks, **line.marks},
        )  # fmt: skip


def make_talk(
    lib: Library, cast: Cast, scenes: list[Scene], rng: Random
) -> tuple[list[Line], Speech]:
    """Every turn of a session as the library words it, and the voices to say it in."""
    speech = Speech(lib, cast, rng)
    lines = _Talk(scenes, speech, lib.banks["shapes"]["later_before"]).lines()
    lines = _with_questions(_run_on(_joined(lines, speech), speech))
    if "interpreter" in cast.traits:
        lines = _interpreted(lines, speech)
    return lines, speech


def give_voice(lines: list[Line], speech: Speech) -> None:
    """Put every turn into its speaker's own manner, in place."""
    for line in lines:
        line.text = speech.own(line.speaker, line.text)


class _Talk:
    """Goes through the scenes in order, and keeps what was said for the clinician to say back."""

    def __init__(self, scenes: list[Scene], speech: Speech, later_before: list[str]) -> None:
        self.scenes, self.speech, self.later_before = scenes, speech, later_before
        self.backs: dict[Key, str] = {}
        self.summed: set[Key] = set()
        self.fresh: list[Key] = []
        """What the last turn conveyed, when somebody other than the clinician spoke."""
        self.heard_from = "client"
        """Who spoke then, and so agrees when it is said back."""

    def lines(self) -> list[Line]:
        """Every turn, before neighbours are joined."""
        out: list[Line] = []
        for number, raws, first in self._pieces():
            if _RECAP in "".join(raws) and len(self._open()) < _RECAPPED[0]:
                continue
            for place, raw in enumerate(raws):
                out += self._turns(raw, number, first and place == 0)
        return out

    def _pieces(self) -> Iterator[tuple[int, list[str], bool]]:
        """(scene number, lines, whether a new subject begins) in the order of the session."""
        later: list[tuple[int, list[str], bool]] = []
        for number, scene in enumerate(self.scenes):
            if scene.beat.phase in self.later_before:
                yield from later
                later = []
            if scene.now:
                yield number, scene.now, True
            if scene.later:
                later.append((number, scene.later, False))
        yield from later

    def _turns(self, raw: str, number: int, first: bool) -> Iterator[Line]:
        text, tags = split_tags(raw)
        scene, speech = self.scenes[number], self.speech
        keys = [(number, tag.rstrip(MARKS)) for tag in tags]
        marks = {k: t[-1] for k, t in zip(keys, tags, strict=True) if t[-1] in MARKS}
        slots = scene.slots
        if _RECAP in text:
            recap, held = self._recap()
            slots, keys = {**slots, "recap": recap}, [*keys, *held]
        said = render(text[2:], slots, speech.rng)
        speaker = SPEAKERS[text[0]]
        if speaker == "clinician":
            yield from self._before(said, scene.beat.phase)
            said = speech.clinician(said, scene.beat.phase, first)
            yield Line(speaker, said, keys, marks)
            self.fresh = []
        elif speaker == "client":
            yield from self._client(said, keys, marks, scene, raw)
        else:
            yield Line(speaker, said.replace("//", ""), keys, marks)
            self._heard(keys, raw)

    def _client(
        self, said: str, keys: list[Key], marks: dict[Key, str], scene: Scene, raw: str
    ) -> Iterator[Line]:
        for place, piece in enumerate(self.speech.client(said, scene.beat.phase)):
            if place:
                yield Line("clinician", self.speech.take("backchannels"))
            yield Line("client", piece, list(keys), dict(marks))
        self._heard(keys, raw)

    def _heard(self, keys: list[Key], raw: str) -> None:
        """Take in what a turn conveyed, once all that there is to say of it has been said."""
        self.fresh = []
        self.heard_from = SPEAKERS[raw[0]]
        for key in keys:
            scene = self.scenes[key[0]]
            spec = scene.beat.facts[key[1]]
            if spec.back and key not in self.backs and raw == self._last(key):
                wording = self.speech.rng.choice(spec.back)
                self.backs[key] = render(wording, scene.slots, self.speech.rng)
                self.fresh.append(key)

    def _last(self, key: Key) -> str:
        """The line of its scene that is the last to convey a fact."""
        scene = self.scenes[key[0]]
        return next(
            line
            for line in reversed((*scene.now, *scene.later))
            if key[1] in {t.rstrip(MARKS) for t in split_tags(line)[1]}
        )

    def _before(self, said: str, phase: str) -> Iterator[Line]:
        """What was just heard, said back before a short question; at times as its own turn."""
        speech, clinician = self.speech, self.speech.cast.clinician
        brief = "?" in said and len(said.split()) <= _BRIEF
        if not self.fresh or not brief or phase in speech.bank["unreflected"]:
            return
        if not speech.chance(clinician["reflects"]):
            return
        held = self.fresh[-2:] if speech.chance(clinician["gathers"]) else self.fresh[-1:]
        yield Line("clinician", speech.reflection(_listed([self.backs[k] for k in held])), held)
        if speech.chance(clinician["waits"]):
            yield Line(self.heard_from, speech.assent(self.heard_from), list(held))

    def _open(self) -> list[Key]:
        return [k for k in self.backs if k not in self.summed]

    def _recap(self) -> tuple[str, list[Key]]:
        """What was heard so far and not yet summed up, in the order in which it was said."""
        known = self._open()
        count = self.speech.rng.randint(*_RECAPPED)
        chosen = self.speech.rng.sample(known, k=min(count, len(known)))
        held = [k for k in known if k in chosen]
        self.summed.update(held)
        return _listed([self.backs[k] for k in held]), held


def _listed(clauses: list[str]) -> str:
    if len(clauses) < 2:
        return "".join(clauses)
    return f"{', '.join(clauses[:-1])}, and {clauses[-1]}"


def _joined(lines: list[Line], speech: Speech) -> list[Line]:
    """Turns alternate where beats meet: the clinician's two become one, the client is asked on."""
    out: list[Line] = []
    for line in lines:
        if out and out[-1].speaker == line.speaker:
            if line.speaker == "clinician":
                line = out.pop().followed_by(line)
            else:
                out.append(Line("clinician", speech.take("moves")))
        out.append(line)
    return out


def _run_on(lines: list[Line], speech: Speech) -> list[Line]:
    """A nod between two turns of one speaker is at times left out, and the two become one."""
    out: list[Line] = []
    for line in lines:
        between = len(out) > 2 and out[-2].speaker == line.speaker
        nod = between and _is_nod(out[-1], out[-2], set(speech.bank["nods"]))
        if nod and speech.chance(speech.bank["rates"]["run_on"]):
            out.pop()
            line = out.pop().followed_by(line)
        out.append(line)
    return out


def _is_nod(line: Line, before: Line, nods: set[str]) -> bool:
    """A turn of nothing but words of a nod, after something that was no question."""
    said = re.findall(r"[\w'-]+", line.text.lower())
    return not line.facts and nods.issuperset(said) and "?" not in f"{line.text}{before.text}"


def _with_questions(lines: list[Line]) -> list[Line]:
    """A short answer is evidence only together with its question."""
    for before, line in zip(lines, lines[1:], strict=False):
        if line.speaker != "clinician" and len(line.text.split()) < _SHORT:
            before.facts += [f for f in line.facts if f not in before.facts]
    return lines


def _interpreted(lines: list[Line], speech: Speech) -> list[Line]:
    """The client's longer turns as the interpreter puts them, in the first person."""
    out: list[Line] = []
    for line in lines:
        longer = len(line.text.split()) >= _SHORT
        if line.speaker == "client" and longer and speech.chance(speech.bank["rates"]["rendered"]):
            line.speaker = "interpreter"
        if out and out[-1].speaker == line.speaker:
            line = out.pop().followed_by(line)
        out.append(line)
    return out
