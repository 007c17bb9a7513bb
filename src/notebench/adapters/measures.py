"""How well probabilities rank and fit labels: measures for validating verifiers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np


class Rated(NamedTuple):
    """One labelled thing with the probability that a verifier gave."""

    group: str
    """What is resampled as a whole: the session."""
    p: float
    """Probability that it is bad (0-1)."""
    bad: bool
    """The label."""


class Interval(NamedTuple):
    """An estimate with a 95% interval; NaN where it can't be computed."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        if np.isnan(self.value):
            return "not measurable"
        return f"{self.value:.2f} ({self.low:.2f}-{self.high:.2f})"


def auroc(rated: Sequence[Rated]) -> float:
    """Probability that a bad thing is rated above a good one, ties counting half.

    NaN where all are bad or all are good.
    """
    p, bad = _arrays(rated)
    worse, better = np.sort(p[bad]), np.sort(p[~bad])
    if not worse.size or not better.size:
        return float("nan")
    below = np.searchsorted(better, worse, "left") + np.searchsorted(better, worse, "right")
    return float(below.sum() / (2 * worse.size * better.size))


def caught(rated: Sequence[Rated], threshold: float) -> float:
    """Share of the bad things that reach the threshold."""
    p, bad = _arrays(rated)
    return float((p[bad] >= threshold).mean()) if bad.any() else float("nan")


def flagged(rated: Sequence[Rated], threshold: float) -> float:
    """Share of the good things that reach the threshold all the same."""
    p, bad = _arrays(rated)
    return float((p[~bad] >= threshold).mean()) if (~bad).any() else float("nan")


def balanced_accuracy(rated: Sequence[Rated], threshold: float) -> float:
    """Mean of the share of bad things caught and of good things left alone."""
    return (caught(rated, threshold) + 1 - flagged(rated, threshold)) / 2


def calibration_error(rated: Sequence[Rated], bins: int = 10) -> float:
    """Expected calibration error: mean gap between probability and share, equal-width bins."""
    p, bad = _arrays(rated)
    if not p.size:
        return float("nan")
    which = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [
        abs(p[which == b].mean() - bad[which == b].mean()) * (which == b).sum()
        for b in range(bins)
        if (which == b).any()
    ]
    return float(sum(gaps) / p.size)


def with_interval(
    rated: Sequence[Rated],
    measure: Callable[[Sequence[Rated]], float],
    *,
    seed: int = 0,
    resamples: int = 1000,
) -> Interval:
    """A measure with its 95% percentile interval, whole groups resampled with replacement."""
    by_group: dict[str, list[Rated]] = {}
    for item in rated:
        by_group.setdefault(item.group, []).append(item)
    groups = [by_group[name] for name in sorted(by_group)]
    estimate = measure(rated)
    if len(groups) < 2:
        return Interval(estimate, float("nan"), float("nan"))
    draws = np.random.default_rng(seed).integers(len(groups), size=(resamples, len(groups)))
    values = np.array([measure([r for g in draw for r in groups[g]]) for draw in draws])
    values = values[~np.isnan(values)]
    if not values.size:
        return Interval(estimate, float("nan"), float("nan"))
    low, high = np.percentile(values, [2.5, 97.5])
    return Interval(estimate, float(low), float(high))


def _arrays(rated: Sequence[Rated]) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.array([r.p for r in rated], dtype=float),
        np.array([r.bad for r in rated], dtype=bool),
    )
