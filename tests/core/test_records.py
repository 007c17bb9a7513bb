"""Records on disk: what is kept, and what is refused with file, line, field and mend."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handmade import draft_data, session_data
from notebench.errors import NotebenchError
from notebench.records import (
    ClaimFinding,
    Draft,
    FactFinding,
    Finding,
    Session,
    Tally,
    canonical,
    content_hash,
)
from notebench.storage import atomic, read_jsonl, read_tallies, to_line, write_jsonl, write_tallies

CASES = yaml.safe_load((Path(__file__).parent / "cases_records.yaml").read_text("utf-8"))


def written(path: Path, *lines: str | bytes) -> Path:
    path.write_bytes(b"\n".join(x if isinstance(x, bytes) else x.encode() for x in lines) + b"\n")
    return path


def listed(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize(
    ("kind", "case"),
    [(kind, case) for kind in ("sessions", "drafts") for case in CASES[kind]],
    ids=lambda v: v["why"] if isinstance(v, dict) else v,
)
def test_refused_with_file_line_field_and_mend(kind: str, case: dict, tmp_path: Path) -> None:
    make = session_data if kind == "sessions" else draft_data
    fine = make(**{"session_id" if kind == "sessions" else "draft_id": "fine"})
    bad = case.get("raw") or json.dumps(make(**case["change"]))
    path = written(tmp_path / "x.jsonl", json.dumps(fine), "", bad)
    with pytest.raises(NotebenchError) as caught:
        read_jsonl(path, Session if kind == "sessions" else Draft)
    message = str(caught.value)
    assert message.startswith(f"{path}, line 3: ")
    assert caught.value.mend
    for words in case["says"]:
        assert words in message
    assert "Traceback" not in message
    assert "pydantic" not in message


@pytest.mark.parametrize("field", ["rough_notes", "prior_note"])
def test_a_5_mb_text_is_refused_by_size(field: str, tmp_path: Path) -> None:
    path = written(tmp_path / "x.jsonl", json.dumps(session_data(**{field: "word " * 1_000_000})))
    with pytest.raises(NotebenchError, match=f"field {field}: text of 5,000,000 characters"):
        read_jsonl(path, Session)


def test_a_5_mb_note_is_refused_by_size(tmp_path: Path) -> None:
    note = {"sections": [{"name": "S", "text": "word " * 1_000_000}]}
    path = written(tmp_path / "x.jsonl", json.dumps(draft_data(**note)))
    with pytest.raises(NotebenchError, match="over the limit of 200,000"):
        read_jsonl(path, Draft)


@pytest.mark.parametrize("depth", [60, 5_000, 200_000])
def test_lists_within_lists_are_refused(depth: int, tmp_path: Path) -> None:
    deep = '{"session_id": "x", "rough_notes": "y", "z": ' + "[" * depth + "]" * depth + "}"
    with pytest.raises(NotebenchError, match="line 1: "):
        read_jsonl(written(tmp_path / "x.jsonl", deep), Session)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds no records"),
        (b"\n \r\n\t\n", "holds no records"),
        (b"\xef\xbb\xbf", "holds no records"),
        (json.dumps(session_data()).encode("utf-16"), "not UTF-8"),
        (b'{"session_id": "caf\xe9", "rough_notes": "x"}', "line 1: not UTF-8"),
        (b'{"session_id": "a\x00b", "rough_notes": "x"}', "line 1: not valid JSON"),
    ],
)
def test_files_that_hold_no_sessions(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(NotebenchError, match=says) as caught:
        read_jsonl(path, Session)
    assert str(path) in str(caught.value)
    assert caught.value.mend


def test_no_file_and_a_folder_in_its_place(tmp_path: Path) -> None:
    with pytest.raises(NotebenchError, match="No such file"):
        read_jsonl(tmp_path / "none.jsonl", Session)
    with pytest.raises(NotebenchError, match="Is a directory"):
        read_jsonl(tmp_path, Session)


def test_an_id_used_twice_names_both_lines(tmp_path: Path) -> None:
    line = json.dumps(session_data())
    with pytest.raises(NotebenchError, match=r"line 3: .*'hand-01' is used twice .*line 1"):
        read_jsonl(written(tmp_path / "x.jsonl", line, "", line), Session)


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    one, two = json.dumps(session_data()), json.dumps(session_data(session_id="b"))
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + f"{one}\r\n\r\n{two}\r\n".encode())
    assert [s.session_id for s in read_jsonl(path, Session)] == ["hand-01", "b"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False,
    allow_infinity=False) | st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=9),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["a", "é", "x y", "copy"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(extra=JSON)
def test_unknown_fields_come_back_as_they_were(extra: Any) -> None:
    session = session_data(site=extra)
    session["transcript"][0]["ms"] = extra
    session["facts"][0]["site"] = extra
    session["facts"][0]["attributes"] = {"value": extra}
    session["references"][0]["sections"][0]["site"] = extra
    session["participants"][0]["site"] = extra
    session["chart"]["site"] = extra
    assert json.loads(to_line(Session.model_validate(session))) == session
    draft = draft_data(site=extra, provenance={"raw": extra})
    draft["sections"][0]["site"] = extra
    assert json.loads(to_line(Draft.model_validate(draft))) == draft


def test_a_line_written_is_read_and_written_the_same(tmp_path: Path) -> None:
    bare = {"session_id": "bare", "rough_notes": "slp 4h — ok 🙂", "facts": None}
    path = written(tmp_path / "a.jsonl", json.dumps(session_data(x={"y": [1.50, None]})),
                   json.dumps(bare))  # fmt: skip
    sessions: list[Session] = read_jsonl(path, Session)
    assert write_jsonl(tmp_path / "b.jsonl", sessions) == 2
    again: list[Session] = read_jsonl(tmp_path / "b.jsonl", Session)
    assert again == sessions
    write_jsonl(tmp_path / "c.jsonl", again)
    assert (tmp_path / "b.jsonl").read_bytes() == (tmp_path / "c.jsonl").read_bytes()
    assert json.loads((tmp_path / "b.jsonl").read_bytes().splitlines()[1]) == {
        "schema_version": 1, **bare,
    }  # fmt: skip


def test_findings_of_both_kinds_in_one_file(tmp_path: Path) -> None:
    found: list[ClaimFinding | FactFinding] = [
        ClaimFinding(draft_id="d", section="S", start=0, end=3, text="Low", verdict="unscored",
                     verifier="x@1"),
        FactFinding(draft_id="d", fact_id="F1", verdict="omitted", p_omitted=0.9, verifier="x@1"),
    ]  # fmt: skip
    write_jsonl(tmp_path / "f.jsonl", found)
    assert read_jsonl(tmp_path / "f.jsonl", Finding) == found


@pytest.mark.parametrize("p", [1.01, -0.01, float("nan")])
def test_a_probability_is_between_0_and_1(p: float) -> None:
    with pytest.raises(ValueError, match="p_omitted"):
        FactFinding(draft_id="d", fact_id="F", verdict="omitted", p_omitted=p, verifier="x@1")


def test_records_can_not_be_changed(hand_session: Session) -> None:
    with pytest.raises(ValueError, match="frozen"):
        hand_session.session_id = "other"  # type: ignore[misc]


def test_where_a_fact_can_be_seen(hand_session: Session) -> None:
    facts = hand_session.facts or []
    assert facts[0].shown({"rough_notes"})
    assert not facts[0].shown({"chart", "prior_note"})
    alone = facts[0].model_copy(update={"seen_in": [], "source": "chart"})
    assert alone.shown({"chart"})
    assert not alone.shown({"transcript"})


def test_equal_content_has_equal_hashes_whatever_the_order() -> None:
    assert canonical({"b": 1, "a": [2, "é"]}) == '{"a":[2,"é"],"b":1}'.encode()
    one = Session.model_validate(session_data())
    other = Session.model_validate(dict(reversed(session_data().items())))
    assert content_hash(one) == content_hash(other)
    assert content_hash(one) != content_hash(one.model_copy(update={"rough_notes": "x"}))
    assert content_hash("a", "b") != content_hash("ab")
    assert len(content_hash("a", length=12)) == 12


def test_a_stop_while_writing_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, make_session: Callable[..., Session]
) -> None:
    path = tmp_path / "x.jsonl"
    write_jsonl(path, [make_session()])
    before = path.read_bytes()

    def broken() -> Any:
        yield make_session(session_id="new")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_jsonl(path, broken())
    assert path.read_bytes() == before
    assert listed(tmp_path) == ["x.jsonl"]


def test_a_stop_before_anything_was_written_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Any:
        raise NotebenchError("no")
        yield

    with pytest.raises(NotebenchError):
        write_jsonl(tmp_path / "x.jsonl", broken())
    assert listed(tmp_path) == []


@pytest.mark.parametrize("name", ["file/x.jsonl", "folder", "x" * 300])
def test_a_place_that_can_not_be_written_to(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(NotebenchError, match="can't be written") as caught:
        write_jsonl(tmp_path / name, [])
    assert str(tmp_path / name) in str(caught.value)
    assert ("a file stands where a folder has to be" in str(caught.value)) == (name[:4] == "file")
    assert listed(tmp_path) == ["file", "folder"]


def test_a_pipe_is_written_through_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with atomic(pipe) as stream:
            stream.write(b"hello")
        assert os.read(reader, 99) == b"hello"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_files_get_the_permissions_of_others(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_jsonl(tmp_path / "own", [])
    assert (tmp_path / "own").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_tallies_come_back(tmp_path: Path) -> None:
    tally = Tally(session_id="s", drafter="reference", workflow="scribe", format="SOAP",
                  metric="omission.must", amount=1, out_of=3)  # fmt: skip
    assert write_tallies(tmp_path / "t.parquet", [tally, tally]) == 2
    table = read_tallies(tmp_path / "t.parquet")
    assert table.to_dict("records") == [tally.model_dump()] * 2
    assert write_tallies(tmp_path / "none.parquet", []) == 0
    assert list(read_tallies(tmp_path / "none.parquet").columns) == list(Tally.model_fields)


@pytest.mark.parametrize("content", [None, b"", b"no table"])
def test_tallies_that_can_not_be_read(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NotebenchError, match=r"t\.parquet: holds no tallies"):
        read_tallies(path)
