"""Estimates, intervals and comparisons over tallies.

All of it works on the table of tallies (columns of `records.Tally`), in any order of rows and from
any number of shards. The unit of sampling is the session: what one session's notes share (the same
talk, the same facts) makes them alike, so intervals resample whole sessions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from .errors import NotebenchError
from .metrics import info

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

T = TypeVar("T")
Metrics = str | Sequence[str] | None

CELL = ("drafter", "workflow", "format")
"""Columns that say how a note was made."""


class Interval(NamedTuple):
    """An estimate with its interval; NaN where undefined."""

    estimate: float
    low: float
    high: float


def estimate(
    tallies: pd.DataFrame,
    metric: Metrics = None,
    by: Sequence[str] = ("drafter",),
    conf: float = 0.95,
    n_boot: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Estimate = sum(amount) / sum(out_of) of each metric and group, with an interval.

    metric: one name, several, or None for all. by: columns that make the groups. Columns of the
    result: metric, those of `by`, estimate, low, high, sessions (how many), amount, out_of, method.

    The interval is an expanded percentile bootstrap over sessions (Hesterberg 2015). Where every
    session of a share lies at 0 or at 1 the bootstrap has no spread, and a Wilson interval with the
    design effect of the other groups stands in (see `_boundary`); `method` says which. A ratio
    without a denominator is NaN, never 0; so is a bootstrap interval from a single session.
    """
    import pandas as pd

    keys = ["metric", *by]
    rows: list[dict[str, Any]] = []
    for name, table in _tables(tallies, metric):
        parts = table.groupby(list(by), sort=True) if by else [((), table)]
        groups = [(key, _sessions(part)) for key, part in parts if len(part)]
        effect = _design_effect([sums for _, sums in groups])
        for key, sums in groups:
            found = _ratio_interval(sums, conf, n_boot, seed)
            method = "bootstrap"
            if info_unit(name) == "share" and found.estimate in (0.0, 1.0):
                found, method = _boundary(found, sums, effect, conf), "wilson"
            rows.append(
                dict(zip(keys, (name, *key), strict=True))
                | found._asdict()
                | {
                    "sessions": len(sums), "amount": sums[:, 0].sum(), "out_of": sums[:, 1].sum(),
                    "method": method,
                }
            )  # fmt: skip
    columns = [*keys, *Interval._fields, "sessions", "amount", "out_of", "method"]
    return pd.DataFrame(rows, columns=columns)


def strata(
    tallies: pd.DataFrame,
    metric: Metrics = None,
    by: str = "problem",
    within: Sequence[str] = ("drafter",),
    **options: Any,
) -> pd.DataFrame:
    """`estimate` by stratum: problem, session_type, complexity, section, workflow, format ...

    A session with several complexity flags counts in the stratum of each; one without any is in
    the stratum "none". Further options go to `estimate`.
    """
    return estimate(with_strata(tallies, by), metric, by=(*within, by), **options)


def with_strata(tallies: pd.DataFrame, by: str) -> pd.DataFrame:
    """The table with a column for that stratum, cut from the column `stratum`; copies, not alters.

    Raises NotebenchError for a stratum that the table does not have.
    """
    parts = ("problem", "session_type", "complexity")
    if by in parts:
        pieces = tallies["stratum"].str.split("/", n=2).str[parts.index(by)].fillna("")
        if by == "complexity":
            table = tallies.assign(complexity=pieces.str.split("+")).explode("complexity")
        else:
            table = tallies.assign(**{by: pieces})
        return table.assign(**{by: table[by].replace("", "none")})
    if by not in tallies.columns:
        raise NotebenchError(
            f"no stratum is called {by!r}",
            mend="use one of " + ", ".join([*parts, "section", *CELL]),
        )
    return tallies


def compare(
    tallies: pd.DataFrame,
    metric: Metrics,
    a: str,
    b: str,
    on: str = "drafter",
    conf: float = 0.95,
    n_boot: int = 2000,
    n_perm: int = 9999,
    seed: int = 0,
) -> pd.DataFrame:
    """Paired difference a - b of each metric, over the sessions that both have.

    on: the column that holds a and b (drafter, workflow or format); the other two must match, so
    that like is set beside like: a session counts with the notes that both made of it. Columns:
    metric, a, b, estimate_a, estimate_b, estimate (the difference), low, high, p, p_holm, n (the
    sessions).

    p: two-sided permutation test that swaps a and b within a session, exact where all swaps number
    at most n_perm. p_holm: corrected by Holm's method over the metrics in this call.
    """
    import numpy as np
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for name, table in _tables(tallies, metric):
        pairs = _pairs(table, a, b, on)
        row: dict[str, Any] = {"metric": name, "a": a, "b": b}
        if len(pairs):
            totals = pairs.sum(axis=0)
            found = _interval(
                _difference(totals), _difference(_resampled(pairs, n_boot, seed)), conf, len(pairs)
            )
            row |= {"estimate_a": _divide(*totals[:2]), "estimate_b": _divide(*totals[2:])}
            row |= found._asdict() | {"p": _permutation(pairs, n_perm, seed)}
        rows.append(row | {"n": len(pairs)})
    columns = ["metric", "a", "b", "estimate_a", "estimate_b", *Interval._fields, "p", "n"]
    result = pd.DataFrame(rows, columns=columns)
    numbers = columns[3:-1]
    result[numbers] = result[numbers].astype(float)
    result.insert(len(columns) - 1, "p_holm", holm(result["p"].to_numpy(dtype=np.float64)))
    return result


def cluster_bootstrap(
    groups: Sequence[T],
    statistic: Callable[[list[T]], float],
    conf: float = 0.95,
    n_boot: int = 1000,
    seed: int = 0,
) -> Interval:
    """Interval of any statistic of a list of clusters (sessions, say), resampling whole clusters.

    statistic: from a list of clusters to a number; NaN where undefined. Expanded percentile
    interval, as in `estimate`. For shares at 0 or 1 see `wilson`.
    """
    import numpy as np

    items = list(groups)
    if not items:
        return Interval(float("nan"), float("nan"), float("nan"))
    draws = np.random.default_rng(seed).integers(len(items), size=(n_boot, len(items)))
    values = np.array([statistic([items[i] for i in draw]) for draw in draws], dtype=float)
    return _interval(float(statistic(items)), values, conf, len(items))


def wilson(k: float, n: float, conf: float = 0.95) -> Interval:
    """Share k / n of independent trials with its Wilson score interval; n = 0 is undefined."""
    from scipy.stats import norm

    if not n:
        return Interval(float("nan"), float("nan"), float("nan"))
    z = float(norm.ppf((1 + conf) / 2))
    share = k / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


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


def info_unit(metric: str) -> str:
    """Unit of a metric; "ratio" for one that is not registered here (a table from elsewhere)."""
    try:
        return info(metric).unit
    except NotebenchError:
        return "ratio"


def _tables(tallies: pd.DataFrame, metric: Metrics) -> list[tuple[str, pd.DataFrame]]:
    """The rows of each metric asked for, in the order asked; none for one that was not measurable.

    Raises UnknownName for a name that is neither in the table nor a metric.
    """
    present = sorted(tallies["metric"].unique())
    wanted = present if metric is None else [metric] if isinstance(metric, str) else list(metric)
    for name in wanted:
        if name not in present:
            info(name)
    return [(name, tallies[tallies["metric"] == name]) for name in wanted]


def _sessions(part: pd.DataFrame) -> np.ndarray:
    """(sessions, 2): amount and out_of of each session, sorted by its id."""
    import numpy as np

    sums = part.groupby("session_id", sort=True)[["amount", "out_of"]].agg(_exact)
    return sums.to_numpy(dtype=np.float64)


def _exact(column: pd.Series) -> float:
    """A sum that does not hang on the order of rows."""
    from math import fsum

    return fsum(column)


def _pairs(table: pd.DataFrame, a: str, b: str, on: str) -> np.ndarray:
    """(sessions, 4): amount and out_of of a, then of b, over the cells that both have."""
    import numpy as np

    if on not in CELL:
        raise NotebenchError(f"can't compare on {on!r}", mend="use one of " + ", ".join(CELL))
    cell = ["session_id", *(c for c in CELL if c != on)]
    sides = [
        table[table[on] == side].groupby(cell, sort=True)[["amount", "out_of"]].agg(_exact)
        for side in (a, b)
    ]
    both = sides[0].join(sides[1], how="inner", lsuffix="_a", rsuffix="_b")
    return both.groupby("session_id", sort=True).agg(_exact).to_numpy(dtype=np.float64)


def _resampled(sums: np.ndarray, n_boot: int, seed: int) -> np.ndarray:
    """(n_boot, columns): totals over sessions drawn with replacement."""
    import numpy as np

    n = len(sums)
    times = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=n_boot)
    return times @ sums


def _divide(amount: Any, out_of: Any) -> Any:
    """amount / out_of; NaN where there is nothing to divide by."""
    import numpy as np

    amount, out_of = np.asarray(amount, dtype=float), np.asarray(out_of, dtype=float)
    share = np.full(np.broadcast(amount, out_of).shape, np.nan)
    return np.divide(amount, out_of, out=share, where=out_of != 0)[()]


def _difference(totals: np.ndarray) -> Any:
    """Ratio of a minus ratio of b; the last axis is amount, out_of of a, then of b."""
    return _divide(totals[..., 0], totals[..., 1]) - _divide(totals[..., 2], totals[..., 3])


def _ratio_interval(sums: np.ndarray, conf: float, n_boot: int, seed: int) -> Interval:
    value = float(_divide(*sums.sum(axis=0)))
    draws = _resampled(sums, n_boot, seed)
    return _interval(value, _divide(draws[:, 0], draws[:, 1]), conf, len(sums))


def _interval(value: float, draws: np.ndarray, conf: float, n: int) -> Interval:
    """Expanded percentile interval: tails widened so that few sessions do not look too sure."""
    import numpy as np
    from scipy.stats import norm, t

    draws = draws[~np.isnan(draws)]
    if n < 2 or not len(draws) or np.isnan(value):
        return Interval(value, float("nan"), float("nan"))
    tail = norm.cdf((n / (n - 1)) ** 0.5 * t.ppf((1 - conf) / 2, n - 1))
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Interval(value, float(low), float(high))


def _permutation(pairs: np.ndarray, n_perm: int, seed: int) -> float:
    """Two-sided p of swapping a and b within sessions."""
    import numpy as np
    from scipy.stats import permutation_test

    if len(pairs) < 2 or np.isnan(_difference(pairs.sum(axis=0))):
        return float("nan")
    sums = np.concatenate([pairs[:, :2], pairs[:, 2:]])

    def statistic(left: np.ndarray, right: np.ndarray, axis: int = -1) -> Any:
        totals = [sums[side.astype(int)].sum(axis=axis - 1) for side in (left, right)]
        return _difference(np.concatenate(totals, axis=-1))

    index = np.arange(len(pairs))
    test = permutation_test(
        (index, index + len(pairs)), statistic, permutation_type="samples", vectorized=True,
        n_resamples=n_perm, batch=1000, axis=-1, rng=np.random.default_rng(seed),
    )  # fmt: skip
    return float(test.pvalue)


def _design_effect(groups: list[np.ndarray]) -> float | None:
    """How many times larger the variance of a share is than if its trials were independent.

    The largest over the groups in which it can be estimated, at least 1; None: in none of them.
    """
    import numpy as np

    found = []
    for sums in groups:
        amount, out_of = sums.sum(axis=0)
        n, share = len(sums), amount / out_of if out_of else 0.0
        if n > 1 and 0 < share < 1:
            residual = sums[:, 0] - share * sums[:, 1]
            variance = n / (n - 1) * np.sum(residual**2) / out_of**2
            found.append(float(variance / (share * (1 - share) / out_of)))
    return max(1.0, *found) if found else None


def _boundary(found: Interval, sums: np.ndarray, effect: float | None, conf: float) -> Interval:
    """Wilson interval for a share at 0 or 1, with trials discounted for clustering.

    The design effect comes from the other groups; where none has any spread, each session counts
    as one trial, which is the most cautious reading.
    """
    out_of = sums[:, 1].sum()
    trials = min(out_of, max(out_of / effect, 1.0) if effect else len(sums))
    return wilson(found.estimate * trials, trials, conf)
