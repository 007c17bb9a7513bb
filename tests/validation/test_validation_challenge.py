"""Validation on labelled drafts in the challenge layout, and how results are shown and kept."""

import csv
import json
import math
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from notebench.adapters.challenge import TUNE
from notebench.adapters.validation import DATASETS, validate
from notebench.cli import app
from notebench.errors import NotebenchError, UnknownName
from notebench.records import ClaimFinding, FactFinding
from notebench.verifiers.base import claims

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
WRONG, OMITTED = "AUROC, wrong sentences", "AUROC, omitted facts"


def test_the_split_in_code_is_the_split_on_file():
    split = tomllib.loads((ROOT / "benchmarks/challenge_split.toml").read_text("utf-8"))
    assert set(split["tune"]) == set(TUNE)
    assert not set(split["tune"]) & set(split["report"])


SENTENCES = [
    ("Slept well.", "supported"),
    ("Drinks daily.", "contradicted"),
    ("Signed.", "uncheckable"),
]


@pytest.fixture
def folder(tmp_path):
    sessions, drafts, labels = [], [], []
    for n in range(3):
        sessions.append(
            {
                "session_id": f"s{n}",
                "transcript": [{"turn": 1, "speaker": "client", "text": "I slept well."}],
                "facts": [{"id": "F1", "kind": "symptom", "statement": "She slept well."},
                          {"id": "F2", "kind": "event", "statement": "A cat died."}],
            }
        )  # fmt: skip
        drafts.append(
            {
                "draft_id": f"d{n}", "session_id": f"s{n}", "drafter": "x",
                "sections": [{"name": "S", "text": " ".join(t for t, _ in SENTENCES)}],
                "sentences": [{"section": "S", "text": t} for t, _ in SENTENCES],
            }
        )  # fmt: skip
        labels.append(
            {
                "draft_id": f"d{n}", "style": "clean" if n == 0 else "weak",
                "due": ["F1", "F2"], "omitted": ["F2"],
                "sentences": [{"section": "S", "text": t, "label": v,
                               "error_type": "fabricated_fact" if v == "contradicted" else None}
                              for t, v in SENTENCES],
            }
        )  # fmt: skip
    for name, lines in (("sessions", sessions), ("drafts", drafts), ("labels", labels)):
        text = "\n".join(json.dumps(line) for line in lines)
        (tmp_path / f"{name}.jsonl").write_text(text + "\n", "utf-8")
    return tmp_path


class Oracle:
    """Knows the answers; in draft `blind` it does not decide."""

    name, version = "oracle", "1"

    def __init__(self, blind=""):
        self.blind = blind

    def verify(self, session, draft):
        blind = draft.draft_id == self.blind
        made = []
        for claim in claims(draft):
            bad = claim.text == "Drinks daily."
            made.append(
                ClaimFinding(
                    draft_id=draft.draft_id, section=claim.section, start=claim.start,
                    end=claim.end, text=claim.text, verifier="oracle@1",
                    verdict="unscored" if blind else "unsupported" if bad else "supported",
                    p_unfaithful=None if blind else 0.9 if bad else 0.1,
                )
            )  # fmt: skip
        return made + [
            FactFinding(
                draft_id=draft.draft_id, fact_id=f.id, verifier="oracle@1",
                verdict="unscored" if blind else "omitted" if f.id == "F2" else "conveyed",
                p_omitted=None if blind else 0.9 if f.id == "F2" else 0.1,
            )
            for f in session.facts
        ]  # fmt: skip


def test_a_perfect_verifier_scores_perfectly(folder):
    result = validate("challenge", folder, Oracle(), split="all")
    assert result.row(WRONG).estimate == 1
    assert result.row(OMITTED).estimate == 1
    assert result.row("right sentences flagged").estimate == 0
    assert result.row("sentences of clean drafts flagged").n == 2
    assert result.row(WRONG).n == 6  # uncheckable sentences are left out
    assert result.row(WRONG, scorer="word coverage").estimate == 1
    assert result.row("caught", "fabricated_fact").estimate == 1
    assert result.row("calibration error, sentences").estimate == pytest.approx(0.1)
    assert result.unscored == 0
    with pytest.raises(KeyError):
        result.row(WRONG, scorer="tea leaves")


def test_unscored_findings_are_counted_and_left_out(folder):
    result = validate("challenge", folder, Oracle(blind="d1"), split="all")
    assert result.unscored == 4
    assert result.row(WRONG).n == 4
    assert result.row("wrong sentences caught").estimate == 1
    assert "4 findings unscored" in result.to_markdown()


def test_bad_folders_and_splits_name_the_thing(folder, tmp_path):
    with pytest.raises(NotebenchError, match=r"no labels.jsonl \(no such file"):
        validate("challenge", tmp_path / "nowhere")
    with pytest.raises(UnknownName, match="no split called 'test'"):
        validate("challenge", folder, split="test")
    with pytest.raises(UnknownName, match="no labelled data set is called 'chalenge'"):
        validate("chalenge", folder)
    lines = (folder / "labels.jsonl").read_text("utf-8").splitlines()
    (folder / "labels.jsonl").write_text(lines[0] + "\n{broken\n", "utf-8")
    with pytest.raises(NotebenchError, match="labels.jsonl:2"):
        validate("challenge", folder, split="all")
    (folder / "labels.jsonl").write_text(json.dumps({"draft_id": "none"}), "utf-8")
    with pytest.raises(NotebenchError, match="labels.jsonl:1"):
        validate("challenge", folder, split="all")
    (folder / "drafts.jsonl").unlink()
    with pytest.raises(NotebenchError, match=r"no drafts.jsonl.*there: labels.jsonl"):
        validate("challenge", folder, split="all")


def test_what_is_written_is_what_is_shown(folder, tmp_path):
    result = validate("challenge", folder, Oracle(), split="all")
    whole, sheet, page = result.write(tmp_path / "out")
    data = json.loads(whole.read_text("utf-8"))
    with sheet.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(data["figures"]) == len(result.rows)
    for row, kept, given in zip(result.rows, data["figures"], rows, strict=True):
        assert (kept["measure"], kept["scorer"]) == (row.measure, row.scorer)
        assert given["estimate"] == ("" if kept["estimate"] is None else str(kept["estimate"]))
        assert (kept["estimate"] is None) == math.isnan(row.estimate)
    assert page.read_text("utf-8") == result.to_markdown(1)
    assert sum(b["n"] for b in data["calibration"]["wrong"]) == result.row(WRONG).n
    assert result.to_frame().shape[0] == len(rows)


def test_the_command_prints_writes_and_takes_all_that_is_there(folder, tmp_path):
    out = tmp_path / "out"
    asked = ["validate", "challenge", "--path", str(folder), "--split", "all", "--out", str(out)]
    found = CliRunner().invoke(app, asked)
    assert found.exit_code == 0, found.output
    assert "# challenge: local@" in found.output and "wrote" in found.output
    assert sorted(p.name for p in out.iterdir()) == [
        "challenge.csv", "challenge.json", "challenge.md",
    ]  # fmt: skip
    every = CliRunner().invoke(app, ["validate", "all", "--path", str(folder), "--split", "all"])
    assert every.exit_code == 0
    assert "# challenge: local@" in every.output
    assert f"mts-dialog is left out: {folder}: there is no MTS-Dialog" in every.output
    (tmp_path / "empty").mkdir()
    nothing = CliRunner().invoke(app, ["validate", "all", "--path", str(tmp_path / "empty")])
    assert isinstance(nothing.exception, NotebenchError)


def test_every_data_set_says_what_its_labels_are():
    from notebench.adapters.labelled import LabelledSet

    assert all(len(LabelledSet(name, ()).about) > 100 for name in DATASETS)


@pytest.mark.skipif(not (SHARED / "challenge").is_dir(), reason="the challenge drafts are absent")
def test_local_verifier_beats_word_coverage_on_the_report_half():
    result = validate("challenge", SHARED / "challenge")
    coverage = "word coverage"
    assert result.row(WRONG).estimate > result.row(WRONG, scorer=coverage).estimate + 0.05
    assert result.row(OMITTED).estimate > result.row(OMITTED, scorer=coverage).estimate
    assert result.row("right sentences flagged").estimate < 0.2
