"""Intervals and tests on plain numbers; rows are sessions.

`sums` is an array (sessions, 2) of amount and out_of; `pairs` is (sessions, 4), the same for two
sides. The ratio is always that of the column sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import hypot, inf
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    import numpy as np

T = TypeVar("T")
NAN = float("nan")
ENOUGH = 8
"""Sessions from which on a bootstrap is used; it covers too seldom with fewer."""
ALIKE = 0.2
"""Correlation of trials within a session where no data show it. Assumed, on the cautious side."""


EVERYTHING = (-inf, inf)
"""The range of a number that may be anything."""


class Interval(NamedTuple):
    """An estimate with its interval; NaN where undefined."""

    estimate: float
    low: float
    high: float

    def within(self, least: float, most: float) -> Interval:
        """Cut off at the least and the greatest value that there can be."""
        if self.low != self.low:
            return self
        return Interval(self.estimate, max(self.low, least), min(self.high, most))

    def shown(self) -> Interval:
        """Without ends where they meet: no spread says nothing of how far off it may be."""
        return self if self.low < self.high else Interval(self.estimate, NAN, NAN)


def cluster_bootstrap(
    groups: Sequence[T],
    statistic: Callable[[list[T]], float],
    conf: float = 0.95,
    n_boot: int = 1000,
    seed: int = 0,
) -> Interval:
    """Interval of any statistic of a list of clusters (sessions, say), resampling whole clusters.

    statistic: from a list of clusters to a number; NaN where undefined. For shares of few trials,
    or near 0 or 1, `wilson` and `clustered_wilson` are better.
    """
    import numpy as np

    items = list(groups)
    if not items:
        return Interval(NAN, NAN, NAN)
    draws = np.random.default_rng(seed).integers(len(items), size=(n_boot, len(items)))
    values = np.array([statistic([items[i] for i in draw]) for draw in draws], dtype=float)
    return percentile(float(statistic(items)), values, conf, len(items))


def wilson(k: float, n: float, conf: float = 0.95) -> Interval:
    """Share k / n of independent trials with its Wilson score interval; n = 0 is undefined."""
    from scipy.stats import norm

    return _score(k / n, n, float(norm.ppf((1 + conf) / 2))) if n else Interval(NAN, NAN, NAN)


def clustered_wilson(
    sums: np.ndarray, conf: float = 0.95, other_effect: float | None = None
) -> Interval:
    """Share of trials that come in clusters, with a Wilson interval on the effective trials.

    Effective trials: all trials over the design effect; the quantile is Student's with one degree
    of freedom less than clusters (as compared by Dean and Pagano 2015, J Surv Stat Methodol 3:484).
    At 0 and 1 the data can't show the design effect: `other_effect` stands in or, without it, the
    one that follows from a correlation of ALIKE. From a single cluster there is no interval.
    """
    from scipy.stats import t

    n, (amount, out_of) = len(sums), sums.sum(axis=0)
    if not out_of or n < 2:
        return Interval(divide(amount, out_of), NAN, NAN)
    effect = design_effect(sums) or other_effect or 1 + (out_of / n - 1) * ALIKE
    trials = min(out_of, max(out_of / effect, 1.0))
    return _score(amount / out_of, trials, float(t.ppf((1 + conf) / 2, n - 1)))


def design_effect(sums: np.ndarray) -> float | None:
    """How many times the variance of a share is that of independent trials, at least 1.

    None where the data can't show it: a single cluster, or a share of 0 or 1.
    """
    import numpy as np

    n, (amount, out_of) = len(sums), sums.sum(axis=0)
    if n < 2 or not 0 < amount < out_of:
        return None
    share = amount / out_of
    residual = sums[:, 0] - share * sums[:, 1]
    variance = n / (n - 1) * float(np.sum(residual**2)) / out_of**2
    return float(max(1.0, variance / (share * (1 - share) / out_of)))


def ratio(
    sums: np.ndarray,
    conf: float,
    n_boot: int,
    seed: int,
    span: tuple[float, float] = EVERYTHING,
) -> Interval:
    """Ratio of sums with its interval: bootstrap over sessions, or Student's where they are few.

    span: the least and the greatest value that the ratio can have; the interval keeps to it. Where
    sessions show no spread there is no interval.
    """
    value = float(divide(*sums.sum(axis=0)))
    if len(sums) < ENOUGH:
        found = student(value, _influence(sums), conf)
    else:
        draws = resampled(sums, n_boot, seed)
        found = percentile(value, divide(draws[:, 0], draws[:, 1]), conf, len(sums))
    return found.within(*span).shown()


def difference(
    pairs: np.ndarray,
    conf: float,
    n_boot: int,
    seed: int,
    span: tuple[float, float] = EVERYTHING,
    share: bool = False,
) -> Interval:
    """Difference of two ratios over the same sessions with its interval, as in `ratio`.

    span: that of each ratio. Where all sessions differ alike, shares get an interval from those of
    both sides, and other ratios none.
    """
    value = float(_less(pairs.sum(axis=0)))
    if len(pairs) < ENOUGH:
        found = student(value, _influence(pairs[:, :2]) - _influence(pairs[:, 2:]), conf)
    else:
        found = percentile(value, _less(resampled(pairs, n_boot, seed)), conf, len(pairs))
    most = span[1] - span[0]
    found = found.within(-most, most).shown()
    return square_and_add(pairs, conf) if share and found.low != found.low else found


def square_and_add(pairs: np.ndarray, conf: float) -> Interval:
    """Difference of two shares, its interval made of those of both sides.

    Newcombe 1998 (Stat Med 17:873), method 10; that both come from the same sessions is not used,
    so it is rather too wide. It keeps within -1 and 1.
    """
    a, b = clustered_wilson(pairs[:, :2], conf), clustered_wilson(pairs[:, 2:], conf)
    value = a.estimate - b.estimate
    return Interval(
        value,
        value - hypot(a.estimate - a.low, b.high - b.estimate),
        value + hypot(a.high - a.estimate, b.estimate - b.low),
    )


def student(value: float, influence: np.ndarray, conf: float) -> Interval:
    """Student's interval from how far each session moves the estimate (linearisation).

    A bootstrap can't reach beyond the sessions there are, which with few of them is not far enough.
    """
    from scipy.stats import t

    n = len(influence)
    if n < 2 or value != value:
        return Interval(value, NAN, NAN)
    half = float(t.ppf((1 + conf) / 2, n - 1) * (n / (n - 1) * (influence**2).sum()) ** 0.5)
    return Interval(value, value - half, value + half)


def percentile(value: float, draws: np.ndarray, conf: float, n: int) -> Interval:
    """Percentile interval of bootstrap draws, tails expanded for few sessions (Hesterberg 2015)."""
    import numpy as np
    from scipy.stats import norm, t

    draws = draws[~np.isnan(draws)]
    if n < 2 or not len(draws) or np.isnan(value):
        return Interval(value, NAN, NAN)
    tail = norm.cdf((n / (n - 1)) ** 0.5 * t.ppf((1 - conf) / 2, n - 1))
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Interval(value, float(low), float(high))


def permutation(pairs: np.ndarray, n_perm: int, seed: int) -> float:
    """Two-sided p of swapping sides within sessions; exact where all swaps number n_perm at most.

    NaN for fewer than two sessions, or where a ratio is undefined.
    """
    import numpy as np
    from scipy.stats import permutation_test

    if len(pairs) < 2 or np.isnan(_less(pairs.sum(axis=0))):
        return NAN
    sums = np.concatenate([pairs[:, :2], pairs[:, 2:]])

    def statistic(left: np.ndarray, right: np.ndarray, axis: int = -1) -> Any:
        totals = [sums[side.astype(int)].sum(axis=axis - 1) for side in (left, right)]
        return _less(np.concatenate(totals, axis=-1))

    index = np.arange(len(pairs))
    test = permutation_test(
        (index, index + len(pairs)), statistic, permutation_type="samples", vectorized=True,
        n_resamples=n_perm, batch=1000, axis=-1, rng=np.random.default_rng(seed),
    )  # fmt: skip
    return float(test.pvalue)


def holm(p: Sequence[float] | np.ndarray) -> np.ndarray:
    """p values corrected by Holm's step-down method; undefined ones stay so and do not count."""
    import numpy as np

    values = np.asarray(p, dtype=float)
    result = np.full(values.shape, np.nan)
    order = [i for i in np.argsort(values, kind="stable") if not np.isnan(values[i])]
    top = 0.0
    for rank, i in enumerate(order):
        top = max(top, min(1.0, values[i] * (len(order) - rank)))
        result[i] = top
    return result


def resampled(sums: np.ndarray, n_boot: int, seed: int) -> np.ndarray:
    """(n_boot, columns): totals over sessions drawn with replacement."""
    import numpy as np

    n = len(sums)
    times = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=n_boot)
    return times @ sums


def divide(amount: Any, out_of: Any) -> Any:
    """amount / out_of; NaN where there is nothing to divide by."""
    import numpy as np

    amount, out_of = np.asarray(amount, dtype=float), np.asarray(out_of, dtype=float)
    share = np.full(np.broadcast(amount, out_of).shape, np.nan)
    return np.divide(amount, out_of, out=share, where=out_of != 0)[()]


def _less(totals: np.ndarray) -> Any:
    """Ratio of the first side minus that of the second; the last axis holds the four totals."""
    return divide(totals[..., 0], totals[..., 1]) - divide(totals[..., 2], totals[..., 3])


def _influence(sums: np.ndarray) -> np.ndarray:
    """How far each session moves the ratio of sums, to first order."""
    amount, out_of = sums.sum(axis=0)
    return divide(sums[:, 0] - divide(amount, out_of) * sums[:, 1], out_of)


def _score(share: float, n: float, z: float) -> Interval:
    """Wilson's score interval for n trials at that quantile."""
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    # at 0 and 1 one end is the share itself; rounding must not move it past
    return Interval(
        float(share),
        float(min(share, max(0.0, middle - half))),
        float(max(share, min(1.0, middle + half))),
    )
