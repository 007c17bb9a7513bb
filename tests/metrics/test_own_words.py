"""Certainty drift, authorship and change of meaning: the draft beside what it was made from."""

from __future__ import annotations

import pytest

from notebench.metrics.authorship import ways
from notebench.metrics.certainty import level


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Client will walk daily.", "settled"),
        ("Client may walk daily.", "hedged"),
        ("Possible dependence on alcohol.", "hedged"),
        ("PTSD?", "hedged"),
        ("Asked about eating; no answer given.", "open"),
        ("Coffee: did not say.", "open"),
        ("Was not sure about walking.", "hedged"),
        ("May have walked.", "hedged"),
        ("Seen in May and on May 2, 2026.", "settled"),
    ],
)
def test_levels_of_certainty(text, expected):
    assert level(text) == expected


WALK = "The client will walk daily in the park."
MAYBE = "The client may walk daily in the park."
ASKED = "Asked about walking daily in the park, the client did not answer."


@pytest.mark.parametrize(
    ("statement", "certainty", "sentence", "drift"),
    [
        (WALK, None, "Client will walk daily in the park.", ""),
        (WALK, None, "Client may walk daily in the park.", "less"),
        (WALK, None, "Client will walk daily in the park; SI unclear.", ""),  # another clause
        (WALK, "possible", "Client will walk daily in the park.", "more"),
        (WALK, "possible", "Client might walk daily in the park.", "kept"),
        (WALK, "possible", "Suggested to walk daily in the park.", "kept"),
        (MAYBE, None, "Client will walk daily in the park.", "more"),
        (MAYBE, None, "Perhaps the client will walk daily in the park.", "kept"),
        (ASKED, "unanswered", "Client walks daily in the park.", "more"),
        (ASKED, "unanswered", "Walking daily in the park: asked, no answer.", "kept"),
        (WALK, "denied", "Client definitely will walk daily in the park.", "more"),
        (WALK, "endorsed", "Client will walk daily in the park.", ""),
    ],
)
def test_certainty_of_a_fact(make, count, statement, certainty, sentence, drift):
    attributes = {"certainty": certainty} if certainty else {}
    case = make(
        [("P", "supported", {"facts": ["F0"], "text": sentence})],
        [("plan", "must", "conveyed", {"statement": statement, "attributes": attributes})],
    )
    found = count(case, "certainty")
    assert found["certainty.more_sure"] == (drift == "more", 1)
    assert found["certainty.less_sure"] == (drift == "less", 1)
    assert found["certainty"] == (drift in ("more", "less"), 1)
    unsure = drift == "kept" or (drift == "more" and certainty != "denied")
    assert found.get("certainty.hedges_kept") == ((drift == "kept", 1) if unsure else None)


def test_a_hedge_may_belong_to_the_other_fact_of_the_sentence(make, count):
    text = "Client walks daily in the park and may look for work."
    case = make(
        [("P", "supported", {"facts": ["F0", "F1"], "text": text})],
        [
            ("plan", "must", "conveyed", {"statement": "Walks daily in the park."}),
            ("plan", "must", "conveyed", {"statement": "The client may look for work."}),
        ],
    )
    assert count(case, "certainty")["certainty"] == (0, 2)


def test_what_is_omitted_or_not_told_is_not_compared(make, count):
    told = [("P", "supported", {"facts": ["F0"], "text": "Client may walk daily in the park."})]
    for verdict in ("omitted", "unscored"):
        case = make(told, [("plan", "must", verdict, {"statement": WALK})])
        assert count(case, "certainty") == {}
    # the verifier ties a sentence that has too few of the fact's words
    elsewhere = [("P", "supported", {"facts": ["F0"], "text": "Client may rest."})]
    case = make(elsewhere, [("plan", "must", "conveyed", {"statement": WALK})])
    assert count(case, "certainty") == {}


@pytest.mark.parametrize(
    ("said", "sentence", "drift"),
    [
        ("Maybe I will walk in the park on Sunday.", "Client will walk in the park on Sunday.", 1),
        ("I will walk in the park on Sunday.", "Client may walk in the park on Sunday.", 1),
        ("I will walk in the park on Sunday.", "Client will walk in the park on Sunday.", 0),
        ("I cried all night.", "Client may walk in the park on Sunday.", None),  # not the source
    ],
)
def test_without_a_ledger_the_talk_is_the_source(make, count, said, sentence, drift):
    case = make(
        [("P", "supported", {"evidence": [1], "text": sentence})],
        session={"transcript": [{"turn": 1, "speaker": "client", "text": said}]},
    )
    expected = None if drift is None else (drift, 1)
    assert count(case, "certainty").get("certainty") == expected


@pytest.mark.parametrize(
    ("draft", "source", "expected"),
    [
        ("slept badly week", "slept badly week", "kept kept kept"),
        ("badly slept", "slept badly", "moved kept"),
        ("walked sertraline", "walks daily", "reworded new"),
        ("homework depression", "HW for dep", "reworded new"),
        ("slept slept", "slept", "kept reworded"),
        ("slept", "", "new"),
        ("", "slept", ""),
    ],
)
def test_what_became_of_each_word(draft, source, expected):
    assert ways(draft.split(), source) == expected.split()


NOTED = {"seen_in": ["transcript", "rough_notes"]}


def test_words_and_claims_by_origin(make, count):
    case = make(
        [
            ("S", "supported", {"facts": ["F0"], "text": "Slept badly."}),
            ("S", "supported", {"facts": ["F1"], "text": "Argued with the landlord."}),
            ("S", "supported", {"text": "Slept badly all week."}),  # no fact: its words decide
            ("S", "supported", {"text": "Argued loudly."}),
            ("P", "unsupported", {"facts": ["F0"], "text": "Slept badly in May."}),
            ("P", "unscored"),
            ("P", "uncheckable"),
        ],
        [("symptom", "must", "conveyed", NOTED), ("event", "should", "conveyed")],
        session={"rough_notes": "slept badly, walked"},
        workflow="organise",
        sections=[{"name": "S", "text": "Badly slept. Walks daily."}],
    )
    assert count(case, "authorship") == {
        "authorship.kept": (1, 4),
        "authorship.moved": (1, 4),
        "authorship.reworded": (1, 4),
        "authorship.new": (1, 4),
        "authorship.claims_own": (2, 5),
        "authorship.claims_session": (2, 5),
        "authorship.claims_nowhere": (1, 5),
    }


@pytest.mark.parametrize(
    ("workflow", "rough", "kept"),
    [
        ("polish", "client slept well", (2, 2)),  # the note, not the rough notes
        ("organise", "client slept well", (1, 2)),
        ("scribe", "client slept well", (1, 2)),  # likeness: the drafter did not see them
        ("organise", None, None),
    ],
)
def test_whose_text_it_was_made_from(make, count, workflow, rough, kept):
    note = {"format": "SOAP", "sections": [{"name": "S", "text": "Slept badly."}]}
    case = make(
        session={"references": [note], "rough_notes": rough},
        workflow=workflow,
        sections=[{"name": "S", "text": "Slept badly."}],
    )
    assert count(case, "authorship").get("authorship.kept") == kept


def test_meaning_of_facts_that_the_clinician_stated(make, count):
    case = make(
        [
            ("A", "supported"),
            ("Assessment", "inferred"),
            ("S", "unsupported"),
        ],
        [
            ("risk", "must", "distorted", NOTED),
            ("risk", "must", "conveyed", NOTED),
            ("diagnosis", "must", "omitted", NOTED),
            ("symptom", "must", "conveyed", {**NOTED, "attributes": {"certainty": "hypothesis"}}),
            ("symptom", "must", "unscored", NOTED),
            ("event", "exclude", "omitted", NOTED),  # to be left out
            ("event", "should", "conveyed"),  # from the talk only
        ],
        session={"rough_notes": "so"},
        workflow="organise",
    )
    assert count(case, "meaning") == {
        "meaning": (2, 4),
        "meaning.lost": (1, 4),
        "meaning.altered": (1, 4),
        "meaning.added": (1, 3),
        "meaning.risk": (1, 2),
        "meaning.risk_lost": (0, 2),
        "meaning.risk_altered": (1, 2),
        "meaning.formulation": (1, 2),
        "meaning.formulation_lost": (1, 2),
        "meaning.formulation_altered": (0, 2),
        "meaning.formulation_added": (1, 2),
    }


def test_a_note_to_be_polished_states_what_it_conveys(make, count):
    facts = [("risk", "must", "omitted"), ("event", "should", "conveyed", NOTED)]
    note = {"format": "SOAP", "sections": [{"name": "S", "text": "So."}]}
    for conveys, expected in ((["F0"], (1, 1)), (["F0", "F1"], (1, 2)), (None, None)):
        session = {"references": [{**note, "conveys": conveys}], "rough_notes": "so"}
        found = count(make(facts=facts, session=session, workflow="polish"), "meaning")
        assert found.get("meaning") == expected


def test_meaning_is_of_rewriting_only(make, count):
    facts = [("risk", "must", "omitted", NOTED)]
    case = make(facts=facts, session={"rough_notes": "so"}, workflow="scribe")
    assert count(case, "meaning") == {}
