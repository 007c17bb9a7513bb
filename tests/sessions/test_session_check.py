"""check(): each invariant, broken by hand, is found."""

from __future__ import annotations

from typing import Any

import pytest

from notebench.records import Session
from notebench.sessions import check, generate


@pytest.fixture(scope="module")
def session() -> Session:
    found = (
        s
        for s in generate(60, seed=12)
        if "suicidal_ideation" in s.not_assessed and s.chart["cpt"] == "90834"
    )
    return next(found)


def changed(session: Session, **fields: Any) -> Session:
    return Session.model_validate({**session.model_dump(), **fields})


def facts(session: Session, position: int, **fields: Any) -> list[dict[str, Any]]:
    out = [f.model_dump() for f in session.facts or []]
    out[position] = {**out[position], **fields}
    return out


def position(session: Session, **wanted: Any) -> int:
    return next(
        i
        for i, f in enumerate(session.facts or [])
        if all(getattr(f, k) == v for k, v in wanted.items())
    )


def test_a_whole_session_has_nothing_to_report(session: Session) -> None:
    assert check(session) == []


def test_a_session_from_elsewhere_is_not_asked_for_what_it_lacks() -> None:
    bare = Session.model_validate({"session_id": "x", "rough_notes": "- pt well"})
    assert check(bare) == []


def test_evidence_must_carry_the_number(session: Session) -> None:
    at = position(session, kind="measure", source="transcript")
    attributes = {**(session.facts or [])[at].attributes, "value": 20.5}
    found = check(changed(session, facts=facts(session, at, attributes=attributes)))
    assert any("20.5 is not in turns" in f for f in found)
    assert any("reference" in f and "20.5" in f for f in found)


def test_a_fact_of_the_transcript_needs_evidence(session: Session) -> None:
    at = position(session, source="transcript")
    found = check(changed(session, facts=facts(session, at, evidence=[])))
    assert any("names no evidence turn" in f for f in found)


def test_a_must_fact_left_out_is_found(session: Session) -> None:
    notes = [n.model_dump() for n in session.references]
    must = next(f.id for f in session.facts or [] if f.disclosure == "must")
    notes[0]["conveys"] = [i for i in notes[0]["conveys"] if i != must]
    found = check(changed(session, references=notes))
    assert found == [f"{must}: must be in the SOAP reference and is not"]


def test_what_should_stay_out_is_found(session: Session) -> None:
    fact = next(f for f in session.facts or [] if f.disclosure == "exclude")
    trace = getattr(fact, "traces")[0]  # noqa: B009
    notes = [n.model_dump() for n in session.references]
    notes[1]["sections"][0]["text"] += f" Also spoke of {trace}."
    found = check(changed(session, references=notes))
    assert any(f"gives away {trace!r}" in f for f in found)


def test_a_denial_nobody_asked_for_is_found(session: Session) -> None:
    notes = [n.model_dump() for n in session.references]
    notes[2]["sections"][0]["text"] += " Denied suicidal ideation."
    found = check(changed(session, references=notes))
    assert found == [
        "suicidal_ideation is said not to have been raised, and the BIRP reference says 'suicid'"
    ]


def test_time_is_checked_against_itself_and_the_code(session: Session) -> None:
    chart = {**session.chart, "stop": session.chart["start"]}
    assert any("not after" in f for f in check(changed(session, chart=chart)))
    chart = {**session.chart, "cpt": "90832"}
    assert any("CPT 90832 takes 16-37" in f for f in check(changed(session, chart=chart)))


def test_a_total_out_of_range_is_found(session: Session) -> None:
    at = position(session, kind="measure", source="transcript")
    attributes = {**(session.facts or [])[at].attributes, "name": "GAD-7", "value": 40}
    found = check(changed(session, facts=facts(session, at, attributes=attributes)))
    assert any("GAD-7 of 40 is outside 0-21" in f for f in found)


def test_a_copied_sentence_is_found(session: Session) -> None:
    longest = max(session.transcript, key=lambda t: len(t.text))
    notes = [n.model_dump() for n in session.references]
    notes[0]["sections"][0]["text"] += " " + longest.text
    found = check(changed(session, references=notes))
    assert any("copies the transcript" in f for f in found)


def test_a_section_the_format_does_not_have_is_found(session: Session) -> None:
    notes = [n.model_dump() for n in session.references]
    notes[0]["sections"][0]["name"] = "X"
    found = check(changed(session, references=notes))
    assert "SOAP has no section 'X'" in found
