"""notebench agree, and people's ratings wherever a verifier is named."""

from __future__ import annotations

import csv
import json
import re

import pytest

from notebench.cli import main
from notebench.records import Draft, Session
from notebench.storage import write_jsonl


@pytest.fixture
def files(tmp_path, make_session, make_draft):
    """Three sessions with a draft each, and what two people said of them."""
    sessions: list[Session] = [make_session(session_id=f"s{i}") for i in range(3)]
    drafts: list[Draft] = [make_draft(draft_id=f"d{i}", session_id=f"s{i}") for i in range(3)]
    write_jsonl(tmp_path / "sessions.jsonl", sessions)
    write_jsonl(tmp_path / "drafts.jsonl", drafts)
    head = "draft_id,section,text,verdict,severity,fact_id,reason,rater,complete\n"
    words = "Denies suicidal ideation."
    anna = [f"d{i},S,{words},invented,critical,,nobody asked,anna,yes" for i in range(3)]
    anna += [f"d{i},,,missing,,F02,,anna," for i in range(3)]
    ben = [f"d0,S,{words},wrong,major,,,ben,yes", "d1,,,,,,,ben,yes", "d2,,,,,,,ben,yes"]
    ben += ["d0,,,missing,,F02,,ben,", "d1,,,there,,F02,said in S,ben,"]
    for name, lines in (("anna", anna), ("ben", ben)):
        (tmp_path / f"{name}.csv").write_text(head + "\n".join(lines) + "\n", "utf-8")
    return tmp_path


def where(files):
    return ["--sessions", str(files / "sessions.jsonl"), "--drafts", str(files / "drafts.jsonl")]


def run(arguments, capsys):
    """What a command printed, if it went well."""
    try:
        main([str(a) for a in arguments])
    except SystemExit as end:
        assert not end.code, capsys.readouterr().err
    return capsys.readouterr().out


def test_agreement_is_printed_and_disagreements_go_round(files, capsys):
    people = [files / "anna.csv", files / "ben.csv"]
    sheet = files / "disagreements.csv"
    out = run(["agree", *people, *where(files), "--out", sheet], capsys)
    assert "rated by 2: 3 drafts" in out
    assert "right or wrong  (all)" in out
    assert "3 disagreements to adjudicate" in out
    with sheet.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(r["draft_id"], r["fact_id"], r["verdict"]) for r in rows] == [
        ("d1", "", ""), ("d1", "F02", ""), ("d2", "", ""),
    ]  # fmt: skip
    assert rows[0]["anna: verdict"] == "unsupported"
    assert rows[0]["ben: verdict"] == "supported"
    assert rows[1]["statement"] == "Client kept the sleep diary on five nights."
    for row, verdict in zip(rows, ("right", "left out", "made up"), strict=True):
        row["verdict"] = verdict
    with sheet.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    out = run(["agree", *people, sheet, *where(files), "--out", files / "left.csv"], capsys)
    assert "0 disagreements to adjudicate" in out
    run(["check", *where(files), "--verifier", f"human:{people[0]},{people[1]},{sheet}",
         "--out", files / "f.jsonl"], capsys)  # fmt: skip
    lines = [json.loads(line) for line in (files / "f.jsonl").read_text("utf-8").splitlines()]
    said = {(f["draft_id"], f.get("text", f.get("fact_id"))): f["verdict"] for f in lines}
    words = "Denies suicidal ideation."
    assert [said[d, words] for d in ("d0", "d1", "d2")] == [
        "unsupported",
        "supported",
        "unsupported",
    ]
    assert [said[d, "F02"] for d in ("d0", "d1", "d2")] == ["omitted", "omitted", "omitted"]


def test_a_verifier_stands_beside_people(files, capsys):
    run(["check", *where(files), "--verifier", f"human:{files / 'ben.csv'}",
         "--out", files / "f.jsonl"], capsys)  # fmt: skip
    text = (files / "f.jsonl").read_text("utf-8")
    (files / "f.jsonl").write_text(re.sub(r"human@ben#\w+", "machine@1", text), "utf-8")
    out = run(["agree", files / "anna.csv", *where(files), "--findings", files / "f.jsonl",
               "--out", files / "x.csv"], capsys)  # fmt: skip
    assert "anna and machine@1" in out
    assert "everybody" not in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["anna.csv"], "add --sessions FILE"),
        (["anna.csv", "--adjudicator", "zoe"], "'zoe' rated nothing"),
    ],
)
def test_what_is_missing_is_said(files, arguments, says, capsys):
    extra = where(files) if "zoe" in arguments else []
    with pytest.raises(SystemExit) as end:
        main(["agree", str(files / arguments[0]), *arguments[1:], *extra])
    assert end.value.code == 2
    assert says in capsys.readouterr().err


def test_a_rated_draft_that_is_not_there_is_named(files, capsys):
    (files / "odd.csv").write_text("draft_id,verdict,rater,complete\nd9,,anna,yes\n", "utf-8")
    with pytest.raises(SystemExit):
        main(["agree", str(files / "odd.csv"), *where(files)])
    assert "draft 'd9' was rated" in capsys.readouterr().err
