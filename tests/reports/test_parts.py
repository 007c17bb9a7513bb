"""Parts of a report as they are written, kept as snapshots."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from syrupy.assertion import SnapshotAssertion

from notebench.html import Mark, highlight, ledger_html, transcript_html
from notebench.records import Session
from notebench.reports.page import environment
from notebench.reports.tables import NO_VALUE, Shown, Table


def test_highlighting(snapshot: SnapshotAssertion) -> None:
    marks = [
        Mark(0, 11, "supported", title="The session says so."),
        Mark(12, 32, "contradicted", label="✗ contradicted", data={"evidence": "4"}),
        Mark(19, 24, "planted", title="Planted; it was: four"),
    ]
    assert highlight("She sleeps. She slept seven hours. <b>", marks) == snapshot


def test_session_parts(hand_session: Session, snapshot: SnapshotAssertion) -> None:
    assert transcript_html(hand_session, "s1-t") == snapshot(name="transcript")
    assert ledger_html(hand_session.facts or []) == snapshot(name="ledger")


def test_a_note(built: Path, snapshot: SnapshotAssertion) -> None:
    html = built.read_text("utf-8")
    start = html.index('<details class="note" id="n2"')
    assert html[start : html.index('<details class="note" id="n3"')] == snapshot


def test_a_table(snapshot: SnapshotAssertion) -> None:
    rows = [
        [Shown("Clinician's note", title="reference"), Shown("8.6%", "3.0–22%", "3 / 35\nsigned")],
        [Shown("local/tiny <b>"), Shown(NO_VALUE, title="why")],
    ]
    table = Table("t", "Estimates", ["Drafter", "Wrong"], rows, pd.DataFrame(), "signed")
    macros = environment().get_template("macros.html")
    assert str(macros.make_module({"no_value": NO_VALUE}).table(table)) == snapshot(name="full")
    empty = Table("t", "Estimates", [], [], pd.DataFrame())
    assert str(macros.make_module({"no_value": NO_VALUE}).table(empty)) == snapshot(name="empty")
