"""The command line: help, exit codes, and messages that name the thing and the mend."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer.main

import notebench as nb
from handmade import draft_data, session_data
from notebench.cli import app, main
from notebench.records import Draft, Finding, Session
from notebench.runs import RunFolder
from notebench.storage import read_jsonl, read_tallies, write_tallies

SMALLEST = "local/smollm2-135m-instruct"


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a command in this process; its exit code and what it printed."""

    def call(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as end:
            main([str(a) for a in arguments])
        said = capsys.readouterr()
        code = end.value.code
        assert "Traceback" not in said.err
        return Outcome(0 if code is None else int(code), said.out, said.err)

    return call


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with sessions, drafts and a study, made the working folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    lines(tmp_path / "sessions.jsonl", session_data(), session_data(session_id="hand-02"))
    lines(tmp_path / "drafts.jsonl", draft_data(), draft_data(draft_id="d-2", session_id="hand-02"))
    study(tmp_path / "study.toml", "reference", "extractive")
    return tmp_path


def lines(path: Path, *records: dict[str, Any] | str) -> None:
    text = [r if isinstance(r, str) else json.dumps(r) for r in records]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def study(path: Path, *drafters: str, **settings: Any) -> None:
    head = "".join(f"{k} = {json.dumps(v)}\n" for k, v in settings.items())
    body = "".join(f'[[drafters]]\nname = "{d}"\n' for d in drafters)
    path.write_text(f'{head}{body}[sessions]\nfile = "sessions.jsonl"\n')


def commands() -> Iterator[tuple[str, ...]]:
    group: Any = typer.main.get_command(app)
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        yield from [(name, n) for n in inner] if inner else [(name,)]


# --- help


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_every_command_has_help_with_an_example(
    command: tuple[str, ...], run: Callable[..., Outcome]
) -> None:
    got = run(*command, "--help")
    assert got.code == 0
    assert f"Example: notebench {' '.join(command)}" in " ".join(got.out.split())


def test_the_commands_that_others_build_on_are_there() -> None:
    assert {" ".join(c) for c in commands()} >= {
        "demo", "sessions", "draft", "check", "run", "rescore", "report", "compare", "doctor",
        "validate", "models list", "models pull", "models remove",
    }  # fmt: skip


def test_version_and_bare_call(run: Callable[..., Outcome]) -> None:
    assert run("--version").out.startswith("notebench 0.")
    assert run().code == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sesions",), "Did you mean 'sessions'?"),
        (("run",), "Missing argument 'STUDY.toml'"),
        (("sessions", "--n", "0", "--out", "x"), "--n"),
        (("sessions", "--nn", "3"), "No such option"),
        (("sessions", "--n", "many", "--out", "x"), "--n"),
    ],
)
def test_wrong_usage_is_2(
    arguments: tuple[str, ...], says: str, run: Callable[..., Outcome], files: Path
) -> None:
    before = sorted(files.iterdir())
    got = run(*arguments)
    assert got.code == 2
    assert says in got.err
    assert sorted(files.iterdir()) == before


# --- bad input: 2, a message that names the thing and the mend, nothing written half

DRAFT = ("draft", "--sessions", "sessions.jsonl", "--out", "out", "--drafter")
CHECK = ("check", "--sessions", "sessions.jsonl", "--drafts", "drafts.jsonl", "--out", "out")
BAD: list[tuple[str, Callable[[Path], None], tuple[str, ...], tuple[str, ...]]] = [
    ("malformed sessions", lambda p: lines(p / "sessions.jsonl", session_data(), '{"session_id":'),
     CHECK, ("sessions.jsonl, line 2", "not valid JSON", "one JSON object")),
    ("malformed drafts", lambda p: lines(p / "drafts.jsonl", "[1]"),
     CHECK, ("drafts.jsonl, line 1", "not a JSON object")),
    ("no such file", lambda p: (p / "drafts.jsonl").unlink(),
     CHECK, ("drafts.jsonl", "No such file", "check the path")),
    ("a folder for a file", lambda p: (p / "drafts.jsonl").unlink() or (p / "drafts.jsonl").mkdir(),
     CHECK, ("drafts.jsonl", "Is a directory")),
    ("an empty file", lambda p: (p / "sessions.jsonl").write_text("") and None,
     CHECK, ("sessions.jsonl", "holds no records")),
    ("an empty note", lambda p: lines(p / "drafts.jsonl", draft_data(sections=[])),
     CHECK, ("drafts.jsonl, line 1", "'d-hand-01'", "the note is empty")),
    ("no transcript, no notes",
     lambda p: lines(p / "sessions.jsonl", {"session_id": "bare"}),
     CHECK, ("sessions.jsonl, line 1", "'bare'", "a transcript or rough_notes", "give one")),
    ("a 5 MB note",
     lambda p: lines(p / "drafts.jsonl", draft_data(sections=[], text="word " * 1_000_000)),
     CHECK, ("line 1", "5,000,000 characters", "200,000")),
    ("control characters",
     lambda p: lines(p / "drafts.jsonl", draft_data(sections=[{"name": "S", "text": "a\x00b"}])),
     CHECK, ("line 1", "sections.0.text", "U+0000", "remove it")),
    ("an unknown format in a draft",
     lambda p: lines(p / "drafts.jsonl", draft_data(format="SOPA")),
     CHECK, ("drafts.jsonl", "'d-hand-01'", "no note format is called 'SOPA'", "'SOAP'")),
    ("a draft of no session",
     lambda p: lines(p / "drafts.jsonl", draft_data(session_id="nobody")),
     CHECK, ("d-hand-01", "'nobody'", "the file that holds that session")),
    ("sentences that do not stand in the draft",
     lambda p: lines(p / "drafts.jsonl", draft_data(sentences=[{"section": "S", "text": "No."}])),
     CHECK, ("d-hand-01", "'No.'", "exact parts")),
    ("an unknown verifier", lambda p: None,
     (*CHECK, "--verifier", "locall"), ("no verifier is called 'locall'", "'local'")),
    ("a judge without a key", lambda p: None,
     (*CHECK, "--verifier", "judge:openai/gpt-4o"), ("OPENAI_API_KEY", "environment")),
    ("a judge without weights", lambda p: None,
     (*CHECK, "--verifier", f"judge:{SMALLEST}"), ("weights", "notebench models pull smollm2")),
    ("an unknown format", lambda p: None,
     (*DRAFT, "reference", "--format", "SOPA"), ("no note format is called 'SOPA'", "'SOAP'")),
    ("an unknown workflow", lambda p: None,
     (*DRAFT, "reference", "--workflow", "scrib"), ("workflows.0", "'scribe'")),
    ("an unknown drafter", lambda p: None,
     (*DRAFT, "referense"), ("no drafter is called 'referense'", "'reference'")),
    ("a drafter twice", lambda p: None,
     (*DRAFT, "reference", "reference"), ("'reference' stands twice",)),
    ("notes that were brought in", lambda p: None, (*DRAFT, "import:acme"), ("'import:acme'",)),
    ("an unknown embedded model", lambda p: None,
     (*DRAFT, "local/smollm"), ("no embedded model is called 'smollm'", "smollm2-135m-instruct")),
    ("an unknown provider", lambda p: None,
     (*DRAFT, "nosuch/model"), ("no provider is known for the model 'nosuch/model'",)),
    ("no weights", lambda p: None,
     (*DRAFT, SMALLEST), ("weights of smollm2", "notebench models pull smollm2-135m-instruct")),
    ("no key", lambda p: None, (*DRAFT, "openai/gpt-4o"), ("OPENAI_API_KEY", "environment")),
    ("malformed sessions to draft from", lambda p: lines(p / "sessions.jsonl", "{"),
     (*DRAFT, "reference"), ("sessions.jsonl, line 1", "not valid JSON")),
    ("no study", lambda p: None, ("run", "none.toml", "--out", "out"), ("none.toml", "No such")),
    ("a wrong setting", lambda p: study(p / "study.toml", "reference", sampels=2),
     ("run", "study.toml", "--out", "out"), ("study.toml", "sampels", "'samples'")),
    ("a study without weights", lambda p: study(p / "study.toml", "reference", SMALLEST),
     ("run", "study.toml", "--out", "out"), ("weights of smollm2", "notebench models pull")),
    ("a study without a key", lambda p: study(p / "study.toml", "reference", "openai/gpt-4o"),
     ("run", "study.toml", "--out", "out"), ("OPENAI_API_KEY",)),
    ("a wrong shard", lambda p: None,
     ("run", "study.toml", "--out", "out", "--shard", "3/2"), ("'3/2'", "--shard 1/4")),
    ("an unknown engine", lambda p: None,
     ("run", "study.toml", "--out", "out", "--engine", "spark"), ("'spark'", "local or ray")),
    ("the demo without weights", lambda p: None,
     ("demo", "--no-pull", "--out", "out"), ("weights of smollm2", "notebench models pull")),
    ("an unknown problem", lambda p: None,
     ("sessions", "--problem", "insomnai", "--out", "out"), ("'insomnai'", "insomnia")),
    ("an unknown format of sessions", lambda p: None,
     ("sessions", "--format", "SOPA", "--out", "out"), ("'SOPA'", "'SOAP'")),
    ("an unknown noise", lambda p: None,
     ("sessions", "--noise", "rain", "--out", "out"), ("'rain'", "asr")),
    ("nowhere to write sessions", lambda p: None, ("sessions",), ("--out FILE",)),
    ("a report of no run", lambda p: None, ("report", "."), ("not a run folder",)),
    ("a comparison in no run", lambda p: None, ("compare", ".", "a", "b"), ("not a run folder",)),
    ("a rescore of no run", lambda p: None,
     ("rescore", ".", "--verifier", "local"), ("not a run folder",)),
    ("a doctor without the study", lambda p: None, ("doctor", "none.toml"), ("none.toml",)),
    ("weights of no model", lambda p: None, ("models", "pull", "smollm"), ("smollm2-135m",)),
    ("removal of no model", lambda p: None, ("models", "remove", "smollm"), ("smollm2-135m",)),
]  # fmt: skip


@pytest.mark.parametrize(("prepare", "arguments", "says"), [b[1:] for b in BAD],
                         ids=[b[0] for b in BAD])  # fmt: skip
def test_bad_input_is_2_and_writes_nothing(
    prepare: Callable[[Path], None], arguments: tuple[str, ...], says: tuple[str, ...],
    run: Callable[..., Outcome], files: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (files / "no-weights").mkdir()
    monkeypatch.setenv("NOTEBENCH_MODELS_DIR", str(files / "no-weights"))
    prepare(files)
    before = {p: p.stat().st_mtime_ns for p in files.rglob("*")}
    got = run(*arguments)
    assert got.code == 2, got
    assert got.err.startswith("notebench: ")
    assert "\n  mend: " in got.err
    for words in says:
        assert words in got.err
    assert {p: p.stat().st_mtime_ns for p in files.rglob("*")} == before


# --- what works


def test_sessions_drafts_and_check(run: Callable[..., Outcome], files: Path) -> None:
    made = run("sessions", "--n", 2, "--seed", 3, "--out", "made.jsonl", "--format", "DAP")
    assert made.code == 0
    assert "wrote made.jsonl  (2 sessions, seed 3)" in made.out
    sessions = read_jsonl("made.jsonl", Session)
    assert [n.format for s in sessions for n in s.references] == ["DAP", "DAP"]
    first = Path("made.jsonl").read_bytes()
    run("sessions", "--n", 2, "--seed", 3, "--out", "again.jsonl", "--format", "DAP")
    assert Path("again.jsonl").read_bytes() == first

    drafted = run("draft", "--sessions", "made.jsonl", "--drafter", "reference", "extractive",
                  "--format", "DAP", "--workflow", "scribe", "organise", "--out", "d")  # fmt: skip
    assert drafted.code == 0
    assert "wrote d/drafts.jsonl  (6 drafts)" in drafted.out
    drafts = read_jsonl("d/drafts.jsonl", Draft)
    assert {(d.drafter, d.workflow) for d in drafts} == {
        ("reference", "polish"), ("extractive", "scribe"), ("extractive", "organise"),
    }  # fmt: skip

    checked = run("check", "--sessions", "made.jsonl", "--drafts", "d/drafts.jsonl", "--out",
                  "f.jsonl")  # fmt: skip
    assert checked.code == 0
    findings: list[Any] = read_jsonl("f.jsonl", Finding)
    assert {f.draft_id for f in findings} == {d.draft_id for d in drafts}
    assert f"wrote f.jsonl  ({len(findings)} findings on 6 drafts)" in checked.out
    assert "hallucinated %" in checked.out


def test_check_without_facts_says_that_omission_is_not_measurable(
    run: Callable[..., Outcome], files: Path
) -> None:
    bare = session_data()
    bare.pop("facts")
    lines(files / "sessions.jsonl", bare)
    lines(files / "drafts.jsonl", draft_data())
    got = run(*CHECK)
    assert got.code == 0
    assert "1 of 1 sessions list no facts: omission is not measurable there" in got.out
    row = next(x for x in got.out.splitlines() if x.startswith("import:by-hand"))
    assert row.count("not measurable") == 2
    assert {f.kind for f in read_jsonl("out", Finding)} == {"claim"}


def test_a_run_its_report_a_rescore_and_a_comparison(
    run: Callable[..., Outcome], files: Path
) -> None:
    dry = run("run", "study.toml", "--out", "r", "--dry-run")
    assert dry.code == 0
    assert "nothing was asked" in dry.out
    assert not Path("r").exists()
    ran = run("run", "study.toml", "--out", "r")
    assert ran.code == 0, ran
    assert "wrote r  (4 drafts, 0 failures)" in ran.out
    assert Path("r/report/index.html").is_file()
    digests = RunFolder("r").manifest().digests
    assert run("run", "study.toml", "--out", "r").code == 0
    assert RunFolder("r").manifest().digests == digests
    assert run("rescore", "r", "--verifier", "local").code == 0
    assert RunFolder("r").manifest().digests == digests
    assert run("report", "r").out.splitlines()[-1].startswith("wrote r/report/index.html")
    compared = run("compare", "r", "reference", "extractive", "--metric", "omission")
    assert compared.code == 0, compared
    assert "reference minus extractive" in compared.out
    assert "omission" in compared.out
    for wrong in (("nobody", "extractive"), ("reference", "extractiv")):
        got = run("compare", "r", *wrong)
        assert got.code == 2
        assert "mend" in got.err


def test_numbers_in_the_terminal_say_what_they_hang_on(
    run: Callable[..., Outcome], files: Path
) -> None:
    study(files / "study.toml", "reference", "extractive", seed=4)
    signature = re.compile(r"data \w{8} \| verifier local@\S+ \| prompt none \| n \d sessions \|")
    checked = run("check", "--sessions", "sessions.jsonl", "--drafts", "drafts.jsonl", "--out", "f")
    assert signature.search(checked.out), checked
    for arguments in (
        ("run", "study.toml", "--out", "r"),
        ("rescore", "r", "--verifier", "local"),
        ("compare", "r", "extractive", "reference"),
    ):
        got = run(*arguments)
        assert got.code == 0, got
        assert signature.search(got.out), got
        assert "seed 4 | notebench 0." in got.out
    assert "not measurable" not in next(x for x in got.out.splitlines() if x.startswith("omission"))


def test_drafters_that_share_no_workflow_can_not_be_compared(
    run: Callable[..., Outcome], files: Path
) -> None:
    study(files / "study.toml", workflows=["scribe", "organise"])
    with (files / "study.toml").open("a") as stream:
        for workflow in ("scribe", "organise"):
            stream.write(f'[[drafters]]\nname = "extractive"\nlabel = "{workflow}"\n')
            stream.write(f'workflows = ["{workflow}"]\n')
    assert run("run", "study.toml", "--out", "r").code == 0
    got = run("compare", "r", "scribe", "organise")
    assert got.code == 0
    assert "nothing to compare" in got.out


def test_an_empty_list_of_facts_is_no_list(run: Callable[..., Outcome], files: Path) -> None:
    lines(files / "sessions.jsonl", session_data(facts=[]))
    lines(files / "drafts.jsonl", draft_data())
    got = run("check", "--sessions", "sessions.jsonl", "--drafts", "drafts.jsonl", "--out", "f")
    assert got.code == 0
    assert "1 of 1 sessions list no facts: omission is not measurable there" in got.out


def test_a_run_again_from_its_manifest(run: Callable[..., Outcome], files: Path) -> None:
    study(files / "study.toml", "reference")
    assert run("run", "study.toml", "--out", "r", "--limit", 1).code == 0
    assert run("run", "r/manifest.json", "--out", "again").code == 0
    assert RunFolder("again").manifest().digests == RunFolder("r").manifest().digests


def test_a_run_in_its_usual_place(run: Callable[..., Outcome], files: Path) -> None:
    study(files / "study.toml", "reference", name="mine")
    assert run("run", "study.toml", "--limit", 1).code == 0
    assert len(RunFolder("runs/mine").drafts()) == 1
    got = run("run", "study.toml")
    assert got.code == 2
    assert "other sessions" in got.err


def test_a_dry_run_needs_no_key_and_names_what_would_leave(
    run: Callable[..., Outcome], files: Path
) -> None:
    study(files / "study.toml", "reference", "openai/gpt-4o")
    got = run("run", "study.toml", "--dry-run")
    assert got.code == 0, got
    row = next(x for x in got.out.splitlines() if x.startswith("openai/gpt-4o"))
    assert "transcript of 2 sessions, to openai/gpt-4o" in row
    own = next(x for x in got.out.splitlines() if x.startswith("reference"))
    assert own.endswith("nothing")
    assert sorted(p.name for p in files.iterdir()) == [
        "drafts.jsonl", "sessions.jsonl", "study.toml",
    ]  # fmt: skip


@pytest.mark.parametrize("command", [("run", "study.toml", "--dry-run"), ("doctor", "study.toml")])
def test_what_a_judge_is_sent_is_said_beforehand(
    command: tuple[str, ...], run: Callable[..., Outcome], files: Path
) -> None:
    study(files / "study.toml", "reference", verifier="judge:openai/gpt-4o")
    row = next(x for x in run(*command).out.splitlines() if x.startswith("judge:openai/gpt-4o"))
    assert row.endswith("prior note and facts of 2 sessions, to openai/gpt-4o")
    study(files / "study.toml", "reference", verifier=f"judge:{SMALLEST}")
    row = next(x for x in run(*command).out.splitlines() if x.startswith(f"judge:{SMALLEST}"))
    assert row.endswith("nothing")


def test_a_cost_below_a_cent_is_not_called_none(run: Callable[..., Outcome], files: Path) -> None:
    study(files / "study.toml", "openai/gpt-4o-mini")
    got = run("run", "study.toml", "--dry-run", "--limit", 1)
    row = next(x for x in got.out.splitlines() if x.startswith("openai/gpt-4o-mini"))
    assert "under 0.01" in row
    assert "of 1 session, to" in row


def test_failed_checks_are_1(
    run: Callable[..., Outcome], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = run(*DRAFT, "reference", "--format", "BIRP")
    assert got.code == 1
    assert "no note could be had" in got.err
    assert "no clinician's note in BIRP" in got.out
    assert run("sessions", "--check", "sessions.jsonl").out == "2 sessions, no invariant broken\n"
    broken = session_data()
    broken["chart"]["stop"] = "09:00"
    lines(files / "sessions.jsonl", broken)
    got = run("sessions", "--check", "sessions.jsonl")
    assert got.code == 1
    assert "hand-01: the session stops at 09:00" in got.out
    assert "2 invariants are broken in 1 sessions" in got.err


def test_a_stop_by_the_user_is_130_and_says_how_to_go_on(
    run: Callable[..., Outcome], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notebench.drafters.extractive import Extractive

    def stop(self: Any, task: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(Extractive, "draft", stop)
    got = run("run", "study.toml", "--out", "r")
    assert got.code == 130
    assert "the same command goes on from there" in got.err
    for arguments in (("report", "r"), ("compare", "r", "reference", "extractive")):
        got = run(*arguments)
        assert got.code == 2
        assert "run the study again" in got.err
    assert not Path("r/report").exists()


def test_a_run_without_tallies_is_named(run: Callable[..., Outcome], files: Path) -> None:
    run("run", "study.toml", "--out", "r")
    table = read_tallies("r/tallies.parquet")
    Path("r/tallies.parquet").write_bytes(b"broken")
    got = run("compare", "r", "reference", "extractive")
    assert got.code == 2
    assert "r/tallies.parquet" in got.err
    write_tallies("r/tallies.parquet", [])
    assert len(table) > 0


def test_models_are_listed(run: Callable[..., Outcome]) -> None:
    got = run("models", "list")
    assert got.code == 0
    assert "smollm2-135m-instruct" in got.out
    assert "Apache-2.0" in got.out


# --- start-up


def loaded(code: str) -> set[str]:
    out = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(' '.join(sys.modules))"],
        capture_output=True, text=True, check=True, env={**os.environ, "NO_COLOR": "1"},
    ).stdout  # fmt: skip
    return {name.partition(".")[0] for name in out.splitlines()[-1].split()}


HEAVY = {"pandas", "litellm", "datasets", "evaluate", "matplotlib", "scipy", "sklearn",
         "xllamacpp", "pyarrow", "numpy", "openai"}  # fmt: skip


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded("import notebench") & (HEAVY | {"pydantic", "typer"})


def test_help_loads_nothing_heavy() -> None:
    code = (
        "from notebench.cli import main\n"
        "for arguments in (['--help'], ['run', '--help'], ['models', 'list', '--help']):\n"
        "    try: main(arguments)\n"
        "    except SystemExit as end: assert not end.code"
    )
    assert not loaded(code) & HEAVY


def test_python_m_runs_the_same() -> None:
    got = subprocess.run(
        [sys.executable, "-m", "notebench", "--version"], capture_output=True, text=True
    )
    assert got.stdout.startswith("notebench ")
    assert got.returncode == 0


def test_a_missing_runtime_is_said_before_anything_is_written(tmp_path, monkeypatch, capsys):
    from notebench.cli import main
    from notebench.llm import weights

    file = tmp_path / "models" / "smollm2-135m-instruct.gguf"
    file.parent.mkdir()
    with file.open("wb") as stream:  # the right size; it is never opened
        stream.truncate(weights.find("smollm2-135m-instruct").size)
    monkeypatch.setenv("NOTEBENCH_MODELS_DIR", str(file.parent))
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    study = tmp_path / "study.toml"
    study.write_text('drafters = [{name = "local/smollm2-135m-instruct"}]\n[sessions]\nn = 1\n')
    with pytest.raises(SystemExit) as stop:
        main(["run", str(study), "--out", str(tmp_path / "run")])
    assert stop.value.code == 2
    assert "pip install 'notebench[local]'" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_drafter_without_any_note_fails_the_run(tmp_path, capsys):
    from notebench.cli import main

    sessions = tmp_path / "sessions.jsonl"
    nb.sessions(2, formats=["DAP"]).save(sessions)
    study = tmp_path / "study.toml"
    study.write_text(
        'drafters = [{name = "reference"}, {name = "extractive"}]\nformats = ["BIRP"]\n'
        f'[sessions]\nfile = "{sessions}"\n'
    )
    with pytest.raises(SystemExit) as stop:
        main(["run", str(study), "--out", str(tmp_path / "run")])
    assert stop.value.code == 1
    assert "no note could be had from reference" in capsys.readouterr().err
    assert (tmp_path / "run" / "report" / "index.html").exists()


def test_a_spent_budget_is_told_of_rather_than_the_drafters_it_left_no_turn(
    tmp_path, monkeypatch, capsys
):
    from notebench.cli import main
    from notebench.drafters.extractive import Extractive
    from notebench.errors import BudgetExceeded

    def spent(self, task):
        raise BudgetExceeded("the budget of 0.50 USD would be passed")

    monkeypatch.setattr(Extractive, "draft", spent)
    study = tmp_path / "study.toml"
    study.write_text(
        'drafters = [{name = "reference"}, {name = "extractive"}]\n[sessions]\nn = 1\n'
    )
    with pytest.raises(SystemExit) as stop:
        main(["run", str(study), "--out", str(tmp_path / "run")])
    assert stop.value.code == 1
    said = capsys.readouterr().err
    assert "the budget of 0.50 USD would be passed" in said and "no note could be had" not in said
