"""Parameters of review time from timed reviews, and how far off they are where held out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from ..errors import NotebenchError
from ..records.hashing import content_hash
from ..stats.intervals import clustered_wilson
from .heldout import errors
from .params import FEATURES, FIXED, Params, Price
from .timed import Timed
from .training import codes, design, train

if TYPE_CHECKING:
    import pandas as pd


def fit(timed: Timed, features: Sequence[str] = (), seed: int = 0) -> Params:
    """Parameters with 95% intervals, and the errors of fitted and simpler predictors, held out.

    features: names of FEATURES; empty: the loader's own. Raises NotebenchError for features that
    the data does not hold, and for too few reviews.
    """
    import numpy as np
    from scipy.stats import t

    table, remarks = timed.table.reset_index(drop=True), list(timed.remarks)
    wanted = _usable(table, tuple(features) or timed.features, remarks)
    rows, reviewers = len(table), table["reviewer"].nunique()
    if rows < len(wanted) + 4:
        raise NotebenchError(
            f"{rows} timed reviews are too few for {len(wanted)} features",
            mend="gather more reviews, or name fewer with --feature",
        )
    if reviewers < 2:
        remarks.append("a single reviewer: how reviewers differ is unknown, and left out")
    made = train(table, wanted)
    found, se = made.fit, np.sqrt(np.diag(made.fit.covariance))
    # The prices are to hold for other reviewers: they are known as well as there are reviewers.
    df = reviewers - 1 if reviewers > 1 else rows - len(wanted) - 1
    half = float(t.ppf(0.975, df)) * se
    prices = {
        name: Price(estimate=value, low=value - width, high=value + width)
        for name, value, width in zip((FIXED, *wanted), found.beta.tolist(), half, strict=True)
    }
    spreads = found.spreads
    apart = [spreads[c] for c in ("note", "group") if c in spreads]
    return Params(
        loader=timed.loader, data=content_hash(table.to_csv(index=False)), reviews=rows,
        reviewers=reviewers, notes=table["note"].nunique(), features=list(wanted), prices=prices,
        covariance=found.covariance.tolist(), reviewer_sd=spreads.get("reviewer", 0.0),
        paces={name: spreads[name] for name in made.paces},
        note_sd=float(np.hypot.reduce(apart)) if apart else None, residual_sd=found.sigma,
        detection=detection(table), agreement=agreement(table),
        errors=errors(table, wanted, seed, remarks), remarks=remarks,
    )  # fmt: skip


def detection(table: pd.DataFrame) -> Price | None:
    """Share of planted errors noticed, clustered by reviewer; None where none were planted."""
    import numpy as np

    if "planted" not in table or not table["planted"].sum():
        return None
    who = codes(table["reviewer"])
    sums = np.column_stack([np.bincount(who, table[c]) for c in ("caught", "planted")])
    found = clustered_wilson(sums[sums[:, 1] > 0])
    if found.low != found.low:
        return None
    return Price(estimate=found.estimate, low=found.low, high=found.high)


def agreement(table: pd.DataFrame) -> float | None:
    """Mean rank correlation of two reviewers' seconds over the notes that both had (5 or more)."""
    wide = table.pivot_table(index="note", columns="reviewer", values="seconds")
    found = []
    for one, other in combinations(wide.columns, 2):
        both = wide[[one, other]].dropna().rank()
        if len(both) >= 5 and both[one].std() and both[other].std():
            found.append(float(both[one].corr(both[other])))
    return sum(found) / len(found) if found else None


def _usable(table: pd.DataFrame, features: tuple[str, ...], remarks: list[str]) -> tuple[str, ...]:
    """The features without those that say nothing beside the ones before them."""
    import numpy as np

    offered = [c for c in table.columns if c in FEATURES]
    if missing := [f for f in features if f not in offered]:
        raise NotebenchError(
            f"the data doesn't hold {', '.join(missing)} for every review",
            mend=f"name features with --feature; it holds: {', '.join(offered) or 'none'}",
        )
    kept: tuple[str, ...] = ()
    for name in features:
        x = design(table, (*kept, name))
        scaled = x / np.maximum(np.abs(x).max(axis=0), 1e-12)
        if np.linalg.matrix_rank(scaled, tol=1e-7 * len(x)) == x.shape[1]:
            kept = (*kept, name)
        else:
            remarks.append(f"{name} says nothing beside the other features and is left out")
    return kept
