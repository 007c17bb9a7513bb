"""`notebench sessions`: what is asked for is had, and what can't go together is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebench.cli import main
from notebench.records import Session
from notebench.storage import read_jsonl


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        main(["sessions", *map(str, arguments)])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return int(end.value.code or 0), said.out + said.err


def test_strata_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "s.jsonl"
    code, _ = run(
        capsys, "--n", 2, "--out", out, "--problem", "ocd", "--session-type", "intake",
        "--modality", "erp", "--complexity", "trauma", "--format", "DAP",
    )  # fmt: skip
    assert code == 0
    for session in read_jsonl(out, Session):
        assert session.scenario["problem"] == "ocd" and session.scenario["modality"] == "erp"
        assert session.scenario["session_type"] == "intake"
        assert session.scenario["complexity"] == ["trauma"]
        assert [n.format for n in session.references] == ["DAP"]


def test_a_cover_takes_the_most_telling_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "s.jsonl"
    assert run(capsys, "--cover", "--n", 6, "--out", out)[0] == 0
    assert len({s.scenario["problem"] for s in read_jsonl(out, Session)}) >= 5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--cover", "--problem", "ocd"], "--cover draws every problem"),
        (["--writer", "local/x", "--noise", "asr"], "--writer and --noise can't go together"),
        (["--modality", "ebt"], "no modality is called 'ebt'"),
        (["--complexity", "traumma"], "did you mean 'trauma'"),
        (["--session-type", "crises"], "did you mean 'crisis'"),
    ],
)
def test_bad_usage_is_told_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    out = tmp_path / "s.jsonl"
    code, said = run(capsys, "--out", out, *arguments)
    assert code == 2 and says in said
    assert not out.exists()
