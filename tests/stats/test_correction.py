"""Corrected rates: on worked cases, and by simulated studies whose truth is known."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from notebench.stats.correction import (
    NO_DATA,
    NO_STUDY,
    UNLIKE,
    WEAK,
    corrected_bounds,
    powered_bounds,
    prediction_powered,
    rogan_gladen,
)

STUDIES = 1000


def varied(rng: np.random.Generator, mean: float, alike: float, size: tuple[int, int]):
    """Chances of each session with that mean; alike: correlation of two trials of a session."""
    if not alike:
        return np.full(size, mean)
    return rng.beta(mean * (1 / alike - 1), (1 - mean) * (1 / alike - 1), size)


def judged(rng, sessions, each, wrong, alike, accuracy, accuracy_alike):
    """(studies, sessions) counts: wrong, right, wrong and flagged, right and flagged."""
    size = (STUDIES, sessions)
    n = rng.integers(each // 2, each + each // 2 + 1, size)
    bad = rng.binomial(n, varied(rng, wrong, alike, size))
    caught = rng.binomial(bad, varied(rng, accuracy[0], accuracy_alike, size))
    alarms = rng.binomial(n - bad, 1 - varied(rng, accuracy[1], accuracy_alike, size))
    return bad, n - bad, caught, alarms


# wrong share, sensitivity and specificity; sessions x sentences of the study and of the labelled
# data; correlation within sessions of what is wrong, and of the verifier's success
CORRECTION = [
    (wrong, accuracy, study, labelled, alike)
    for wrong in (0.03, 0.1, 0.3)
    for accuracy, labelled, study in [
        ((0.4, 0.86), (15, 50), (60, 20)),
        ((0.7, 0.92), (6, 57), (12, 20)),
        ((0.7, 0.92), (15, 50), (60, 20)),
        ((0.95, 0.97), (6, 57), (60, 20)),
        ((0.95, 0.97), (40, 40), (12, 20)),
    ]
    for alike in [(0.03, 0.03), (0.1, 0.05)]
]


def correction_coverage(wrong, accuracy, study, labelled, alike):
    rng = np.random.default_rng(11)
    _, _, caught, alarms = here = judged(rng, *study, wrong, alike[0], accuracy, alike[1])
    sums = np.stack([caught + alarms, here[0] + here[1]], axis=-1)
    bad, good, tp, fp = judged(rng, *labelled, 0.23, alike[0], accuracy, alike[1])
    counts = np.stack([tp, bad - tp, good - fp, fp], axis=-1)
    _, low, high, apart = corrected_bounds(sums, counts)
    told = apart & ~np.isnan(low)
    return np.mean(((low <= wrong) & (wrong <= high))[told]), told.mean()


@pytest.mark.parametrize("scenario", CORRECTION, ids=str)
def test_corrected_intervals_cover_the_truth(scenario):
    wrong, (_, specificity), *_ = scenario
    covered, told = correction_coverage(*scenario)
    # fewer wrong than false alarms: one end stands at 0 and can't miss, as documented
    assert 0.93 <= covered <= (0.98 if wrong < 1 - specificity else 0.97)
    assert told > 0.95


@pytest.mark.parametrize("wrong", [0.03, 0.1, 0.3])
def test_a_weak_verifier_known_from_six_uneven_sessions_is_where_it_fails(wrong):
    """Documented: intervals cover somewhat too seldom, and many studies can't be corrected."""
    covered, told = correction_coverage(wrong, (0.4, 0.86), (60, 20), (6, 57), (0.1, 0.1))
    assert 0.88 <= covered < 0.96
    assert told < 0.6


# wrong share, sensitivity and specificity, sessions with labels, share of their sentences labelled
POWERED = [
    (wrong, accuracy, labelled, part, alike)
    for wrong in (0.03, 0.1, 0.3)
    for accuracy in [(0.4, 0.86), (0.8, 0.95)]
    for labelled, part in [(15, 1.0), (40, 1.0), (30, 0.5)]
    for alike in (0.02, 0.1)
]


def labelled_studies(wrong, accuracy, labelled, part, alike):
    """60 sessions with about 20 sentences, all scored by a verifier, some labelled by people."""
    rng = np.random.default_rng(5)
    size = (STUDIES, 60)
    bad_p = varied(rng, wrong, alike, size)
    hit, alarm = (varied(rng, m, 0.05, size) for m in (accuracy[0], 1 - accuracy[1]))
    n = rng.integers(10, 31, size)
    seen = np.where(np.arange(60) < labelled, np.round(n * part).astype(int), 0)
    sides = []
    for count in (seen, n - seen):
        bad = rng.binomial(count, bad_p)
        sides.append((bad, rng.binomial(bad, hit) + rng.binomial(count - bad, alarm)))
    (bad, scored), (_, rest) = sides
    return np.stack([seen, bad, seen, scored, n, scored + rest], axis=-1)


@pytest.mark.parametrize("scenario", POWERED, ids=str)
def test_powered_intervals_cover_the_truth(scenario):
    wrong, _, labelled, part, _ = scenario
    value, low, high, _ = powered_bounds(labelled_studies(*scenario))
    few = wrong * labelled * 20 * part < 15  # labelled events: then cautious, as documented
    assert 0.93 <= np.mean((low <= wrong) & (wrong <= high)) <= (0.985 if few else 0.97)
    assert abs(value.mean() - wrong) < 0.006


def test_a_good_verifier_narrows_what_labels_alone_can_say():
    counts = labelled_studies(0.3, (0.95, 0.97), 15, 1.0, 0.1)
    _, low, high, weight = powered_bounds(counts)
    blind = counts.astype(float)
    blind[..., 3], blind[..., 5] = blind[..., 2] * 0.3, blind[..., 4] * 0.3
    _, low_alone, high_alone, none = powered_bounds(blind)
    assert np.mean(high - low) < 0.75 * np.mean(high_alone - low_alone)
    assert weight.mean() > 0.7
    assert not none.any()


def test_a_perfect_verifier_leaves_the_rate_as_it_is():
    sums = np.array([[2, 20], [4, 20], [3, 20], [6, 20]])
    perfect = np.array([[50, 0, 200, 0]] * 10)
    found = rogan_gladen(sums, perfect)
    assert found.estimate == pytest.approx(15 / 80)
    assert found.low < 15 / 80 < found.high


def test_the_estimate_is_rogan_and_gladens():
    """(0.25 + 0.9 - 1) / (0.8 + 0.9 - 1)."""
    sums = np.array([[5, 20], [4, 20], [6, 20], [5, 20]] * 5)
    counts = np.array([[8, 2, 18, 2], [7, 3, 19, 1], [9, 1, 17, 3]] * 4)
    assert rogan_gladen(sums, counts).estimate == pytest.approx(0.15 / 0.7)


@pytest.mark.parametrize(
    ("sums", "counts", "why"),
    [
        ([[5, 20], [4, 20]], [[3, 7, 15, 5], [2, 8, 16, 4]] * 4, WEAK),
        ([[0, 200], [0, 200], [1, 200]] * 9, [[8, 2, 70, 30], [9, 1, 72, 28]] * 9, UNLIKE),
        ([[5, 20]], [[8, 2, 18, 2]] * 9, NO_STUDY),
        ([[5, 20], [4, 20]], [[8, 2, 18, 2]], NO_DATA),
        ([[5, 20], [4, 20]], [[0, 0, 18, 2]] * 9, NO_DATA),
    ],
)
def test_what_can_not_be_corrected_says_why(sums, counts, why):
    found = rogan_gladen(np.array(sums), np.array(counts))
    assert found.why == why
    assert isnan(found.estimate)


def test_ends_stay_within_0_and_1():
    high = rogan_gladen(np.array([[19, 20], [20, 20], [20, 20]]), np.array([[9, 1, 9, 1]] * 12))
    assert (high.estimate, high.high) == (1, 1)
    assert 0 < high.low < 1
    low = rogan_gladen(np.array([[0, 20], [1, 20], [0, 20]]), np.array([[9, 1, 99, 1]] * 12))
    assert low.low == 0 < low.high < 1


def test_few_labelled_events_are_taken_alone():
    counts = np.array([[20, 1, 20, 2.0, 20, 2.0]] * 8 + [[0, 0, 0, 0, 20, 5.0]] * 20)
    found = prediction_powered(counts)
    assert found.weight == 0
    assert found.estimate == pytest.approx(0.05)
    assert found.labels == 160
    single = prediction_powered(np.array([[20, 5, 20, 4.0, 20, 4.0], [0, 0, 0, 0, 20, 5.0]]))
    assert single.estimate == pytest.approx(0.25)
    assert isnan(single.low)
