"""Metrics that count findings: hallucination, omission, distortion, restraint, unscored."""

from __future__ import annotations

import pytest

VERDICTS = ["supported", "contradicted", "unsupported", "inferred", "uncheckable", "unscored"]


def test_hallucination_counts_wrong_verdicts_of_checkable_ones_by_section(make, count):
    case = make([("S", v) for v in VERDICTS] + [("P", "supported"), ("O", "unscored")])
    found = count(case, "hallucination")
    assert found["hallucination", "S"] == (3, 4)
    assert found["hallucination", "P"] == (0, 1)
    assert ("hallucination", "O") not in found  # nothing scored there: no row, not 0


def test_severity_is_the_verifiers_then_the_taxonomys(make, count):
    case = make(
        [
            ("S", "unsupported", {"severity": "minor", "error_type": "fabricated_risk"}),
            ("S", "unsupported", {"error_type": "fabricated_risk"}),
            ("S", "contradicted", {"error_type": "wrong_value"}),
            ("S", "contradicted", {"error_type": "made_up_type"}),
            ("S", "supported"),
        ]
    )
    found = count(case, "hallucination")
    parts = {name: found[f"hallucination.{name}", "S"] for name in
             ("minor", "major", "critical", "ungraded")}  # fmt: skip
    assert parts == dict.fromkeys(parts, (1, 5))
    assert sum(a for a, _ in parts.values()) == found["hallucination", "S"][0]


def test_severity_is_raised_in_a_crisis(make, count):
    claim = ("S", "contradicted", {"error_type": "wrong_value"})
    case = make([claim], session={"scenario": {"session_type": "crisis"}})
    assert count(case, "hallucination")["hallucination.critical", "S"] == (1, 1)


def test_omission_by_disclosure(make, count):
    case = make(
        facts=[
            ("risk", "must", "omitted"),
            ("measure", "must", "conveyed"),
            ("symptom", "should", "distorted"),
            ("symptom", "should", "unscored"),
            ("event", "generalise", "omitted"),
            ("event", "optional", "omitted"),
            ("event", "exclude", "omitted"),
        ]
    )
    assert count(case, "omission") == {
        "omission": (2, 4),
        "omission.must": (1, 2),
        "omission.should": (0, 1),
        "omission.generalise": (1, 1),
    }
    assert count(case, "distortion") == {"distortion": (1, 4)}


@pytest.mark.parametrize("family", ["omission", "distortion", "restraint"])
@pytest.mark.parametrize("facts", [None, [], [("risk", "must", "unscored")]])
def test_without_scored_facts_there_is_no_row(make, count, family, facts):
    assert count(make([("S", "supported")], facts), family) == {}


def test_a_fact_never_shown_is_no_omission(make, count):
    facts = [
        ("observation", "must", "omitted", {"source": "rough_notes"}),
        ("risk", "must", "omitted", {"seen_in": ["transcript", "rough_notes"]}),
    ]
    assert count(make(facts=facts, workflow="scribe"), "omission")["omission"] == (1, 1)
    assert count(make(facts=facts, workflow="organise"), "omission")["omission"] == (2, 2)
    told = make(facts=facts, provenance={"inputs": ["chart"]})
    assert count(told, "omission") == {}


def test_transcript_facts_count_as_known_where_no_fact_says_where_it_is_seen(make, count):
    facts = [("risk", "must", "omitted"), ("observation", "must", "omitted", {"source": "chart"})]
    assert count(make(facts=facts, workflow="organise"), "omission")["omission"] == (2, 2)
    # as soon as one fact says it, the others mean what they say
    facts.append(("goal", "must", "conveyed", {"seen_in": ["rough_notes"]}))
    assert count(make(facts=facts, workflow="organise"), "omission")["omission"] == (1, 2)


def test_restraint_counts_what_was_put_in_and_never_safety(make, count):
    case = make(
        facts=[
            ("third_party", "exclude", "conveyed"),
            ("event", "psychotherapy_note_only", "distorted"),
            ("event", "exclude", "omitted"),
            ("risk", "exclude", "conveyed"),
            ("medication", "exclude", "conveyed"),
            ("event", "should", "conveyed"),
        ]
    )
    assert count(case, "restraint") == {"restraint": (2, 3)}


def test_a_leak_counts_even_of_a_fact_that_was_not_shown(make, count):
    hidden = {"source": "prior_note"}
    facts = [("event", "exclude", v, hidden) for v in ("conveyed", "omitted")]
    assert count(make(facts=facts), "restraint") == {"restraint": (1, 1)}


def test_unscored_counts_findings_and_facts_without_one(make, count):
    case = make(
        [("S", "supported"), ("S", "unscored")],
        [("risk", "must", "unscored"), ("goal", "must", None), ("goal", "must", "conveyed")],
    )
    assert count(case, "unscored") == {"unscored": (3, 5)}
    assert count(make(), "unscored") == {}
