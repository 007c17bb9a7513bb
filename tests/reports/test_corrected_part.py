"""The part of a report on corrected rates."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from syrupy.assertion import SnapshotAssertion

import notebench as nb
from notebench.cli import main
from notebench.records import ClaimFinding, Finding
from notebench.reports import build
from notebench.reports.corrected import corrected_tables, explained, plainly
from notebench.reports.data import RunData
from notebench.storage import read_jsonl, write_jsonl
from notebench.verifiers import accuracy
from notebench.verifiers.accuracy import Accuracy

GOOD = Accuracy(
    "challenge/report", {f"x{i}": (7, 3, 28, 2) for i in range(9)},
    {f"x{i}": (8, 2, 19, 1) for i in range(9)},
)  # fmt: skip
WEAK = Accuracy("primock57", {f"x{i}": (3, 7, 21, 9) for i in range(9)}, {})


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accuracy, "known", lambda name: [GOOD, WEAK] if name == "by-hand@1" else [])


@pytest.fixture
def read_by_people(hand_run: Path) -> Path:
    """The run, with every sentence of the model's notes rated by a person: half of them wrong."""
    findings = read_jsonl(hand_run / "findings.jsonl", Finding)
    said = [
        f.model_copy(update={"verifier": "human@anna", "p_unfaithful": float(n % 2), "reason": None,
                             "verdict": "unsupported" if n % 2 else "supported"})
        for n, f in enumerate(f for f in findings if isinstance(f, ClaimFinding))
    ]  # fmt: skip
    write_jsonl(hand_run / "findings.human.jsonl", said)
    return hand_run


def shown(run: RunData) -> str:
    table = corrected_tables(run)["corrected"]
    rows = [table.columns, *([f"{c.text} [{c.interval}]" for c in row] for row in table.rows)]
    return "\n".join([*(" | ".join(row) for row in rows), "", *explained(run, table), "",
                      plainly(run, table)])  # fmt: skip


def test_corrected_rates(hand_run: Path, known: None, snapshot: SnapshotAssertion) -> None:
    assert shown(RunData.load(hand_run)) == snapshot


def test_rates_with_labels(read_by_people: Path, known: None, snapshot: SnapshotAssertion) -> None:
    assert shown(RunData.load(read_by_people)) == snapshot


def test_an_unmeasured_verifier_says_so(hand_run: Path) -> None:
    run = RunData.load(hand_run)
    table = corrected_tables(run)["corrected"]
    assert {row[3].text for row in table.rows} == {"not correctable"}
    assert "by-hand@1" in plainly(run, table)


def test_a_verifier_that_hardly_tells_is_not_corrected_by(hand_run: Path, known: None) -> None:
    table = corrected_tables(RunData.load(hand_run))["corrected"]
    weak = [row[4] for row in table.rows if row[0].text == "Sentences not borne out"]
    assert {cell.text for cell in weak} == {"not correctable"}
    assert all("hardly tells" in cell.interval for cell in weak)


@pytest.mark.parametrize(("audience", "part"), [("research", "corrected"), ("owner", "allowance")])
def test_each_audience_gets_its_part(hand_run: Path, audience: str, part: str) -> None:
    html = build(hand_run, audience=audience).read_text("utf-8")
    assert re.search(f'<section id="{part}"', html)
    assert (hand_run / "report/tables/corrected.csv").is_file()


def test_an_empty_run_has_the_part_too(tmp_path: Path, hand_run: Path) -> None:
    for name in ("sessions.jsonl", "drafts.jsonl", "findings.jsonl", "tallies.parquet"):
        (hand_run / name).unlink()
    run = RunData.load(hand_run)
    table = corrected_tables(run)["corrected"]
    assert not table.rows
    assert explained(run, table) == [plainly(run, table)]


def test_the_python_surface_gives_the_same(read_by_people: Path, known: None) -> None:
    run = nb.Run.open(read_by_people)
    table = corrected_tables(RunData.load(read_by_people))["corrected"]
    pd.testing.assert_frame_equal(run.corrected(), table.data)
    assert set(run.corrected("omission")["metric"]) == {"omission"}


def test_a_run_folder_is_enough_to_see_how_far_people_agree(
    read_by_people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["agree", str(read_by_people), "--out", str(tmp_path / "left.csv")])
    assert not end.value.code
    said = capsys.readouterr().out
    assert "rated by 1: 12 drafts" in said
    assert "anna and by-hand@1" in said
