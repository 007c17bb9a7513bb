"""What every drafter owes: a valid draft in the format's order, with provenance, twice alike."""

from __future__ import annotations

import re

import pytest

from notebench import formats
from notebench.drafters import Task, draft_id, make, names, registry
from notebench.drafters.base import INPUTS
from notebench.errors import NotebenchError, UnknownName
from notebench.records import Session
from notebench.text.tokens import count_words

FORMATS = ["SOAP", "DAP", "BIRP"]
OWED = {"drafter", "inputs", "input_sha256", "seed", "notebench", "remote", "strategy"}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", registry.names())
def test_every_registered_drafter_keeps_the_contract(
    name: str, format: str, generated: list[Session]
) -> None:
    for session in generated[:3]:
        drafter = make(name)
        for workflow in drafter.workflows:
            task = Task(session, workflow, format, seed=4)  # type: ignore[arg-type]
            draft = drafter.draft(task)
            order = [s.name for s in formats.get(format).sections]
            placed = [order.index(s.name) for s in draft.sections]
            assert placed == sorted(set(placed))
            assert draft.draft_id == draft_id(drafter, task)
            assert (draft.session_id, draft.workflow, draft.format) == (
                session.session_id, workflow, format,
            )  # fmt: skip
            assert draft.provenance.keys() >= OWED
            assert set(draft.provenance["inputs"]) <= set(INPUTS[workflow])
            assert draft.provenance["remote"] is False
            assert make(name).draft(task) == draft


def test_the_reference_is_the_clinicians_note(generated: list[Session]) -> None:
    session = generated[0]
    draft = make("reference").draft(Task(session, "polish", "dap"))
    assert draft.format == "DAP"
    assert draft.sections == session.reference("DAP").sections  # type: ignore[union-attr]


def test_a_missing_reference_names_session_and_format(generated: list[Session]) -> None:
    with pytest.raises(NotebenchError) as caught:
        make("reference").draft(Task(generated[0], "polish", "narrative"))
    message = str(caught.value)
    assert generated[0].session_id in message and "narrative" in message and "SOAP" in message


@pytest.mark.parametrize("workflow", ["scribe", "organise"])
def test_what_the_extractive_drafter_writes_stands_in_the_source(
    workflow: str, generated: list[Session]
) -> None:
    for session in generated:
        draft = make("extractive").draft(Task(session, workflow, "SOAP"))  # type: ignore[arg-type]
        text = " ".join(s.text for s in draft.sections)
        source = (session.rough_notes or "") + "\n".join(t.text for t in session.transcript)
        quoted = (
            text.split('said, "')[1:] if workflow == "scribe" else re.split(r"(?<=[.?!]) ", text)
        )
        for piece in quoted:
            words = piece.split('"')[0] if workflow == "scribe" else piece
            assert words.rstrip(".") in source
        assert 40 <= count_words(text) <= 260


def test_extractive_needs_what_its_workflow_reads(make_session) -> None:  # type: ignore[no-untyped-def]
    session = make_session(rough_notes=None)
    with pytest.raises(NotebenchError, match="rough notes"):
        make("extractive").draft(Task(session, "organise", "SOAP"))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("refrence", "reference"),
        ("sabotuer", "saboteur"),
        ("local/smollm2", "smollm2-135m-instruct"),
        ("local/qwen2.5-coder-0.5b", "qwen2.5-coder-0.5b-instruct"),
    ],
)
def test_a_wrong_name_gets_the_nearest_ones(name: str, hint: str) -> None:
    with pytest.raises(UnknownName, match=hint):
        make(name)


def test_imports_are_not_drafted() -> None:
    with pytest.raises(NotebenchError, match="notebench import"):
        make("import:vendor")


@pytest.mark.parametrize(
    ("name", "options", "hint"),
    [
        ("saboteur", {"eror": 2}, "errors"),
        ("saboteur", {"errors": "three"}, "like 3"),
        ("saboteur", {"types": ["wrong_valeu"]}, "wrong_value"),
        ("saboteur", {"errors": 0}, "1 or more"),
        ("reference", {"errors": 1}, "none is registered"),
        ("local/smollm2-135m-instruct", {"strategy": "by_chunks"}, "by_chunk"),
        ("openai/some-model", {"temprature": 1}, "temperature"),
        ("openai/some-model", {"prompt": "hole"}, "whole"),
    ],
)
def test_wrong_options_are_named(name: str, options: dict, hint: str) -> None:
    with pytest.raises(NotebenchError, match=hint):
        make(name, options)


def test_names_lists_drafters_and_embedded_models() -> None:
    assert {"reference", "extractive", "saboteur", "local/smollm2-135m-instruct"} <= set(names())


def test_options_bear_on_the_id(generated: list[Session]) -> None:
    task = Task(generated[0], "polish", "SOAP")
    assert draft_id(make("saboteur"), task) != draft_id(make("saboteur", {"errors": 2}), task)
