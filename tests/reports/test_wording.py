"""How notes are written, in a report: its tables, the mark on a note, the scatter."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from notebench.metrics import info
from notebench.metrics.gap import standings
from notebench.reports import build
from notebench.reports.data import RunData
from notebench.reports.notes import session_views
from notebench.reports.wording import wording_tables, words
from notebench.storage import read_tallies


def test_every_metric_of_the_tables_is_known_and_explained(hand_run: Path) -> None:
    run = RunData.load(hand_run)
    for table in words()["tables"]:
        assert words()["text"][table["name"]]
        for metric in table["metrics"]:
            assert info(metric).title
            assert metric.startswith("repetition") or run.explained(metric) != run.explained("x")


def test_tables_show_the_estimates_of_the_tallies(hand_run: Path) -> None:
    run = RunData.load(hand_run)
    table = wording_tables(run)["polish"]
    row = next(r for r in table.rows if r[0].text == "Polished but wrong")
    data = run.estimate("gap.polished_but_wrong", ("drafter", "workflow"))
    found = {(r["drafter"], r["workflow"]): r["estimate"] for r in data.to_dict("records")}
    shown = dict(zip(run.cells, (cell.text for cell in row[1:]), strict=True))
    assert shown == {cell: f"{100 * found[cell]:.0f}%" for cell in run.cells}


@pytest.mark.parametrize("audience", ["research", "owner"])
def test_polish_stands_against_errors_once(hand_run: Path, audience: str) -> None:
    html = build(hand_run, audience=audience).read_text("utf-8")
    part = html.split('<section id="wording"')[1].split("</section>")[0]
    assert html.count('<figure id="f-polish">') == part.count('<figure id="f-polish">') == 1
    assert "Rank correlation" in part


def test_the_mark_stands_beside_the_notes_it_is_of(hand_run: Path) -> None:
    run = RunData.load(hand_run)
    html = build(hand_run).read_text("utf-8")
    marked = [n for v in session_views(run) for n in v.notes if n.polished_but_wrong]
    wrong = [s for s in standings(run.cases) if s and s.polished and s.wrong]
    assert len(marked) == len(wrong) == html.count(">polished but wrong</span>") > 0
    for note in marked:
        assert {"major", "critical"} & set(note.severities)


def test_a_run_from_before_says_how_to_count_them(hand_run: Path) -> None:
    tallies = read_tallies(hand_run / "tallies.parquet")
    families = {m.partition(".")[0] for t in words()["tables"] for m in t["metrics"]}
    kept = tallies[[m.partition(".")[0] not in families for m in tallies["metric"]]]
    kept.to_parquet(hand_run / "tallies.parquet")
    assert all(not t.rows for t in wording_tables(RunData.load(hand_run)).values())
    html = build(hand_run).read_text("utf-8")
    assert "notebench rescore counts them" in html.split('id="wording"')[1].split("</section>")[0]
    assert pd.read_csv(hand_run / "report" / "tables" / "polish.csv").empty
