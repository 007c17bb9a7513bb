"""The Python surface, as it reads in a notebook."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import notebench as nb
from handmade import draft_data, session_data
from notebench.errors import NotebenchError
from notebench.records import WRONG, Draft, Session
from notebench.runs import Study


@pytest.fixture
def sessions(make_session: Callable[..., Session]) -> nb.Sessions:
    return nb.Sessions([make_session(session_id=f"hand-{i}") for i in (1, 2, 3)])


def test_sessions_are_a_list_with_a_table(sessions: nb.Sessions, tmp_path: Path) -> None:
    assert sessions["hand-2"] is sessions[1]
    assert isinstance(sessions[1:], nb.Sessions)
    assert len(sessions[1:]) == 2
    with pytest.raises(NotebenchError, match="no session is called 'hand-9'"):
        sessions["hand-9"]
    assert nb.load_sessions(sessions.save(tmp_path / "s.jsonl")) == sessions
    table = sessions.to_pandas()
    assert list(table["session_id"]) == ["hand-1", "hand-2", "hand-3"]
    assert table["turns"].tolist() == [6, 6, 6]
    assert table["facts"].tolist() == [3, 3, 3]
    assert "<table" in sessions._repr_html_()


def test_sessions_as_a_dataset(sessions: nb.Sessions, make_session: Callable[..., Session]) -> None:
    sessions.append(make_session(session_id="bare", facts=None, references=[]))
    data = sessions.to_dataset()
    assert data["session_id"] == ["hand-1", "hand-2", "hand-3", "bare"]
    assert data["facts_known"] == [True, True, True, False]
    assert json.loads(data[0]["chart"])["cpt"] == "90834"
    assert data[0]["transcript"][1]["text"] == "About four hours, up from three."
    assert data[0]["facts"][0]["statement"].startswith("Client sleeps")


def test_the_same_arguments_make_the_same_sessions() -> None:
    one, two = nb.sessions(n=2, seed=5), nb.sessions(n=2, seed=5)
    assert one == two
    assert nb.sessions(n=2, seed=6) != one
    assert len({s.session_id for s in one}) == 2


def test_check_judges_notes_from_anywhere(make_session: Callable[..., Session]) -> None:
    drafts = [
        Draft.model_validate(draft_data()),
        Draft.model_validate(draft_data(draft_id="d-2", format="DAP", sections=[],
                                        text="D: Slept four hours.\nP: Rise at 6:30.")),
    ]  # fmt: skip
    checked = nb.check([make_session()], drafts, progress=False)
    assert checked.failed == []
    assert set(checked.findings["draft_id"]) == {"d-hand-01", "d-2"}
    claims = checked.findings.query("kind == 'claim'")
    assert claims["text"].tolist() == [
        "Client sleeps four hours a night.", "Denies suicidal ideation.",
        "Rising time fixed at 6:30.", "Slept four hours.", "Rise at 6:30.",
    ]  # fmt: skip
    assert "hallucination" in set(checked.tallies["metric"])
    assert checked.drafts["words"].tolist()[0] > 8
    view = checked.draft("d-hand")
    assert view.record.draft_id == "d-hand-01"
    assert "suicidal" in view._repr_html_()
    for unknown, says in (("d-", "2 drafts"), ("x", "no drafts")):
        with pytest.raises(NotebenchError, match=says):
            checked.draft(unknown)


def test_an_unknown_format_is_refused_in_python_too(make_session: Callable[..., Session]) -> None:
    draft = Draft.model_validate(draft_data(format="SOPA"))
    with pytest.raises(NotebenchError, match="no note format is called 'SOPA'") as caught:
        nb.check([make_session()], [draft], progress=False)
    assert "d-hand-01" in str(caught.value)


@pytest.fixture
def study(sessions: nb.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    sessions.save("sessions.jsonl")
    path = tmp_path / "study.toml"
    path.write_text(
        'name = "mine"\n[[drafters]]\nname = "reference"\n[[drafters]]\nname = "extractive"\n'
        '[sessions]\nfile = "sessions.jsonl"\n'
    )
    return path


def test_a_run_from_a_file(study: Path) -> None:
    run = nb.run(study, progress=False)
    assert run.path == Path("runs/mine")
    assert repr(run) == "Run('runs/mine', 6 drafts)"
    assert len(run.sessions) == 3
    assert set(run.drafts["drafter"]) == {"reference", "extractive"}
    assert set(run.tallies["drafter"]) == {"reference", "extractive"}
    again = nb.Run.open("runs/mine")
    assert again.drafts.equals(run.drafts)
    found = run.estimate("omission")
    assert {"estimate", "low", "high"} <= set(found.columns)
    compared = run.compare("reference", "extractive", "omission")
    assert {"estimate", "low", "high", "p", "n"} <= set(compared.columns)


def test_a_run_from_a_mapping_and_from_a_study(study: Path, tmp_path: Path) -> None:
    data = {"drafters": [{"name": "reference"}],
            "sessions": {"file": str(tmp_path / "sessions.jsonl")}}  # fmt: skip
    one = nb.run(data, out="one", progress=False, limit=2)
    assert len(one.sessions) == 2
    two = nb.run(Study.model_validate(data), out="two", progress=False, limit=2)
    assert one.manifest.digests == two.manifest.digests
    with pytest.raises(NotebenchError, match="not a run folder"):
        nb.Run.open(tmp_path)


def test_a_session_without_a_transcript_can_be_drafted_from_its_notes(tmp_path: Path) -> None:
    bare = session_data(transcript=[], facts=None)
    nb.Sessions([Session.model_validate(bare)]).save(tmp_path / "s.jsonl")
    data = {"drafters": [{"name": "extractive"}], "workflows": ["scribe", "organise"],
            "sessions": {"file": str(tmp_path / "s.jsonl")}}  # fmt: skip
    run = nb.run(data, out=tmp_path / "run", progress=False)
    assert [d.workflow for d in run.draft_records] == ["organise"]
    failure = run.folder.failures()[0]
    assert (failure.workflow, failure.attempts) == ("scribe", 1)
    assert "omission" not in set(run.tallies["metric"])


def test_a_note_that_came_as_one_text_is_marked_too(sessions: nb.Sessions) -> None:
    text = "Subjective: Client sleeps nine hours.\nPlan: Next session on Monday."
    note = Draft(
        draft_id="v-1", session_id="hand-1", drafter="import:vendor", format="SOAP", text=text
    )
    checked = nb.check(sessions, [note], progress=False)
    flagged = [f for f in checked.finding_records if f.kind == "claim" and f.verdict in WRONG]
    assert flagged
    page = checked.draft("v-1")._repr_html_()
    assert page.count('class="nb-m ') == 2
    assert all(f.text in page for f in flagged)
