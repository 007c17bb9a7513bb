"""What the source says for or against each word: statements with their polarity.

A statement is one fact, one sentence of the rough notes, one sentence of the talk, or a question
with the answer that settles it ("Any panic attacks?" - "No, none." denies the attacks).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from ..text import split_sentences
from .lexicon import words
from .passages import Passage, answer
from .terms import CONDITION, Reading, Term, read, stem

_CLAUSE = re.compile(
    r"[;(){}]|(?<!\d)[,:]|[,:](?!\d)|\s[–—]\s|\b(?:but|while|though|yet|who|which)\b"
    r"|\band\b(?= (?:is|was|has|had|would|will|did|does|he|she|they)\b)"
    r"|\band\b(?=(?: [\w']+){0,2} (?:not|never)\b| [\w']*n't\b)"
)
_PREDICATE = re.compile(r"\b(?:not|never|cannot)\b(?! only\b)|n't\b")
"""Negates the verb, and with it all that its clause says."""
_ASSERTS = re.compile(r"\b(?:reports?|reported|endors\w+|acknowledged|admits|admitted|some)\b")
_SHORT = 5
"""Most content words of a clause that its verb's negation turns as a whole."""


@dataclass(frozen=True)
class Statement:
    """One thing that the source says."""

    settled: bool
    """Whether a fact or the rough notes say it; the talk around them is less exact."""
    affirmed: frozenset[str]
    denied: frozenset[str]

    @property
    def keys(self) -> frozenset[str]:
        """All its words."""
        return self.affirmed | self.denied


def statements(passages: Iterable[Passage]) -> list[Statement]:
    """The statements of today's passages, in order."""
    passages = list(passages)
    found = [
        _statement(reading, True)
        for p in passages
        if p.source in ("fact", "notes")
        for reading in p.readings
    ]
    turns = [p.readings[0] for p in passages if p.source == "turn"]
    for asked, given in zip(turns, [*turns[1:], read("")], strict=False):
        for span in split_sentences(asked.text):
            part = read(span.text)
            if len(part.keys) <= _SHORT and not part.text.rstrip().endswith("?"):
                found.append(_statement(part, False))
        question = _last_question(asked)
        reply = answer(given.low) if question else ""
        if question and reply:
            told = frozenset(question.keys)
            no = reply == "no"
            found.append(
                Statement(False, given.affirmed if no else told, told if no else given.denied)
            )
    return found


def _last_question(turn: Reading) -> Reading | None:
    """The question that a turn ends with: the one that the next turn answers."""
    asked = [s.text for s in split_sentences(turn.text) if s.text.rstrip().endswith("?")]
    return read(asked[-1]) if asked else None


@cache
def _frame() -> frozenset[str]:
    """Words that say how a thing was said, and not what."""
    return frozenset(stem(w) for w in words().frame)


@dataclass(frozen=True)
class Part:
    """One clause: its words, each with whether the clause denies it."""

    affirmed: frozenset[str]
    denied: frozenset[str]
    asserts: bool
    """Whether it says in so many words that something is so: "endorsed", "some"."""


def parts(reading: Reading) -> tuple[Part, ...]:
    """The clauses of a text that affirm or deny something."""
    return _parts(reading.text)


@lru_cache(maxsize=8192)
def _parts(text: str) -> tuple[Part, ...]:
    reading = read(text)
    cuts = [0, *[m.start() for m in _CLAUSE.finditer(reading.low)][:40], len(reading.low)]
    grouped: dict[int, list[Term]] = {}
    at = 0
    for term in reading.terms:
        while cuts[at + 1] <= term.start and at + 2 < len(cuts):
            at += 1
        grouped.setdefault(at, []).append(term)
    left_open = [m.span() for m in CONDITION.finditer(reading.low)]
    made = []
    for at, terms in grouped.items():
        text = reading.low[cuts[at] : cuts[at + 1]]
        turned = len(terms) <= _SHORT and bool(_PREDICATE.search(text))
        told = [t for t in terms if t.key not in _frame() and not _within(t.start, left_open)]
        affirmed = frozenset(t.key for t in told if not (t.negated or turned))
        denied = frozenset(t.key for t in told) - affirmed
        if told:
            made.append(Part(affirmed, denied, bool(_ASSERTS.search(text))))
    return tuple(made)


def _within(at: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


def _statement(reading: Reading, settled: bool) -> Statement:
    told = parts(reading)
    affirmed = frozenset(k for p in told for k in p.affirmed)
    return Statement(settled, affirmed, frozenset(k for p in told for k in p.denied) - affirmed)
