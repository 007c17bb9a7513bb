"""Planted errors: recorded exactly, wrong for certain, and everything else as it was."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebench import formats, taxonomy
from notebench.drafters import Task, make
from notebench.drafters.placing import data
from notebench.drafters.sabotage.page import Change, Page
from notebench.drafters.sabotage.truth import Truth
from notebench.drafters.saboteur import TYPES
from notebench.errors import NotebenchError
from notebench.records import Draft, Section, Session
from notebench.sessions import generate
from notebench.sessions.loading import library
from notebench.storage import read_jsonl
from notebench.text import split_sentences
from notebench.text.numbers import numbers

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "planted_overlap.py"
_spec = importlib.util.spec_from_file_location(BENCHMARK.stem, BENCHMARK)
assert _spec is not None and _spec.loader is not None
overlap = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(overlap)

# What they are made of is not in every session, or the note tells of it twice.
SELDOM = (
    "psychotherapy_note_content", "third_party_identifier", "excess_detail", "omission_of_risk",
    "omission_of_strength",
)  # fmt: skip
LEFT_OUT = tuple(t for t in taxonomy.types() if t.startswith("omission"))


def sabotage(session: Session, format: str = "SOAP", seed: int = 0, **options: Any) -> Draft:
    return make("saboteur", options).draft(Task(session, "polish", format, seed=seed))


def planted(draft: Draft) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = draft.provenance["planted"]
    return found


def sentences(sections: list[Section]) -> list[tuple[str, str]]:
    return [(s.name, span.text) for s in sections for span in split_sentences(s.text)]


def check_exact(session: Session, draft: Draft) -> None:
    """The record says all that was done to the note, and nothing else was done."""
    texts = {s.name: s.text for s in draft.sections}
    note = session.reference(draft.format)
    assert note is not None
    now = {name: [s.text for s in split_sentences(text)] for name, text in texts.items()}
    restored = sentences(note.sections)
    for error in planted(draft):
        if error["start"] is None:
            assert error["error_type"] in LEFT_OUT and error["after"] is None
            assert (error["section"], error["before"]) in restored
            restored.remove((error["section"], error["before"]))
            continue
        text = texts[error["section"]]
        assert text[error["start"] : error["end"]] == error["after"]
        assert now[error["section"]][error["sentence_index"]] == error["after"]
        assert error["severity"] in taxonomy.LEVELS
        if error["before"] is not None:
            restored.remove((error.get("from", error["section"]), error["before"]))
        restored.append((error["section"], error["after"]))
    assert sorted(restored) == sorted(sentences(draft.sections))
    put = {e["after"] for e in planted(draft)}  # moved ones and repeats too
    untouched = [
        s for s in sentences(note.sections) if s in sentences(draft.sections) and s[1] not in put
    ]
    order = [s for s in sentences(draft.sections) if s in untouched]
    assert [s for s in untouched if s in order] == order


@given(
    seed=st.integers(0, 10**6),
    at=st.integers(0, 7),
    errors=st.integers(1, 6),
    format=st.sampled_from(["SOAP", "DAP", "BIRP"]),
)
def test_the_record_is_exact(
    generated: list[Session], seed: int, at: int, errors: int, format: str
) -> None:
    session = generated[at]
    draft = sabotage(session, format, seed, errors=errors)
    assert len(planted(draft)) == errors
    check_exact(session, draft)


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_can_be_asked_for(kind: str, generated: list[Session]) -> None:
    got = 0
    more = generate(40, seed=12, formats=["SOAP"]) if kind in SELDOM else ()
    for session in [*generated, *more]:
        try:
            draft = sabotage(session, errors=1, types=[kind])
        except NotebenchError as error:
            assert "can be planted" in error.what
            continue
        (error_,) = planted(draft)
        assert error_["error_type"] == kind or (
            kind == "omission" and error_["error_type"] in LEFT_OUT
        )
        check_exact(session, draft)
        got += 1
    least = 1 if kind in SELDOM else len(generated) / 2
    assert got >= least, "the rules find too little to change in generated notes"


def test_types_are_taken_in_turn(generated: list[Session]) -> None:
    types = ["wrong_value", "negation_flip", "fabricated_plan"]
    draft = sabotage(generated[0], errors=3, types=types)
    assert sorted(e["error_type"] for e in planted(draft)) == sorted(types)


def test_another_seed_plants_something_else(generated: list[Session]) -> None:
    drafts = [sabotage(generated[0], seed=seed) for seed in range(4)]
    assert len({str(planted(d)) for d in drafts}) > 1


def test_more_than_the_note_can_take_is_refused(generated: list[Session]) -> None:
    with pytest.raises(NotebenchError, match=r"only \d+ of 40 errors") as caught:
        sabotage(generated[0], errors=40, types=["wrong_time"])
    assert generated[0].session_id in str(caught.value)


def text_of(session: Session) -> str:
    note = session.reference("SOAP")
    assert note is not None
    return Truth(session, note).text


def test_inventions_are_nowhere_in_the_session(generated: list[Session]) -> None:
    for session in generated:
        for kind in ("fabricated_intervention", "fabricated_observation", "fabricated_symptom"):
            (error,) = planted(sabotage(session, errors=1, types=[kind]))
            assert error["after"].lower() not in text_of(session)
            assert error["before"] is None and error["facts"] == []


def test_only_what_nobody_raised_is_denied(generated: list[Session]) -> None:
    session = generated[0].model_copy(update={"not_assessed": ["homicidal_ideation"]})
    for seed in range(4):
        (error,) = planted(sabotage(session, seed=seed, errors=1, types=["fabricated_risk"]))
        assert re.search(r"homicidal|harming others|HI", error["after"])
    asked = generated[0].model_copy(update={"not_assessed": []})
    with pytest.raises(NotebenchError, match="only 0 of 1"):
        sabotage(asked, errors=1, types=["fabricated_risk"])


def test_a_topic_that_the_bank_lacks_is_denied_in_words(generated: list[Session]) -> None:
    session = generated[0].model_copy(update={"not_assessed": ["gambling_debts"]})
    (error,) = planted(sabotage(session, errors=1, types=["fabricated_risk"]))
    assert "gambling debts" in error["after"]


def test_a_wrong_value_changes_one_number(generated: list[Session]) -> None:
    for session in generated:
        (error,) = planted(sabotage(session, errors=1, types=["wrong_value"]))
        before = [n.value for n in numbers(error["before"])]
        after = [n.value for n in numbers(error["after"])]
        changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
        assert len(changed) == 1
        assert changed[0][1] not in before


def test_last_times_score_is_copied_as_todays(generated: list[Session]) -> None:
    copied = 0
    for session in generated:
        try:
            (error,) = planted(sabotage(session, errors=1, types=["copy_forward"]))
        except NotebenchError:
            continue
        said = error["after"][1:]
        assert said in (session.prior_note or "")
        copied += 1
    assert copied


def test_an_omission_takes_the_only_mention_of_a_must(generated: list[Session]) -> None:
    for session in generated:
        draft = sabotage(session, errors=1, types=["omission"])
        (error,) = planted(draft)
        due = {f.id for f in session.facts or [] if f.disclosure == "must"}
        assert error["facts"] and set(error["facts"]) <= due
        assert all(error["before"] not in s.text for s in draft.sections)


def test_severity_follows_the_taxonomy(generated: list[Session]) -> None:
    session = generated[0].model_copy(
        update={"scenario": {**generated[0].scenario, "session_type": "routine", "complexity": []}}
    )
    (minor,) = planted(sabotage(session, errors=1, types=["boilerplate"]))
    (critical,) = planted(sabotage(session, errors=1, types=["fabricated_intervention"]))
    assert (minor["severity"], critical["severity"]) == ("minor", "critical")


def test_every_type_of_the_taxonomy_can_be_planted() -> None:
    assert set(taxonomy.types()) | {"omission"} == set(TYPES)


@pytest.mark.parametrize("level", taxonomy.LEVELS)
def test_errors_are_of_the_asked_severity(level: str, generated: list[Session]) -> None:
    for session in generated:
        raised = taxonomy.raising() & set(taxonomy.flags(session))
        if level == "minor" and raised:
            with pytest.raises(NotebenchError, match="no type comes out as minor"):
                sabotage(session, types=list(TYPES), severity=level)
            continue
        draft = sabotage(session, errors=3, types=list(TYPES), severity=level)
        assert {e["severity"] for e in planted(draft)} == {level}
        check_exact(session, draft)


def test_what_cannot_be_planted_at_a_severity_is_said(generated: list[Session]) -> None:
    calm = generated[0].model_copy(update={"scenario": {"problem": "depression"}})
    with pytest.raises(NotebenchError, match="at severity minor.*for: wrong_time") as caught:
        sabotage(calm, errors=1, types=["wrong_time"], severity="minor")
    able = caught.value.mend or ""
    assert "can come out as minor: boilerplate" in able and "wrong_time" not in able
    with pytest.raises(NotebenchError, match="critical"):
        sabotage(calm, severity="criticl")


def test_what_restraint_keeps_out_is_told_as_the_ledger_has_it(generated: list[Session]) -> None:
    told = 0
    for session in generated:
        facts = {f.id: f for f in session.facts or []}
        for kind in ("third_party_identifier", "excess_detail", "psychotherapy_note_content"):
            try:
                (error,) = planted(sabotage(session, errors=1, types=[kind]))
            except NotebenchError:
                continue
            (told_of,) = error["facts"]
            assert error["after"] == facts[told_of].statement
            assert facts[told_of].disclosure not in ("must", "should", "optional")
            told += 1
    assert told >= len(generated)


def test_a_contradicted_sentence_stays_beside_its_contradiction(generated: list[Session]) -> None:
    for session in generated:
        draft = sabotage(session, errors=1, types=["internal_contradiction"])
        (error,) = planted(draft)
        note = session.reference("SOAP")
        assert note is not None and error["before"] is None
        assert set(sentences(note.sections)) <= set(sentences(draft.sections))


def test_a_misplaced_sentence_stands_where_its_kind_has_no_place(
    generated: list[Session],
) -> None:
    for session in generated:
        (error,) = planted(sabotage(session, errors=1, types=["misplaced"]))
        assert error["before"] == error["after"] and error["from"] != error["section"]
        kinds = {f.kind for f in session.facts or [] if f.id in error["facts"]}
        allowed = [n for k in kinds for n in formats.get("SOAP").allowed(k)]
        assert error["section"] not in allowed


def test_counting_words_does_not_find_contradictions() -> None:
    sessions = list(generate(60, seed=overlap.SEED, formats=["SOAP"]))
    pooled = overlap.contradictions(sessions)
    assert pooled.planted >= 0.9 * pooled.sessions
    assert 0.40 <= pooled.auroc.value <= 0.65


def test_it_works_on_notes_that_no_generator_made(shared: Any) -> None:
    session: Session
    for session in read_jsonl(shared / "challenge" / "sessions.jsonl", Session):
        draft = sabotage(session, session.references[0].format, errors=4)
        assert len(planted(draft)) == 4
        check_exact(session, draft)


@given(st.lists(st.text("abc XY.\n-", max_size=30), min_size=1, max_size=3))
def test_a_page_gives_its_sections_back(texts: list[str]) -> None:
    sections = [Section(name=f"S{i}", text=t.strip()) for i, t in enumerate(texts)]
    page = Page.of(sections)
    assert [page.text(s.name) for s in sections] == [s.text for s in sections]


def test_a_change_that_runs_into_the_next_sentence_is_refused() -> None:
    page = Page.of([Section(name="S", text="Sleeps well. Eats well.")])
    assert page.changed(Change("wrong_value", "S", 0, "Sleeps with Dr.")) is None
    assert page.changed(Change("wrong_value", "S", 0, "Sleeps badly.")) is not None


def test_a_section_left_empty_is_left_out() -> None:
    page = Page.of([Section(name="S", text="Sleeps well."), Section(name="P", text="Return.")])
    dropped = page.changed(Change("omission_of_care", "S", 0, None))
    assert dropped is not None
    assert [s.name for s in dropped.written()] == ["P"]


def test_highest_scores_are_those_of_the_measures_of_generated_sessions():
    highest = data("edits")["wrong_value"]["highest"]
    for measure, about in library().banks["measures"].items():
        own = [most for name, most in highest.items() if measure.startswith(name)]
        assert own == [about["range"][1]], measure
