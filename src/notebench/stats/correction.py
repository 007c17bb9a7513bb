"""Rates corrected for an imperfect verifier: by its known accuracy, or by some labels of people.

Rows are sessions, the unit of sampling. All arrays may carry leading axes (many studies at once);
the last two are always (sessions, counts). How far the intervals can be trusted, and where they
can't, is in docs/correction.md; tests/stats/test_correction.py holds them to it by simulation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .intervals import ALIKE, NAN, divide

if TYPE_CHECKING:
    import numpy as np

LEAST = 0.1
"""Sensitivity + specificity - 1 below which nothing is corrected: division by almost nothing."""
FEW = 12
"""Labelled events (or non-events) below which the verifier's part is not used: its weight and the
spread between sessions can't be told from fewer."""
FEW_ALIKE = 0.05
"""Correlation within a session that is then assumed at least."""

WEAK = "the verifier hardly tells wrong from right there"
UNLIKE = "what was flagged can't be had with that accuracy, so it does not carry over"
NO_DATA = "the accuracy rests on a single session, or on no wrong or no right case"
NO_STUDY = "a single session"

_JACKKNIFE = 1.0
_EFFECT = 0.5  # least design effect taken from data: Student's quantile allows for the rest
_STEPS = 4
_GRID = 401


class Corrected(NamedTuple):
    """A corrected rate with its interval, or why there is none."""

    estimate: float
    low: float
    high: float
    why: str = ""
    """Empty, or why it can't be corrected; the numbers are then NaN."""


class Powered(NamedTuple):
    """A rate from people's labels and a verifier's findings together, with its interval."""

    estimate: float
    low: float
    high: float
    labels: int
    """Labelled things."""
    weight: float
    """Share (0-1) of the verifier's difference that was used; 0: the labels alone."""


class _Share(NamedTuple):
    """Shares of clustered trials: value, trials, design effect, degrees of freedom, influences."""

    value: np.ndarray
    n: np.ndarray
    effect: np.ndarray
    df: np.ndarray
    influence: np.ndarray


def rogan_gladen(sums: np.ndarray, accuracy: np.ndarray, conf: float = 0.95) -> Corrected:
    """Rate of what is wrong, from the rate flagged and the verifier's accuracy elsewhere.

    sums: (sessions, 2) flagged and judged. accuracy: (sessions, 4) true positives, false negatives,
    true negatives, false positives of labelled data. The estimate is Rogan and Gladen's (1978, Am J
    Epidemiol 107:71), cut off at 0 and 1. The interval holds the rates that a score test does not
    refuse: flagged share minus what that rate would give, over its standard error at that rate,
    with sensitivity, specificity and their correlation uncertain, sessions as clusters, and
    Student's quantile (Satterthwaite) for few of them.
    """
    if len(sums) < 2:
        return Corrected(NAN, NAN, NAN, NO_STUDY)
    positives, negatives = accuracy[:, :2].sum(), accuracy[:, 2:].sum()
    if len(accuracy) < 2 or not positives or not negatives:
        return Corrected(NAN, NAN, NAN, NO_DATA)
    value, low, high, apart = corrected_bounds(sums, accuracy, conf)
    if not apart:
        return Corrected(NAN, NAN, NAN, WEAK)
    if low != low:
        return Corrected(NAN, NAN, NAN, UNLIKE)
    return Corrected(float(value), float(low), float(high))


def corrected_bounds(
    sums: np.ndarray, accuracy: np.ndarray, conf: float = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Estimates, lower and upper ends (NaN where every rate is refused), and whether correctable.

    sums: (..., sessions, 2), accuracy: (..., sessions, 4) as in `rogan_gladen`.
    """
    import numpy as np
    from scipy.special import stdtrit

    tp, fn, tn, fp = np.moveaxis(accuracy, -1, 0)
    flagged = _share(sums[..., 0], sums[..., 1], _JACKKNIFE)
    hit, spared = _share(tp, tp + fn, _JACKKNIFE), _share(tn, tn + fp, _JACKKNIFE)
    youden = hit.value + spared.value - 1
    value = np.clip(divide(flagged.value + spared.value - 1, youden), 0, 1)
    grid = np.broadcast_to(np.linspace(0, 1, _GRID) ** 2, (*value.shape, _GRID))
    rates = np.sort(np.concatenate([grid, np.nan_to_num(value)[..., None]], axis=-1), axis=-1)
    gap, error, df = _score_test(rates, flagged, hit, spared)
    refused = (np.abs(gap) > stdtrit(df, (1 + conf) / 2) * error).all(axis=-1)
    # beyond what any rate would give, an interval would be the narrower, the odder the data are:
    # such data count as at most one standard error beyond
    least, most = 1 - spared.value - error[..., 0], hit.value + error[..., -1]
    nearer = flagged._replace(value=np.clip(flagged.value, least, np.maximum(least, most)))
    gap, error, df = _score_test(rates, nearer, hit, spared)
    low, high = _ends(rates, np.abs(gap) - stdtrit(df, (1 + conf) / 2) * error)
    low, high = (np.where(refused, np.nan, end) for end in (low, high))
    return value, low, high, _apart(youden, hit, spared, conf)


def prediction_powered(counts: np.ndarray, conf: float = 0.95) -> Powered:
    """Rate of what is wrong, from people's labels on some notes and a verifier's scores on all.

    counts: (sessions, 6): labelled, of them wrong; things in the notes that people saw (labelled or
    left as uncheckable), sum of the verifier's scores (numbers in 0-1) over them; things in all
    notes, sum of scores over them. The notes that people saw must be a random part of all.
    Prediction-powered inference with tuned weight (Angelopoulos et al. 2023, Science 382:669;
    Angelopoulos, Duchi and Zrnic 2023, arXiv 2311.01453), in ratio form over clusters: valid
    whatever the verifier's accuracy. With fewer than 12 labelled events, the labels alone.
    """
    labels = int(counts[:, 0].sum())
    if (counts[:, 0] > 0).sum() < 2:
        share = float(divide(counts[:, 1].sum(), labels))
        return Powered(share, NAN, NAN, labels, 0.0)
    value, low, high, weight = powered_bounds(counts, conf)
    return Powered(float(value), float(low), float(high), labels, float(weight))


def powered_bounds(
    counts: np.ndarray, conf: float = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Estimates, lower and upper ends, weights; counts: (..., sessions, 6), as above."""
    import numpy as np
    from scipy.special import stdtrit

    n, wrong, *verifier = np.moveaxis(np.asarray(counts, dtype=float), -1, 0)
    total, clusters = n.sum(axis=-1), (n > 0).sum(axis=-1)
    labelled = _share(wrong, n)
    seen, of_all = _share(verifier[1], verifier[0]), _share(verifier[3], verifier[2])
    apart = np.round(seen.influence - of_all.influence, 12)  # no weight from rounding
    weight, variance = _tuned(labelled.influence, apart)
    value = labelled.value - weight * (seen.value - of_all.value)
    within = np.clip(value, 0.5 / total, 1 - 0.5 / total)
    trials = divide(within * (1 - within), variance)
    low, high = _wilson(within, trials, stdtrit(labelled.df, (1 + conf) / 2))
    few = (np.minimum(wrong.sum(axis=-1), total - wrong.sum(axis=-1)) < FEW) | np.isnan(trials)
    effect = np.maximum(labelled.effect, 1 + (total / clusters - 1) * FEW_ALIKE)
    alone = _wilson(labelled.value, total / effect, stdtrit(clusters - 1, (1 + conf) / 2))
    return (
        np.where(few, labelled.value, np.clip(value, 0, 1)),
        np.where(few, alone[0], low),
        np.where(few, alone[1], high),
        np.where(few, 0.0, weight),
    )


def _share(amount: np.ndarray, out_of: np.ndarray, power: float = 0.5) -> _Share:
    """Ratio of sums over the last axis, with the spread between clusters.

    Each cluster's influence is enlarged for its own pull on the ratio: power 0.5 as in CR2 (Bell
    and McCaffrey 2002), 1 as in the jackknife. Degrees of freedom count clusters by their size.
    """
    import numpy as np

    out_of = np.asarray(out_of, dtype=float)
    n = out_of.sum(axis=-1)
    value = divide(amount.sum(axis=-1), n)
    part = divide(out_of, n[..., None])
    influence = divide(amount - value[..., None] * out_of, n[..., None])
    influence = influence / np.clip(1 - part, 0.2, 1) ** power
    plain = divide(value * (1 - value), n)
    shown = divide((influence**2).sum(axis=-1), plain)
    clusters = (out_of > 0).sum(axis=-1)
    assumed = 1 + (n / np.maximum(clusters, 1) - 1) * ALIKE
    effect = np.where(np.isnan(shown), assumed, np.maximum(_EFFECT, np.nan_to_num(shown)))
    return _Share(
        value, n, effect, np.maximum(1, 1 / (part**2).sum(axis=-1) - 1), influence
    )  # fmt: skip


def _score_test(
    rates: np.ndarray, flagged: _Share, hit: _Share, spared: _Share
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gap between the flagged share and what each rate would give, its error, and its df.

    The error is taken at the shares that fit best with that rate, found in a few steps: at the
    shares observed, it would be too small just where they are small by chance.
    """
    import numpy as np

    together = (hit.influence * spared.influence).sum(axis=-1)
    alone = (hit.influence**2).sum(axis=-1) * (spared.influence**2).sum(axis=-1)
    alike = np.nan_to_num(divide(together, np.sqrt(alone)))[..., None]
    p, se, sp = (s.value[..., None] for s in (flagged, hit, spared))
    gap = p - rates * se - (1 - rates) * (1 - sp)
    fits = [np.broadcast_to(_pulled(s)[..., None], rates.shape) for s in (flagged, hit, spared)]
    for _ in range(_STEPS):
        v_p, v_hit, v_spared = (
            (s.effect / s.n)[..., None] * fit * (1 - fit)
            for s, fit in zip((flagged, hit, spared), fits, strict=True)
        )
        both = alike * np.sqrt(v_hit * v_spared)
        v_hit_part, v_spared_part = rates**2 * v_hit, (1 - rates) ** 2 * v_spared
        v_accuracy = v_hit_part + v_spared_part - 2 * rates * (1 - rates) * both
        variance = v_p + v_accuracy
        step = gap / variance
        fits = [
            _inside(p - step * v_p, flagged),
            _inside(se + step * (rates * v_hit - (1 - rates) * both), hit),
            _inside(sp - step * ((1 - rates) * v_spared - rates * both), spared),
        ]
    df_accuracy = (
        v_hit_part * hit.df[..., None] + v_spared_part * spared.df[..., None]
    ) / (v_hit_part + v_spared_part)  # fmt: skip
    df = variance**2 / (v_p**2 / flagged.df[..., None] + v_accuracy**2 / df_accuracy)
    return gap, np.sqrt(variance), df


def _pulled(share: _Share) -> np.ndarray:
    """The share with one more trial of either kind, so that none is 0 or 1."""
    import numpy as np

    trials = share.n / np.maximum(share.effect, 1)
    return np.asarray((share.value * trials + 1) / (trials + 2))


def _inside(fit: np.ndarray, share: _Share) -> np.ndarray:
    """Kept half a trial away from 0 and 1."""
    import numpy as np

    half = (0.5 * np.maximum(share.effect, 1) / share.n)[..., None]
    return np.clip(fit, np.minimum(half, 0.5), np.maximum(1 - half, 0.5))


def _ends(rates: np.ndarray, margin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least and the greatest rate with a margin of at most 0, interpolated; NaN for none."""
    import numpy as np

    def first(rates: np.ndarray, margin: np.ndarray) -> np.ndarray:
        kept = margin <= 0
        at = kept.argmax(axis=-1)[..., None]
        before = np.maximum(at - 1, 0)
        r0, r1 = (np.take_along_axis(rates, i, -1) for i in (before, at))
        m0, m1 = (np.take_along_axis(margin, i, -1) for i in (before, at))
        crossing = np.where(at > 0, r1 - (r1 - r0) * divide(-m1, m0 - m1), r1)
        return np.where(kept.any(axis=-1), crossing[..., 0], np.nan)

    return first(rates, margin), first(rates[..., ::-1], margin[..., ::-1])


def _apart(youden: np.ndarray, hit: _Share, spared: _Share, conf: float) -> np.ndarray:
    """Whether the verifier tells wrong from right: clearly better than flagging at random."""
    import numpy as np
    from scipy.special import stdtrit

    error = np.sqrt(((hit.influence + spared.influence) ** 2).sum(axis=-1))
    df = np.minimum(hit.df, spared.df)
    return (youden >= LEAST) & (youden - stdtrit(df, (1 + conf) / 2) * error > 0)


def _tuned(labels: np.ndarray, apart: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The weight that leaves least variance, and that variance, each session at others' weight."""
    import numpy as np

    product, square = labels * apart, apart**2
    weight = np.clip(np.nan_to_num(divide(product.sum(-1), square.sum(-1))), 0, 1)
    others = divide(
        product.sum(-1, keepdims=True) - product, square.sum(-1, keepdims=True) - square
    )
    left = labels - np.clip(np.nan_to_num(others), 0, 1) * apart
    return weight, (left**2).sum(axis=-1)


def _wilson(share: np.ndarray, n: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's ends for arrays."""
    import numpy as np

    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
