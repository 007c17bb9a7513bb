"""Published files come in other shapes, too: they are read, and what is lost is counted."""

import codecs
import json
import shutil
from pathlib import Path

import pytest
from scripted import Scripted

from notebench.adapters import aci_bench, mts_dialog, primock57, tn_eval
from notebench.adapters.reading import read_text
from notebench.adapters.validation import validate
from notebench.errors import NotebenchError

DATA = Path(__file__).parent / "data"
GRID = """File type = "ooTextFile"
Object class = "TextGrid"

item []:
    item [1]:
        class = "IntervalTier"
        name = "{name}"
        xmin = 0
        xmax = 9.5
        intervals: size = {n}
{intervals}"""


def grid(name, said):
    intervals = [
        f'        intervals [{n}]:\n            xmin = {at} \n            xmax = {at + 1} \n'
        f'            text = "{text}" \n'
        for n, (at, text) in enumerate(said, 1)
    ]  # fmt: skip
    return GRID.format(name=name, n=len(said), intervals="".join(intervals))


def test_bytes_of_two_encodings_in_one_file(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes("naïve ".encode() + b"\x93so\x94 caf\xe9")
    assert read_text(file) == "naïve “so” café"
    file.write_bytes(codecs.BOM_UTF16_LE + "café".encode("utf-16-le"))
    assert read_text(file) == "café"


def entry(**marks):
    note = {"S:": "He sleeps badly. He said so.", "Plan": "Return in a week. Bring the log."}
    given = {k: {"rubric_faithfulness_raw": v} for k, v in marks.items()}
    return {"metrics_human": [given], "extra": 1, "note": note, "align_score": {"s": float("nan")}}


def tn_folder(tmp_path, part, name="marks.json", talk="annomi-talks.csv"):
    shutil.copy(DATA / "tn_eval/AnnoMI-full.csv", tmp_path / talk)
    folder = tmp_path / "TN-Eval-Data/data"
    folder.mkdir(parents=True)
    text = json.dumps([{"human": part, "mi_quality": "high", "id": 3}])
    (folder / name).write_text("\ufeff" + text, "utf-8")
    return tmp_path


@pytest.mark.parametrize("below", ["", "TN-Eval-Data", "TN-Eval-Data/data"])
def test_tn_eval_with_letters_for_sections_and_a_single_therapist(tmp_path, below):
    part = entry(S={"sentence_1": 1, "sentence_2": float("nan")}, P={"sentence_2": 0})
    data = tn_eval.load(tn_folder(tmp_path, part) / below)
    [item] = data.items
    assert [(x["section"], x["text"], x["votes"]) for x in item.labels] == [
        ("S", "He sleeps badly.", (False, None)), ("S", "He said so.", (None, None)),
        ("P", "Return in a week.", (None, None)), ("P", "Bring the log.", (True, None)),
    ]  # fmt: skip
    assert data.left_out == {"sentences that only one therapist marked": 2}


def test_tn_eval_takes_the_count_of_marks_that_fits(tmp_path):
    part = entry(S={"sentence_1": 1, "sentence_2": 0})
    more = {"S": {"rubric_faithfulness_raw": {f"sentence_{n}": 1 for n in range(1, 8)}}}
    part["metrics_human"].append(more)
    [item] = tn_eval.load(tn_folder(tmp_path, part)).items
    assert [x["votes"] for x in item.labels] == [(False, None), (True, None)]


def test_annomi_is_told_by_its_columns(tmp_path):
    part = entry(S={"sentence_1": 1, "sentence_2": 0})
    folder = tn_folder(tmp_path, part, talk="transcripts.csv")
    (folder / "another.csv").write_text("a,b\n1,2\n")
    assert len(tn_eval.load(folder).items) == 1


def test_aci_bench_with_keys_in_another_order(tmp_path):
    visits = aci_bench.load(DATA / "aci_bench")
    pairs = [
        {"tgt": "HISTORY OF PRESENT ILLNESS\n\n" + "Word for word for word. " * 60,
         "file": f"{n}-x", "src": f"[doctor] hello {n} \n[patient] my knee {n} hurts"}
        for n in range(2)
    ]  # fmt: skip
    (tmp_path / "visits.json").write_text(json.dumps({"data": pairs}))
    assert {i.session.session_id for i in aci_bench.load(tmp_path).items} == {"aci-0", "aci-1"}
    assert len(visits.items) > 2


def test_mts_dialog_with_empty_rows_at_the_end(tmp_path):
    shutil.copytree(DATA / "mts_dialog", tmp_path, dirs_exist_ok=True)
    [scores] = tmp_path.rglob("*Manual*.csv")
    before = mts_dialog.load(DATA / "mts_dialog")
    scores.write_bytes(scores.read_bytes().rstrip() + b"\r\n,,,,,\r\n,,,,,\r\n")
    assert [i.scores for i in mts_dialog.load(tmp_path).items] == [i.scores for i in before.items]


def test_primock57_in_two_folders_and_with_its_own_transcripts(tmp_path):
    sheets, talks = tmp_path / "primock57_checklists", tmp_path / "primock57/transcripts"
    sheets.mkdir()
    talks.mkdir(parents=True)
    for name in ("note_statements.csv", "checklist_facts.csv"):
        shutil.copy(DATA / "primock57" / name, sheets)
    talk = "day1_consultation01"
    doctor = grid(
        "Doctor", [(0, ""), (1, 'Hello, is it ""sore""?'), (5, "<UNSURE>Fever?</UNSURE>")]
    )
    (talks / f"{talk}_doctor.TextGrid").write_text(doctor)
    (talks / f"{talk}_patient.TextGrid").write_text(grid("Patient", [(3, "Yes."), (6, "No.")]))
    for path in (tmp_path, tmp_path / "primock57", sheets):
        data = primock57.load(path)
        [item] = data.items
        assert [(t.speaker, t.text) for t in item.session.transcript] == [
            ("clinician", 'Hello, is it "sore"?'), ("client", "Yes."), ("clinician", "Fever?"),
            ("client", "No."),
        ]  # fmt: skip
        assert data.left_out["statements without a talk"] > 0


def test_labels_that_belong_to_no_talk_are_an_error(tmp_path):
    (tmp_path / "transcripts.json").write_text("[]")
    shutil.copy(DATA / "primock57/note_statements.csv", tmp_path)
    with pytest.raises(NotebenchError, match="no statement marked correct or incorrect belongs"):
        primock57.load(tmp_path)


def test_a_verifier_may_yield_its_findings(tmp_path):
    class Yields(Scripted):
        def verify(self, session, draft):
            yield from super().verify(session, draft)

    one, other = (validate("primock57", DATA / "primock57", v) for v in (Yields(), Scripted()))
    assert [repr(r) for r in one.rows] == [repr(r) for r in other.rows]
