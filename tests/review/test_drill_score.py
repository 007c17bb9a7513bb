"""Marking of drills against simulated participants whose rates are known."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drill_people import Participant, answer, error, handmade_key, participants, taken, written

from notebench.errors import NotebenchError
from notebench.review.drills import score
from notebench.review.drills.signal import detection, slope


def _scored(tmp_path: Path, key: dict[str, Any], people: list[Participant], **options: Any):
    experiment = bool(key["plan"]["experiment"])
    paths = taken(tmp_path, key, people, **options)
    return score(paths[1:], paths[0], experiment=experiment)


def test_sensitivity_is_recovered_at_200_notes(tmp_path: Path) -> None:
    people = participants(10, seed=3)
    done = _scored(tmp_path, handmade_key([p.name for p in people], 200), people)
    true = np.mean([p.d for p in people])
    assert abs(done.group["d"].estimate - true) < 0.1
    errors = [done.by_reviewer[p.name]["d"].estimate - p.d for p in people]
    assert np.median(np.abs(errors)) < 0.1
    found = [done.by_reviewer[p.name]["found"] for p in people]
    assert sum(f.low <= p.detection <= f.high for f, p in zip(found, people, strict=True)) >= 8
    assert abs(done.group["found"].estimate - np.mean([p.detection for p in people])) < 0.03


def test_intervals_of_sensitivity_hold_the_truth() -> None:
    rng, held = np.random.default_rng(1), 0
    who = Participant("x", 0.6, 0.06)
    for _ in range(200):
        hits = np.c_[rng.binomial(2, 0.6, 15), np.full(15, 2)].astype(float)
        alarms = np.c_[rng.binomial(15, 0.06, 15), np.full(15, 15)].astype(float)
        d = detection(hits, alarms).d
        held += d.low <= who.d <= d.high
    assert held >= 184


def test_known_values_of_sensitivity_and_criterion() -> None:
    found = detection(np.array([[8.0, 10.0]]), np.array([[2.0, 10.0]]))
    assert found.d.estimate == pytest.approx(1.4957, abs=1e-3)  # z(8.5/11) - z(2.5/11)
    assert found.c.estimate == pytest.approx(0, abs=1e-9)
    assert found.d.low < 1.4957 < found.d.high
    nothing = detection(np.array([[0.0, 10.0]]), np.array([[0.0, 10.0]]))
    assert nothing.d.estimate == pytest.approx(0, abs=1e-9)
    assert detection(np.zeros((0, 2)), np.array([[1.0, 2.0]])).d.estimate != 0


def test_what_counts_as_found(tmp_path: Path) -> None:
    key = handmade_key(["anna"], 1, clean=0)
    key["notes"]["d0"]["errors"] = [
        error(1, 2), error(2, 4, also=[5], error_type="internal_contradiction"),
        error(3, None, turns=[7], words=["sleep", "diary", "kept"]), error(4, 6),
    ]  # fmt: skip
    result = answer(key, "b-anna", Participant("anna", 0.0, 0.0))
    sentences = key["notes"]["d0"]["sentences"]

    def put(n: int, kind: str, cut: int = 0) -> dict[str, Any]:
        s = sentences[n]
        return {**s, "id": f"m{n}", "kind": kind, "verdict": "unsupported",
                "start": s["start"] + cut, "text": s["text"][cut:]}  # fmt: skip

    result["notes"][0] |= {
        "marks": [put(2, "contradicted", 3), put(5, "invented"), put(6, "unsure"), put(0, "place")],
        "missing": [
            {"id": "x1", "text": "the diary of her sleep", "section": "P"},
            {"id": "x2", "text": "nothing of the kind", "section": "P"},
        ],
    }
    paths = [written(tmp_path, "key", key), written(tmp_path, "anna", result)]
    (note,) = score(paths[1:], paths[0]).notes
    assert [(t.error["id"], t.marked) for t in note.errors if t.error] == [
        ("e1", True), ("e2", True), ("e3", True), ("e4", False)
    ]  # fmt: skip
    assert [t.named for t in note.errors] == [True, False, None, None]
    assert len(note.right) == 12 - 4 and [s["text"] for s in note.alarms()] == [
        sentences[0]["text"]
    ]
    assert note.strays == 1 and not note.clear


def test_tables_and_reports_are_whole_and_escape_what_is_hostile(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>=1+1"
    people = [Participant(bad, 0.7), Participant("=HYPERLINK", 0.4)]
    key = handmade_key([p.name for p in people], 12)
    key["title"] = bad
    for note in key["notes"].values():
        for s in note["sentences"]:
            s["text"] = "<img src=x onerror=alert(2)>"[: s["end"] - s["start"]]
            s["end"] = s["start"] + len(s["text"])
    done = _scored(tmp_path / "in", key, people)
    page = done.write(tmp_path / "out")
    written_ = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert len([n for n in written_ if n.startswith("trainee-")]) == 2
    for path in (tmp_path / "out").glob("*.html"):
        text = path.read_text("utf-8")
        assert "<script" not in text and "<img" not in text and "script-src" not in text
        assert 'lang="en"' in text and "default-src &#x27;none&#x27;" in text
    for name in written_:
        if name.startswith("trainee-"):
            assert f'href="{name}"' in page.read_text("utf-8")
    with (tmp_path / "out" / "trials.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 2 * 12 * 12 and {r["kind"] for r in rows} == {"wrong", "right"}
    assert not any(r["reviewer"].startswith("=") for r in rows)
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["participants"] == 2 and summary["group"]["d"]["estimate"] > 0


def test_confidence_is_held_against_what_came_true(tmp_path: Path) -> None:
    people = [Participant("sure", 0.3, confidence=95), Participant("fair", 0.95, confidence=85)]
    done = _scored(tmp_path, handmade_key(["sure", "fair"], 60), people)
    sure, fair = done.by_reviewer["sure"], done.by_reviewer["fair"]
    assert sure["overconfidence"].low > 0.4
    assert abs(fair["overconfidence"].estimate) < 0.15
    assert sure["brier"].estimate > 0.4 > 0.2 > fair["brier"].estimate
    bins = {r["from"]: r for r in done.reliability() if r["notes"]}
    assert set(bins) == {0.7, 0.9} and bins[0.7]["true"].estimate > bins[0.9]["true"].estimate


def test_learning_and_speed_over_the_sitting_are_seen(tmp_path: Path) -> None:
    people = [Participant("anna", 0.5, quicker=1.0)]
    key = handmade_key(["anna"], 60, errors=4)
    done = _scored(tmp_path, key, people, detection=lambda place, e: 0.2 + place["order"] * 0.01)
    values = done.by_reviewer["anna"]
    assert values["trend_found"].low < 0.1 < values["trend_found"].high
    assert values["trend_found"].low > 0
    assert values["trend_seconds"].low < -10 < values["trend_seconds"].high < -8
    assert values["seconds_per_found"].estimate > values["seconds"].estimate / 4
    assert slope(np.array([1.0, 2, 3]), np.ones((3, 2))).estimate != 0  # too few: not a number


EXPERIMENT = {
    "question": "q", "reading": "r", "by": "note", "risk_apart": False,
    "arms": [{"id": "a", "label": "A", "write": None}, {"id": "b", "label": "B", "write": None}],
}  # fmt: skip


def _two_ways(person: int, note: int) -> tuple[str, int]:
    return "ab"[(person + note) % 2], note


def test_an_experiment_finds_the_difference_there_is(tmp_path: Path) -> None:
    people = participants(8, seed=1)
    key = handmade_key([p.name for p in people], 40, clean=0, experiment=EXPERIMENT, arm=_two_ways)
    done = _scored(
        tmp_path, key, people, detection=lambda place, e: 0.75 if place["arm"] == "a" else 0.5
    )
    assert done.compared is not None
    rows = {r.measure: r for r in done.compared.rows}
    assert rows["found"].difference.low < -0.25 < rows["found"].difference.high < 0
    assert rows["found"].p == pytest.approx(2 / 2**8) == rows["found"].least_p
    false = rows["false_alarms"].difference
    assert false.low < 0 < false.high
    assert done.compared.errors == 120
    assert done.compared.by_error.low < -0.25 < done.compared.by_error.high


def test_orders_of_two_halves_cancel_out(tmp_path: Path) -> None:
    """Everybody gets better in the second half; the conditions themselves are alike."""
    people = participants(8, seed=2)
    experiment = {**EXPERIMENT, "by": "block"}

    def halves(person: int, note: int) -> tuple[str, int]:
        return "ab"[((person >= 5) + (note >= 20)) % 2], note

    key = handmade_key([p.name for p in people[:7]], 40, clean=0, experiment=experiment, arm=halves)
    done = _scored(
        tmp_path, key, people, detection=lambda place, e: 0.4 if place["order"] <= 20 else 0.8
    )
    assert done.compared is not None
    row = done.compared.rows[0]
    assert row.how == "mean of both orders, Student" and row.reviewers == 7
    assert abs(row.difference.estimate) < 0.08
    # Five of seven had condition b in the better half: without the orders it would be 0.17 or so.
    assert row.last.estimate - row.first.estimate > 0.1


def test_one_participant_and_three_are_told_honestly(tmp_path: Path) -> None:
    for n in (1, 3):
        people = participants(n, seed=4)
        names = [p.name for p in people]
        key = handmade_key(names, 12, experiment=EXPERIMENT, arm=_two_ways)
        done = _scored(tmp_path / str(n), key, people)
        assert done.compared is not None
        row = done.compared.rows[0]
        if n == 1:
            assert row.p != row.p and done.group["d"].low != done.group["d"].low
            assert row.difference.low < row.difference.estimate < row.difference.high
        else:
            assert row.least_p == 0.25 and row.p >= 0.25
        done.write(tmp_path / f"out{n}")


def test_foreign_and_broken_files_are_refused_by_name(tmp_path: Path) -> None:
    people = [Participant("anna", 0.5)]
    key = handmade_key(["anna"], 2)
    paths = taken(tmp_path, key, people)
    other = written(tmp_path, "other", {**json.loads(paths[1].read_text()), "bundle": "zzz"})
    with pytest.raises(NotebenchError, match="another drill"):
        score([other], paths[0])
    with pytest.raises(NotebenchError, match="not the key"):
        score(paths[1:], paths[1])
    with pytest.raises(NotebenchError, match="not built as an experiment"):
        score(paths[1:], paths[0], experiment=True)
    changed = json.loads(paths[1].read_text())
    changed["notes"][0]["marks"] = [
        {"id": "m", "section": "S", "start": 1, "end": 4, "text": "zzz", "kind": "invented",
         "verdict": "unsupported"}
    ]  # fmt: skip
    with pytest.raises(NotebenchError, match="does not stand in the note"):
        score([written(tmp_path, "changed", changed)], paths[0])
    unfinished = json.loads(paths[1].read_text())
    for note in unfinished["notes"]:
        note["closed"] = None
    with pytest.raises(NotebenchError, match="no note was done"):
        score([written(tmp_path, "open", unfinished)], paths[0])


def test_a_later_file_of_the_same_person_replaces_the_earlier(tmp_path: Path) -> None:
    key = handmade_key(["anna"], 4, clean=0)
    none, all_ = Participant("anna", 0.0, 0.0), Participant("anna", 1.0, 0.0)
    early, late = answer(key, "b-anna", none), answer(key, "b-anna", all_)
    late["saved"] = "2026-03-03T00:00:00Z"
    kept = written(tmp_path, "key", key)
    paths = [written(tmp_path, "late", late), written(tmp_path, "early", early)]
    assert score(paths, kept).by_reviewer["anna"]["found"].estimate == 1
