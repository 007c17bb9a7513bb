"""Plain scores to hold a verifier against: how much of a text another text lacks.

All are 0 (all there) to 1 (nothing there), apart from length, which is a count of words.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ..formats import plain
from ..records import Draft, Session
from ..text import content_words
from ..text.tokens import count_words

COVERAGE, ROUGE, EDIT = "word coverage", "ROUGE-2", "edit distance"
LENGTH, OBJECTIVE_PLAN = "length", "flag O and P"
OVERLAPS = (COVERAGE, ROUGE, EDIT)


class Source:
    """A text that others are looked up in."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def words(self) -> set[str]:
        """Its content words."""
        return set(content_words(self.text))

    @cached_property
    def _low(self) -> str:
        return " ".join(self.text.lower().split())

    @cached_property
    def _scorer(self) -> Any:
        from rouge_score.rouge_scorer import RougeScorer

        return RougeScorer(["rouge1", "rouge2"], tokenizer=_Kept())

    def lacks(self, text: str) -> dict[str, float]:
        """How far the source lacks a text, by each of OVERLAPS."""
        return {
            COVERAGE: uncovered(text, self.words),
            ROUGE: 1 - self._rouge(text),
            EDIT: 1 - self._nearest(text),
        }

    def _rouge(self, text: str) -> float:
        """Precision of ROUGE-2: share of the text's pairs of words; of one word, of ROUGE-1."""
        scores = self._scorer.score(self.text, text)
        kind = "rouge2" if count_words(text) > 1 else "rouge1"
        return float(scores[kind].precision)

    def _nearest(self, text: str) -> float:
        """Likeness of the nearest stretch, by normalised edit distance."""
        from rapidfuzz.fuzz import partial_ratio

        low = " ".join(text.lower().split())
        if len(low) > len(self._low):  # the shorter would be looked up in the longer
            return partial_ratio(self._low, low) / 100 * len(self._low) / len(low)
        return partial_ratio(low, self._low) / 100


class _Kept:
    """Splits texts into words, and keeps what it split: one source is looked up many times."""

    def __init__(self) -> None:
        self._known: dict[str, list[str]] = {}

    def tokenize(self, text: str) -> list[str]:
        from rouge_score.tokenize import tokenize

        if text not in self._known:
            self._known[text] = tokenize(text, None)
        return self._known[text]


def sentence_scores(text: str, section: str, talk: Source) -> dict[str, float]:
    """Every baseline for a sentence of a note."""
    return {
        **talk.lacks(text),
        LENGTH: float(count_words(text)),
        OBJECTIVE_PLAN: float(section[:1].upper() in ("O", "P")),
    }


def fact_scores(statement: str, note: Source) -> dict[str, float]:
    """Every baseline for a fact that a note should hold."""
    return {**note.lacks(statement), LENGTH: float(count_words(statement))}


def whole_text(text: str, reference: str) -> Mapping[str, float]:
    """How far a text is from a reference as a whole: ROUGE-L (1 - F), normalised edit distance."""
    from rapidfuzz.distance import Levenshtein

    from ..metrics.overlap import rouge

    return {
        "ROUGE-L to reference": 1 - rouge(text, reference)["rougeL"],
        "edit distance to reference": Levenshtein.normalized_distance(text, reference),
    }


def uncovered(text: str, by: set[str]) -> float:
    """Share (0-1) of a text's content words that others lack: the word-coverage baseline."""
    words = content_words(text)
    return sum(w not in by for w in words) / len(words) if words else 0.0


def source_text(session: Session) -> str:
    """Transcript and rough notes in one text."""
    said = "\n".join(t.text for t in session.transcript)
    return f"{said}\n{session.rough_notes or ''}"


def source_words(session: Session) -> set[str]:
    """Content words of the transcript and the rough notes."""
    return set(content_words(source_text(session)))


def note_text(draft: Draft) -> str:
    """The words of a note."""
    return draft.text or plain(draft.sections)
