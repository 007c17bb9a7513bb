"""Validation measures, and validation of verifiers on labelled drafts."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from notebench.adapters.measures import (
    Rated,
    auroc,
    balanced_accuracy,
    calibration_error,
    caught,
    flagged,
    with_interval,
)
from notebench.adapters.validation import DATASETS, TUNE, validate_challenge
from notebench.errors import NotebenchError
from notebench.records import ClaimFinding, FactFinding
from notebench.verifiers.base import claims

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"


def rated(*pairs, group="s"):
    return [Rated(group, p, bad) for p, bad in pairs]


def test_auroc_counts_pairs_and_half_of_ties():
    assert auroc(rated((0.9, True), (0.1, False))) == 1
    assert auroc(rated((0.1, True), (0.9, False))) == 0
    assert auroc(rated((0.5, True), (0.5, False))) == 0.5
    assert auroc(rated((0.8, True), (0.3, True), (0.5, False), (0.3, False))) == 2.5 / 4
    assert np.isnan(auroc(rated((0.5, True))))


def test_auroc_agrees_with_scikit_learn():
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(1)
    p, bad = rng.random(300).round(1), rng.random(300) < 0.3
    ours = auroc([Rated("s", a, b) for a, b in zip(p, bad, strict=True)])
    assert ours == pytest.approx(sklearn.roc_auc_score(bad, p))


def test_shares_at_a_threshold():
    items = rated((0.9, True), (0.2, True), (0.6, False), (0.1, False), (0.5, False))
    assert caught(items, 0.5) == 0.5
    assert flagged(items, 0.5) == pytest.approx(2 / 3)
    assert balanced_accuracy(items, 0.5) == pytest.approx((0.5 + 1 / 3) / 2)


def test_calibration_error():
    assert calibration_error(rated(*[(0.25, n < 1) for n in range(4)])) == 0
    assert calibration_error(rated((1.0, False), (1.0, False))) == 1


def test_interval_resamples_whole_groups():
    same = [Rated(f"s{g}", p, bad) for g in range(8) for p, bad in [(0.9, True), (0.1, False)]]
    assert tuple(with_interval(same, auroc)) == (1, 1, 1)
    mixed = [*same, Rated("odd", 0.1, True), Rated("odd", 0.9, False)]
    one = with_interval(mixed, auroc, seed=3)
    assert one == with_interval(mixed, auroc, seed=3)
    assert one.low < one.value < one.high
    assert np.isnan(with_interval(rated((0.9, True), (0.1, False)), auroc).low)


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
    result = validate_challenge(folder, Oracle(), split="all")
    assert result.row("AUROC, wrong sentences").verifier.value == 1
    assert result.row("AUROC, omitted facts").verifier.value == 1
    assert result.row("right sentences flagged").verifier.value == 0
    assert result.row("AUROC, wrong sentences").n == 6  # uncheckable sentences are left out
    assert result.by_type == (("fabricated_fact", 3, 1.0, 1.0),)
    assert result.unscored == 0
    assert "| AUROC, wrong sentences | 1.00" in result.to_markdown()


def test_unscored_findings_are_counted_and_left_out(folder):
    result = validate_challenge(folder, Oracle(blind="d1"), split="all")
    assert result.unscored == 4
    assert result.row("AUROC, wrong sentences").n == 4
    assert result.row("wrong sentences caught").verifier.value == 1
    assert "4 findings unscored" in result.to_markdown()


def test_bad_folders_and_splits_name_the_thing(folder, tmp_path):
    with pytest.raises(NotebenchError, match="no drafts.jsonl|no sessions.jsonl"):
        validate_challenge(tmp_path / "nowhere")
    with pytest.raises(NotebenchError, match="split"):
        validate_challenge(folder, split="test")
    lines = (folder / "labels.jsonl").read_text("utf-8").splitlines()
    (folder / "labels.jsonl").write_text(lines[0] + "\n{broken\n", "utf-8")
    with pytest.raises(NotebenchError, match="labels.jsonl:2"):
        validate_challenge(folder, split="all")
    (folder / "labels.jsonl").write_text(json.dumps({"draft_id": "none"}), "utf-8")
    with pytest.raises(NotebenchError, match="labels.jsonl:1"):
        validate_challenge(folder, split="all")


@pytest.mark.skipif(not (SHARED / "challenge").is_dir(), reason="the challenge drafts are absent")
def test_local_verifier_beats_word_coverage_on_the_report_half():
    result = validate_challenge(SHARED / "challenge")
    wrong = result.row("AUROC, wrong sentences")
    assert wrong.verifier.value > wrong.baseline.value + 0.05
    omitted = result.row("AUROC, omitted facts")
    assert omitted.verifier.value > omitted.baseline.value
    assert result.row("right sentences flagged").verifier.value < 0.2


@pytest.mark.skipif(not (SHARED / "data/primock57").is_dir(), reason="PriMock57 is absent")
def test_works_on_real_consultations_without_facts():
    result = DATASETS["primock57"](SHARED / "data")
    assert result.row("AUROC, wrong sentences").verifier.value > 0.55
    with pytest.raises(KeyError):
        result.row("AUROC, omitted facts")
