"""The kit for trying a vendor's product: scripts, guide, sheets and the notes back, recordings."""

from __future__ import annotations

import csv
import html
import re
import shutil
import struct
import sys
import wave
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from handmade import session_data
from notebench.cli import main
from notebench.errors import MissingDependency, NotebenchError, UnknownName
from notebench.kit import build_kit, collect
from notebench.kit.audio import RATE, engine, record, voices_of
from notebench.kit.script import Script
from notebench.records import Draft, Session
from notebench.storage import iter_jsonl, read_jsonl, write_jsonl

CORPUS = Path(__file__).resolve().parents[2] / "data" / "synthetic" / "train.jsonl"
HOSTILE = '<script>alert(1)</script> & "quotes" {{ 7 * 7 }} {sessions} $(id) [[h@l]] =1+1'
espeak = pytest.mark.skipif(
    not shutil.which("espeak-ng"), reason="needs espeak-ng, which is not installed"
)


def hand(**changes: Any) -> Session:
    """The hand-written session; with another talk it has no facts."""
    if "transcript" in changes:
        changes.setdefault("facts", None)
    return Session.model_validate(session_data(**changes))


def talk(*texts: str, speakers: tuple[str, ...] = ("clinician", "client")) -> list[dict[str, Any]]:
    return [
        {"turn": n + 1, "speaker": speakers[n % len(speakers)], "text": text}
        for n, text in enumerate(texts)
    ]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command in this process: exit code, output, errors."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(a) for a in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return int(end.value.code or 0), said.out, said.err

    return call


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file of three sessions of the corpus."""
    path = tmp_path / "sessions.jsonl"
    write_jsonl(path, islice(iter_jsonl(CORPUS, Session), 3))
    return path


def fill(path: Path, *rows: dict[str, str], delimiter: str = ",", encoding: str = "utf-8") -> None:
    """A sheet of those lines."""
    columns = ["session_id", "format", "product", "version", "date", "note"]
    with path.open("w", newline="", encoding=encoding) as stream:
        sheet = csv.DictWriter(stream, columns, delimiter=delimiter)
        sheet.writeheader()
        sheet.writerows(
            {"session_id": "hand-01", "format": "SOAP", "product": "Acme", **row} for row in rows
        )


# --- scripts and guide


def test_the_files_of_a_kit(run: Any, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "trial"
    code, said, _ = run("kit", "--sessions", source, "--out", out, "--limit", 2)
    assert code == 0
    names = sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file())
    ids = [s.session_id for s in read_jsonl(source, Session)]
    assert [n for n in names if n.startswith("scripts/")] == sorted(
        f"scripts/00{n}-{id}.{end}" for n, id in enumerate(ids[:2], 1) for end in ("html", "txt")
    )
    assert {"START-HERE.html", "README.txt", "notes.csv", "notes.xlsx"} < set(names)
    assert str(out / "START-HERE.html") in said and str(out / "notes.csv") in said


def test_a_script_holds_every_turn_and_no_answer(source: Path, tmp_path: Path) -> None:
    sessions = read_jsonl(source, Session)
    build_kit(sessions, tmp_path / "k", source=source)
    for number, session in enumerate(sessions, 1):
        for ending in ("html", "txt"):
            [path] = (tmp_path / "k" / "scripts").glob(f"{number:03d}-*.{ending}")
            text = html.unescape(path.read_text("utf-8"))
            flat = " ".join(text.split())
            for turn in session.transcript:
                assert turn.text in flat
                assert re.search(rf"(?:>|^ *){turn.turn}\b", text, re.MULTILINE)
            assert session.participants[0].name in text
            hidden = [f.statement for f in session.facts or []]
            hidden += [s.text for n in session.references for s in n.sections]
            hidden += [session.rough_notes or "-", session.prior_note or "-"]
            hidden += session.not_assessed + [str(session.chart["diagnosis"])]
            assert not [h for h in hidden if len(h) > 3 and h in text]


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [v or "" for k, v in attrs if k in ("href", "src")]


def test_hostile_text_stays_text_and_its_id_makes_no_path(tmp_path: Path) -> None:
    bad = hand(
        session_id="../../" + HOSTILE,
        participants=[{"role": "client", "name": HOSTILE}, {"role": "<b>"}],
        transcript=talk(HOSTILE, "</li></ol><img src=x onerror=alert(1)>", HOSTILE),
        chart={"date": HOSTILE},
    )
    out = tmp_path / "deep" / "kit"
    build_kit([bad], out, source=Path("a b;$(id).jsonl"))
    for page in out.rglob("*.html"):
        text = page.read_text("utf-8")
        parsed = _Tags(text)
        assert not {"script", "img", "b"} & set(parsed.tags)
        assert "49" not in text.replace("149", ""), "no template in a text is run"
        for link in parsed.links:
            assert (page.parent / link).resolve().is_relative_to(out.resolve())
            assert (page.parent / link).is_file()
        assert "default-src 'none'" in text
    script = next((out / "scripts").glob("*.html")).read_text("utf-8")
    assert html.escape(HOSTILE).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in script
    assert {p.name for p in tmp_path.iterdir()} == {"deep"}
    assert "'a b;$(id).jsonl'" in (out / "README.txt").read_text("utf-8")


def test_the_guide_names_every_step_and_its_commands_run(
    run: Any, source: Path, tmp_path: Path
) -> None:
    out = tmp_path / "k"
    assert run("kit", "--sessions", source, "--out", out)[0] == 0
    text = (out / "README.txt").read_text("utf-8")
    page = html.unescape((out / "START-HERE.html").read_text("utf-8"))
    commands = re.findall(r"^ +notebench (.+)$", text, re.MULTILINE)
    assert len(commands) == 2 and all(c in page for c in commands)
    assert "sound file" not in text
    note = "S: Client sleeps four hours.\nP: See each other next week."
    ids = [s.session_id for s in read_jsonl(source, Session)]
    fill(
        out / "notes.csv",
        *({"session_id": i, "note": note} for i in ids[:2]),
        {"session_id": ids[2]},
    )
    code, said, _ = run(*commands[0].split())
    assert code == 0 and "2 notes of import:Acme" in said and "1 lines" in said
    code, said, _ = run(*commands[1].split())
    assert code == 0 and "import:Acme" in said
    assert (out / "findings.jsonl").stat().st_size > 0


def test_speakers_are_called_by_role_and_name() -> None:
    session = hand(
        participants=[{"role": "client", "name": "Wren"}, {"role": "partner", "name": "Ode"}],
        transcript=talk("Hi.", "Yes.", "No.", speakers=("clinician", "client", "partner")),
    )
    script = Script(1, session)
    assert script.cast == {
        "clinician": "Clinician", "client": "Client (Wren)", "partner": "Partner (Ode)",
    }  # fmt: skip
    assert script.slug == "001-hand-01" and script.minutes == 1
    assert Script(7, hand(session_id="///")).slug == "007-session"


def test_what_can_not_be_played(run: Any, tmp_path: Path) -> None:
    mute, noisy = hand(session_id="mute", transcript=[]), tmp_path / "noisy.jsonl"
    made = build_kit([hand(), mute], tmp_path / "k", source=Path("s.jsonl"))
    assert made.unplayable == ["mute"] and len(made.scripts) == 2
    with pytest.raises(NotebenchError, match="no session has a transcript"):
        build_kit([mute], tmp_path / "none", source=Path("s.jsonl"))
    write_jsonl(noisy, [hand(scenario={"noise": "asr"})])
    code, _, err = run("kit", "--sessions", noisy, "--out", tmp_path / "none")
    assert code == 2 and "recogniser" in err and "--noise" in err
    assert not (tmp_path / "none").exists()


def test_bad_usage_is_told(run: Any, source: Path, tmp_path: Path) -> None:
    assert run("kit", "--sessions", tmp_path / "no.jsonl", "--out", tmp_path / "k")[0] == 2
    assert run("kit", "--sessions", source)[0] == 2
    assert run("kit", "--sessions", source, "--out", tmp_path / "k", "--limit", 0)[0] == 2
    code, _, err = run(
        "kit", "--sessions", source, "--out", tmp_path / "d", "--collect", "x.csv", "--audio"
    )
    assert code == 2 and "--audio" in err
    code, said, _ = run("kit", "--help")
    assert code == 0 and "Example: notebench kit" in " ".join(said.split())


# --- the sheet


def test_the_two_sheets_hold_the_same_lines(source: Path, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    sessions = read_jsonl(source, Session)
    build_kit(sessions, tmp_path / "k", source=source)
    data = (tmp_path / "k" / "notes.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    sheet = load_workbook(tmp_path / "k" / "notes.xlsx").active
    assert [[c or "" for c in row] for row in sheet.iter_rows(values_only=True)] == lines
    assert lines[0] == ["session_id", "format", "product", "version", "date", "note"]
    assert [line[:2] for line in lines[1:]] == [[s.session_id, "SOAP"] for s in sessions]


@pytest.mark.parametrize("sheet", ["notes.csv", "notes.xlsx"])
def test_no_cell_is_a_formula_and_ids_come_back(sheet: str, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    session = hand(session_id='=HYPERLINK("x")')
    path = tmp_path / sheet
    build_kit([session], tmp_path, source=Path("s.jsonl"))
    if sheet.endswith("csv"):
        path.write_text(
            path.read_text("utf-8-sig").replace(",,,", ",Acme,1,2026-03-01,Fine."), "utf-8"
        )
        assert not re.search(r'(?:^|,)"?=', path.read_text("utf-8"), re.MULTILINE)
    else:
        book = load_workbook(path)
        assert book.active["A2"].data_type == "s"
        for cell, value in zip("CDEF", ("Acme", "1", "2026-03-01", "Fine."), strict=True):
            book.active[f"{cell}2"] = value
        book.save(path)
    [draft] = collect(path, [session]).drafts
    assert draft.session_id == session.session_id


@pytest.mark.parametrize(("delimiter", "encoding"), [
    (",", "utf-8"), (",", "utf-8-sig"), (";", "utf-8-sig"), ("\t", "utf-8"), (";", "cp1252"),
])  # fmt: skip
def test_a_sheet_as_spreadsheet_programs_save_it(
    delimiter: str, encoding: str, tmp_path: Path
) -> None:
    note = 'S: Client said "fine", twice; more later.\n\nP: Café visit.'
    path = tmp_path / "notes.csv"
    fill(path, {"note": note, "version": "2.1", "date": "2026-03-02"}, {"note": " "},
         delimiter=delimiter, encoding=encoding)  # fmt: skip
    found = collect(path, [hand()])
    [draft] = found.drafts
    assert found.empty == 1
    assert draft.text == note and draft.drafter == "import:Acme" and draft.workflow == "scribe"
    assert draft.provenance["version"] == "2.1" and draft.provenance["date"] == "2026-03-02"
    assert collect(path, [hand()]).drafts == found.drafts


def test_several_notes_for_a_session_are_samples_and_products(tmp_path: Path) -> None:
    beta = {"note": "Two.", "product": "Beta"}
    fill(
        tmp_path / "n.csv",
        {"note": "One."},
        {"note": "One."},
        beta,
        {"note": "D: x", "format": "dap"},
    )
    drafts = collect(tmp_path / "n.csv", [hand()]).drafts
    assert [(d.drafter, d.format, d.sample) for d in drafts] == [
        ("import:Acme", "SOAP", 0), ("import:Acme", "SOAP", 1), ("import:Beta", "SOAP", 0),
        ("import:Acme", "DAP", 0),
    ]  # fmt: skip
    assert len({d.draft_id for d in drafts}) == 4
    write_jsonl(tmp_path / "d.jsonl", drafts)
    assert read_jsonl(tmp_path / "d.jsonl", Draft) == drafts


@pytest.mark.parametrize(
    ("row", "error", "says"),
    [
        ({"note": "x", "session_id": "hand-1"}, UnknownName, ("line 3", "hand-1", "'hand-01'")),
        ({"note": "x", "format": "SOPA"}, UnknownName, ("line 3", "column format", "SOAP")),
        ({"note": "x", "product": ""}, NotebenchError, ("line 3", "column product", "fill it in")),
        ({"note": "bell \a"}, NotebenchError, ("line 3", "U+0007")),
    ],
)
def test_a_bad_line_is_named(
    row: dict[str, str], error: type[Exception], says: tuple[str, ...], tmp_path: Path
) -> None:
    fill(tmp_path / "n.csv", {"note": "Fine."}, row)
    with pytest.raises(error) as told:
        collect(tmp_path / "n.csv", [hand()])
    assert all(part in str(told.value) for part in says)


def test_a_sheet_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("session,notes\n1,2\n")
    (tmp_path / "b.xlsx").write_text("no zip")
    fill(tmp_path / "c.csv", {"note": ""})
    for name, says in (("a.csv", "no column 'session_id'"), ("b.xlsx", "no XLSX file"),
                       ("c.csv", "holds no note"), ("d.csv", "can't be read"),
                       ("d.xlsx", "can't be read")):  # fmt: skip
        with pytest.raises(NotebenchError, match=says):
            collect(tmp_path / name, [hand()])


def test_notes_already_pasted_are_never_written_over(tmp_path: Path) -> None:
    out = tmp_path / "k"
    build_kit([hand()], out, source=Path("s.jsonl"))
    build_kit([hand()], out, source=Path("s.jsonl"))
    fill(out / "notes.csv", {"note": "An hour's work."})
    with pytest.raises(NotebenchError, match="holds notes already"):
        build_kit([hand()], out, source=Path("s.jsonl"))
    assert "An hour's work." in (out / "notes.csv").read_text()


def test_without_openpyxl_there_is_still_the_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    monkeypatch.setattr("notebench.kit.sheet.find_spec", lambda name: None)
    made = build_kit([hand()], tmp_path / "k", source=Path("s.jsonl"))
    assert [p.name for p in made.sheets] == ["notes.csv"]
    (tmp_path / "n.xlsx").write_bytes(b"")
    with pytest.raises(NotebenchError, match="openpyxl"):
        collect(tmp_path / "n.xlsx", [hand()])


# --- sound


def samples(path: Path) -> list[int]:
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
        data = sound.readframes(sound.getnframes())
    return list(struct.unpack(f"<{len(data) // 2}h", data))


def test_without_espeak_nothing_is_written(
    run: Any, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    code, _, err = run("kit", "--sessions", source, "--out", tmp_path / "k", "--audio")
    assert code == 2 and "apt-get install espeak-ng" in err
    assert not (tmp_path / "k").exists()
    with pytest.raises(MissingDependency):
        engine()


@pytest.fixture
def pretend(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """An engine that is a shell script, to see what it is given and to have it fail."""

    def made(body: str) -> str:
        path = tmp_path / "engine"
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return str(path)

    yield made


def test_the_text_goes_in_on_standard_input_alone(
    pretend: Callable[[str], str], tmp_path: Path
) -> None:
    program = pretend(f'echo "$@" >> {tmp_path}/args; cat >> {tmp_path}/text')
    record(program, hand(transcript=talk("-w /etc/x `id`", HOSTILE)), tmp_path / "a.wav")
    assert (tmp_path / "text").read_text() == "-w /etc/x `id`" + HOSTILE.replace("[[", "[ [")
    assert not re.search(r"id|alert|/etc", (tmp_path / "args").read_text())
    assert set(samples(tmp_path / "a.wav")) == {0}, "an engine that says nothing leaves pauses"


def test_an_engine_that_fails_is_told_and_leaves_no_file(
    pretend: Callable[[str], str], tmp_path: Path
) -> None:
    with pytest.raises(NotebenchError, match=r"hand-01, turn 1.*no such voice"):
        record(pretend("echo no such voice >&2; exit 3"), hand(), tmp_path / "a.wav")
    with pytest.raises(NotebenchError, match="could not be run"):
        record(str(tmp_path / "none"), hand(), tmp_path / "a.wav")
    assert not (tmp_path / "a.wav").exists()


def test_every_speaker_has_a_voice_of_their_own() -> None:
    roles = ("client", "clinician", "partner", "parent", "interpreter", "teacher", "aunt", "nurse")
    voices = voices_of(hand(transcript=talk(*"abcdefgh", speakers=roles)))
    assert len({str(v) for v in voices.values()}) == len(roles)
    assert len({v["voice"] for v in voices.values()}) == len(roles)


@espeak
def test_a_session_as_sound(run: Any, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "s.jsonl", [hand()])
    for name in ("a", "b"):
        code, said, _ = run(
            "kit", "--sessions", tmp_path / "s.jsonl", "--out", tmp_path / name, "--audio"
        )
        assert code == 0 and "1 recordings" in said
    path = tmp_path / "a" / "audio" / "001-hand-01.wav"
    heard = samples(path)
    assert 10 < len(heard) / RATE < 60, "six turns of some ten words"
    assert max(heard) > 3000
    assert path.read_bytes() == (tmp_path / "b" / "audio" / path.name).read_bytes()
    assert "sound file" in (tmp_path / "a" / "README.txt").read_text("utf-8")


@espeak
def test_two_speakers_sound_different(tmp_path: Path) -> None:
    spoken = {}
    for role in ("clinician", "client", "partner", "parent", "interpreter", "aunt"):
        session = hand(transcript=talk("The same words.", speakers=(role,)))
        spoken[role] = record(engine(), session, tmp_path / f"{role}.wav").read_bytes()
    assert len(set(spoken.values())) == len(spoken)


@espeak
def test_hostile_and_silent_turns_can_be_spoken(tmp_path: Path) -> None:
    texts = (HOSTILE, "...", "-w x.wav", '<audio src="/etc/passwd"/>', "naïve café 日本語 🙂")
    session = hand(transcript=talk(*texts))
    path = record(engine(), session, tmp_path / "a.wav")
    assert len(samples(path)) / RATE > 5
    assert [p.name for p in tmp_path.iterdir()] == ["a.wav"]
