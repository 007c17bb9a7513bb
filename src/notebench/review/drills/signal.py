"""Signal detection on counts: sensitivity d' and criterion c, with intervals.

Rates carry the log-linear correction (Hautus 1995, Behav Res Methods Instrum Comput 27:46):
(k + 0.5) / (n + 1), so that they are never 0 or 1. Variances are those of Gourevitch and Galanter
(1967, Psychometrika 32:25), each made larger by the design effect of notes, for errors in one note
are more alike than errors of different notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ...stats.intervals import NAN, Interval, design_effect

if TYPE_CHECKING:
    import numpy as np


class Detection(NamedTuple):
    """Sensitivity and criterion."""

    d: Interval
    """z(hits) - z(false alarms); 0 is guessing."""
    c: Interval
    """Half of minus their sum; above 0: reluctant to mark, below 0: quick to mark."""


def detection(hits: np.ndarray, alarms: np.ndarray, conf: float = 0.95) -> Detection:
    """d' and c from hits and false alarms; both (notes, 2): how many, out of how many."""
    from scipy.stats import norm

    nothing = Interval(NAN, NAN, NAN)
    if not len(hits) or not len(alarms) or not hits[:, 1].sum() or not alarms[:, 1].sum():
        return Detection(nothing, nothing)
    (z_hit, v_hit), (z_false, v_false) = _z(hits), _z(alarms)
    width = float(norm.ppf((1 + conf) / 2))
    half = width * (v_hit + v_false) ** 0.5
    d, c = z_hit - z_false, -(z_hit + z_false) / 2
    return Detection(Interval(d, d - half, d + half), Interval(c, c - half / 2, c + half / 2))


def _z(sums: Any) -> tuple[float, float]:
    """z of the corrected rate, and its variance."""
    from scipy.stats import norm

    k, n = (float(x) for x in sums.sum(axis=0))
    rate = (k + 0.5) / (n + 1)
    z = float(norm.ppf(rate))
    effect = design_effect(sums[sums[:, 1] > 0]) or 1.0
    return z, effect * rate * (1 - rate) / (n * float(norm.pdf(z)) ** 2)


def slope(x: np.ndarray, sums: np.ndarray, conf: float = 0.95) -> Interval:
    """How much a ratio changes for each step of x: weighted least squares over notes.

    sums: (notes, 2) of amount and out_of. Standard errors are robust to notes being unlike (HC3),
    with Student's quantile at two degrees of freedom less than notes; four notes are the least.
    """
    import numpy as np
    from scipy.stats import t

    held = sums[:, 1] > 0
    x, sums = np.asarray(x, dtype=float)[held], sums[held]
    weight = sums[:, 1]
    if len(x) < 4 or np.ptp(x) == 0:
        return Interval(NAN, NAN, NAN)
    y = sums[:, 0] / weight
    away = x - np.average(x, weights=weight)
    spread = float(np.sum(weight * away**2))
    b = float(np.sum(weight * away * y) / spread)
    error = y - np.average(y, weights=weight) - b * away
    leverage = weight / weight.sum() + weight * away**2 / spread
    pull = weight * away * error / np.maximum(1 - leverage, 1e-9)
    half = float(t.ppf((1 + conf) / 2, len(x) - 2)) * float(np.sum(pull**2)) ** 0.5 / spread
    return Interval(b, b - half, b + half).shown()


def mean_of(values: Any, conf: float = 0.95) -> Interval:
    """Mean with Student's interval; none of one value or of equal ones. NaN values are left out."""
    import numpy as np
    from scipy.stats import t

    kept = np.asarray([v for v in values if v == v and v is not None], dtype=float)
    if not len(kept):
        return Interval(NAN, NAN, NAN)
    if len(kept) < 2:
        return Interval(float(kept[0]), NAN, NAN)
    half = float(t.ppf((1 + conf) / 2, len(kept) - 1) * kept.std(ddof=1) / len(kept) ** 0.5)
    middle = float(kept.mean())
    return Interval(middle, middle - half, middle + half).shown()
