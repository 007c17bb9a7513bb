"""From scenes to turns: wordings chosen, each client's voice, backchannels, evidence by tag."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

from .scenarios import Library, split_tags
from .plot import Scene
from .template import render

_SPEAKERS = {"T": "clinician", "C": "client"}
_SHORT = 6
"""Words below which an answer says little by itself."""
_KEEPS_CAPITAL = re.compile(r"I\b|[A-Z]\w*[A-Z]")


@dataclass
class Line:
    """One turn, with the facts that it conveys as (scene number, tag)."""

    speaker: str
    text: str
    facts: list[tuple[int, str]] = field(default_factory=list)


def make_talk(lib: Library, scenes: list[Scene], voice: dict[str, Any], rng: Random) -> list[Line]:
    """Every turn of a session."""
    names = {n for group in lib.banks["clients"]["names"].values() for n in group}
    lines: list[Line] = []
    for number, scene in enumerate(scenes):
        for raw in rng.choice(scene.beat.talk or [""]).splitlines():
            if not raw.strip():
                continue
            text, tags = split_tags(raw.strip())
            speaker = _SPEAKERS[text[0]]
            said = render(text[2:], scene.slots, rng)
            facts = [(number, tag) for tag in tags]
            if speaker == "client":
                lines += _client(lib, said, facts, voice, names, rng)
            else:
                lines.append(Line(speaker, _sentence_case(said), facts))
    return _with_questions(_joined(lines, lib.banks["voices"]["backchannels"], rng))


def _with_questions(lines: list[Line]) -> list[Line]:
    """A short answer is evidence only together with its question."""
    for before, line in zip(lines, lines[1:], strict=False):
        if line.speaker == "client" and len(line.text.split()) < _SHORT:
            before.facts += [f for f in line.facts if f not in before.facts]
    return lines


def _client(
    lib: Library, said: str, facts: list[tuple[int, str]], voice: dict[str, Any],
    names: set[str], rng: Random,
) -> list[Line]:  # fmt: skip
    """The client's turn in the client's voice; a ``//`` may let the clinician nod in between."""
    pieces = [p.strip() for p in said.split("//")]
    if len(pieces) > 1 and rng.random() > voice["pauses"]:
        pieces = [" ".join(pieces)]
    out: list[Line] = []
    for piece in pieces:
        if out:
            out.append(Line("clinician", rng.choice(lib.banks["voices"]["backchannels"])))
        out.append(Line("client", _voiced(piece, voice, names, rng), list(facts)))
    return out


def _voiced(text: str, voice: dict[str, Any], names: set[str], rng: Random) -> str:
    if len(text.split()) < 7 or rng.random() > voice["amount"]:
        return _sentence_case(text)
    if rng.random() < 0.6:
        first = text.split(maxsplit=1)[0].strip(",.'")
        keeps = _KEEPS_CAPITAL.match(first) or first in names
        return _sentence_case(
            f"{rng.choice(voice['starts'])}, {text if keeps else text[:1].lower() + text[1:]}"
        )
    commas = [m.start() for m in re.finditer(r", (?=[a-z])", text)]
    if not commas:
        return _sentence_case(text)
    at = rng.choice(commas)
    return _sentence_case(f"{text[:at]}, {rng.choice(voice['fillers'])}{text[at:]}")


def _sentence_case(text: str) -> str:
    return re.sub(r"(^|[.?!] )([a-z])", lambda m: m[1] + m[2].upper(), text)


def _joined(lines: list[Line], backchannels: list[str], rng: Random) -> list[Line]:
    """Turns alternate where beats meet: the clinician's two become one, the client's get a nod."""
    out: list[Line] = []
    for line in lines:
        if out and out[-1].speaker == line.speaker:
            if line.speaker == "client":
                out.append(Line("clinician", rng.choice(backchannels)))
            else:
                last = out.pop()
                line = Line(line.speaker, f"{last.text} {line.text}", last.facts + line.facts)
        out.append(line)
    return out
