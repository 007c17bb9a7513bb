"""A mixed model of review time: which effects the data supports, and what it predicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .mixed import Component, Fit, reml
from .params import PACES, paced_by

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SUPPORTED = (4, 8)
"""Reviewers, and reviews by the one with the fewest, from which a pace of their own is tried."""
CLEARLY = 2.71
"""By how much a pace must lower -2 log likelihood to be kept: 5%, one-sided, at the bound of 0."""
OFTEN = 0.67
"""Notes over reviews (groups over notes) up to which their own intercept can be told apart."""


@dataclass(frozen=True)
class Trained:
    """A mixed model fitted to a table of timed reviews."""

    features: tuple[str, ...]
    fit: Fit
    reviewers: list[str]
    paces: tuple[str, ...] = ()
    """Those of PACES that it has."""

    def predict(self, table: pd.DataFrame) -> np.ndarray:
        """Seconds of each row, with the ways of reviewers that the model knows; never below 0."""
        import numpy as np

        x = design(table, self.features)
        places = {name: i for i, name in enumerate(self.reviewers)}
        rows = np.array([places.get(str(name), -1) for name in table["reviewer"]])
        found = x @ self.fit.beta
        if "reviewer" in self.fit.effects:
            found = found + _effects(self.fit, "reviewer")[rows]
        for pace in self.paces:
            on = seconds_on(pace, self.features, x, self.fit.beta)
            found = found + _effects(self.fit, pace)[rows] * on
        return np.maximum(0.0, found)

    @property
    def ratios(self) -> dict[str, float]:
        """Variance of each component over that of the residuals."""
        return dict(zip(self.fit.spreads, map(float, self.fit.ratios), strict=True))


def train(
    table: pd.DataFrame, features: Sequence[str], ratios: Mapping[str, float] | None = None
) -> Trained:
    """Fit seconds to the features, with random effects as far as the data supports them.

    Always an intercept for each reviewer; one for each note and group where these come up again; a
    pace for each reviewer (PACES) where reviewers are many enough and it clearly fits better.
    ratios: variance ratios taken as known, by component; no other components are used.
    """
    x, y = design(table, features), table["seconds"].to_numpy(float)
    names = sorted({str(r) for r in table["reviewer"]})
    parts = [c for c in _groupings(table) if ratios is None or c.name in ratios]
    fit = _fitted(y, x, parts, ratios)
    first, paces = fit.beta, []
    for pace in PACES if ratios is None else [p for p in PACES if p in ratios]:
        on = seconds_on(pace, features, x, first)
        if on.std() < 1e-9 or not (ratios or _supports_paces(table)):
            continue
        both = [*parts, Component(pace, codes(table["reviewer"]), on)]
        better = _fitted(y, x, both, ratios)
        if ratios is not None or fit.criterion - better.criterion > CLEARLY:
            fit, parts = better, both
            paces.append(pace)
    return Trained(tuple(features), fit, names, tuple(paces))


def design(table: pd.DataFrame, features: Sequence[str]) -> np.ndarray:
    """A column of ones and the features."""
    import numpy as np

    columns = [table[f].to_numpy(float) for f in features]
    return np.column_stack([np.ones(len(table)), *columns])


def seconds_on(pace: str, features: Sequence[str], x: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Seconds of each row that a reviewer's pace bears on."""
    import numpy as np

    on = np.array([float(paced_by(f) == pace) for f in features])
    found: np.ndarray = x[:, 1:] @ (beta[1:] * on)
    return found


def codes(column: pd.Series) -> np.ndarray:
    """Numbers 0, 1, ... of the sorted names."""
    import numpy as np

    return np.unique(column.astype(str).to_numpy(), return_inverse=True)[1]


def _fitted(
    y: np.ndarray, x: np.ndarray, parts: Sequence[Component], ratios: Mapping[str, float] | None
) -> Fit:
    import numpy as np

    known = None if ratios is None else np.array([ratios[c.name] for c in parts])
    return reml(y, x, parts, known)


def _effects(fit: Fit, name: str) -> Any:
    """Effects of the reviewers, and 0 in the last place for one who is not known."""
    import numpy as np

    return np.append(fit.effects[name], 0.0)


def _groupings(table: pd.DataFrame) -> list[Component]:
    """Intercepts: of reviewers, and of notes and groups that come up often enough."""
    import numpy as np

    ones, rows = np.ones(len(table)), len(table)
    notes, groups = table["note"].nunique(), table["group"].nunique()
    parts = []
    if table["reviewer"].nunique() > 1:
        parts.append(Component("reviewer", codes(table["reviewer"]), ones))
    if 2 <= notes <= OFTEN * rows:
        parts.append(Component("note", codes(table["note"]), ones))
    if 5 <= groups <= OFTEN * notes:
        parts.append(Component("group", codes(table["group"]), ones))
    return parts


def _supports_paces(table: pd.DataFrame) -> bool:
    counts = table["reviewer"].value_counts()
    return len(counts) >= SUPPORTED[0] and int(counts.min()) >= SUPPORTED[1]
