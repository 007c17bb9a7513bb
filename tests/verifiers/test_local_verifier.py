"""The local verifier: a table of cases, shapes, tiling, determinism, hostile text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_sessions import CASES, build_draft, build_session

from notebench.errors import UnknownName
from notebench.records import WRONG, ClaimFinding, Draft, FactFinding, Section, Session, Turn
from notebench.verifiers import make, names
from notebench.verifiers.base import claims
from notebench.verifiers.checks import CHECKS
from notebench.verifiers.features import claim_features
from notebench.verifiers.index import SessionIndex
from notebench.verifiers.local import explain, meanings
from notebench.verifiers.scale import scales
from notebench.verifiers.terms import read, stem


@pytest.mark.parametrize("case", CASES["claims"], ids=lambda c: c["claim"][:50])
def test_claim(case):
    section = case.get("section", "S")
    [found, *_] = make("local").verify(build_session(), build_draft(case["claim"], section=section))
    judged = claim_features(read(case["claim"]), section, SessionIndex(build_session()))
    if case.get("is") == "wrong":
        assert found.verdict in WRONG, (found.p_unfaithful, judged.values)
        assert found.severity and found.error_type and found.reason
    elif "is" in case:
        assert found.verdict == case["is"], (found.p_unfaithful, judged.values)
    for key in ("check", "rises"):
        if key in case:
            assert judged.values[case[key]] > 0.2
    if "lacks" in case:
        assert judged.values[case["lacks"]] == 0


@pytest.mark.parametrize("case", CASES["facts"], ids=lambda c: f"{c['fact']} {c['note'][:40]}")
def test_fact(case):
    findings = make("local").verify(build_session(), build_draft(case["note"]))
    [found] = [f for f in findings if isinstance(f, FactFinding) and f.fact_id == case["fact"]]
    assert found.verdict == case["is"], found


def test_every_check_has_a_meaning_and_some_case():
    assert set(meanings()) == set(CHECKS)
    assert set(scales()["claim"].weights) & set(CHECKS)


def test_findings_come_in_the_promised_order_and_shape(session):
    draft = build_draft("GAD-7 14 today.", "Denied thoughts of suicide.")
    found = make("local").verify(session, draft)
    assert [f.kind for f in found] == ["claim"] * 2 + ["fact"] * 6
    assert [f.fact_id for f in found[2:]] == [f.id for f in session.facts]
    for finding in found[:2]:
        assert isinstance(finding, ClaimFinding) and finding.verifier == "local@4"
        assert draft.sections[0].text[finding.start : finding.end] == finding.text
        assert set(finding.evidence) <= set(session.turns())
    assert found[0].evidence == [1] and "F01" in found[0].facts


def test_a_generalised_wording_conveys_a_fact(session):
    fact = session.facts[4].model_copy(
        update={
            "statement": "Her boss Roland at Meridian Freight shouted at her.",
            "disclosure": "generalise",
            "generalised": "Client described conflict with a supervisor.",
        }
    )
    session = session.model_copy(update={"facts": [fact]})
    kept = make("local").verify(session, build_draft("Client described conflict with supervisor."))
    assert kept[-1].verdict == "conveyed"


def test_unknown_truth_gives_no_fact_findings(session):
    found = make("local").verify(
        session.model_copy(update={"facts": None}), build_draft("GAD-7 14 today.")
    )
    assert [f.kind for f in found] == ["claim"]


@pytest.mark.parametrize("changes", [{"transcript": [], "facts": None}, {"rough_notes": None}])
def test_works_on_one_source_alone(changes):
    [first, *_] = make("local").verify(
        build_session(**changes), build_draft("Takes sertraline 100 mg every morning.")
    )
    assert first.verdict == "supported"


def test_an_empty_source_is_unscored_and_never_zero():
    bare = Session(session_id="worry", rough_notes="… --- …")
    found = make("local").verify(bare, build_draft("GAD-7 14 today. She slept."))
    assert {f.verdict for f in found} == {"unscored"}
    assert all(f.p_unfaithful is None and f.reason for f in found)


def test_severity_rises_in_a_crisis(session):
    draft = build_draft("Will attend a yoga retreat and enrol in pottery lessons.", section="P")
    crisis = session.model_copy(update={"scenario": {"session_type": "crisis"}})
    plain, raised = (make("local").verify(s, draft)[0].severity for s in (session, crisis))
    assert (plain, raised) == ("major", "critical")


def test_same_input_same_findings(session):
    draft = build_draft("GAD-7 12 today.", "Her brother drinks.", "Denies hallucinations.")
    one, two = make("local"), make("local")
    two.verify(build_session(rough_notes="other"), draft)
    assert one.verify(session, draft) == two.verify(session, draft) == one.verify(session, draft)


_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n.;,?! 0123456789-/:'\""),
    min_size=1, max_size=300,
).filter(str.strip)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(_TEXT, _TEXT)
def test_claims_tile_any_note(note, talk):
    session = Session(session_id="s", transcript=[Turn(turn=1, speaker="client", text=talk)])
    draft = Draft(
        draft_id="d", session_id="s", drafter="x",
        sections=[Section(name="S", text=note), Section(name="P", text=talk)],
    )  # fmt: skip
    found = make("local").verify(session, draft)
    assert [(f.section, f.start, f.end, f.text) for f in found] == [
        (c.section, c.start, c.end, c.text) for c in claims(draft)
    ]
    for section in draft.sections:
        held = "".join(f.text for f in found if f.section == section.name)
        assert "".join(held.split()) == "".join(section.text.split())
    assert all((f.p_unfaithful is None) == (f.verdict == "unscored") for f in found)


def test_given_sentences_are_kept_one_to_one(session):
    texts = ["GAD-7 14 today", "down from 17.", "GAD-7 14 today"]
    draft = build_draft(
        " ".join(texts), sentences=[{"section": "S", "text": text} for text in texts]
    )
    found = [f for f in make("local").verify(session, draft) if f.kind == "claim"]
    assert [f.text for f in found] == texts
    assert found[0].start < found[2].start


HOSTILE = {
    "spaces": " " * 190_000 + "x",
    "digits": "1," * 95_000,
    "dashes": "-" * 190_000,
    "quotes": '"a' * 95_000,
    "negators": "no not never denies " * 9_000,
    "corrections": "3, no, well, no, " * 11_000,
    "brackets": "(" * 190_000,
    "one word": "a" * 190_000,
    "number words": "twenty-" * 27_000,
    "apostrophes": "'9" * 95_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_linear_time(session, name):
    started = time.perf_counter()
    make("local").verify(session, build_draft(HOSTILE[name]))
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize("name", ["negators", "corrections", "one word"])
def test_a_hostile_session_takes_linear_time(name):
    started = time.perf_counter()
    hostile = build_session(rough_notes=HOSTILE[name], prior_note=HOSTILE[name])
    make("local").verify(hostile, build_draft("GAD-7 14 today, 3 days."))
    assert time.perf_counter() - started < 20


def test_reason_names_the_check(session):
    judged = claim_features(read("Denies homicidal ideation."), "S", SessionIndex(session))
    meaning, detail = explain(judged)
    assert meaning.error_type == "fabricated_risk" and detail == "homicidal ideation"


def test_names():
    assert {"local", "judge"} <= set(names())
    for wrong in ("locl", "local:x", "judge", "judge:"):
        with pytest.raises(UnknownName):
            make(wrong)
    with pytest.raises(UnknownName, match="local"):
        make("locl")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("walked", "walking"), ("mom", "mother"), ("slept", "sleep"), ("teary", "crying"),
        ("medications", "pills"), ("stopped", "discontinued"), ("phone", "call"),
    ],
)  # fmt: skip
def test_words_that_count_as_the_same(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("text", "denied", "affirmed"),
    [
        ("Denied alcohol, cannabis and vaping.", {"alcohol"}, set()),
        ("No plan or intent, but reports sadness.", {"plan", "intent"}, {"sad"}),
        ("Suicidal thoughts were denied.", {"suicide"}, set()),
        ("He is not eating; he sleeps.", {"eating"}, {"sleeps"}),
    ],
)
def test_polarity(text, denied, affirmed):
    reading = read(text)
    assert {stem(w) for w in denied} <= reading.denied
    assert {stem(w) for w in affirmed} <= reading.affirmed
