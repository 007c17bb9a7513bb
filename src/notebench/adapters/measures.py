"""How well probabilities rank and fit labels, with intervals that resample whole sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..stats import Interval as PlainInterval
from ..stats import cluster_bootstrap
from ..stats.intervals import clustered_wilson

BINS = 10
"""Equal-width bins of probability for calibration."""


class Rated(NamedTuple):
    """One labelled thing with the score that something gave it."""

    group: str
    """What is resampled as a whole: the session."""
    p: float
    """Probability that it is bad (0-1), or any score that is higher for worse."""
    bad: bool
    """The label."""


class Interval(PlainInterval):
    """An estimate with its 95% interval, as tables show it; NaN where it can't be computed."""

    @property
    def value(self) -> float:
        """The estimate."""
        return self.estimate

    def __str__(self) -> str:
        if np.isnan(self.estimate):
            return "not measurable"
        if np.isnan(self.low):
            return f"{self.estimate:.2f}"
        # a hyphen after a figure below 0 would read as a range
        between = " to " if self.low < 0 else "-"
        return f"{self.estimate:.2f} ({self.low:.2f}{between}{self.high:.2f})"


@dataclass(frozen=True)
class Sample:
    """Labelled things as arrays of one length, for measures that are computed many times."""

    group: np.ndarray
    p: np.ndarray
    bad: np.ndarray
    stratum: np.ndarray
    """Name of the part that each belongs to, for measures within parts."""

    @classmethod
    def of(cls, rated: Sequence[Rated], strata: Sequence[str] | None = None) -> Sample:
        """From a list, with a stratum for each if there are any."""
        return cls(
            np.array([r.group for r in rated], dtype=object),
            np.array([r.p for r in rated], dtype=float),
            np.array([r.bad for r in rated], dtype=bool),
            np.array([""] * len(rated) if strata is None else list(strata), dtype=object),
        )

    def take(self, index: np.ndarray) -> Sample:
        """Those at that index, or where a mask says so."""
        return Sample(self.group[index], self.p[index], self.bad[index], self.stratum[index])

    def __len__(self) -> int:
        return len(self.p)


Scored = Sequence[Rated] | Sample
Measure = Callable[[Sample], float]


def auroc(rated: Scored) -> float:
    """Probability that a bad thing is rated above a good one, ties counting half.

    NaN where all are bad or all are good.
    """
    sample = _sample(rated)
    worse, better = np.sort(sample.p[sample.bad]), np.sort(sample.p[~sample.bad])
    if not worse.size or not better.size:
        return float("nan")
    below = np.searchsorted(better, worse, "left") + np.searchsorted(better, worse, "right")
    return float(below.sum() / (2 * worse.size * better.size))


def auroc_within(rated: Scored) -> float:
    """Mean of the AUROC of each stratum that has bad and good things; NaN where none has."""
    sample = _sample(rated)
    parts = [auroc(sample.take(sample.stratum == name)) for name in sorted(set(sample.stratum))]
    known = [part for part in parts if not np.isnan(part)]
    return float(np.mean(known)) if known else float("nan")


def caught(rated: Scored, threshold: float) -> float:
    """Share of the bad things that reach the threshold."""
    sample = _sample(rated)
    return _share(sample.p[sample.bad] >= threshold)


def flagged(rated: Scored, threshold: float) -> float:
    """Share of the good things that reach the threshold all the same."""
    sample = _sample(rated)
    return _share(sample.p[~sample.bad] >= threshold)


def balanced_accuracy(rated: Scored, threshold: float) -> float:
    """Mean of the share of bad things caught and of good things left alone."""
    sample = _sample(rated)
    return (caught(sample, threshold) + 1 - flagged(sample, threshold)) / 2


def calibration_error(rated: Scored, bins: int = BINS) -> float:
    """Expected calibration error: mean gap between probability and share, equal-width bins."""
    parts = reliability(rated, bins)
    n = sum(part.n for part in parts)
    return sum(abs(part.p - part.share) * part.n for part in parts) / n if n else float("nan")


class Bin(NamedTuple):
    """Things of about the same probability."""

    p: float
    """Mean probability."""
    share: float
    """Share that was bad."""
    n: int


def reliability(rated: Scored, bins: int = BINS) -> list[Bin]:
    """Stated probability and share that was bad, in equal-width bins; empty ones left out."""
    sample = _sample(rated)
    which = np.minimum((sample.p * bins).astype(int), bins - 1)
    found = []
    for number in range(bins):
        inside = which == number
        if inside.any():
            mean, share = sample.p[inside].mean(), sample.bad[inside].mean()
            found.append(Bin(float(mean), float(share), int(inside.sum())))
    return found


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation, ties sharing their mean rank; NaN where one does not vary."""
    from scipy.stats import rankdata

    ranks = rankdata(a), rankdata(b)
    if min(np.ptp(r) if r.size else 0.0 for r in ranks) == 0:
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])


def with_interval(
    rated: Scored,
    measure: Measure | Callable[[Any], float],
    *,
    seed: int = 0,
    resamples: int = 1000,
) -> Interval:
    """A measure with its 95% interval, whole groups resampled with replacement."""
    sample = _sample(rated)
    return clustered(lambda index: measure(sample.take(index)), sample.group, seed, resamples)


def share(rated: Scored, threshold: float, of_bad: bool) -> Interval:
    """Share of the bad (or the good) things that reach a threshold, with a Wilson interval.

    Its trials are clustered in groups: a bootstrap says nothing of a share at or near 0 or 1.
    """
    sample = _sample(rated)
    kept = sample.take(sample.bad == of_bad)
    sums = [
        (float((kept.p[kept.group == name] >= threshold).sum()), float((kept.group == name).sum()))
        for name in sorted(set(kept.group))
    ]
    return Interval(*clustered_wilson(np.array(sums).reshape(-1, 2)))


def clustered(
    statistic: Callable[[np.ndarray], float],
    group: Sequence[str] | np.ndarray,
    seed: int = 0,
    resamples: int = 1000,
) -> Interval:
    """A statistic of an index into rows with its 95% interval, whole groups of rows resampled.

    group: the group of each row. With a single group, or where no resample differs from another,
    there is an estimate and no interval.
    """
    names = np.asarray(group, dtype=object)
    rows = [np.flatnonzero(names == name) for name in sorted(set(names))]
    if len(rows) < 2:
        return Interval(statistic(np.arange(len(names))), float("nan"), float("nan"))
    found = cluster_bootstrap(
        rows, lambda parts: statistic(np.concatenate(parts)), n_boot=resamples, seed=seed
    )
    return Interval(*found.shown())


def _sample(rated: Scored) -> Sample:
    return rated if isinstance(rated, Sample) else Sample.of(rated)


def _share(hits: np.ndarray) -> float:
    return float(hits.mean()) if hits.size else float("nan")
