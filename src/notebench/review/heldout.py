"""Predictors of review time held against reviews that they were not fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..metrics.effort import Load
from ..stats.intervals import difference, ratio
from .model import Model
from .params import Error
from .profiles import COUNTS
from .training import codes, train

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FOLDS = 60
"""Consultations are held out one by one up to so many, and together from there on."""
DRAWS = 1000
FITTED, SHIPPED = "fitted", "the counts profile as shipped"


class Predictor(NamedTuple):
    """Something to compare: features to fit, or None for a model that is fitted to nothing here."""

    name: str
    features: tuple[str, ...] | None


def errors(
    table: pd.DataFrame, features: Sequence[str], seed: int, remarks: list[str]
) -> list[Error]:
    """Mean absolute errors, the fitted model first, by what is held out.

    reviewer: a reviewer nobody knows. consultation: known reviewers on another session; there also
    on the means over the reviewers of each note. Intervals are clustered by reviewer, for means by
    consultation.
    """
    ratios = {p: _ratios(table, p) for p in _predictors(table, tuple(features))}
    ways: list[tuple[str, list[np.ndarray]]] = []
    if table["reviewer"].nunique() >= 3:
        ways.append(("reviewer", _folds(table["reviewer"], len(table))))
    else:
        remarks.append("with fewer than three reviewers none can be held out")
    if table["group"].nunique() >= 3:
        ways.append(("consultation", _folds(table["group"], FOLDS)))
    found: list[Error] = []
    for held_out, folds in ways:
        predicted = {p: _predicted(table, p, folds, known) for p, known in ratios.items()}
        found += _compared(table, predicted, held_out, "reviews", "reviewer", seed)
        if held_out == "consultation" and len(means := _means(table)):
            found += _compared(means, {p: _mean(table, v) for p, v in predicted.items()},
                               held_out, "means over reviewers", "group", seed)  # fmt: skip
    return found


def _predictors(table: pd.DataFrame, features: tuple[str, ...]) -> list[Predictor]:
    length = next((c for c in ("words", "transcript_words", "claims") if c in table), None)
    candidates = [
        Predictor(FITTED, features),
        Predictor(SHIPPED, None) if {"incorrect", "omitted"} <= set(table.columns) else None,
        Predictor("length only", (length,)) if length else None,
        Predictor("edit distance", ("edit_distance",)) if "edit_distance" in table else None,
        Predictor("constant", ()),
    ]
    return [c for c in candidates if c]


def _folds(column: pd.Series, most: int) -> list[np.ndarray]:
    """Rows of each fold: one value a fold, or several where there are more than `most`."""
    import numpy as np

    names = np.unique(column.astype(str).to_numpy())
    place = {name: i % most for i, name in enumerate(names)}
    which = np.array([place[str(v)] for v in column])
    return [np.flatnonzero(which == k) for k in sorted(set(which.tolist()))]


def _ratios(table: pd.DataFrame, predictor: Predictor) -> dict[str, float]:
    return train(table, predictor.features).ratios if predictor.features is not None else {}


def _predicted(
    table: pd.DataFrame, predictor: Predictor, folds: list[np.ndarray], ratios: dict[str, float]
) -> np.ndarray:
    """Seconds of every row, each predicted without its fold.

    Prices and effects are estimated without it. The variance ratios, which only say how rows weigh,
    are those of the whole table.
    """
    import numpy as np

    if predictor.features is None:
        return _shipped(table)
    predicted = np.empty(len(table))
    for fold in folds:
        rest = table.drop(table.index[fold])
        made = train(rest, predictor.features, ratios)
        predicted[fold] = made.predict(table.iloc[fold])
    return predicted


def _shipped(table: pd.DataFrame) -> np.ndarray:
    """The counts profile with its defaults."""
    import numpy as np

    model = Model.of(COUNTS, n=1)
    said = table["transcript_words"] if "transcript_words" in table else [None] * len(table)
    loads = [
        Load(None, None, 0, wrong, missing, 0, transcript_words=words, counted=True)
        for wrong, missing, words in zip(table["incorrect"], table["omitted"], said, strict=True)
    ]
    return np.array([float(model.seconds(work, model.central)) for work in loads])


def _shared(table: pd.DataFrame) -> pd.Series:
    """Whether a row's note was reviewed by several."""
    return table.groupby("note")["reviewer"].transform("nunique") > 1


def _means(table: pd.DataFrame) -> pd.DataFrame:
    """Notes that several people reviewed, with their mean seconds."""
    part = table[_shared(table)]
    by_note = part.groupby("note", sort=True)
    return by_note.agg(seconds=("seconds", "mean"), group=("group", "first"))


def _mean(table: pd.DataFrame, predicted: np.ndarray) -> np.ndarray:
    part = table.assign(predicted=predicted)[_shared(table)]
    found: np.ndarray = part.groupby("note", sort=True)["predicted"].mean().to_numpy()
    return found


def _compared(
    table: pd.DataFrame, predicted: dict[Predictor, np.ndarray], held_out: str, on: str,
    cluster: str, seed: int,
) -> list[Error]:  # fmt: skip
    """The error of each predictor with its interval, and how much it exceeds the first one's."""
    import numpy as np

    real = table["seconds"].to_numpy(float)
    names = codes(table[cluster])
    off = {p: np.abs(values - real) for p, values in predicted.items()}
    first = off[next(iter(off))]

    def sums(values: np.ndarray) -> np.ndarray:
        return np.column_stack([np.bincount(names, values), np.bincount(names)]).astype(float)

    found = []
    for p, values in off.items():
        # A constant varies only with what is left out, and so against it by construction.
        rho = _rho(predicted[p], real) if p.features != () else None
        level = ratio(sums(values), 0.95, DRAWS, seed, (0.0, float("inf")))
        more = None
        if values is not first:
            pairs = np.hstack([sums(values), sums(first)])
            more = difference(pairs, 0.95, DRAWS, seed)
        found.append(Error(
            predictor=p.name, features=list(p.features or ()), held_out=held_out, on=on,
            seconds=level.estimate, low=_known(level.low), high=_known(level.high), n=len(table),
            more=more and more.estimate, more_low=more and _known(more.low),
            more_high=more and _known(more.high), rho=rho,
        ))  # fmt: skip
    return found


def _known(value: float) -> float | None:
    return None if value != value else value


def _rho(one: np.ndarray, other: np.ndarray) -> float | None:
    """Spearman's rank correlation; None where one of them doesn't vary."""
    import numpy as np
    from scipy.stats import rankdata

    a, b = rankdata(one), rankdata(other)
    if not (a.std() and b.std()):
        return None
    return float(np.corrcoef(a, b)[0, 1])
