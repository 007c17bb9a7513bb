"""Estimates, intervals and comparisons over tallies.

All of it works on the table of tallies (columns of `records.Tally`), in any order of rows and from
any number of shards. The unit of sampling is the session: what one session's notes share (the same
talk, the same facts) makes them alike, so intervals go over whole sessions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import NotebenchError
from ..metrics import info
from ..records import Tally
from .intervals import (
    ENOUGH,
    EVERYTHING,
    NAN,
    Interval,
    cluster_bootstrap,
    clustered_wilson,
    design_effect,
    difference,
    divide,
    holm,
    permutation,
    ratio,
    wilson,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = [
    "Interval", "cluster_bootstrap", "compare", "estimate", "holm", "strata", "wilson",
    "with_strata",
]  # fmt: skip

Metrics = str | Sequence[str] | None

CELL = ("drafter", "workflow", "format")
"""Columns that say how a note was made."""
WRITTEN_ONE_WAY = frozenset({"reference", "saboteur", "paraphraser"})
"""Drafters whose notes don't hang on a workflow: the clinician's own, with errors or restated."""
STRATA = ("problem", "session_type", "complexity")
"""Parts of a tally's stratum, in order."""


def estimate(
    tallies: pd.DataFrame,
    metric: Metrics = None,
    by: Sequence[str] = ("drafter",),
    conf: float = 0.95,
    n_boot: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Estimate = sum(amount) / sum(out_of) of each metric and group, with an interval.

    metric: one name, several, or None for all in the table. by: columns that make the groups.
    Columns of the result: metric, those of `by`, estimate, low, high, sessions (how many), amount,
    out_of, method.

    method: shares get a Wilson interval on effective trials ("wilson"), all other metrics a
    bootstrap over sessions ("bootstrap") or, with fewer than 8 of them, Student's interval
    ("student"), cut off where the metric can't go. A ratio without a denominator is NaN, never 0;
    so are the ends of an interval from a single session, or from sessions without any spread.
    Sessions that add nothing to either sum are not counted. Raises UnknownName for a name that is
    neither in the table nor a metric.
    """
    import pandas as pd

    keys = ["metric", *by]
    rows: list[dict[str, Any]] = []
    for name, table in _tables(tallies, metric):
        parts = table.groupby(list(by), sort=True) if by else [((), table)]
        groups = [(key, _sessions(part)) for key, part in parts if len(part)]
        share, span = _nature(name)
        effects = [e for _, sums in groups if (e := design_effect(sums))] if share else []
        for key, sums in groups:
            found = (
                clustered_wilson(sums, conf, max(effects, default=None))
                if share
                else ratio(sums, conf, n_boot, seed, span)
            )
            amount, out_of = sums.sum(axis=0)
            rows.append(
                dict(zip(keys, (name, *key), strict=True))
                | found._asdict()
                | {"sessions": len(sums), "amount": amount, "out_of": out_of}
                | {"method": _method(share, len(sums))}
            )
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
    """A table with a column for that stratum, cut from the column `stratum`.

    Raises NotebenchError for a stratum that the table does not have.
    """
    if by in STRATA:
        pieces = tallies["stratum"].str.split("/", n=2).str[STRATA.index(by)].fillna("")
        table = tallies.assign(**{by: pieces.str.split("+") if by == "complexity" else pieces})
        table = table.explode(by, ignore_index=True)
        return table.assign(**{by: table[by].replace("", "none")})
    if by not in tallies.columns:
        raise NotebenchError(
            f"no stratum is called {by!r}",
            mend="use one of " + ", ".join([*STRATA, *CELL, "section"]),
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
    that like is set beside like: a session counts with the notes that both made of it. The
    clinician's own notes (and those with planted errors) stand beside notes of any workflow.
    Columns: metric, a, b, estimate_a, estimate_b, estimate (the difference), low, high, p, p_holm,
    n (the sessions).

    low and high: bootstrap over sessions, or Student's interval with fewer than 8 of them; for
    shares, from the intervals of both sides where all sessions differ alike. p:
    two-sided permutation test that swaps a and b within a session, exact where all swaps number
    at most n_perm. p_holm: corrected by Holm's method over the metrics of this call. Raises
    NotebenchError where the table has no rows of a or of b.
    """
    import pandas as pd

    _check_sides(tallies, (a, b), on)
    rows: list[dict[str, Any]] = []
    for name, table in _tables(tallies, metric):
        pairs = _pairs(table, a, b, on)
        share, span = _nature(name)
        found = (
            difference(pairs, conf, n_boot, seed, span, share)
            if len(pairs)
            else Interval(NAN, NAN, NAN)
        )
        totals = pairs.sum(axis=0)
        rows.append(
            {"metric": name, "a": a, "b": b}
            | {"estimate_a": divide(*totals[:2]), "estimate_b": divide(*totals[2:])}
            | found._asdict()
            | {"p": permutation(pairs, n_perm, seed), "n": len(pairs)}
        )
    columns = ["metric", "a", "b", "estimate_a", "estimate_b", *Interval._fields, "p", "n"]
    result = pd.DataFrame(rows, columns=columns)
    result.insert(columns.index("n"), "p_holm", holm(result["p"].to_numpy(dtype=float)))
    return result


def _method(share: bool, n: int) -> str:
    return "wilson" if share else "bootstrap" if n >= ENOUGH else "student"


def _nature(metric: str) -> tuple[bool, tuple[float, float]]:
    """Whether a metric counts trials, and its range; one that is not known here may be anything."""
    try:
        known = info(metric)
    except NotebenchError:
        return False, EVERYTHING
    return known.unit == "share", known.span


def _tables(tallies: pd.DataFrame, metric: Metrics) -> list[tuple[str, pd.DataFrame]]:
    """The rows of each metric asked for, in the order asked; none where it was not measurable."""
    if tallies.empty:
        tallies = tallies.reindex(columns=list(dict.fromkeys([*tallies, *Tally.model_fields])))
    present = sorted(tallies["metric"].unique())
    wanted = present if metric is None else [metric] if isinstance(metric, str) else list(metric)
    for name in wanted:
        if name not in present:
            info(name)
    return [(name, tallies[tallies["metric"] == name]) for name in wanted]


def _exact(column: pd.Series) -> float:
    """A sum that does not hang on the order of rows."""
    from math import fsum

    return fsum(column)


def _sessions(part: pd.DataFrame) -> np.ndarray:
    """(sessions, 2): amount and out_of of each session that has any, sorted by its id."""
    sums = part.groupby("session_id", sort=True)[["amount", "out_of"]].agg(_exact)
    return _telling(sums.to_numpy(dtype=float))


def _telling(sums: np.ndarray) -> np.ndarray:
    """Rows that are not all 0: a session without trials says nothing, and is none to count."""
    kept: np.ndarray = sums[(sums != 0).any(axis=1)]
    return kept


def _check_sides(tallies: pd.DataFrame, sides: tuple[str, str], on: str) -> None:
    if on not in CELL:
        raise NotebenchError(f"can't compare on {on!r}", mend="use one of " + ", ".join(CELL))
    known = [] if tallies.empty else sorted(tallies[on].unique())
    for side in sides:
        if side not in known:
            raise NotebenchError(
                f"no {on} is called {side!r} in these results", mend=f"known: {', '.join(known)}"
            )


def _pairs(table: pd.DataFrame, a: str, b: str, on: str) -> np.ndarray:
    """(sessions, 4): amount and out_of of a, then of b, over the cells that both have."""
    free = {on} | ({"workflow"} if on == "drafter" and WRITTEN_ONE_WAY & {a, b} else set())
    cell = ["session_id", *(c for c in CELL if c not in free)]
    sides = [
        table[table[on] == side].groupby(cell, sort=True)[["amount", "out_of"]].agg(_exact)
        for side in (a, b)
    ]
    both = sides[0].join(sides[1].add_suffix("_b"), how="inner")
    return both.groupby("session_id", sort=True).agg(_exact).to_numpy(dtype=float)
