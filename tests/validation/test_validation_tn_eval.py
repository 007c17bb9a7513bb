"""TN-Eval in its published layout: read whole, every figure as worked out without the package."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr
from scripted import Scripted, p_of

from notebench.adapters import tn_eval
from notebench.adapters.cutting import cut
from notebench.adapters.validation import validate
from notebench.errors import NotebenchError

DATA = Path(__file__).parent / "data" / "tn_eval"
WRONG = "AUROC, wrong sentences"
TITLES = {"subjective": "S", "objective": "O", "assessment": "A", "plan": "P"}
AUTHORS = ("human", "llm_llama31_70B", "llm_mistral_large_v2")


def marked():
    """(id, author, section, n sentences, votes of both: True is wrong) straight from the files."""
    for part in (1, 2):
        for entry in json.loads((DATA / f"data/notes_part{part}.json").read_text("utf-8")):
            for author in AUTHORS:
                if author in entry and entry["id"] != "404":
                    yield from sections(entry["id"], author, entry[author])


def sections(number, author, held):
    for title, short in TITLES.items():
        raw = [p[title]["rubric_faithfulness_raw"] for p in held["metrics_human"]]
        text = held["note"][title]
        if text and len(raw[0]) != 5:  # one section has five marks on three sentences
            votes = [
                tuple(None if r[f"sentence_{n}"] is None else r[f"sentence_{n}"] == 0 for r in raw)
                for n in range(1, len(raw[0]) + 1)
            ]
            yield number, author, short, text, votes, held


@pytest.fixture(scope="module")
def result():
    return validate("tn-eval", DATA, Scripted())


@pytest.fixture(scope="module")
def told():
    """(section, sentence, votes) of every sentence, the sentences cut by hand-checked code."""
    rows = []
    for _, _, short, text, votes, _ in marked():
        rows += [(short, s, v) for s, v in zip(cut(text, len(votes)), votes, strict=True)]
    return rows


def roc(rows, score):
    """AUROC by comparing every pair."""
    bad = [score(r) for r in rows if r[2] == (True, True)]
    good = [score(r) for r in rows if r[2] == (False, False)]
    if not bad or not good:
        return float("nan")
    return np.mean([(b > g) + (b == g) / 2 for b in bad for g in good])


def test_notes_talks_and_marks_are_read(told):
    data = tn_eval.load(DATA)
    assert len(data.items) == 9
    assert {i.session.session_id for i in data.items} == {"annomi-3", "annomi-11", "annomi-27"}
    first = data.items[0]
    assert first.draft.drafter == "human"
    assert [t.text for t in first.session.transcript][0].startswith("Good to see you")
    assert [t.speaker for t in first.session.transcript][:2] == ["clinician", "client"]
    assert [x["text"] for x in first.labels[:2]] == [
        "Client smokes about fifteen cigarettes a day, mostly at the bus stop.",
        "Her daughter asked her to stop.",
    ]
    assert [x["label"] for x in first.labels[:3]] == ["supported", "disputed", "unsupported"]
    assert sum(len(i.labels) for i in data.items) == len(told) == 53
    assert data.left_out == {
        "sentences that only one therapist marked": 1,
        "sections whose marks do not fit their sentences": 1,
        "entries without a transcript of that id": 1,
    }
    assert len(tn_eval.load(DATA, "human").items) == 3


def test_auroc_pooled_within_sections_and_at_like_length(result, told):
    agreed = [r for r in told if r[2] in ((True, True), (False, False))]
    row = result.row(WRONG)
    assert (row.n, row.bad) == (len(agreed), sum(r[2][0] for r in agreed))
    assert row.estimate == pytest.approx(roc(told, lambda r: p_of(r[1])))
    by_section = {s: roc([r for r in told if r[0] == s], lambda r: p_of(r[1])) for s in "SOAP"}
    for section, value in by_section.items():
        assert result.row(WRONG, f"section {section}").estimate == pytest.approx(value)
    mean = result.row(WRONG, "mean of sections").estimate
    assert mean == pytest.approx(np.mean(list(by_section.values())))
    lengths = [len(r[1].split()) for r in agreed]
    first, second = np.quantile(lengths, [1 / 3, 2 / 3]).astype(int)
    short = [r for r in agreed if len(r[1].split()) <= first]
    found = result.row(WRONG, f"up to {first} words")
    assert found.n == len(short)
    assert found.estimate == pytest.approx(roc(short, lambda r: p_of(r[1])))
    thirds = [short, [r for r in agreed if first < len(r[1].split()) <= second],
              [r for r in agreed if len(r[1].split()) > second]]  # fmt: skip
    at_like_length = np.nanmean([roc(t, lambda r: p_of(r[1])) for t in thirds])
    equal = result.row(WRONG, "mean of length thirds").estimate
    assert equal == pytest.approx(at_like_length)


def test_plain_baselines(result, told):
    length = result.row(WRONG, scorer="length").estimate
    assert length == pytest.approx(roc(told, lambda r: len(r[1].split())))
    by_section = result.row(WRONG, scorer="flag O and P").estimate
    assert by_section == pytest.approx(roc(told, lambda r: r[0] in "OP"))
    for scorer in ("word coverage", "ROUGE-2", "edit distance"):
        assert 0.7 < result.row(WRONG, scorer=scorer).estimate <= 1  # wrong ones name new things


def test_shares_at_the_threshold_and_calibration(result, told):
    agreed = [(p_of(r[1]), r[2][0]) for r in told if r[2] in ((True, True), (False, False))]
    p, bad = np.array([a for a, _ in agreed]), np.array([b for _, b in agreed])
    hit, false = (p[bad] >= 0.6).mean(), (p[~bad] >= 0.6).mean()
    assert result.row("wrong sentences caught").estimate == pytest.approx(hit)
    assert result.row("right sentences flagged").estimate == pytest.approx(false)
    accuracy = result.row("balanced accuracy, sentences").estimate
    assert accuracy == pytest.approx((hit + 1 - false) / 2)
    bins = np.minimum((p * 10).astype(int), 9)
    gaps = [abs(p[bins == b].mean() - bad[bins == b].mean()) * (bins == b).sum() for b in set(bins)]
    error = result.row("calibration error, sentences").estimate
    assert error == pytest.approx(sum(gaps) / len(p))
    assert [b.n for b in result.calibration["wrong"]] == [sum(bins == b) for b in sorted(set(bins))]


def test_agreement_with_each_rater_beside_that_between_them(result, told):
    kappa = pytest.importorskip("sklearn.metrics").cohen_kappa_score

    def of(a, b):
        pairs = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
        return kappa(*zip(*pairs, strict=True)), len(pairs)

    flags = [p_of(r[1]) >= 0.6 for r in told]
    one, two = [r[2][0] for r in told], [r[2][1] for r in told]
    for (a, b), scorer, stratum in (
        ((flags, one), "verifier", "verifier and first therapist"),
        ((flags, two), "verifier", "verifier and second therapist"),
        ((one, two), "first therapist", "first therapist and second therapist"),
        (([r[0] in "OP" for r in told], one), "flag O and P", "flag O and P and first therapist"),
    ):
        row, (value, n) = result.row("kappa", stratum, scorer), of(a, b)
        assert row.estimate == pytest.approx(value), stratum
        assert row.n == n


def test_scores_of_sections_beside_those_that_therapists_gave(result):
    shares, likert, ours, align = [], [], [], []
    for _, _, short, text, votes, held in marked():
        title = next(t for t, s in TITLES.items() if s == short)
        given = [[v for v in vs if v is not None] for vs in zip(*votes, strict=True)]
        shares.append(np.mean([np.mean(g) for g in given]))
        likert.append(np.mean([p[title]["likert_faithfulness"] for p in held["metrics_human"]]))
        ours.append(np.mean([p_of(s) for s in cut(text, len(votes))]))
        align.append(1 - held["align_score"][title])
    share = "unfaithful share, therapists' mean"
    assert result.row("rho", share).n == len(ours)
    assert result.row("rho", share).estimate == pytest.approx(spearmanr(ours, shares).statistic)
    published = result.row("rho", share, "AlignScore, published").estimate
    assert published == pytest.approx(spearmanr(align, shares).statistic)
    faithful = result.row("rho", "Likert faithfulness, therapists' mean").estimate
    assert faithful == pytest.approx(spearmanr([1 - o for o in ours], likert).statistic)


def test_other_ways_to_write_the_same_are_read(tmp_path):
    shutil.copy(DATA / "AnnoMI-full.csv", tmp_path / "AnnoMI-simple.csv")
    entries = json.loads((DATA / "data/notes_part1.json").read_text("utf-8"))
    part = entries[0]["human"]
    part["note"] = {title.title(): text for title, text in part["note"].items()}
    one, two = part["metrics_human"]
    for title in TITLES:  # words for numbers, counted from 0, in a list
        raw = list(one[title]["rubric_faithfulness_raw"].values())
        one[title]["rubric_faithfulness_raw"] = ["Yes" if mark else "No" for mark in raw]
        raw = list(two[title]["rubric_faithfulness_raw"].values())
        two[title]["rubric_faithfulness_raw"] = {str(n): bool(m) for n, m in enumerate(raw)}
    part["metrics_human"] = {"annotator_1": one, "annotator_2": two}
    (tmp_path / "sub").mkdir()
    whole = {"data": {"3": {"human": part}}}
    (tmp_path / "sub/notes_part1.json").write_text(json.dumps(whole), "utf-8")
    [read], [published] = tn_eval.load(tmp_path).items, tn_eval.load(DATA).items[:1]
    assert read.labels == published.labels
    beside = tn_eval.load(tmp_path / "sub")  # the transcripts lie beside the folder
    assert beside.items[0].labels == published.labels


def test_what_can_not_be_read_is_named(tmp_path):
    with pytest.raises(NotebenchError, match=r"no AnnoMI\*.csv"):
        tn_eval.load(tmp_path)
    shutil.copy(DATA / "AnnoMI-full.csv", tmp_path)
    with pytest.raises(NotebenchError, match=r"no notes_part\*.json \(there: AnnoMI-full.csv\)"):
        tn_eval.load(tmp_path)
    note = {"id": "3", "human": {"note": {"subjective": "Text."}}}
    (tmp_path / "notes_part1.json").write_text(json.dumps([note]), "utf-8")
    with pytest.raises(NotebenchError, match="1 notes without marks"):
        tn_eval.load(tmp_path)
    (tmp_path / "notes_part1.json").write_text("[{", "utf-8")
    with pytest.raises(NotebenchError, match="notes_part1.json:1: not JSON"):
        tn_eval.load(tmp_path)
