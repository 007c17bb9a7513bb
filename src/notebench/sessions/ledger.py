"""The fact ledger of a session: every fact with where it was said and where it can be seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from .. import formats
from ..records import Fact, Source
from .drawing import as_number
from .plot import Scene
from .scenarios import FactSpec
from .talk import Line
from .template import render

MOST_STALE = 2
"""Most facts that the prior note puts as they are no longer."""


@dataclass(eq=False)
class Entry:
    """A fact of this session with all that is needed to word it."""

    spec: FactSpec
    scene: int
    tag: str
    slots: dict[str, Any]
    evidence: list[int]
    marks: str = ""
    """How it came up: ! corrected in the same breath, ~ revised from what was said before."""
    seen: set[str] = field(default_factory=set)
    id: str = ""
    overtaken_by: Entry | None = None
    """For what the last note said and is no longer true: the fact that is true today."""

    @property
    def stale(self) -> bool:
        """Whether it is what the last note said, no longer true."""
        return self.overtaken_by is not None

    def worded(self, lines: list[str], rng: Random) -> str:
        """One of the wordings, filled in."""
        return render(rng.choice(lines), self.slots, rng)


def make_ledger(scenes: list[Scene], lines: list[Line]) -> list[Entry]:
    """All facts in the order in which they come up; those that nobody says, last."""
    said: dict[tuple[int, str], list[int]] = {}
    marks: dict[tuple[int, str], str] = {}
    for turn, line in enumerate(lines, 1):
        for key in line.facts:
            said.setdefault(key, []).append(turn)
        marks.update(line.marks)
    entries = [
        Entry(
            spec,
            number,
            tag,
            scene.slots,
            said.get((number, tag), []),
            marks.get((number, tag), ""),
            {spec.source},
        )  # fmt: skip
        for number, scene in enumerate(scenes)
        for tag, spec in scene.beat.facts.items()
        if spec.source != "transcript" or (number, tag) in said
    ]
    return _once(sorted(entries, key=lambda e: (not e.evidence, e.evidence[:1], e.scene)))


def _once(entries: list[Entry]) -> list[Entry]:
    """Each fact once: where two scenes make the same one true, with the evidence of both."""
    kept: dict[tuple[str, str], Entry] = {}
    rng = Random(0)
    for entry in entries:
        statement = render(entry.spec.statement, entry.slots, rng)
        first = kept.setdefault((entry.spec.kind, statement), entry)
        if first is not entry:
            first.evidence = sorted({*first.evidence, *entry.evidence})
            first.marks += entry.marks
    return list(kept.values())


def numbered(entries: Iterable[Entry]) -> None:
    """Give the facts their ids, F01 and so on."""
    for number, entry in enumerate(entries, 1):
        entry.id = f"F{number:02d}"


def stale_entry(entry: Entry) -> Entry:
    """What the last note said in place of this fact."""
    stale = entry.spec.stale
    assert stale is not None
    spec = FactSpec(
        kind=entry.spec.kind, statement=stale.statement, disclosure="optional", note=stale.note,
        source="prior_note", attributes={"when": "last session"},
    )  # fmt: skip
    return Entry(
        spec, entry.scene, entry.tag, entry.slots, [], seen={"prior_note"}, overtaken_by=entry,
    )  # fmt: skip


def to_fact(entry: Entry, names: Iterable[str], rng: Random) -> Fact:
    """The record of a fact, with its allowed sections in each of the formats."""
    spec = entry.spec
    general = spec.disclosure == "generalise"
    order: tuple[Source, ...] = ("transcript", "rough_notes", "chart", "prior_note")
    # The text is the library's own: checking it field by field would take a tenth of all time.
    return Fact.model_construct(
        id=entry.id,
        kind=spec.kind,
        statement=sentence(render(spec.statement, entry.slots, rng)),
        disclosure=spec.disclosure,
        generalised=sentence(render(spec.note[0], entry.slots, rng)) if general else None,
        sections={n: formats.get(n).allowed(spec.kind) for n in names},
        evidence=list(entry.evidence),
        source=spec.source,
        seen_in=[place for place in order if place in entry.seen],
        attributes=_attributes(entry, rng),
        cues=list(spec.cues),
        traces=[render(trace, entry.slots, rng) for trace in spec.traces],
    )


_MARKED = {"!": "corrected", "~": "revised"}


def _attributes(entry: Entry, rng: Random) -> dict[str, Any]:
    """The spec's attributes filled in, and how the fact came up."""
    given = {
        key: as_number(render(value, entry.slots, rng)) if isinstance(value, str) else value
        for key, value in entry.spec.attributes.items()
    }
    if entry.overtaken_by:
        given["overtaken_by"] = entry.overtaken_by.id
    return given | {_MARKED[mark]: True for mark in entry.marks}


def sentence(text: str) -> str:
    """With a capital first and a full stop at its end."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
