"""`notebench review estimate` and `notebench review fit`, and reviews of a run read back."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from page_run import draft, write_run
from population import simulate, write_primock57
from typer.testing import CliRunner

from notebench.cli import app, main
from notebench.records import ClaimFinding, Review
from notebench.review import profiles
from notebench.review.importing import HumanFiles
from notebench.review.params import read_params
from notebench.review.timed import load_timed
from notebench.runs.folder import RunFolder
from notebench.storage import write_jsonl
from notebench.verifiers.base import claims


def _run(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def _fails(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said and "mend:" in said
    return said


def _findings(folder: Path, verifier: str, wrong: str) -> list[ClaimFinding]:
    """One sentence contradicted, the rest right."""
    return [
        ClaimFinding(
            draft_id=d.draft_id, section=c.section, start=c.start, end=c.end, text=c.text,
            verdict="contradicted" if c.text == wrong else "supported", p_unfaithful=0.5,
            verifier=verifier,
        )
        for d in RunFolder.open(folder).drafts()
        for c in claims(d)
    ]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = write_run(tmp_path / "run")
    write_jsonl(folder / "findings.jsonl", _findings(folder, "local@1", "Takes 50 mg of "
                                                     "sertraline."))  # fmt: skip
    return folder


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    path = tmp_path / "counts.csv"
    path.write_text(
        "note_id,words,claims,incorrect,omitted,transcript_words\na,,,2,3,\nb,90,7,0,1,1200\n"
    )
    return path


def test_counts_to_a_table(counts: Path, tmp_path: Path) -> None:
    said = _run("review", "estimate", "--counts", counts, "--out", tmp_path / "o.csv",
                "--tornado", tmp_path / "t.svg")  # fmt: skip
    rows = list(csv.DictReader((tmp_path / "o.csv").open()))
    assert [r["note_id"] for r in rows] == ["a", "b"]
    assert float(rows[0]["seconds"]) > float(rows[1]["seconds"])
    assert "a model" in said and "o.csv" in said and (tmp_path / "t.svg").is_file()


def test_a_run_by_note_and_by_drafter(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "minutes.csv"
    said = _run("review", "estimate", run, "--out", out, "--tornado", tmp_path / "t.svg")
    [row] = csv.DictReader(out.open())
    assert list(row)[:4] == ["note_id", "seconds", "low", "high"]
    assert row["note_id"] == "d-one" and row["drafter"] == "import:secret-vendor"
    assert float(row["low"]) < float(row["seconds"]) < float(row["high"])
    assert float(row["saved"]) == pytest.approx(
        float(row["by_hand"]) - float(row["seconds"]), abs=0.01
    )
    assert "import:secret-vendor" in said and "a model: nobody was timed" in said
    assert "verifier local@1" in said
    slow = tmp_path / "slow.csv"
    _run("review", "estimate", run, "--out", slow, "--profile", "risk-first")
    [other] = csv.DictReader(slow.open())
    assert float(other["seconds"]) > float(row["seconds"])


def test_fit_then_estimate(tmp_path: Path, counts: Path, run: Path) -> None:
    table = simulate(5, reviewers=4, notes=16)
    data = write_primock57(tmp_path / "primock57", table)
    said = _run("review", "fit", data, "--out", tmp_path / "p.json", "--feature", "incorrect",
                "--feature", "omitted", "--feature", "words")  # fmt: skip
    parts = ("seconds [95% interval]", "a reviewer, reviews", "a consultation, means over",
             "length only", "edit distance", "constant", "rho", "64 reviews", "p.json")  # fmt: skip
    for part in parts:
        assert part in said, part
    found = read_params(tmp_path / "p.json")
    assert found.loader == "primock57" and found.features == ["incorrect", "omitted", "words"]
    for of in (["--counts", counts], [run]):
        said = _run("review", "estimate", *of, "--params", tmp_path / "p.json", "--out",
                    tmp_path / "o.csv")  # fmt: skip
        assert "fitted to timed reviews" in said
    again = _run("review", "fit", data, "--out", tmp_path / "p2.json", "--loader", "primock57")
    assert "transcripts.json" in again


def test_bad_usage_is_explained(
    capsys: pytest.CaptureFixture[str], counts: Path, run: Path, tmp_path: Path
) -> None:
    out = tmp_path / "o.csv"
    estimate = ("review", "estimate", "--out", out)
    assert "and not both" in _fails(capsys, *estimate)
    assert "and not both" in _fails(capsys, *estimate, run, "--counts", counts)
    assert "exclude each other" in _fails(
        capsys, *estimate, run, "--profile", "default", "--params", out
    )
    assert "risk-first" in _fails(capsys, *estimate, run, "--profile", "risk")
    assert "can't be read" in _fails(capsys, *estimate, run, "--params", tmp_path / "away.json")
    assert "not found" in _fails(capsys, "review", "fit", tmp_path / "away", "--out", out)
    (run / "findings.jsonl").unlink()
    assert "no note of the run has a scored sentence" in _fails(capsys, *estimate, run)
    assert not out.exists()


def test_the_page_names_every_profile_and_its_example_runs() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "review-time.md").read_text("utf-8")
    table = page[page.index("| profile |") : page.index("A profile that takes less")]
    assert set(re.findall(r"`([a-z-]+)`", table)) == set(profiles())
    [block] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(block, {})


def test_reviews_of_a_run_become_timed_data(run: Path) -> None:
    folder = RunFolder.open(run)
    wrong = "Denies suicidal ideation."
    [cut] = [c for c in claims(folder.drafts()[0]) if c.text == wrong]
    planted = [{"section": cut.section, "start": cut.start, "end": cut.end},
               {"section": "P", "start": 0, "end": 5},
               {"section": "P", "start": None, "end": None}]  # fmt: skip
    write_jsonl(
        folder.drafts_file,
        [draft("d-one"), draft("d-two", drafter="saboteur", provenance={"planted": planted})],
    )
    files = HumanFiles(run)
    write_jsonl(files.findings, [
        f for who in ("anna", "ben") for f in _findings(run, f"human@{who}", wrong)
    ])  # fmt: skip
    missing = [{"id": "m1", "text": "Diary", "section": "P"}]
    write_jsonl(files.reviews, [
        Review.model_validate({"draft_id": d, "reviewer": who, "seconds": 90.0, "edits": 2,
                               "edit_distance": 31, "complete": d == "d-one" or who == "anna",
                               "missing": missing})
        for d in ("d-one", "d-two") for who in ("anna", "ben")
    ])  # fmt: skip
    for place in (run, files.reviews):
        found = load_timed(place)
        assert found.loader == "reviews" and len(found.table) == 3
        row = found.table.iloc[0]
        assert (row["incorrect"], row["omitted"], row["seconds"]) == (1, 1, 90)
        assert row["words"] > 20 and row["claims"] == 7 and row["group"] == "hand-01"
        assert list(found.table["planted"]) == [0, 0, 2]
        assert list(found.table["caught"]) == [0, 0, 1]
        assert "1 reviews were not finished" in found.remarks[0]
    assert found.features == ("words", "incorrect", "omitted")
