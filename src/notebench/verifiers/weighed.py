"""A session's source cut into passages, and how much each of its words weighs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from rapidfuzz import fuzz, process

from ..records import Session
from ..text import split_sentences
from .derived import with_weekdays
from .passages import (
    Passage,
    answer,
    fact_passage,
    flat,
    joined,
    passage_of,
    postings,
    turn_passage,
)
from .terms import scaffold

SCAFFOLD_WEIGHT = 0.25
"""Weight of a word that any note is written with, against that of another."""


class Weighed:
    """The passages of a session and the weights of its words."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.passages: list[Passage] = []
        self._lay_out(session)
        self.prior = [
            passage_of("prior", s.text) for s in split_sentences(session.prior_note or "")
        ]
        self.by_turn = {p.turns[0]: p for p in self.passages if p.source == "turn"}
        self._postings = postings(self.passages)
        self._facts = [p for p in self.passages if p.fact is not None]
        self._fact_postings = postings(self._facts)
        self.keys = frozenset(self._postings)
        self.prior_keys = frozenset(k for p in self.prior for k in p.keys)
        self._weights = self._weigh()
        self._vocabulary = sorted(self.keys)
        self._nearly: dict[str, bool] = {}

    def _lay_out(self, session: Session) -> None:
        add = self.passages.append
        turns = [turn_passage(t) for t in session.transcript]
        answers = [answer(p.readings[0].low) for p in turns]
        for i, passage in enumerate(turns):
            add(passage)
            for width in (2, 3):
                if i + width <= len(turns):
                    add(joined(turns[i : i + width], answers[i : i + width]))
        for span in split_sentences(session.rough_notes or ""):
            add(passage_of("notes", span.text))
        for name, value in session.chart.items():
            add(passage_of("chart", with_weekdays(f"{name.replace('_', ' ')}: {flat(value)}")))
        for who in session.participants:
            if who.name:
                add(passage_of("chart", who.name))
        for fact in session.facts or []:
            add(fact_passage(fact))

    def _weigh(self) -> dict[str, float]:
        """Rare words weigh most; words that any note is written with weigh little."""
        count: Counter[str] = Counter()
        units = [p for p in self.passages if p.source != "talk"]
        for passage in units:
            count.update(passage.keys)
        total = len(units) + 1
        return {
            k: math.log(1 + total / (1 + n)) * (SCAFFOLD_WEIGHT if k in scaffold() else 1.0)
            for k, n in count.items()
        }

    @cached_property
    def most(self) -> float:
        """Weight of the rarest words, and of words that the session does not use."""
        return max(self._weights.values(), default=1.0)

    def weight(self, key: str) -> float:
        """Weight of a word."""
        found = self._weights.get(key)
        if found is not None:
            return found
        return self.most * (SCAFFOLD_WEIGHT if key in scaffold() else 1.0)

    def total(self, keys: Iterable[str]) -> float:
        """Sum of the weights of some words."""
        return sum(self.weight(k) for k in keys)

    def cover(self, keys: frozenset[str], by: frozenset[str]) -> float:
        """Weighted share (0-1) of the words that others hold; 1 for no words."""
        whole = self.total(keys)
        return self.total(keys & by) / whole if whole else 1.0

    def nearly(self, key: str) -> bool:
        """Whether a word of the source differs from this one by a letter or so (a misspelling)."""
        if key not in self._nearly:
            self._nearly[key] = len(key) > 4 and (
                process.extractOne(key, self._vocabulary, scorer=fuzz.ratio, score_cutoff=82)
                is not None
            )
        return self._nearly[key]

    @property
    def usable(self) -> bool:
        """Whether the source holds any words to judge by."""
        return bool(self.keys) or any(p.numbers for p in self.passages)
