"""Overlap of words with the clinician's note in the same format: ROUGE."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from ..formats import plain, sections_of
from ..records import Tally
from .base import Case

KINDS = ("rouge1", "rouge2", "rougeL")


def overlap(case: Case) -> Iterator[Tally]:
    """ROUGE-1, -2 and -L (F) against the clinician's note in that format; none without one."""
    note = case.session.reference(case.draft.format)
    if note is not None:
        scores = rouge(plain(sections_of(case.draft)), plain(note.sections))
        for kind, score in scores.items():
            yield case.tally(f"overlap.{kind}", score, 1)


def rouge(text: str, reference: str) -> dict[str, float]:
    """F-measure of rouge1, rouge2 and rougeL, without stemming."""
    scores = _scorer().score(reference, text)
    return {kind: float(scores[kind].fmeasure) for kind in KINDS}


@cache
def _scorer() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(list(KINDS), use_stemmer=False)
