"""The part of a report on the audit list and the cold reader's questions."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from reports_run import MODEL, write_run
from syrupy.assertion import SnapshotAssertion

from notebench.metrics.checklist import audit_case
from notebench.metrics.cold_reader import ask
from notebench.records import Session
from notebench.reports import build
from notebench.reports.audit import audit_tables
from notebench.reports.data import RunData


@pytest.fixture
def tables(hand_run: Path) -> dict[str, pd.DataFrame]:
    """The numbers of the four tables."""
    return {name: t.data for name, t in audit_tables(RunData.load(hand_run)).items()}


def section(page: Path) -> str:
    html = page.read_text("utf-8")
    start = html.index('<section id="audit"')
    return html[start : html.index("</section>", start)]


def test_the_part_as_written(built: Path, snapshot: SnapshotAssertion) -> None:
    html = section(built)  # its head, and the table down to the fourth check
    assert html[: html.index("<div")] == snapshot(name="head")
    start = html.index('<table id="t-audit">')
    assert html[start : html.index("5. Billing code")] == snapshot(name="table")


def test_owners_and_researchers_get_it_and_trainers_do_not(hand_run: Path) -> None:
    for audience, there in (("owner", True), ("research", True), ("trainer", False)):
        html = build(hand_run, audience=audience).read_text("utf-8")
        assert ('<section id="audit"' in html) is there


def test_states_are_said_in_words_and_it_says_what_it_is_not(built: Path) -> None:
    text = re.sub(r"<[^>]+>", " ", section(built))
    assert re.search(r"\d+ true", text)
    assert re.search(r"\d+ not there", text)
    assert "no legal or billing advice" in text


def test_every_count_is_that_of_the_notes(hand_run: Path, tables: dict[str, pd.DataFrame]) -> None:
    cases = [c for c in RunData.load(hand_run).cases if c.draft.drafter == MODEL]
    cases = [c for c in cases if c.draft.workflow == "scribe"]
    rows = tables["audit"]
    rows = rows[(rows["drafter"] == MODEL) & (rows["workflow"] == "scribe")].set_index("check")
    for number, check in enumerate(r.check.id for r in audit_case(cases[0]).results):
        found = [audit_case(c).results[number].outcome for c in cases]
        if set(found) == {"not_applicable"}:
            assert check not in rows.index
            continue
        for state in ("true", "invented", "absent", "unjudged"):
            assert rows.loc[check, state] == found.count(state), (check, state)
    told = tables["cold_reader"]
    told = told[(told["drafter"] == MODEL) & (told["workflow"] == "scribe")]
    answers = [r.answer for c in cases for r in ask(c)]
    for state in ("answered", "wrong", "unanswerable"):
        assert told[state].sum() == answers.count(state)


def test_a_run_without_such_tallies_says_so(tmp_path: Path, sessions: list[Session]) -> None:
    folder = write_run(tmp_path / "old", sessions)
    kept = pd.read_parquet(folder / "tallies.parquet")
    kept = kept[kept["metric"].str.startswith("hallucination")]
    kept.to_parquet(folder / "tallies.parquet")
    page = section(build(folder))
    assert "holds no tallies of the audit list" in page and "<table" not in page
