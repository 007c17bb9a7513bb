"""Likeness to the note before: words that stand in a run copied from it."""

from __future__ import annotations

from dataclasses import dataclass

from ...text import tokens
from .note import View
from .spec import spec


@dataclass(frozen=True)
class Cloned:
    """Words of a note that are copied from the one before."""

    copied: int
    words: int
    threshold: float
    """Share from which a note counts as cloned."""

    @property
    def share(self) -> float:
        """Share of its words."""
        return self.copied / self.words if self.words else 0.0

    @property
    def flagged(self) -> bool:
        """Whether the note counts as cloned."""
        return self.words > 0 and self.share >= self.threshold


def cloned(view: View) -> Cloned | None:
    """How much of a note is copied from the one before; None where there is none."""
    before = view.session.prior_note
    if not (before or "").strip():
        return None
    run, threshold = int(spec().cloned["run"]), float(spec().cloned["threshold"])
    words = [t.low for t in tokens(view.text)]
    return Cloned(
        copied_words(words, [t.low for t in tokens(before or "")], run), len(words), threshold
    )


def copied_words(words: list[str], before: list[str], run: int) -> int:
    """How many words stand in a run of so many that another text holds word for word."""
    held = {tuple(before[i : i + run]) for i in range(len(before) - run + 1)}
    copied: set[int] = set()
    for i in range(len(words) - run + 1):
        if tuple(words[i : i + run]) in held:
            copied.update(range(i, i + run))
    return len(copied)
