"""Other people's files are read as they come, and what is wrong with them is named."""

import pytest

from notebench.adapters.reading import find, read_csv, read_json, turns
from notebench.adapters.validation import load
from notebench.errors import NotebenchError


def test_encodings_marks_and_control_characters(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes("﻿ID , Text\n1,caf\x07é\n2\n".encode())
    assert read_csv(file, ["id", "text"]) == [{"id": "1", "text": "caf é"}, {"id": "2", "text": ""}]
    file.write_bytes("id,text\n1,caf\xe9 \x93so\x94\n".encode("latin-1"))
    assert read_csv(file, ["text"])[0]["text"] == "café “so”"
    with pytest.raises(NotebenchError, match="no column 'note'; its columns are id, text"):
        read_csv(file, ["note"])
    file = tmp_path / "a.json"
    file.write_text(r'{"a": "x\u0007y", "b": "\\u0007", "c": "\n"}')
    assert read_json(file) == {"a": "x y", "b": r"\u0007", "c": "\n"}


def test_turns_of_a_talk():
    talk = (
        "hello\n\nDoctor: So,  how?\n Patient : Fine.\nvery fine\n[patient_guest] Yes.\nNurse: \n"
    )
    assert [(t.turn, t.speaker, t.text) for t in turns(talk)] == [
        (1, "clinician", "hello"), (2, "clinician", "So, how?"), (3, "client", "Fine. very fine"),
        (4, "patient_guest", "Yes."),
    ]  # fmt: skip
    assert [t.text for t in turns("Doctor: I said to him once: go.\nI mean it: go.")] == [
        "I said to him once: go. I mean it: go."
    ]


def test_what_was_looked_for_and_what_is_there(tmp_path):
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "deep/er/wanted.csv").write_text("x")
    assert find(tmp_path, ["*.tsv", "wan*.csv"], "").name == "wanted.csv"
    with pytest.raises(NotebenchError, match=r"no \*.tsv \(there: deep/\)"):
        find(tmp_path, ["*.tsv"], "")
    with pytest.raises(NotebenchError, match="a file of another kind"):
        find(tmp_path / "deep/er/wanted.csv", ["*.tsv"], "")


def test_another_layout_is_an_error_for_people(tmp_path):
    (tmp_path / "transcripts.json").write_text('[{"consultation": "a"}]', "utf-8")
    (tmp_path / "note_statements.csv").write_text("consultation,note,statement,label\n", "utf-8")
    with pytest.raises(NotebenchError, match="primock57 can't be read.*KeyError: 'turns'"):
        load("primock57", tmp_path)
