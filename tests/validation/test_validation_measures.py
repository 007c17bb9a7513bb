"""Measures of agreement with labels, against their definitions and against other libraries."""

import numpy as np
import pytest

from notebench.adapters.measures import (
    Interval,
    Rated,
    Sample,
    auroc,
    auroc_within,
    balanced_accuracy,
    calibration_error,
    caught,
    clustered,
    flagged,
    reliability,
    spearman,
    with_interval,
)
from notebench.stats import cluster_bootstrap


def rated(*pairs, group="s"):
    return [Rated(group, p, bad) for p, bad in pairs]


def test_auroc_counts_pairs_and_half_of_ties():
    assert auroc(rated((0.9, True), (0.1, False))) == 1
    assert auroc(rated((0.1, True), (0.9, False))) == 0
    assert auroc(rated((0.5, True), (0.5, False))) == 0.5
    assert auroc(rated((0.8, True), (0.3, True), (0.5, False), (0.3, False))) == 2.5 / 4
    assert np.isnan(auroc(rated((0.5, True))))


def test_auroc_agrees_with_scikit_learn():
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(1)
    p, bad = rng.random(300).round(1), rng.random(300) < 0.3
    ours = auroc([Rated("s", a, b) for a, b in zip(p, bad, strict=True)])
    assert ours == pytest.approx(sklearn.roc_auc_score(bad, p))


def test_within_strata_pairs_of_different_strata_do_not_count():
    items = rated((0.9, True), (0.8, False), (0.2, True), (0.1, False), (0.5, True))
    assert auroc_within(Sample.of(items, ["S", "S", "O", "O", "P"])) == 1
    assert auroc(items) == pytest.approx(4 / 6)
    assert np.isnan(auroc_within(Sample.of(items[4:], ["P"])))


def test_shares_at_a_threshold():
    items = rated((0.9, True), (0.2, True), (0.6, False), (0.1, False), (0.5, False))
    assert caught(items, 0.5) == 0.5
    assert flagged(items, 0.5) == pytest.approx(2 / 3)
    assert balanced_accuracy(items, 0.5) == pytest.approx((0.5 + 1 / 3) / 2)


def test_calibration_error_and_its_bins():
    assert calibration_error(rated(*[(0.25, n < 1) for n in range(4)])) == 0
    assert calibration_error(rated((1.0, False), (1.0, False))) == 1
    items = rated((0.05, False), (0.07, True), (0.95, True), (1.0, True))
    low, high = reliability(items)
    assert (low.n, low.share, high.n, high.share) == (2, 0.5, 2, 1)
    assert low.p == pytest.approx(0.06)
    assert calibration_error(items) == pytest.approx((2 * (0.5 - 0.06) + 2 * (1 - 0.975)) / 4)
    assert np.isnan(calibration_error([]))


def test_spearman_agrees_with_scipy_and_knows_what_it_can_not_say():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 5, 80), rng.integers(0, 5, 80)
    assert spearman(a, b) == pytest.approx(spearmanr(a, b).statistic)
    assert np.isnan(spearman(np.ones(5), np.arange(5)))
    assert np.isnan(spearman(np.array([]), np.array([])))


def test_intervals_are_those_of_stats_over_whole_groups():
    same = [Rated(f"s{g}", p, bad) for g in range(8) for p, bad in [(0.9, True), (0.1, False)]]
    alike = with_interval(same, auroc)
    assert alike.estimate == 1 and np.isnan(alike.low)  # no spread says nothing
    mixed = [*same, Rated("odd", 0.1, True), Rated("odd", 0.9, False)]
    one = with_interval(mixed, auroc, seed=3)
    assert one == with_interval(mixed, auroc, seed=3)
    assert one.low < one.value < one.high
    groups = [[r for r in mixed if r.group == name] for name in sorted({r.group for r in mixed})]
    theirs = cluster_bootstrap(
        groups, lambda parts: auroc([r for part in parts for r in part]), seed=3
    )
    assert one == pytest.approx(tuple(theirs))
    assert np.isnan(with_interval(rated((0.9, True), (0.1, False)), auroc).low)


def test_clustered_takes_rows_of_a_group_together():
    seen = []

    def count(index):
        seen.append(sorted(index))
        return float(len(index))

    clustered(count, ["a", "b", "a"], resamples=20)
    assert {tuple(rows) for rows in seen} <= {
        (0, 1, 2), (0, 0, 2, 2), (1, 1),
    }  # fmt: skip


def test_an_interval_reads_well():
    assert str(Interval(0.5, 0.25, 0.75)) == "0.50 (0.25-0.75)"
    assert str(Interval(-0.5, -0.75, -0.25)) == "-0.50 (-0.75 to -0.25)"
    assert str(Interval(0.5, float("nan"), float("nan"))) == "0.50"
    assert str(Interval(*[float("nan")] * 3)) == "not measurable"
