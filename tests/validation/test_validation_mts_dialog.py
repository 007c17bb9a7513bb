"""MTS-Dialog in its published layout: predicted scores as worked out without the package."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein
from rouge_score.rouge_scorer import RougeScorer
from scipy.stats import spearmanr
from scripted import Scripted, p_of

from notebench.adapters import mts_dialog
from notebench.adapters.mts_dialog import pieces
from notebench.adapters.validation import validate
from notebench.errors import NotebenchError

DATA = Path(__file__).parent / "data" / "mts_dialog"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "mts_dialog"
# the five summaries that are not empty: sentences, and pieces of the reference
TOLD = [
    ["The patient has ringing in the ear.", "Allergic to penicillin."],
    ["Appendectomy."],
    ["Drinks wine on Sundays."],
    ["The patient has had ringing in both ears for two weeks.", "It is worse at night.",
     "He takes aspirin."],
    ["Her appendix was removed in 1990 without complications."],
]  # fmt: skip
EAR = ["The patient has had ringing in the ear for two weeks", "it is worse at night",
       "Allergies: penicillin", "latex", "wool"]  # fmt: skip
DUE = [EAR, ["Appendectomy in 1990"],
       ["She drinks a glass of wine on Sundays", "She has never smoked"], EAR,
       ["Appendectomy in 1990"]]  # fmt: skip
HUMAN = {
    "hallucination rate": [0, 0, 0, 0.3333, 0.5],
    "omission rate": [0.5, 0.5, 0.5, 0.4, 0],
    "edit effort": [0.6, 0.5, 0.7, 0.45, 0.3],
    "factual precision": [1, 1, 1, 0.6667, 0.5],
    "factual recall": [0.5, 0.5, 0.5, 0.6, 1],
    "factual F1": [0.6667, 0.6667, 0.6667, 0.6316, 0.6667],
}


@pytest.fixture(scope="module")
def verifier():
    return Scripted()


@pytest.fixture(scope="module")
def result(verifier):
    return validate("mts-dialog", DATA, verifier)


def words(text):
    return len(re.findall(r"\w+", text))


def predicted():
    wrong = np.array([np.mean([p_of(s) for s in told]) for told in TOLD])
    omitted = np.array([np.mean([1 - p_of(f) for f in due]) for due in DUE])
    effort = []
    for told, due in zip(TOLD, DUE, strict=True):
        deleted = sum(words(s) * p_of(s) for s in told)
        added = sum(words(f) * (1 - p_of(f)) for f in due)
        effort.append((deleted + added) / (sum(words(s) for s in told) + added))
    precision, recall = 1 - wrong, 1 - omitted
    return {
        "hallucination rate": wrong, "omission rate": omitted, "edit effort": effort,
        "factual precision": precision, "factual recall": recall,
        "factual F1": 2 * precision * recall / (precision + recall),
    }  # fmt: skip


def test_dialogues_summaries_and_facts_are_read():
    data = mts_dialog.load(DATA)
    assert [i.draft.draft_id for i in data.items] == ["mts-0-1", "mts-1-1", "mts-2-1", "mts-0-2",
                                                      "mts-1-2"]  # fmt: skip
    assert data.left_out == {"empty summaries": 1}
    first = data.items[0].session
    assert [t.speaker for t in first.transcript] == ["clinician", "client", "client", "clinician",
                                                     "client"]  # fmt: skip
    assert [f.statement for f in first.facts] == EAR
    assert all(f.disclosure == "must" for f in first.facts)
    assert data.items[1].session.transcript[1].speaker == "guest_family"
    assert len(mts_dialog.load(DATA, "2").items) == 2


@pytest.mark.parametrize(
    ("reference", "facts"),
    [
        ("Asthma, eczema, and gout.", ["Asthma", "eczema", "gout"]),
        ("He is well, and he will walk to work every day.",
         ["He is well, and he will walk to work every day"]),
        ("None.", ["None"]),
        ("The.", ["The."]),
    ],
)  # fmt: skip
def test_pieces_of_a_reference(reference, facts):
    assert pieces(reference) == facts


def test_a_draft_is_judged_against_the_dialogue_and_facts_are_for_omission(result, verifier):
    shown = [facts for draft, facts in verifier.shown if draft == "mts-0-1"]
    assert shown == [True, False]  # both are asked; what is told comes from the second
    assert result.row("rho", "hallucination rate").n == 5


@pytest.mark.parametrize("target", HUMAN)
def test_every_correlation(result, target):
    row = result.row("rho", target)
    value = spearmanr(predicted()[target], HUMAN[target]).statistic
    assert row.estimate == pytest.approx(value)


def test_flags_plain_baselines_and_any_invention(result):
    human = HUMAN["hallucination rate"]
    flags = [np.mean([p_of(s) >= 0.6 for s in told]) for told in TOLD]
    row = result.row("rho", "hallucination rate", "verifier, share flagged")
    assert row.estimate == pytest.approx(spearmanr(flags, human).statistic)
    any_at_all = result.row("AUROC, more than none", "hallucination rate")
    p = predicted()["hallucination rate"]
    pairs = [(b > g) + (b == g) / 2 for b in p[3:] for g in p[:3]]
    assert any_at_all.estimate == pytest.approx(np.mean(pairs))
    assert (any_at_all.n, any_at_all.bad) == (5, 2)
    items = mts_dialog.load(DATA).items
    references = {
        "0": "The patient has had ringing in the ear for two weeks; it is worse at night. "
        "Allergies: penicillin, latex, and wool.",
        "1": "Appendectomy in 1990.",
        "2": "She drinks a glass of wine on Sundays. She has never smoked.",
    }
    texts = [(i.draft.sections[0].text, references[i.session.session_id[-1]]) for i in items]
    distance = [Levenshtein.normalized_distance(a, b) for a, b in texts]
    row = result.row("rho", "edit effort", "edit distance to reference")
    assert row.estimate == pytest.approx(spearmanr(distance, HUMAN["edit effort"]).statistic)
    scorer = RougeScorer(["rougeL"])
    rouge = [scorer.score(b, a)["rougeL"].fmeasure for a, b in texts]
    row = result.row("rho", "factual recall", "ROUGE-L to reference")
    assert row.estimate == pytest.approx(spearmanr(rouge, HUMAN["factual recall"]).statistic)


def test_the_best_that_a_score_without_ties_can_do(result):
    human = HUMAN["hallucination rate"]
    best = result.row("rho", "hallucination rate", "best untied score").estimate
    assert best == pytest.approx(spearmanr(human, [1, 2, 3, 4, 5]).statistic)
    assert best == pytest.approx(spearmanr(human, [3, 1, 2, 4, 5]).statistic)  # in any order


def test_what_does_not_fit_is_named(tmp_path):
    folder = tmp_path / "mts"
    shutil.copytree(DATA / "Correlation-Study", folder)
    manual = folder / "MTS-Dialog-Manual-Scores4CorrelationStudy.csv"
    manual.write_text("\n".join(manual.read_text("utf-8-sig").splitlines()[:-1]), "utf-8")
    with pytest.raises(NotebenchError, match="6 summaries, and 5 rows of scores"):
        mts_dialog.load(folder)
    manual.write_text("FactualPrecision\n1\n", "utf-8")
    with pytest.raises(NotebenchError, match="no column 'hallucinationrate'"):
        mts_dialog.load(folder)
    manual.unlink()
    with pytest.raises(NotebenchError, match=r"no MTS-Dialog-Manual-Scores\*.csv"):
        mts_dialog.load(folder)


@pytest.mark.skipif(not SHARED.is_dir(), reason="MTS-Dialog is absent")
def test_the_published_files_are_read_whole():
    data = mts_dialog.load(SHARED)
    assert len(data.items) == 400
    assert len({i.session.session_id for i in data.items}) == 100
    assert data.left_out == {"scores of omission rate outside 0 to 1": 2}
    assert sum("hallucination rate" in i.scores[""] for i in data.items) == 400
    speakers = {t.speaker for i in data.items for t in i.session.transcript}
    assert speakers == {"clinician", "client", "guest_family", "guest_clinician"}
