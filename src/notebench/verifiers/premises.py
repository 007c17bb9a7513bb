"""What an entailment model is shown beside a sentence: pieces of the session, or of the note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..records import Fact
from ..text.tokens import count_words
from .index import ANCHORED, SessionIndex
from .passages import Passage
from .terms import Reading, read

_JOINED_WORDS = 180
"""Most words of the piece that joins the nearest passages."""
_NEAREST = 3
"""Sentences of a note that a fact is looked for in, one by one and joined."""


@dataclass(frozen=True)
class Premise:
    """A piece of text that a hypothesis may follow from."""

    text: str
    keys: frozenset[str]
    """Common forms of its content words."""
    turns: tuple[int, ...] = ()
    """Turns that it stands in."""
    prior: bool = False
    """Whether it is of the note of the session before."""


class Premises:
    """The pieces of one session, and of notes on it."""

    def __init__(self, index: SessionIndex) -> None:
        self.index = index
        self._turns = {t.turn: t for t in index.session.transcript}

    def for_claim(self, claim: Reading) -> list[Premise]:
        """The passages nearest to a sentence, the best of them joined, then last time's note."""
        near = self.index.near(claim).all or tuple(
            p for p in self.index.passages if p.fact is not None or p.source == "notes"
        )
        found = [Premise(self._text(p), p.keys, p.turns) for p in near]
        before = [
            Premise(p.readings[0].text, p.keys, prior=True)
            for p in self.index.prior
            if self.index.cover(claim.keys, p.keys) >= ANCHORED
        ]
        return _distinct([*found, *self._joined(near), *before])

    def for_fact(self, wording: Reading, note: Sequence[Reading]) -> list[Premise]:
        """The sentences of a note nearest to a fact, and those joined.

        Where none of them is about the same thing by its words, the whole note as well.
        """
        rated = sorted((-self.index.cover(wording.keys, s.keys), i) for i, s in enumerate(note))
        nearest = [i for cover, i in rated[:_NEAREST] if cover < 0]
        parts = [*([i] for i in nearest), sorted(nearest)]
        if not rated or -rated[0][0] < ANCHORED:
            parts.append(list(range(len(note))))
        return _distinct(
            Premise(" ".join(note[i].text for i in part), _keys(note[i] for i in part))
            for part in parts
            if part
        )

    def _text(self, passage: Passage) -> str:
        if passage.source in ("turn", "talk"):
            return " ".join(self._said(t) for t in passage.turns)
        return " ".join(r.text for r in passage.readings)

    def _said(self, number: int) -> str:
        turn = self._turns[number]
        return f"{turn.speaker.capitalize()}: {' '.join(turn.text.split())}"

    def _joined(self, near: Sequence[Passage]) -> list[Premise]:
        """The best passages up to a number of words: talk in its order, then what is written."""
        kept: list[Passage] = []
        words = 0
        for passage in near:
            size = count_words(self._text(passage))
            if words + size <= _JOINED_WORDS:
                kept.append(passage)
                words += size
        if len(kept) < 2:
            return []
        talk = [p for p in kept if p.source in ("turn", "talk")]
        spoken = [self._said(t) for t in sorted({t for p in talk for t in p.turns})]
        written = [self._text(p) for p in kept if p not in talk]
        turns = tuple(sorted({t for p in kept for t in p.turns}))
        return [Premise(" ".join([*spoken, *written]), _keys(kept), turns)]


def wordings(fact: Fact) -> list[Reading]:
    """A fact as it stands, and as a note may put it in general terms."""
    return [read(w) for w in (fact.statement, fact.generalised) if w]


def _keys(parts: Iterable[Passage | Reading]) -> frozenset[str]:
    return frozenset().union(*(p.keys for p in parts))


def _distinct(premises: Iterable[Premise]) -> list[Premise]:
    found: dict[str, Premise] = {}
    for premise in premises:
        found.setdefault(premise.text, premise)
    return list(found.values())
