"""ACI-Bench in its published layout: own sentences told from those of another visit."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from scripted import Scripted, p_of

from notebench.adapters import aci_bench
from notebench.adapters.validation import validate
from notebench.errors import NotebenchError

DATA = Path(__file__).parent / "data" / "aci_bench"
WRONG = "AUROC, wrong sentences"


def test_visits_notes_and_divisions_are_read():
    data = aci_bench.load(DATA)
    own = {i.session.session_id: i for i in data.items if i.style == "own"}
    assert sorted(own) == ["aci-D2N901", "aci-D2N902", "aci-D2N903"]
    turns = own["aci-D2N901"].session.transcript
    assert [t.speaker for t in turns][:2] == ["clinician", "client"]
    assert turns[6].text.endswith("ibuprofen with food .")  # a line without a speaker goes on
    assert own["aci-D2N902"].session.transcript[7].speaker == "patient_guest"
    assert [(x["section"], x["text"]) for x in own["aci-D2N902"].labels] == [
        ("S", "Right wrist pain."),
        ("S", "Omar fell off his bike on Friday and has right wrist pain."),
        ("S", "He reports tingling in his thumb at night."),
        ("S", "He takes metformin for diabetes."),
        ("O", "Tenderness on the thumb side of the right wrist."),
        ("O", "X-ray of the right wrist shows a small scaphoid fracture."),
        ("A", "Scaphoid fracture of the right wrist."),
        ("A", "A cast will be worn for six weeks."),
        ("A", "I will refer him to the hand clinic."),
    ]


def test_strangers_come_from_the_visit_most_alike_and_repeat_nothing():
    strange = next(
        i for i in aci_bench.load(DATA).items if i.draft.draft_id == "aci-D2N901-stranger"
    )
    texts = [x["text"] for x in strange.labels]
    assert "He takes metformin for diabetes." in texts  # the other wrist, not the cough
    assert not any("cough" in t.lower() for t in texts)
    assert "X-ray of the right wrist shows a small scaphoid fracture." not in texts
    assert "Right wrist pain." not in texts  # too like "Left wrist pain."
    assert {x["label"] for x in strange.labels} == {"unsupported"}


def test_figures():
    result, items = validate("aci-bench", DATA, Scripted()), aci_bench.load(DATA).items
    told = [(x["section"], p_of(x["text"]), x["label"]) for i in items for x in i.labels]

    def roc(rows):
        own = [p for _, p, label in rows if label == "supported"]
        strange = [p for _, p, label in rows if label == "unsupported"]
        return np.mean([(s > o) + (s == o) / 2 for s in strange for o in own])

    assert result.row(WRONG).n == len(told)
    assert result.row(WRONG).estimate == pytest.approx(roc(told))
    for name in "SOA":
        part = [t for t in told if t[0] == name]
        assert result.row(WRONG, f"section {name}").estimate == pytest.approx(roc(part))
    assert "Nobody marked their sentences" in result.to_markdown()


def test_splits_and_the_other_files(tmp_path):
    assert {i.session.session_id for i in aci_bench.load(DATA, "valid").items} == {
        "aci-D2N901", "aci-D2N902",
    }  # fmt: skip
    with pytest.raises(NotebenchError, match="1 visits .* named for test1"):
        aci_bench.load(DATA, "test1")
    study = tmp_path / "study"
    shutil.copytree(DATA / "data/src_experiment_data", study / "src_experiment_data")
    data = aci_bench.load(study)  # the corrected transcription is taken
    cough = next(i for i in data.items if i.session.session_id == "aci-ACI901")
    assert "cough" in cough.session.transcript[0].text
    parts = tmp_path / "json"
    shutil.copytree(DATA / "data/challenge_data_json", parts)
    assert {i.session.session_id for i in aci_bench.load(parts).items} == {
        "aci-D2N901", "aci-D2N902",
    }  # fmt: skip
    systems = tmp_path / "systems"
    shutil.copytree(DATA / "baselines", systems / "baselines")
    with pytest.raises(NotebenchError, match=r"no CSV with dialogue and note.*there: baselines/"):
        aci_bench.load(systems)
    [file] = (DATA / "data/src_experiment_data").glob("*asrcorr.csv")
    assert len({i.session.session_id for i in aci_bench.load(file).items}) == 2
