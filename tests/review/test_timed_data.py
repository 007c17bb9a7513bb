"""Timed data in published layouts: PriMock57's human evaluation, post-editing logs, a run's own."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from population import simulate, write_primock57

from notebench.errors import NotebenchError, UnknownName
from notebench.review.fit import fit
from notebench.review.timed import load_timed, statements, words_changed

PRIMOCK = ["Evaluator", "Consultation", "Model", "Evaluator Note", "Model Note",
           "Post-edited note", "Post-edit time", "Incorrect Statements", "Omissions",
           "Other Issues"]  # fmt: skip
IWSLT = (
    "<file_name> <line_in_file> <who> <type> <src> <sys> <time> <time/mlen> <slen> <mlen> <plen> "
    "<schar> <mchar> <pchar> <letters> <digits> <spaces> <symbols> <navigation> <erase> <commands> "
    "<visible> <keystrokes> <keystrokes/mchar> <allkeys> <insertions> <deletions> <substitutions> "
    "<shifts> <S> <REF> <MT> <PE> <DA> <HTER>"
).split()


def _primock(folder: Path, *rows: dict[str, str], name: str = "results.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.DictWriter(stream, PRIMOCK)
        out.writeheader()
        out.writerows({c: row.get(c, "") for c in PRIMOCK} for row in rows)
    return path


def _row(**changes: str) -> dict[str, str]:
    return {
        "Evaluator": "E1", "Consultation": "day1_consultation01", "Model": "m3",
        "Model Note": "Cough for 3 days. No fever.",
        "Post-edited note": "Cough for <del>3</del> <ins>4</ins> days. No fever. "
        "<ins>Takes no medicine.</ins>",
        "Post-edit time": "41",
        "Incorrect Statements": "- duration is\n4 days", "Omissions": "! takes no\n- smoker",
        **changes,
    }  # fmt: skip


def _log_line(**changes: object) -> str:
    given = {"<file_name>": "news.en-es", "<line_in_file>": 5, "<who>": "annotator1",
             "<type>": "PE", "<time>": 42500, "<mlen>": 20, "<keystrokes>": 31,
             "<insertions>": 1, "<deletions>": 2, "<substitutions>": 3, "<shifts>": 1,
             "<MT>": 'He said "yes.', "<PE>": "He said no.", **changes}  # fmt: skip
    return "\t".join(str(given.get(c, 0)) for c in IWSLT)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", (0, 0)),
        ("None", (0, 0)),
        ("- one\n- two", (0, 2)),
        ("! one\n- two\n!three", (2, 1)),
        ("! goes on\nin a second line\n- two", (1, 1)),
        ("one\ntwo", (0, 2)),
        ("\u2013 one\n\n  \u2022 two", (0, 2)),
    ],
)
def test_statements_are_counted_by_their_marks(cell: str, expected: tuple[int, int]) -> None:
    assert statements(cell) == expected


@pytest.mark.parametrize(
    ("draft", "edited", "expected"),
    [
        ("a b c", "a b c", 0),
        ("a b c", "a x c d", 2),
        ("a b c", "a <x>b</x> c <y>d e</y>", 3),
        ("a b", 'a <x id="1">b <z>c</z></x>', 2),
        ("a", "a<br/> <x>b</x>", 1),
        ("BP < 120", "BP < 120 taken", 1),
    ],
)
def test_words_changed(draft: str, edited: str, expected: int) -> None:
    assert words_changed(draft, edited) == expected


def test_primock57(tmp_path: Path) -> None:
    path = _primock(
        tmp_path / "human_eval_data",
        _row(),
        _row(Evaluator="E2", **{"Post-edit time": "1:05", "Omissions": ""}),
        _row(Model="doctor", **{"Post-edit time": ""}),
    )
    turns = [{"speaker": "doctor", "text": "Hello, <UNSURE>how</UNSURE> are you?"}]
    (tmp_path / "transcripts.json").write_text(
        json.dumps([{"consultation": "day1_consultation01", "turns": turns}])
    )
    for place in (path, path.parent, tmp_path):
        found = load_timed(place)
        assert (found.loader, found.features) == (
            "primock57", ("incorrect", "omitted", "transcript_words"),
        )  # fmt: skip
        first, second = found.table.to_dict("records")
        assert (first["reviewer"], first["note"], first["group"]) == (
            "E1", "day1_consultation01/m3", "day1_consultation01",
        )  # fmt: skip
        assert (first["seconds"], second["seconds"]) == (41, 65)
        assert (first["incorrect"], first["incorrect_critical"]) == (1, 0)
        assert (first["omitted"], first["omitted_critical"]) == (2, 1)
        assert second["omitted"] == 0
        assert first["words"] == 6 and first["edit_distance"] == 5
        assert first["transcript_words"] == 4
        assert found.remarks == ["results.csv: 1 rows without a time are left out"]


def test_primock57_without_transcripts_says_so(tmp_path: Path) -> None:
    found = load_timed(_primock(tmp_path, _row()))
    assert found.features == ("incorrect", "omitted", "words")
    assert "transcripts.json" in found.remarks[0]


def test_primock57_from_a_simulated_evaluation_is_fitted(tmp_path: Path) -> None:
    table = simulate(5, reviewers=5, notes=16)
    found = fit(load_timed(write_primock57(tmp_path, table)))
    direct = fit(load_timed(tmp_path), ["words", "incorrect", "omitted"])
    assert found.reviewers == 5 and found.reviews == 80
    assert direct.prices["incorrect"].low < 6 < direct.prices["incorrect"].high
    assert {e.predictor for e in found.errors} >= {"length only", "edit distance", "constant"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"Post-edit time": "soon"}, r"results.csv:2: column 'Post-edit time': 'soon'"),
        ({"Post-edit time": "-3"}, "'-3' is not a number of 0 or more"),
    ],
)
def test_a_time_that_is_none_is_named(tmp_path: Path, changes, says) -> None:
    with pytest.raises(NotebenchError, match=says):
        load_timed(_primock(tmp_path, _row(**changes)))


def test_an_error_after_a_cell_of_several_lines_names_its_own_line(tmp_path: Path) -> None:
    path = _primock(tmp_path, _row(), _row(**{"Post-edit time": "x"}))
    with pytest.raises(NotebenchError, match=r"results.csv:5: "):
        load_timed(path)


def test_a_missing_column_is_named_with_what_would_be_understood(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("Evaluator,Consultation,Seconds?\nE1,c1,4\n")
    with pytest.raises(NotebenchError, match=r"no column for seconds, incorrect, omitted; it has"):
        load_timed(path, "primock57")


def test_iwslt_folders_hold_a_header_and_a_file_an_editor(tmp_path: Path) -> None:
    (tmp_path / "header").write_text("\t".join(IWSLT) + "\n")
    (tmp_path / "README.md").write_text("# data\n")
    for name in ("ann0", "ann1"):
        lines = [_log_line(), _log_line(**{"<line_in_file>": 6, "<who>": "annotator2"})]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    found = load_timed(tmp_path)
    assert (found.loader, len(found.table)) == ("postedit-log", 4)
    assert sorted(set(found.table["reviewer"])) == ["ann0", "ann1"]
    row = found.table.iloc[0]
    assert (row["seconds"], row["words"], row["edit_distance"]) == (42.5, 20, 7)
    assert (row["note"], row["group"]) == ("news.en-es/5", "news.en-es")
    assert found.features == ("words", "insertions", "deletions", "substitutions")
    assert "the column time was taken for milliseconds" in found.remarks


def test_one_file_of_several_editors_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "main.tsv"
    head = ["subject_id", "doc_id", "item_id", "task_type", "edit_time", "mt_text", "tgt_text",
            "n_insert", "n_delete", "n_substitute"]  # fmt: skip
    rows = [
        ["t1", "d1", "i1", "pe1", "12.5", "a b c d", "a b x", 0, 1, 1],
        ["t2", "d1", "i1", "ht", "99", "", "a b x", 0, 0, 0],
        ["t2", "d1", "i2", "pe2", "", "a", "a", 0, 0, 0],
    ]
    path.write_text("\n".join("\t".join(map(str, r)) for r in [head, *rows]) + "\r\n")
    found = load_timed(path)
    [row] = found.table.to_dict("records")
    assert (row["reviewer"], row["seconds"], row["words"], row["edit_distance"]) == (
        "t1", 12.5, 4, 2,
    )  # fmt: skip
    assert any("no post-editing" in r for r in found.remarks)
    assert any("without a time" in r for r in found.remarks)


def test_a_plain_log_with_texts_alone(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text('editor,time_ms,mt,pe\nann,9000,"a b, c",a b d\nbob,4000,a b,a b\n')
    found = load_timed(path)
    assert list(found.table["seconds"]) == [9, 4]
    assert list(found.table["edit_distance"]) == [1, 0]
    assert found.features == ("words",)


def test_a_log_without_times_or_header_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "log.tsv"
    path.write_text("a\tb\tc\n1\t2\t3\n")
    with pytest.raises(NotebenchError, match="no column of times"):
        load_timed(path, "postedit-log")


def test_an_unknown_loader_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="'primock57'"):
        load_timed(tmp_path, "primock")
    with pytest.raises(NotebenchError, match="not found"):
        load_timed(tmp_path / "away")
