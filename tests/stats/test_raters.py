"""Agreement of people and verifiers over findings, and what they disagree on."""

from __future__ import annotations

from typing import Any

import pytest

from notebench.records import ClaimFinding, FactFinding
from notebench.stats.raters import ALL, agreement, disagreements

SESSIONS = {f"d{i}": f"s{i}" for i in range(10)}


def found(draft: str, place: int, verdict: Any, by: str = "x", **more: Any) -> ClaimFinding:
    return ClaimFinding(
        draft_id=draft, section="SOAP"[place % 4], start=place, end=place + 1, text="x",
        verdict=verdict, verifier=by, **more,
    )  # fmt: skip


def fact(draft: str, name: str, verdict: Any) -> FactFinding:
    return FactFinding(draft_id=draft, fact_id=name, verdict=verdict, verifier="x")


def study(verdicts: str) -> list[ClaimFinding | FactFinding]:
    """Sentences of each of ten drafts, a letter each: r, c, u, i, k (uncheckable), - (unscored)."""
    names = dict(zip("rcuik-", ("supported", "contradicted", "unsupported", "inferred",
                                "uncheckable", "unscored"), strict=True))  # fmt: skip
    return [
        found(d, n, names[v], severity="major" if v in "cui" else None)
        for d in SESSIONS
        for n, v in enumerate(verdicts)
    ]


def row(table, what, between, measure, section=ALL):
    kept = table[
        (table["what"] == what) & (table["between"] == between)
        & (table["measure"] == measure) & (table["section"] == section)
    ]  # fmt: skip
    assert len(kept) == 1
    return kept.iloc[0]


def test_the_same_ratings_agree_wholly():
    table = agreement({"a": study("rcuirrrr"), "b": study("rcuirrrr")}, SESSIONS)
    for what in ("right or wrong", "verdict"):
        assert row(table, what, "everybody", "alpha")["estimate"] == 1
    assert row(table, "right or wrong", "a and b", "kappa")["estimate"] == 1


def test_in_which_way_it_is_wrong_counts_for_the_verdict_only():
    table = agreement({"a": study("ccccrrrr"), "b": study("uuuurrrr")}, SESSIONS)
    assert row(table, "right or wrong", "everybody", "alpha")["estimate"] == 1
    verdict = row(table, "verdict", "everybody", "alpha")
    assert verdict["estimate"] < 0.6
    assert (verdict["items"], verdict["sessions"]) == (80, 10)


def test_what_one_did_not_rate_is_left_out():
    table = agreement({"a": study("cr------"), "b": study("cc-kkkkk")}, SESSIONS)
    same = row(table, "right or wrong", "a and b", "same")
    assert (same["estimate"], same["items"]) == (0.5, 20)


def test_severity_is_of_what_both_call_wrong_and_by_rank():
    a = [found(d, n, "contradicted", severity=s) for d in SESSIONS
         for n, s in enumerate(("minor", "major", "critical", "critical"))]  # fmt: skip
    near = [found(d, n, "contradicted", severity=s) for d in SESSIONS
            for n, s in enumerate(("minor", "major", "major", "critical"))]  # fmt: skip
    far = [found(d, n, "contradicted", severity=s) for d in SESSIONS
           for n, s in enumerate(("critical", "major", "critical", "critical"))]  # fmt: skip
    name = ("severity", "everybody", "alpha, ordinal")
    close = row(agreement({"a": a, "b": near}, SESSIONS), *name)["estimate"]
    assert 1 > close > row(agreement({"a": a, "b": far}, SESSIONS), *name)["estimate"]


def test_sections_and_verifiers_have_rows_of_their_own():
    people = {"a": study("rcrcrcrc"), "b": study("rcrcrccr")}
    table = agreement(people, SESSIONS, {"local@3": study("rrrcrrrc")})
    assert set(table["section"]) == {ALL, "S", "O", "A", "P"}
    assert row(table, "right or wrong", "everybody", "same", "S")["estimate"] == 1
    beside = row(table, "right or wrong", "a and local@3", "same")
    assert beside["estimate"] == 0.75
    assert beside["low"] != beside["low"], "no session differs from another"
    assert "everybody" in set(table["between"])
    alone = agreement({"a": people["a"]}, SESSIONS, {"local@3": people["b"]})
    assert set(alone["between"]) == {"a and local@3"}


def test_facts_are_rated_too():
    people = {
        name: [fact(d, f, v) for d in SESSIONS for f, v in (("F1", first), ("F2", "conveyed"))]
        for name, first in (("a", "omitted"), ("b", "distorted"))
    }
    assert row(agreement(people, SESSIONS), "facts", "a and b", "same")["estimate"] == 0.5


@pytest.mark.parametrize("decided", [False, True])
def test_disagreements_are_about_sides_and_end_with_a_decision(decided):
    said = {
        "a": ("contradicted", "supported", "supported"),
        "b": ("inferred", "unsupported", "unscored"),
    }
    people = {n: [found("d1", i, v) for i, v in enumerate(of)] for n, of in said.items()}
    final = [found("d1", 1, "supported")] if decided else [found("d1", 1, "unscored")]
    left = disagreements(people, final)
    if decided:
        assert not left
    else:
        assert [{n: f.verdict for n, f in each.items()} for each in left] == [
            {"a": "supported", "b": "unsupported"}
        ]
