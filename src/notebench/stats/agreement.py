"""How far raters agree: Krippendorff's alpha, Cohen's kappa, plain agreement, with intervals.

`ratings` is a sequence of items, each a mapping from rater to value; a rater who is not in it, or
whose value is None, did not rate that item. Intervals resample whole clusters (sessions).

Sources: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability (coincidences, and the
differences of each level); Cohen 1960, Educ Psychol Meas 20:37.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from ..errors import NotebenchError
from .intervals import ENOUGH, NAN, Interval, divide, percentile, resampled, student

if TYPE_CHECKING:
    import numpy as np

Level = Literal["nominal", "ordinal", "interval"]
Ratings = Sequence[Mapping[str, Any]]
Statistic = Callable[["np.ndarray"], "np.ndarray"]
"""From matrices (..., values, values) to numbers (...); NaN where undefined."""


def krippendorff_alpha(
    ratings: Ratings, level: Level = "nominal", order: Sequence[Hashable] | None = None
) -> float:
    """Krippendorff's alpha: 1 is agreement, 0 what chance would give.

    level: how values differ: nominal (or not at all), ordinal (by ranks), interval (by the square
    of the difference). order: the values of an ordinal scale from least to most; without it they
    are sorted. NaN where nothing can be said: no item with two ratings, or one value only. Raises
    NotebenchError for a value that `order` lacks, or that is no number at level interval.
    """
    values = _values(ratings, level, order)
    return float(_alpha(values, level)(_coincidences(ratings, values)))


def percent_agreement(ratings: Ratings) -> float:
    """Chance (0-1) that another rating of an item is the same as one of it; NaN without pairs.

    With two raters it is the share of the items rated by both on which they agree.
    """
    return float(_agreement(_coincidences(ratings, _values(ratings, "nominal", None))))


def cohen_kappa(ratings: Ratings, a: str, b: str) -> float:
    """Cohen's kappa of two raters over the items that both rated; NaN where undefined."""
    return float(_kappa(_confusion(ratings, a, b, _values(ratings, "nominal", None))))


def alpha_interval(
    ratings: Ratings,
    clusters: Sequence[Hashable],
    level: Level = "nominal",
    order: Sequence[Hashable] | None = None,
    **options: Any,
) -> Interval:
    """`krippendorff_alpha` with its interval. clusters: the session of each item.

    options: conf (0.95), n_boot (2000), seed (0). Bootstrap over clusters, or, with fewer than 8
    of them, Student's interval from leaving out each in turn; NaN ends from a single cluster.
    """
    values = _values(ratings, level, order)
    cells = [_coincidences(part, values) for part in _grouped(ratings, clusters)]
    return _interval(cells, _alpha(values, level), **options)


def agreement_interval(ratings: Ratings, clusters: Sequence[Hashable], **options: Any) -> Interval:
    """`percent_agreement` with its interval; clusters and options as in `alpha_interval`."""
    values = _values(ratings, "nominal", None)
    cells = [_coincidences(part, values) for part in _grouped(ratings, clusters)]
    return _interval(cells, _agreement, least=0.0, **options)


def kappa_interval(
    ratings: Ratings, clusters: Sequence[Hashable], a: str, b: str, **options: Any
) -> Interval:
    """`cohen_kappa` with its interval; clusters and options as in `alpha_interval`."""
    values = _values(ratings, "nominal", None)
    cells = [_confusion(part, a, b, values) for part in _grouped(ratings, clusters)]
    return _interval(cells, _kappa, **options)


def _values(ratings: Ratings, level: Level, order: Sequence[Hashable] | None) -> list[Any]:
    """The values that occur, in order; all of the scale where it is given."""
    found = {v for item in ratings for v in item.values() if v is not None}
    if order is not None:
        if missing := sorted(map(str, found.difference(order))):
            raise NotebenchError(
                f"the rating {missing[0]!r} is not on the scale {', '.join(map(str, order))}",
                mend="give a scale that has every value",
            )
        return list(order)
    numbers = all(isinstance(v, int | float) for v in found)
    if level == "interval" and not numbers:
        raise NotebenchError(
            "ratings at level interval must be numbers", mend="use level nominal or ordinal"
        )
    return sorted(found, key=None if numbers else str)


def _coincidences(ratings: Ratings, values: Sequence[Any]) -> np.ndarray:
    """(values, values): pairs of ratings within items, each item weighing as many as it has."""
    import numpy as np

    place = {v: i for i, v in enumerate(values)}
    matrix = np.zeros((len(values), len(values)))
    for item in ratings:
        given = [place[v] for v in item.values() if v is not None]
        if len(given) > 1:
            counts = np.bincount(given, minlength=len(values)).astype(float)
            matrix += (np.outer(counts, counts) - np.diag(counts)) / (len(given) - 1)
    return matrix


def _confusion(ratings: Ratings, a: str, b: str, values: Sequence[Any]) -> np.ndarray:
    """(values, values): how often a gave the one and b the other."""
    import numpy as np

    place = {v: i for i, v in enumerate(values)}
    matrix = np.zeros((len(values), len(values)))
    for item in ratings:
        if item.get(a) is not None and item.get(b) is not None:
            matrix[place[item[a]], place[item[b]]] += 1
    return matrix


def _alpha(values: Sequence[Any], level: Level) -> Statistic:
    """Alpha as a function of coincidences: 1 - observed over expected disagreement."""
    import numpy as np

    def statistic(matrix: np.ndarray) -> np.ndarray:
        n_c = matrix.sum(axis=-1)
        n = n_c.sum(axis=-1)
        gaps = _gaps(values, n_c, level)
        observed = (matrix * gaps).sum(axis=(-2, -1))
        expected = (n_c[..., :, None] * n_c[..., None, :] * gaps).sum(axis=(-2, -1))
        return np.asarray(1 - (n - 1) * divide(observed, expected))

    return statistic


def _gaps(values: Sequence[Any], n_c: np.ndarray, level: Level) -> np.ndarray:
    """(..., values, values): squared difference of two values; ranks hang on how often each is."""
    import numpy as np

    if level == "nominal":
        return np.asarray(1 - np.eye(len(values)))
    # a value's middle rank; the gap of two is then half of both and all between them
    places = (
        np.cumsum(n_c, axis=-1) - n_c / 2
        if level == "ordinal"
        else np.asarray(values, dtype=float)
    )  # fmt: skip
    return np.asarray((places[..., :, None] - places[..., None, :]) ** 2)


def _agreement(matrix: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray(divide(np.trace(matrix, axis1=-2, axis2=-1), matrix.sum(axis=(-2, -1))))


def _kappa(matrix: np.ndarray) -> np.ndarray:
    import numpy as np

    n = matrix.sum(axis=(-2, -1))
    expected = divide((matrix.sum(axis=-1) * matrix.sum(axis=-2)).sum(axis=-1), n**2)
    return np.asarray(divide(_agreement(matrix) - expected, 1 - expected))


def _grouped(ratings: Ratings, clusters: Sequence[Hashable]) -> list[Ratings]:
    """The items of each cluster, clusters in order of their names."""
    groups: dict[Hashable, list[Mapping[str, Any]]] = {}
    for item, cluster in zip(ratings, clusters, strict=True):
        groups.setdefault(cluster, []).append(item)
    return [groups[name] for name in sorted(groups, key=str)]


def _interval(
    cells: Sequence[np.ndarray],
    statistic: Statistic,
    *,
    conf: float = 0.95,
    n_boot: int = 2000,
    seed: int = 0,
    least: float = -1.0,
) -> Interval:
    """A statistic of the sum of the clusters' matrices, with its interval."""
    import numpy as np

    kept = [c for c in cells if c.any()]
    if not kept:
        return Interval(NAN, NAN, NAN)
    stack = np.stack(kept)
    n, total = len(stack), stack.sum(axis=0)
    value = float(statistic(total))
    if n < ENOUGH:
        without = statistic(total - stack)
        moves = (n - 1) / n * (without - without.mean())
        found = student(value, moves, conf) if n > 1 else Interval(value, NAN, NAN)
    else:
        draws = resampled(stack.reshape(n, -1), n_boot, seed).reshape(-1, *total.shape)
        found = percentile(value, statistic(draws), conf, n)
    return found.within(least, 1.0).shown()
