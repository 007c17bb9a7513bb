"""check(): each invariant, broken by hand, is found."""

from __future__ import annotations

from typing import Any

import pytest

from notebench.records import Session
from notebench.sessions import check, generate, say


@pytest.fixture(scope="module")
def session() -> Session:
    found = (
        s
        for s in generate(150, seed=12)
        if "suicidal_ideation" in s.not_assessed
        and s.chart["cpt"] == "90834"
        and s.scenario["session_type"] == "routine"
        and any(f.attributes.get("corrected") and f.attributes.get("value") for f in s.facts or [])
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


def test_a_number_that_the_reference_invents_is_found(session: Session) -> None:
    notes = [n.model_dump() for n in session.references]
    notes[0]["sections"][0]["text"] += " Seen 613 times."
    found = check(changed(session, references=notes))
    assert found == ["the SOAP reference has the number 613, the ledger not"]


def test_two_facts_that_disagree_are_found(session: Session) -> None:
    at = next(
        i for i, f in enumerate(session.facts or [])
        if f.source == "transcript" and f.attributes.get("value") and f.attributes.get("name")
        and f.kind in ("symptom", "substance", "measure")
    )  # fmt: skip
    given = [f.model_dump() for f in session.facts or []]
    twin = {**given[at], "id": "F99"}
    twin["attributes"] = {**twin["attributes"], "value": twin["attributes"]["value"] + 1}
    found = check(changed(session, facts=[*given, twin]))
    assert any(f"{given[at]['id']} and F99" in f for f in found)


def test_a_denial_needs_its_question_and_its_no(session: Session) -> None:
    at = next(
        i for i, f in enumerate(session.facts or []) if f.attributes.get("certainty") == "denied"
    )
    fact = (session.facts or [])[at]
    turns = [t.model_dump() for t in session.transcript]
    near = {e + step for e in fact.evidence for step in (-1, 0, 1)}
    silent = [{**t, "text": t["text"].replace("?", ".")} if t["turn"] in near else t for t in turns]
    found = check(changed(session, transcript=silent))
    assert any(f.startswith(f"{fact.id}: is denied, and nobody asks") for f in found)
    agreed = [{**t, "text": "Yes?"} if t["turn"] in fact.evidence else t for t in turns]
    found = check(changed(session, transcript=agreed))
    assert any(f.startswith(f"{fact.id}: is denied, and there is no negative") for f in found)


def test_a_turn_that_gives_another_number_is_found(session: Session) -> None:
    at = next(
        i for i, f in enumerate(session.facts or [])
        if f.source == "transcript" and f.attributes.get("unit") and f.attributes.get("name")
        and f.kind not in ("measure", "logistics")
    )  # fmt: skip
    fact = (session.facts or [])[at]
    said = f"About the {fact.attributes['name']}, it was ninety-one {fact.attributes['unit']}s."
    turns = [t.model_dump() for t in session.transcript]
    turns.append({"turn": len(turns) + 1, "speaker": "client", "text": said})
    found = check(changed(session, transcript=turns))
    assert any(f.startswith(f"{fact.id}: turn {len(turns)} says ninety-one") for f in found)


def test_a_correction_needs_the_number_that_was_corrected(session: Session) -> None:
    fact = next(
        f for f in session.facts or []
        if f.attributes.get("corrected") and isinstance(f.attributes.get("value"), int)
    )  # fmt: skip
    said = say.number(fact.attributes["value"])
    turns = [
        {**t.model_dump(), "text": f"{said}."} if t.turn in fact.evidence else t.model_dump()
        for t in session.transcript
    ]
    found = check(changed(session, transcript=turns))
    assert any(f.startswith(f"{fact.id}: was corrected to") for f in found)


def test_the_weekday_of_the_next_session_is_checked(session: Session) -> None:
    at = next(
        i for i, f in enumerate(session.facts or []) if f.attributes.get("name") == "next session"
    )
    attributes = {**(session.facts or [])[at].attributes, "when": "2026-03-01 10:00"}
    found = check(changed(session, facts=facts(session, at, attributes=attributes)))
    assert any("2026-03-01 is a Sunday" in f for f in found)


def test_a_dose_out_of_range_is_found(session: Session) -> None:
    given = [f.model_dump() for f in session.facts or []]
    pill = {
        "id": "F98", "kind": "medication", "statement": "The client takes sertraline, 900 mg.",
        "disclosure": "optional", "source": "chart",
        "attributes": {"name": "sertraline", "value": 900, "unit": "mg", "who": "client"},
    }  # fmt: skip
    found = check(changed(session, facts=[*given, pill]))
    assert "F98: 900 mg is no usual dose of sertraline" in found


def test_somebody_who_speaks_must_be_listed(session: Session) -> None:
    turns = [t.model_dump() for t in session.transcript]
    turns.append({"turn": len(turns) + 1, "speaker": "neighbour", "text": "Hello."})
    found = check(changed(session, transcript=turns))
    assert "neighbour speaks, and is not among the participants" in found


def test_too_little_of_what_goes_wrong_is_told(session: Session) -> None:
    kept = [f.model_dump() for f in session.facts or [] if f.disclosure in ("must", "should")]
    assert any(f.startswith("restraint: 0") for f in check(changed(session, facts=kept)))
