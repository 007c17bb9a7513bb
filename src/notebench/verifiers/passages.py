"""Pieces of a session's source that a claim may rest on, and how they are made."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..records import Fact, Turn
from ..text import split_sentences
from ..text.numbers import Number
from .derived import with_weekdays
from .lexicon import cues
from .terms import Reading, read


@dataclass(frozen=True)
class Passage:
    """A piece of the source that a claim may rest on."""

    source: str
    """turn, talk (two or three turns), notes, chart, fact or prior."""
    turns: tuple[int, ...]
    """Turns that it stands in."""
    keys: frozenset[str]
    """Common forms of its content words."""
    affirmed: frozenset[str]
    """Those that stand in it without negation."""
    denied: frozenset[str]
    """Those that stand in it negated, or in a question that was answered with no."""
    readings: tuple[Reading, ...]
    """Its texts."""
    fact: Fact | None = None
    """The fact, where it is one."""
    values_of: tuple[Reading, ...] = ()
    """What stands behind it in figures and dates: the attributes of a fact."""

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Numbers said in it, and those behind it."""
        return tuple(n for r in (*self.readings, *self.values_of) for n in r.numbers)

    @cached_property
    def times(self) -> dict[str, frozenset[str]]:
        """Words of time in it, by kind."""
        merged: dict[str, frozenset[str]] = {}
        for reading in (*self.readings, *self.values_of):
            for kind, words in reading.times.items():
                merged[kind] = merged.get(kind, frozenset()) | words
        return merged

    @cached_property
    def values(self) -> frozenset[float]:
        """First readings of those numbers."""
        return frozenset(round(n.value, 3) for n in self.numbers)

    @cached_property
    def people(self) -> frozenset[str]:
        """Relations named in it."""
        return frozenset().union(*(r.people for r in self.readings))

    @cached_property
    def hedged(self) -> bool:
        """Whether it leaves things open."""
        return any(r.hedged for r in self.readings)

    @property
    def low(self) -> str:
        """Its lower-case text."""
        return " ".join(r.low for r in self.readings)


@dataclass(frozen=True)
class Mention:
    """One number in the source with the words around it."""

    number: Number
    around: dict[str, float]
    """Nearness (0-1) by word."""


@dataclass(frozen=True)
class Unit:
    """A claim, or one clause of it, with the single best passage of each source."""

    claim: Reading
    anchors: tuple[Passage, ...]
    """Best fact, talk and rough note, those that hold enough of its words."""

    @cached_property
    def people(self) -> frozenset[str]:
        """Relations that the anchors name."""
        return frozenset().union(*(a.people for a in self.anchors))

    @cached_property
    def low(self) -> str:
        """The anchors' text in lower case."""
        return "\n".join(a.low for a in self.anchors)

    @cached_property
    def times(self) -> dict[str, frozenset[str]]:
        """Words of time in the anchors, by kind."""
        merged: dict[str, frozenset[str]] = {}
        for anchor in self.anchors:
            for kind, words in anchor.times.items():
                merged[kind] = merged.get(kind, frozenset()) | words
        return merged


@dataclass(frozen=True)
class Evidence:
    """The passages nearest to a claim, best first within each source."""

    talk: tuple[Passage, ...] = ()
    notes: tuple[Passage, ...] = ()
    facts: tuple[Passage, ...] = ()
    chart: tuple[Passage, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    """Best score by source."""
    units: tuple[Unit, ...] = ()
    """The claim clause by clause, each with its anchors."""

    @cached_property
    def all(self) -> tuple[Passage, ...]:
        """Every passage near the claim."""
        return self.facts + self.talk + self.notes + self.chart

    @cached_property
    def keys(self) -> frozenset[str]:
        """Words of all of them."""
        return frozenset().union(*(p.keys for p in self.all))

    @cached_property
    def turns(self) -> list[int]:
        """Turns that bear on the claim, in order."""
        best = [*self.facts[:1], *self.talk[:1]]
        return sorted({t for p in best for t in p.turns})


_CLAUSE = re.compile(r"[;(){}]|(?<!\d)[,:]|[,:](?!\d)|\s[–—]\s|\band\b|\bbut\b|\bwhile\b|\bwith\b")


def clauses(claim: Reading) -> list[Reading]:
    """Parts of a claim with at least two content words; none where it is all one clause."""
    parts = [read(part) for part in _CLAUSE.split(claim.text)[:40] if part.strip()]
    parts = [p for p in parts if len(p.keys) >= 2]
    return parts if len(parts) > 1 else []


def surroundings(reading: Reading, number: Number, reach: int = 90) -> dict[str, float]:
    """Words within `reach` characters of a number, by nearness: 1 beside it, falling to 0."""
    near: dict[str, float] = {}
    for term in reading.terms:
        gap = max(0, term.start - number.end, number.start - term.end)
        if gap < reach:
            near[term.key] = max(near.get(term.key, 0.0), math.exp(-gap / 25))
    return near


def passage_of(source: str, text: str, turns: tuple[int, ...] = ()) -> Passage:
    reading = read(text)
    return Passage(source, turns, reading.keys, reading.affirmed, reading.denied, (reading,))


def turn_passage(turn: Turn) -> Passage:
    """A turn; what it only asks is neither affirmed nor denied by it."""
    made = passage_of("turn", turn.text, (turn.turn,))
    if "?" not in turn.text:
        return made
    told = [read(s.text) for s in split_sentences(turn.text) if not s.text.rstrip().endswith("?")]
    affirmed = frozenset().union(*(r.affirmed for r in told))
    denied = frozenset().union(*(r.denied for r in told)) - affirmed
    return replace(made, affirmed=affirmed, denied=denied)


def fact_passage(fact: Fact) -> Passage:
    """A fact in both its wordings, with the values of its attributes."""
    wordings = [w for w in (fact.statement, fact.generalised) if w]
    readings = tuple(read(with_weekdays(w)) for w in wordings)
    keys = frozenset(k for r in readings for k in r.keys)
    affirmed = frozenset(k for r in readings for k in r.affirmed)
    denied = frozenset(k for r in readings for k in r.denied) - affirmed
    behind = (read(with_weekdays(flat(fact.attributes))),) if fact.attributes else ()
    return Passage(
        "fact", tuple(fact.evidence), keys, affirmed, denied, readings, fact, behind
    )  # fmt: skip


_FILLER = re.compile(
    r"^(?:(?:um+|uh+|er|hmm*|mm|well|oh|god|gosh|honestly|i mean|actually|so|look)\b"
    r"[,. …—–-]*){1,3}"
)


def answer(low: str) -> str:
    """yes, no or nothing: how a turn answers the question before it."""
    opening = _FILLER.sub("", low[:60].lstrip(" .…,-(\"'"))[:24]
    for word in ("answers_no", "answers_yes"):
        match = cues().lists[word].match(opening)
        if match:
            return word.removeprefix("answers_")
    return ""


def joined(turns: Sequence[Passage], answers: Sequence[str]) -> Passage:
    """Turns read together: what a question asks counts as denied when the answer is no."""
    affirmed: set[str] = set()
    denied: set[str] = set()
    for i, passage in enumerate(turns):
        affirmed |= passage.affirmed
        denied |= passage.denied
        asked = passage.keys - passage.affirmed - passage.denied
        if asked and i + 1 < len(turns) and answers[i + 1]:
            (denied if answers[i + 1] == "no" else affirmed).update(asked)
    return Passage(
        "talk",
        tuple(t for p in turns for t in p.turns),
        frozenset().union(*(p.keys for p in turns)),
        frozenset(affirmed),
        frozenset(denied - affirmed),
        tuple(r for p in turns for r in p.readings),
    )


def postings(passages: Sequence[Passage]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, passage in enumerate(passages):
        for key in sorted(passage.keys):
            found[key].append(at)
    return dict(found)


def flat(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{k}: {flat(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return "; ".join(flat(v) for v in value)
    return str(value)
