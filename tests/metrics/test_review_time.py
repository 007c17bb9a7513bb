"""The model of review time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notebench import taxonomy
from notebench.metrics import tally
from notebench.metrics.effort import Load, defaults, parameters, seconds, seconds_from_counts
from notebench.metrics.review_time import load

CLAIMS = [("S", "contradicted"), ("O", "unsupported"), ("A", "inferred"), ("P", "supported")]
FACTS = [
    ("risk", "must", "omitted"),
    ("goal", "should", "conveyed"),
    ("event", "exclude", "conveyed"),
]
REFERENCE = {"references": [{"format": "SOAP", "sections": [{"name": "S", "text": "a b c d"}]}]}
WORK = Load(words=150, sentences=10, unsupported=2, contradicted=1, omitted=1, trims=1)


def test_the_work_of_a_draft(make):
    assert load(make(CLAIMS, FACTS)) == Load(
        words=16, sentences=5, unsupported=2, contradicted=1, omitted=1, trims=1
    )


def test_seconds_by_hand():
    adding = 4.4 + 1.5 * 15 * 60 / 40
    expected = 20 + 60 + 10 * 0.1 * 22 + 0.72 * (2 * 6 + 8) + 0.72 * 0.6 * adding + 6
    assert seconds(WORK, defaults()) == pytest.approx(expected)


def test_seconds_from_counts_by_hand():
    work = Load(None, None, 1, 2, 4, 0, transcript_words=1500, counted=True)
    assert seconds_from_counts(work, defaults()) == pytest.approx(
        3.3 + 3 * 5.9 + 4 * 9.0 + 15 * 3.2
    )
    unnoticed = replace(work, counted=False)
    assert seconds_from_counts(unnoticed, defaults()) == pytest.approx(
        3.3 + 0.72 * 3 * 5.9 + 0.72 * 0.6 * 4 * 9.0 + 15 * 3.2
    )


def test_errors_that_a_reviewer_counted_are_all_mended():
    p = defaults()
    everything = seconds(WORK, {**p, "detection": 1, "omission_detection": 1})
    assert seconds(replace(WORK, counted=True), p) == pytest.approx(everything)


@pytest.mark.parametrize("part", ["words", "unsupported", "contradicted", "omitted", "trims"])
def test_more_work_takes_longer(part):
    more = replace(WORK, **{part: getattr(WORK, part) + 1})
    assert seconds(more, defaults()) > seconds(WORK, defaults())


def test_defaults_lie_in_their_ranges_and_say_where_they_come_from():
    for p in parameters().values():
        assert 0 <= p.low <= p.default <= p.high
        assert p.source and p.unit and p.meaning
        assert p.distribution in ("triangular", "uniform", "fixed")
        assert (p.distribution == "fixed") == (p.low == p.high)


def test_tallies(make, count):
    case = make(CLAIMS, FACTS, REFERENCE)
    found = count(case, "review_time")
    time = seconds(load(case), defaults())
    assert found["review_time"] == pytest.approx((time, 1))
    assert found["review_time.by_hand"] == pytest.approx((60 * 4 / 20, 1))
    assert found["review_time.net_saved"] == pytest.approx((60 * 4 / 20 - time, 1))


@pytest.mark.parametrize("changes", [{"drafter": "reference"}, {"workflow": "polish"}])
def test_nothing_is_saved_where_the_clinician_wrote_the_note(make, count, changes):
    found = count(make(CLAIMS, FACTS, REFERENCE, **changes), "review_time")
    assert set(found) == {"review_time", "review_time.by_hand"}


def test_without_a_clinicians_note_or_scored_sentences_there_is_no_row(make, count):
    assert set(count(make(CLAIMS), "review_time")) == {"review_time"}
    unscored = make([("S", "unscored")], session=REFERENCE)
    assert set(count(unscored, "review_time")) == {"review_time.by_hand"}
    assert count(unscored, "residual_risk") == {}


def test_residual_risk_by_hand(make, count):
    case = make([("S", "contradicted", {"severity": "minor"}), ("S", "inferred")], FACTS)
    # one minor, one ungraded (as major), one omission of risk (critical)
    wrong, missing = 1 + 3, 10
    found = count(case, "residual_risk")
    assert found["residual_risk"] == pytest.approx(
        (wrong * (1 - 0.72) + missing * (1 - 0.72 * 0.6), 1)
    )
    assert found["residual_risk.in_practice"] == pytest.approx(
        (wrong * (1 - 0.30) + missing * (1 - 0.30 * 0.6), 1)
    )
    assert taxonomy.weights() == {"minor": 1, "major": 3, "critical": 10}


def test_each_number_of_the_model_says_so(make):
    from notebench.metrics import info

    for t in tally([make(CLAIMS, FACTS, REFERENCE)], ["review_time", "residual_risk"]):
        assert info(t.metric).assumed and "model" in info(t.metric).title
