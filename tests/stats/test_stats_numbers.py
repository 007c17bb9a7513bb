"""Intervals and tests on plain numbers, and how often they hold the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap

from notebench.stats import cluster_bootstrap, holm, wilson
from notebench.stats.intervals import (
    clustered_wilson,
    design_effect,
    difference,
    permutation,
    ratio,
)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (1, 10), (5, 10), (10, 10), (3, 200)])
def test_wilson_as_in_scipy(k, n):
    theirs = binomtest(k, n).proportion_ci(method="wilson")
    assert wilson(k, n) == pytest.approx((k / n, theirs.low, theirs.high))


def test_wilson_of_nothing_is_undefined():
    assert all(map(math.isnan, wilson(0, 0)))


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    with_gap = holm([0.04, float("nan"), 0.01])
    assert with_gap[[0, 2]] == pytest.approx([0.04, 0.02]) and math.isnan(with_gap[1])
    assert holm([0.9, 0.8]) == pytest.approx([1, 1])
    assert len(holm([])) == 0


def simulated(rng, sessions, share, icc=0.1):
    """(sessions, 2): 8 to 19 trials each, alike within a session by a beta distribution."""
    spread = (1 - icc) / icc
    trials = rng.integers(8, 20, sessions)
    hits = rng.binomial(trials, rng.beta(share * spread, (1 - share) * spread, sessions))
    return np.column_stack([hits, trials]).astype(float)


@pytest.mark.parametrize(("sessions", "share"), [(12, 0.05), (12, 0.2), (24, 0.5), (48, 0.05)])
def test_share_intervals_cover_the_truth(sessions, share):
    # 600 simulations: the standard error of a coverage of 0.95 is 0.009; tolerance 0.03
    rng = np.random.default_rng(11)
    found = [clustered_wilson(simulated(rng, sessions, share)) for _ in range(600)]
    cover = np.mean([i.low <= share <= i.high for i in found])
    assert cover == pytest.approx(0.95, abs=0.03)


def test_ignoring_the_sessions_would_not_cover():
    rng = np.random.default_rng(11)
    found = [wilson(*simulated(rng, 12, 0.2, icc=0.3).sum(axis=0)) for _ in range(600)]
    assert np.mean([i.low <= 0.2 <= i.high for i in found]) < 0.8


@pytest.mark.parametrize("sessions", [3, 12, 40])
def test_ratio_intervals_cover_the_truth(sessions):
    # words a fact: lognormal ratio within sessions; 300 simulations, tolerance 0.04
    rng = np.random.default_rng(12)
    hits = 0
    for _ in range(300):
        facts = rng.integers(5, 15, sessions)
        words = facts * 12 * rng.lognormal(-0.045, 0.3, sessions)  # mean 1
        found = ratio(np.column_stack([words, facts]), 0.95, 400, 0)
        hits += found.low <= 12 <= found.high
    assert hits / 300 == pytest.approx(0.95, abs=0.04)


@pytest.mark.parametrize("sessions", [4, 16])
@pytest.mark.parametrize(("a", "b"), [(0.2, 0.2), (0.3, 0.1)])
def test_difference_intervals_cover_the_truth(a, b, sessions):
    rng = np.random.default_rng(13)
    hits = 0
    for _ in range(300):
        pairs = np.hstack([simulated(rng, sessions, a), simulated(rng, sessions, b)])
        found = difference(pairs, 0.95, 400, 0)
        hits += found.low <= a - b <= found.high
    assert hits / 300 == pytest.approx(0.95, abs=0.04)


def test_differences_of_rare_errors_are_not_claimed_too_often():
    # 300 simulations of 1 sentence in 50 on both sides; in many of them one side has none at all
    rng = np.random.default_rng(18)
    found = [
        difference(
            np.hstack([simulated(rng, 6, 0.02), simulated(rng, 6, 0.02)]), 0.95, 400, 0, (0, 1),
            share=True,
        )
        for _ in range(300)
    ]  # fmt: skip
    assert all(-1 <= i.low < i.high <= 1 for i in found)
    assert np.mean([i.low <= 0 <= i.high for i in found]) >= 0.93


def test_permutation_p_is_uniform_under_the_null():
    rng = np.random.default_rng(14)
    p = [
        permutation(np.hstack([simulated(rng, 8, 0.3), simulated(rng, 8, 0.3)]), 999, 0)
        for _ in range(300)
    ]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.035)
    assert np.mean(np.array(p) <= 0.5) == pytest.approx(0.5, abs=0.09)


def test_permutation_sees_a_difference_with_many_sessions():
    rng = np.random.default_rng(15)
    pairs = np.hstack([simulated(rng, 40, 0.4), simulated(rng, 40, 0.1)])
    assert permutation(pairs, 999, 0) == pytest.approx(0.002, abs=0.002)


def test_bootstrap_near_scipys():
    rng = np.random.default_rng(16)
    sums = simulated(rng, 60, 0.3)
    ours = ratio(sums, 0.95, 4000, 0)
    theirs = bootstrap(
        (sums[:, 0], sums[:, 1]), lambda a, o, axis: a.sum(axis) / o.sum(axis), paired=True,
        vectorized=True, n_resamples=4000, method="percentile", rng=np.random.default_rng(0),
    ).confidence_interval  # fmt: skip
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.006)


def test_design_effect():
    assert design_effect(np.array([[5, 10]] * 6, dtype=float)) == 1  # no spread: not under 1
    whole = np.array([[10, 10], [0, 10]] * 6, dtype=float)  # each session all or nothing
    assert design_effect(whole) == pytest.approx(10 * 12 / 11)
    assert design_effect(np.array([[0, 10]] * 6, dtype=float)) is None
    assert design_effect(np.array([[5, 10]], dtype=float)) is None


def test_cluster_bootstrap_of_any_statistic():
    groups = [[(True, 1)] * 3 + [(False, 1)] * i for i in range(1, 9)]

    def sensitivity(clusters):
        seen = [hit for cluster in clusters for hit, _ in cluster]
        return sum(seen) / len(seen)

    found = cluster_bootstrap(groups, sensitivity, seed=1)
    assert found.estimate == 24 / 60 and found.low < 0.4 < found.high
    assert found == cluster_bootstrap(groups, sensitivity, seed=1)
    assert all(map(math.isnan, cluster_bootstrap([], sensitivity)))
    assert math.isnan(cluster_bootstrap(groups[:1], sensitivity).low)


def test_cluster_bootstrap_passes_over_undefined_draws():
    found = cluster_bootstrap([0.0, 1.0, 2.0], lambda c: sum(c) or float("nan"), n_boot=200)
    assert found.estimate == 3 and 0 < found.low < found.high
