"""The audit list: presence and truth apart, what applies, and what a drafter could have known."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from audited import CHART, FACTS, SENTENCES, case, session
from hypothesis import given, settings
from hypothesis import strategies as st

import notebench as nb
from notebench.drafters import make as drafter
from notebench.drafters.base import Task
from notebench.metrics import tally
from notebench.metrics.checklist import OUTCOMES, audit, audit_case, audit_note, checks, docs
from notebench.metrics.checklist.cloned import copied_words
from notebench.metrics.checklist.conditions import CONDITIONS
from notebench.metrics.checklist.score import READERS
from notebench.metrics.checklist.spec import spec


def outcomes(made: Any) -> dict[int, str]:
    """Outcome by number of the check."""
    return {r.check.number: r.outcome for r in audit_case(made).results}


def result(made: Any, number: int) -> Any:
    return next(r for r in audit_case(made).results if r.check.number == number)


# the data


def test_there_are_24_checks_each_with_a_source_and_words():
    assert [c.number for c in checks()] == list(range(1, 25))
    assert len({c.id for c in checks()}) == 24
    for check in checks():
        assert check.id.startswith(f"{check.number:02d}_")
        assert check.asks.endswith("?") and check.source
    assert {name for c in checks() for name in c.source} == set(spec().sources)


def test_every_reader_and_condition_is_known_and_every_one_is_used():
    elements = [e for c in checks() for e in c.elements]
    assert {e.reader for e in elements} == set(READERS)
    assert {c.applies for c in checks()} | {e.applies for e in elements} == set(CONDITIONS)
    assert set(spec().conditions) == set(CONDITIONS)
    fields = {e.known.partition(":")[2] for e in elements if e.known.startswith("chart:")}
    assert fields <= set(CHART)


def test_a_code_whose_minutes_were_not_checked_is_not_scored():
    assert spec().codes["90840"].minutes is None
    assert spec().codes["90834"].minutes == (38, 52)
    assert all(code.source for code in spec().codes.values())


# a note that passes


def test_a_note_with_everything_passes_every_check():
    assert set(outcomes(case()).values()) == {"true"}


def test_a_note_with_nothing_lacks_every_check():
    assert Counter(outcomes(case([])).values()) == {"absent": 24}


@pytest.mark.parametrize(
    ("number", "old", "new"),
    [
        (1, "Client: Mira.", "Client: Boris."),
        (2, "2026-03-02", "2026-03-03"),
        (3, "10:00 to 10:45", "10:00 to 10:50"),
        (3, "10:00 to 10:45", "10:45 to 10:00"),
        (4, "45 minutes", "60 minutes"),
        (5, "90834", "90837"),
        (6, "by video", "by telephone"),
        (6, "by video", "in person"),
        (9, "Individual session", "Session with both partners"),
        (10, "F33.1", "F41.1"),
        (10, "Diagnosis:", "Borderline personality disorder. Diagnosis:"),
        (17, "PHQ-9 total 14", "PHQ-9 total 12"),
        (17, "PHQ-9 total 14", "GAD-7 total 14"),
        (19, "Suicidal ideation", "Denied homicidal ideation. Suicidal ideation"),
        (21, "100 mg", "150 mg"),
        (21, "sertraline", "fluoxetine"),
        (24, "Signature of clinician: ____", "Signed by Joan Peters"),
        (24, "Signature of clinician: ____", "Electronically signed"),
        (24, "Drafted with an AI tool", "Written by hand, no AI used"),
    ],
)
def test_a_wrong_value_in_place_of_a_true_one_is_an_invention(number, old, new):
    assert outcomes(case(swap={old: new}))[number] == "invented"
    assert result(case(swap={old: new}), number).untrue


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (7, "Client located in Holloway, alone."),
        (8, "Consents to video; if the connection fails, clinician calls."),
        (11, "Missed two days of work."),
        (13, "Behavioral activation to address the goal to leave the house every day."),
        (15, "Responded with relief."),
        (16, "Improved since last session."),
        (18, "Affect tense."),
        (20, "Means: tablets are locked away."),
        (22, "Homework: walk on four days."),
        (23, "Next session Monday at 10:00."),
    ],
)
def test_a_sentence_that_the_verifier_flags_is_no_pass(number, text):
    assert outcomes(case(wrong={text: None}))[number] == "invented"
    assert text in " ".join(result(case(wrong={text: None}), number).untrue)


@pytest.mark.parametrize("error", ["fabricated_intervention", "fabricated_plan", "negation_flip"])
def test_a_technique_that_the_session_names_is_not_made_up(error):
    text = "Behavioral activation to address the goal to leave the house every day."
    made_up = error.startswith("fabricated_")
    assert (outcomes(case(wrong={text: error}))[13] == "invented") is not made_up
    other = "EMDR with a bilateral set."  # which no fact names
    assert outcomes(case(swap={text: other}, wrong={other: error}))[13] == "invented"


def test_a_change_in_a_measure_is_not_its_score():
    made = case(
        swap={"Improved since last session.": "Improved since last session, PHQ-9 down by 5."}
    )
    assert outcomes(made)[17] == "true"


@pytest.mark.parametrize(
    ("number", "error"),
    [(13, "fabricated_intervention"), (15, "fabricated_response"), (18, "fabricated_observation"),
     (19, "fabricated_risk"), (23, "fabricated_plan")],
)  # fmt: skip
def test_an_invention_counts_wherever_it_stands_and_however_it_is_worded(number, error):
    made = case(wrong={"Something else altogether.": error})
    assert outcomes(made)[number] == "invented"
    assert [n for n, o in outcomes(made).items() if o != "true"] == [number]


@pytest.mark.parametrize("text", list(SENTENCES))
def test_what_is_left_out_is_never_an_invention(text):
    found = outcomes(case([t for t in SENTENCES if t != text]))
    assert "invented" not in found.values()


LEFT_OUT_OF = {
    1: "Client: Mira.", 2: "Date of service", 5: "Individual session", 10: "Diagnosis",
    17: "PHQ-9", 21: "sertraline", 23: "Next session", 24: "Signature",
}  # fmt: skip


@pytest.mark.parametrize(("number", "start"), list(LEFT_OUT_OF.items()))
def test_what_is_not_there_is_absent(number, start):
    made = case([t for t in SENTENCES if start not in t])
    assert outcomes(made)[number] == "absent"
    assert result(made, number).missing


# properties


def present(made: Any) -> set[int]:
    return {n for n, o in outcomes(made).items() if o in ("true", "invented", "unjudged")}


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(list(SENTENCES))), st.sets(st.sampled_from(list(SENTENCES))))
def test_adding_what_is_true_never_lowers_presence_or_truth(few, more):
    before, after = outcomes(case(few)), outcomes(case(few | more))
    assert present(case(few)) <= present(case(few | more))
    assert all(after[n] == "true" for n, outcome in before.items() if outcome == "true")
    assert "invented" not in after.values()


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(list(SENTENCES))), st.sampled_from(list(SENTENCES)))
def test_a_sentence_found_wrong_never_makes_a_check_pass(few, text):
    right, wrong = outcomes(case(few | {text})), outcomes(case(few | {text}, wrong={text: None}))
    assert {n for n, o in wrong.items() if o == "true"} <= {
        n for n, o in right.items() if o == "true"
    }


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 130))
def test_minutes_and_code_agree_as_the_data_say(minutes):
    span = spec().codes["90834"].minutes
    assert span is not None
    chart = {"cpt": "90834", "minutes": minutes}
    text = f"Session, {minutes} minutes, CPT 90834."
    by_number = {r.check.number: r for r in audit_note(text, chart=chart).results}
    fits = span[0] <= minutes <= (span[1] or minutes)
    assert by_number[5].outcome == ("true" if fits else "invented")
    assert by_number[4].outcome == "true"


def test_a_long_crisis_with_its_added_code_fits():
    chart = {"cpt": "90839", "minutes": 90}
    for text, fits in (("90 minutes, 90839.", False), ("90 minutes, 90839 and 90840.", True)):
        found = {r.check.number: r for r in audit_note(text, chart=chart).results}[5]
        assert (found.outcome == "true") is fits


# what applies


def test_telehealth_is_asked_only_of_telehealth():
    who = session(chart={**CHART, "setting": "in_person"})
    found = outcomes(case(swap={"by video": "in person"}, given=who))
    assert (found[6], found[7], found[8]) == ("true", "not_applicable", "not_applicable")


def without(*names: str) -> Any:
    facts = [f.model_dump() for f in session().facts or [] if f.id not in names]
    return session(facts=facts, transcript=[{"turn": 1, "speaker": "client", "text": "Well."}])


def test_what_the_session_does_not_have_is_not_asked_for():
    who = without("F03", "F04", "F05", "F14", "F15", "F21")
    bare = [t for t in SENTENCES if not set(SENTENCES[t]) & {"F03", "F04", "F05", "F14", "F21"}]
    found = outcomes(case(bare, given=who))
    assert [n for n, o in found.items() if o == "not_applicable"] == [17, 18, 20, 21, 22]


def test_what_is_not_asked_for_and_invented_counts():
    who = without("F03", "F04", "F21")
    made = case(given=who, wrong={"Affect tense.": "fabricated_observation"})
    found = outcomes(made)
    assert (found[17], found[18], found[21]) == ("invented", "invented", "invented")


def test_a_danger_of_the_past_asks_for_no_safety_plan():
    facts = [f.model_dump() for f in session().facts or []]
    for fact in facts:
        if fact["id"] == "F05":
            fact["attributes"]["when"] = "lifetime"
    assert outcomes(case(given=session(facts=facts)))[20] == "not_applicable"


def test_an_intake_is_not_asked_for_progress():
    who = session(scenario={"problem": "depression", "session_type": "intake"})
    assert outcomes(case(given=who))[16] == "not_applicable"


def test_substance_use_asks_for_the_part_2_flag():
    who = session(scenario={"problem": "substance_use", "session_type": "routine"})
    assert result(case(given=who), 24).missing == ("Part 2 flag",)
    flagged = case(given=who, swap={"Signature": "42 CFR Part 2 applies. Signature"})
    assert outcomes(flagged)[24] == "true"


def test_a_clinicians_own_note_needs_no_word_on_ai():
    kept = [t for t in SENTENCES if "AI tool" not in t]
    assert outcomes(case(kept, drafter="reference"))[24] == "true"
    assert result(case(kept), 24).missing == ("AI-use field",)


def test_whoever_took_part_must_be_named():
    people = [{"role": "client"}, {"role": "clinician"}, {"role": "partner"}]
    found = result(case(given=session(participants=people)), 9)
    assert (found.outcome, found.untrue) == ("invented", ("Somebody else took part.",))
    both = case(given=session(participants=people), swap={"Individual": "Conjoint"})
    assert outcomes(both)[9] == "true"


# what a drafter could have known


def test_a_chart_that_was_not_shown_is_not_the_drafters_fault():
    kept = [t for t in SENTENCES if "CPT" not in t and "Date of service" not in t]
    blind = audit_case(case(kept, provenance={"inputs": ["transcript"]})).results
    shown = audit_case(case(kept)).results
    for number in (2, 3, 4, 5):
        assert blind[number - 1].outcome == shown[number - 1].outcome == "absent"
        assert not blind[number - 1].left_out and not blind[number - 1].knowable
        assert shown[number - 1].left_out and shown[number - 1].knowable


def test_signature_and_pseudonym_are_never_the_drafters_fault():
    for number in (1, 24):
        found = result(case([]), number)
        assert (found.outcome, found.left_out, found.knowable) == ("absent", (), False)


def test_what_was_said_and_not_written_down_is_unknown_to_one_who_saw_the_notes():
    facts = [f.model_dump() | {"seen_in": ["transcript"]} for f in session().facts or []]
    kept = [t for t in SENTENCES if "F12" not in SENTENCES[t]]
    made = case(kept, given=session(facts=facts), workflow="organise")
    assert (result(made, 15).outcome, result(made, 15).left_out) == ("absent", ())
    assert result(case(kept), 15).left_out == ("response",)


def test_one_who_polishes_could_know_what_the_clinicians_note_shows():
    own = [{"format": "SOAP", "sections": [{"name": "S", "text": "Date of service: 2026-03-02."}]}]
    made = case([], given=session(references=own), workflow="polish")
    assert result(made, 2).left_out == ("date of service",)
    assert result(made, 5).left_out == ()


# without anything to hold it against


def test_without_findings_a_judgement_is_left_open():
    bare = case()
    found = {r.check.number: r.outcome for r in audit(bare.session, bare.draft).results}
    assert found[13] == found[15] == found[23] == "unjudged"
    assert found[3] == found[5] == found[10] == found[17] == "true"


def test_a_note_from_elsewhere():
    note = (
        "S: Low mood. Takes sertraline 50 mg.\nO: 10:00 to 10:45, 45 minutes, 90834.\nA: PHQ-9 31."
    )
    found = {r.check.number: r.outcome for r in audit_note(note, verifier=None).results}
    assert (found[3], found[4], found[5]) == ("unjudged", "unjudged", "unjudged")
    assert found[1] == found[2] == "absent"
    assert found[17] == "invented"  # out of range, whatever the session was
    charted = audit_note(note, chart={"start": "10:00", "stop": "10:50", "cpt": "90834"})
    assert {r.check.number: r.outcome for r in charted.results}[3] == "invented"


VENDOR = """Client: J.M.
DOS: 03/02/2026  Session: 10:00 AM - 10:52 AM (52 min)  CPT: 90834
Telehealth, by secure video. Client located at home; therapist in office. Consented to telehealth,
privacy confirmed, emergency contact on file. Individual psychotherapy.
Subjective: Increased anxiety; missed one deadline at work. Taking Lexapro 10 mg daily.
Objective: Affect congruent. GAD-7 = 14 (moderate), down from 17.
Assessment: Generalized anxiety disorder, F41.1. Progress toward treatment plan goal. Denies SI/HI.
Plan: Cognitive restructuring of catastrophic thoughts; client was able to identify distortions.
Homework: thought record. Next session 3/9/2026 at 10 AM."""
CHARTED = {
    "diagnosis": "Generalized anxiety disorder (F41.1)",
    "date": "2026-03-02",
    "start": "10:00",
    "stop": "10:52",
    "cpt": "90834",
    "setting": "telehealth_video",
}


def test_a_product_note_is_read_as_it_is_laid_out():
    found = {r.check.number: r.outcome for r in audit_note(VENDOR, chart=CHARTED).results}
    assert [n for n, o in found.items() if o == "absent"] == [24]
    assert [n for n, o in found.items() if o == "not_applicable"] == [20]
    assert [n for n, o in found.items() if o == "true"] == [2, 3, 4, 5, 6, 10]
    assert "invented" not in found.values()


def test_hours_of_sleep_are_not_those_of_the_session():
    chart = {"start": "10:00", "stop": "10:45"}
    for text, outcome in (
        ("Bedtime varies from 21:30 to 02:00.", "absent"),
        ("Bedtime varies from 21:30 to 02:00. Seen 10:00 to 10:45.", "true"),
        ("Bedtime varies from 21:30 to 02:00. Seen 10:45 to 10:00.", "invented"),
        ("12:30-1:20, sad.", "invented"),
        ("10-10:45, sad.", "absent"),
    ):
        found = {r.check.number: r.outcome for r in audit_note(text, chart=chart).results}
        assert found[3] == outcome, text


def test_twenty_minutes_of_walking_are_no_session():
    for text in ("Walked 20 minutes.", "Free time outdoors, 20 minutes at the start of the day."):
        found = {r.check.number: r for r in audit_note(text, chart=CHARTED).results}
        assert found[4].outcome == "absent"


def test_words_in_small_letters_are_no_abbreviations():
    found = {r.check.number: r for r in audit_note("An act of care. Said hi to a friend.").results}
    assert found[13].outcome == found[19].outcome == "absent"


def test_lines_of_talk_name_no_client():
    talk = "Client: Okay. Clinician: And then? Client: Nothing."
    assert {r.check.number: r.outcome for r in audit_note(talk).results}[1] == "absent"


def test_a_note_with_its_transcript_is_held_against_what_was_said():
    talk = [{"turn": 1, "speaker": "clinician", "text": "Any thoughts of suicide?"},
            {"turn": 2, "speaker": "client", "text": "No, none at all."}]  # fmt: skip
    told = audit_note("S: Denied suicidal ideation.", transcript=talk)
    assert {r.check.number: r.outcome for r in told.results}[19] == "true"
    both = audit_note("S: Denied suicidal ideation and homicidal ideation.", transcript=talk)
    assert {r.check.number: r.outcome for r in both.results}[19] == "invented"


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300))
def test_any_text_can_be_audited(text):
    found = audit_note("S: " + text + " x", verifier=None)
    assert len(found.results) == 24


@pytest.mark.parametrize("word", ["risk ", "10:00 ", "suicidal ", "PHQ-9 14 ", "guardian (", "a"])
def test_a_huge_note_takes_no_more_than_its_length(word):
    text = "S: " + word * (100_000 // len(word))
    started = time.perf_counter()
    audit_note(text, verifier=None)
    assert time.perf_counter() - started < 20


# tallies


def test_tallies_add_up_and_have_a_row_a_check():
    made = case(wrong={"Affect tense.": "fabricated_observation"})
    rows = tally([made], ["audit"])
    assert len({(t.metric, t.section) for t in rows}) == len(rows)
    sums = Counter()
    for t in rows:
        sums[t.metric] += t.amount
        sums[t.metric, "of"] += t.out_of
    counts = audit_case(made).counts()
    applied = sum(counts.values()) - counts["not_applicable"]
    assert sums["audit.present", "of"] == applied == 24
    assert sums["audit.present"] == applied - counts["absent"]
    assert (sums["audit.true"], sums["audit.invented"]) == (counts["true"], counts["invented"])
    assert {t.section for t in rows} == {c.id for c in checks()}
    assert list(counts) == list(OUTCOMES)


def test_what_is_left_open_counts_neither_as_true_nor_as_untrue():
    bare = case()
    open_ = type(bare)(bare.session, bare.draft)
    rows = tally([open_], ["audit"])
    decided = {t.section for t in rows if t.metric == "audit.true"}
    assert "13_technique" not in decided
    assert {t.section for t in rows if t.metric == "audit.present"} > decided


def test_a_table_for_a_notebook():
    table = audit_case(case([])).to_pandas()
    assert list(table["check"]) == [c.id for c in checks()]
    assert set(table["outcome"]) == {"absent"}


# copied from the note before


@pytest.mark.parametrize(("words", "copied"), [(9, 0), (10, 10), (14, 14)])
def test_words_in_runs_of_ten_are_copied(words, copied):
    before = [str(i) for i in range(20)]
    assert copied_words(["new", *before[3 : 3 + words], "new"], before, 10) == copied


def test_a_cloned_note_is_marked():
    text = "Client sat in the chair by the window and spoke of the garden at length today."
    who = session(prior_note=text)
    assert audit_case(case(given=who)).cloned.flagged is False
    copied = case([], given=who, sections=[{"name": "S", "text": text}])
    found = audit_case(copied).cloned
    assert found.flagged and found.share == 1.0
    (row,) = tally([copied], ["audit.cloned"])
    assert (row.amount, row.out_of) == (found.copied, found.words)
    assert tally([case()], ["audit.cloned"]) == []


# generated sessions


def test_clinicians_notes_of_generated_sessions_keep_to_their_charts():
    for number, made in enumerate(nb.sessions(n=9, seed=21)):
        format = ("SOAP", "DAP", "BIRP")[number % 3]
        note = drafter("reference").draft(Task(made, "polish", format))
        found = {r.check.number: r for r in audit(made, note).results}
        for check in (3, 4, 5, 10):
            assert found[check].outcome == "true", (made.session_id, found[check])
        untrue = [r for r in found.values() if r.outcome == "invented"]
        assert not untrue, (made.session_id, untrue)


def test_every_fact_of_the_hand_made_session_is_in_its_note():
    assert {i for facts in SENTENCES.values() for i in facts} == set(FACTS)
    assert all(re.match(r"F\d\d$", name) for name in FACTS)


def test_the_page_is_up_to_date():
    page = (Path(__file__).resolve().parents[2] / "docs" / "audit.md").read_text("utf-8")
    made = docs.markdown()
    assert page == made, "run: python -m notebench.metrics.checklist.docs docs/audit.md"
    assert all(f"| {c.number}. {c.title} |" in page for c in checks())


def test_the_block_of_the_page_runs():
    (block,) = re.findall(r"```python\n(.*?)```", docs.markdown(), re.DOTALL)
    exec(block, {})
