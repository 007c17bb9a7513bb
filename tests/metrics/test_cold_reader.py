"""Questions that the note alone must answer."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from audited import SENTENCES, case, session
from hypothesis import given, settings
from hypothesis import strategies as st

from notebench.metrics import tally
from notebench.metrics.base import Case
from notebench.metrics.cold_reader import ask, questions


def answers(made: Case) -> dict[str, str]:
    return {r.question.id: r.answer for r in ask(made)}


def judged(made: Case, verdicts: dict[str, str]) -> Case:
    """The same case with these verdicts on facts."""
    findings = tuple(
        f.model_copy(update={"verdict": verdicts[f.fact_id]})
        if getattr(f, "fact_id", None) in verdicts
        else f
        for f in made.findings
    )
    return Case(made.session, made.draft, findings)


def without(*texts: str) -> Case:
    return case([t for t in SENTENCES if not any(part in t for part in texts)])


def test_the_bank_is_in_order_and_each_question_needs_something():
    assert [q.id[:2] for q in questions()] == [f"{n:02d}" for n in range(1, len(questions()) + 1)]
    assert all(q.ask.endswith("?") and q.facts.kinds and q.levels for q in questions())
    assert {q.need for q in questions()} == {"all", "any"}


def test_a_whole_note_answers_everything_that_the_session_can_answer():
    found = answers(case())
    assert set(found.values()) == {"answered"}
    assert "15_substances" not in found  # nobody spoke of any
    assert len(found) == len(questions()) - 1


def test_an_empty_note_answers_nothing():
    assert Counter(answers(case([])).values()) == {"unanswerable": len(questions()) - 1}


@pytest.mark.parametrize(
    ("question", "text"),
    [("02_diagnosis", "Diagnosis"), ("06_done", "Behavioral"), ("07_response", "Responded"),
     ("08_progress", "Improved"), ("11_risk", "Suicidal"), ("12_risk_action", "Crisis line"),
     ("14_medication", "sertraline"), ("18_homework", "Homework"), ("19_next", "Next session")],
)  # fmt: skip
def test_what_is_left_out_can_not_be_answered(question, text):
    (found,) = (r for r in ask(without(text)) if r.question.id == question)
    assert found.answer == "unanswerable" and found.missing and not found.untrue


def test_one_fact_is_enough_where_any_will_do():
    assert answers(without("Low mood"))["01_why"] == "answered"
    assert answers(without("Low mood", "Missed two days"))["01_why"] == "unanswerable"


def test_a_distorted_fact_is_a_wrong_answer():
    assert answers(judged(case(), {"F04": "distorted"}))["14_medication"] == "wrong"
    assert answers(judged(case(), {"F06": "distorted"}))["11_risk"] == "wrong"
    assert answers(judged(case(), {"F01": "distorted"}))["01_why"] == "answered"
    assert answers(judged(case(), {"F01": "distorted", "F02": "omitted"}))["01_why"] == "wrong"


def test_an_answer_that_the_session_does_not_hold_is_wrong_even_unasked():
    facts = [f for f in session().facts or [] if f.kind not in ("risk", "plan", "protective")]
    bare = session(facts=[f.model_dump() for f in facts])
    assert "11_risk" not in answers(case(given=bare))
    made = case(given=bare, wrong={"Denied suicidal ideation.": "fabricated_risk"})
    (found,) = (r for r in ask(made) if r.question.id == "11_risk")
    assert (found.answer, found.facts) == ("wrong", ())
    assert found.untrue == ("Denied suicidal ideation.",)


def test_what_was_not_decided_is_no_answer_and_no_lack_of_one():
    made = judged(case(), {"F04": "unscored"})
    assert answers(made)["14_medication"] == "undecided"
    assert "14_medication" not in {t.section for t in tally([made], ["cold_reader"])}


def test_a_note_can_not_be_asked_without_facts():
    bare = session(facts=None)
    assert ask(case(given=bare)) == [] == tally([case(given=bare)], ["cold_reader"])


def test_what_the_drafter_was_not_shown_is_not_its_fault():
    made = case([], provenance={"inputs": ["transcript"]})
    known = {r.question.id: r.knowable for r in ask(made)}
    assert not known["02_diagnosis"] and not known["03_goal"] and known["06_done"]
    left = {t.section for t in tally([made], ["cold_reader.left_out"])}
    lost = {t.section for t in tally([made], ["cold_reader.unanswerable"])}
    assert lost - left == {"02_diagnosis", "03_goal", "04_when"}


def test_each_question_has_one_answer_in_the_tallies():
    made = judged(without("Homework"), {"F06": "distorted", "F04": "unscored"})
    rows: dict[str, dict[str, Any]] = {}
    for t in tally([made], ["cold_reader"]):
        rows.setdefault(t.section, {})[t.metric.partition(".")[2]] = t.amount
    for amounts in rows.values():
        assert amounts["answered"] + amounts["wrong"] + amounts["unanswerable"] == 1
    totals = Counter(answers(made).values())
    assert sum(a["answered"] for a in rows.values()) == totals["answered"]


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(list(SENTENCES))), st.sets(st.sampled_from(list(SENTENCES))))
def test_saying_more_that_is_true_never_answers_less(few, more):
    before, after = answers(case(few)), answers(case(few | more))
    assert {q for q, a in before.items() if a == "answered"} <= {
        q for q, a in after.items() if a == "answered"
    }
    assert "wrong" not in after.values()
