"""The engine: plans, resumes, records failures, keeps to the budget, and repeats itself exactly."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from notebench.drafters import Task
from notebench.drafters import registry as DRAFTERS
from notebench.errors import BudgetExceeded, NotebenchError
from notebench.records import Draft, Failure, Section, Session
from notebench.runs import RunFolder, Study, draft_only, execute, plan, rescore
from notebench.runs.study import make_study
from notebench.storage import write_jsonl
from notebench.verifiers import registry as VERIFIERS

FILES = {"manifest.json", "sessions.jsonl", "drafts.jsonl", "findings.jsonl", "failures.jsonl",
         "tallies.parquet"}  # fmt: skip


class Fake:
    """A drafter for tests: counts what it is asked, and does at each note what it is told."""

    workflows: tuple[str, ...] = ("scribe", "organise")
    remote = False
    parallel = False

    def __init__(self, name: str, options: dict[str, Any] | None = None) -> None:
        self.name, self.options = name, dict(options or {})

    asked: Counter[tuple[str, ...]] = Counter()
    act: Callable[[Task], None] = staticmethod(lambda task: None)
    not_ready: str | None = None

    def ready(self) -> None:
        if type(self).not_ready:
            raise NotebenchError(type(self).not_ready or "", mend="notebench models pull fake")

    def spec(self) -> dict[str, Any]:
        return {"drafter": "fake", **self.options}

    def draft(self, task: Task) -> Draft:
        s = task.session.session_id
        type(self).asked[s, task.workflow, task.format, str(task.sample)] += 1
        type(self).act(task)
        text = f"Client slept four hours. Sample {task.sample} from {task.workflow}."
        return Draft(
            draft_id="any", session_id=s, drafter=self.name, workflow=task.workflow,
            format=task.format, sample=task.sample, sections=[Section(name="S", text=text)],
            provenance={"latency_s": time.perf_counter(), "cost_usd": 0.25},
        )  # fmt: skip


class Remote(Fake):
    """One that may be asked several things at once."""

    parallel = True
    asked: Counter[tuple[str, ...]] = Counter()


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (Fake, Remote):
        monkeypatch.setattr(kind, "asked", Counter())
        monkeypatch.setattr(kind, "act", staticmethod(lambda task: None))
        monkeypatch.setattr(kind, "not_ready", None)
        monkeypatch.setitem(DRAFTERS._loaded, kind.__name__.lower(), kind)


@pytest.fixture
def study_of(tmp_path: Path, make_session: Callable[..., Session]) -> Callable[..., Study]:
    """Studies over three hand-made sessions."""
    sessions = [make_session(session_id=f"hand-{i}") for i in (1, 2, 3)]
    write_jsonl(tmp_path / "sessions.jsonl", sessions)

    def made(*drafters: str | dict[str, Any], **settings: Any) -> Study:
        data = {"sessions": {"file": "sessions.jsonl"}, **settings}
        data["drafters"] = [{"name": d} if isinstance(d, str) else d for d in drafters]
        return make_study(data, base=tmp_path)

    return made


def ids(study: Study, sessions: list[Session] | None = None) -> list[str]:
    from notebench.runs.engine import sessions_of

    return [job.id for job in plan(study, sessions or sessions_of(study), client=None)]


def content(folder: RunFolder) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.path.iterdir()}


# --- the plan


def test_the_plan_goes_drafter_by_drafter(study_of: Callable[..., Study]) -> None:
    study = study_of("reference", "fake", workflows=["scribe", "organise"],
                     formats=["SOAP", "DAP"], samples=2)  # fmt: skip
    from notebench.runs.engine import sessions_of

    jobs = plan(study, sessions_of(study), client=None)
    got = [
        (j.drafter.name, j.task.session.session_id, j.task.workflow, j.task.format, j.task.sample)
        for j in jobs
    ]
    assert len(got) == 3 * 1 * 2 * 2 + 3 * 2 * 2 * 2
    assert got[0] == ("reference", "hand-1", "polish", "SOAP", 0)
    assert got[:4] == sorted(got[:4], key=lambda g: (g[3] != "SOAP", g[4]))
    assert [g[0] for g in got] == ["reference"] * 12 + ["fake"] * 24
    assert [g[1] for g in got[12:]] == ["hand-1"] * 8 + ["hand-2"] * 8 + ["hand-3"] * 8
    assert len({j.id for j in jobs}) == len(jobs)


def test_a_drafter_that_can_do_none_of_its_own_workflows_is_refused(
    study_of: Callable[..., Study],
) -> None:
    with pytest.raises(NotebenchError, match="'fake' can do none of polish") as caught:
        ids(study_of({"name": "fake", "workflows": ["polish"]}))
    assert caught.value.mend == "name one of: scribe, organise"


@pytest.mark.parametrize(
    "change",
    [{"seed": 1}, {"formats": ["DAP"]}, {"workflows": ["organise"]}, {"option": 1}, {"label": "x"}],
    ids=str,
)
def test_ids_change_with_all_that_bears_on_a_note(
    change: dict[str, Any], study_of: Callable[..., Study]
) -> None:
    of_drafter = {k: v for k, v in change.items() if k in ("option", "label")}
    of_study = {k: v for k, v in change.items() if k not in of_drafter}
    before = ids(study_of("fake"))
    after = ids(study_of({"name": "fake", **of_drafter}, **of_study))
    assert not set(before) & set(after)


def test_ids_change_with_the_session(
    study_of: Callable[..., Study], make_session: Callable[..., Session]
) -> None:
    study = study_of("fake")
    known = {x for s in ([], [make_session()]) for x in ids(study, s)}
    for change in ({"rough_notes": "slp 5h"}, {"prior_note": None}, {"site": 1}, {"chart": {}}):
        assert not known & set(ids(study, [make_session(**change)]))


@pytest.mark.parametrize(
    "change",
    [{"name": "other"}, {"limits": {"concurrency": 9, "budget_usd": 1}}, {"cache": False},
     {"metrics": ["verbosity"]}, {"samples": 2}, {"formats": ["SOAP", "DAP"]}],
    ids=str,
)  # fmt: skip
def test_ids_stay_where_nothing_bears_on_the_note(
    change: dict[str, Any], study_of: Callable[..., Study]
) -> None:
    assert set(ids(study_of("fake"))) <= set(ids(study_of("fake", **change)))
    assert set(ids(study_of("fake"))) <= set(ids(study_of("reference", "fake")))


# --- a whole run


def test_a_run_fills_its_folder(study_of: Callable[..., Study], tmp_path: Path) -> None:
    study = study_of("reference", "extractive", "saboteur", "fake", workflows=["organise"])
    folder = execute(study, tmp_path / "run", progress=False)
    assert {p.name for p in folder.path.iterdir()} == FILES
    drafts = folder.drafts()
    assert [d.drafter for d in drafts[::3]] == ["reference", "extractive", "saboteur", "fake"]
    assert [d.draft_id for d in drafts] == ids(study)
    assert folder.failures() == []
    of_claims = {f.draft_id for f in folder.findings() if f.kind == "claim"}
    assert of_claims == {d.draft_id for d in drafts}
    of_facts = [f for f in folder.findings() if f.kind == "fact"]
    assert len(of_facts) == len(drafts) * 3
    tallies = folder.tallies()
    assert set(tallies["drafter"]) == {"reference", "extractive", "saboteur", "fake"}
    assert {"hallucination", "omission"} <= set(tallies["metric"])
    manifest = folder.manifest()
    assert manifest.cost_usd == 0.75
    assert manifest.verifier == of_facts[0].verifier
    assert manifest.digests.keys() == {"sessions", "drafts", "findings", "tallies"}
    assert manifest.study["drafters"][3]["name"] == "fake"


def test_the_same_study_again_asks_nothing_and_changes_nothing(
    study_of: Callable[..., Study], tmp_path: Path
) -> None:
    study = study_of("reference", "extractive", "fake", "remote")
    first = content(execute(study, tmp_path / "run", progress=False))
    assert Fake.asked.total() == Remote.asked.total() == 3
    again = content(execute(study, tmp_path / "run", progress=False))
    assert Fake.asked.total() == Remote.asked.total() == 3
    assert first == again


def test_two_folders_have_equal_digests(study_of: Callable[..., Study], tmp_path: Path) -> None:
    study = study_of("reference", "saboteur", "fake", "remote", seed=3)
    one = execute(study, tmp_path / "one", progress=False)
    two = execute(study, tmp_path / "two", progress=False)
    assert one.manifest().digests == two.manifest().digests
    assert content(one)["findings.jsonl"] == content(two)["findings.jsonl"]
    assert content(one)["tallies.parquet"] == content(two)["tallies.parquet"]
    assert [d.provenance for d in one.drafts()[6:]] != [d.provenance for d in two.drafts()[6:]]
    other = execute(study.model_copy(update={"seed": 4}), tmp_path / "three", progress=False)
    assert other.manifest().digests["drafts"] != one.manifest().digests["drafts"]


def test_servers_are_asked_several_things_at_once_and_the_order_stays(
    study_of: Callable[..., Study], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(3, timeout=20)
    monkeypatch.setattr(Remote, "act", staticmethod(lambda task: together.wait()))
    study = study_of("remote", limits={"concurrency": 3})
    folder = execute(study, tmp_path / "run", progress=False)  # hangs unless three run at once
    assert [d.draft_id for d in folder.drafts()] == ids(study)


def test_others_are_asked_one_thing_at_a_time(
    study_of: Callable[..., Study], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most = [0], [0]

    def act(task: Task) -> None:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.01)
        running[0] -= 1

    monkeypatch.setattr(Fake, "act", staticmethod(act))
    execute(study_of("fake", limits={"concurrency": 8}), tmp_path / "run", progress=False)
    assert most == [1]


# --- stops


@pytest.mark.parametrize("drafter", ["fake", "remote"])
def test_a_stopped_run_goes_on_where_it_stopped(
    drafter: str, study_of: Callable[..., Study], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = {"fake": Fake, "remote": Remote}[drafter]
    study = study_of(drafter, workflows=["scribe", "organise"], limits={"concurrency": 1})
    whole = execute(study, tmp_path / "whole", progress=False)
    kind.asked.clear()

    def act(task: Task) -> None:
        if kind.asked.total() == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(kind, "act", staticmethod(act))
    with pytest.raises(KeyboardInterrupt):
        execute(study, tmp_path / "run", progress=False)
    stopped = RunFolder.open(tmp_path / "run")
    assert len(stopped.kept()) == 3
    assert not stopped.tallies_file.exists()
    monkeypatch.setattr(kind, "act", staticmethod(lambda task: None))
    folder = execute(study, tmp_path / "run", progress=False)
    assert sorted(kind.asked.values()) == [1, 1, 1, 1, 1, 2]  # only the one that was cut off
    assert folder.manifest().digests == whole.manifest().digests
    assert {p.name for p in folder.path.iterdir()} == FILES


def test_a_last_line_cut_short_is_dropped(
    study_of: Callable[..., Study], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = study_of("fake")

    def act(task: Task) -> None:
        if Fake.asked.total() == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(Fake, "act", staticmethod(act))
    with pytest.raises(KeyboardInterrupt):
        execute(study, tmp_path / "run", progress=False)
    monkeypatch.setattr(Fake, "act", staticmethod(lambda task: None))
    journal = RunFolder(tmp_path / "run").journal_file
    raw = journal.read_bytes()
    assert raw.count(b"\n") == 2
    journal.write_bytes(raw[:-40])
    folder = execute(study, tmp_path / "run", progress=False)
    assert [d.draft_id for d in folder.drafts()] == ids(study)
    assert sorted(Fake.asked.values()) == [1, 2, 2]
    assert not journal.exists()


# --- failures


def test_failures_are_recorded_and_tried_again(
    study_of: Callable[..., Study], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act(task: Task) -> None:
        if task.session.session_id == "hand-2":
            raise NotebenchError("the model answered nothing", mend="another model")
        if task.session.session_id == "hand-3":
            raise ZeroDivisionError("a fault of the drafter's own")

    monkeypatch.setattr(Fake, "act", staticmethod(act))
    study = study_of("fake", "reference")
    folder = execute(study, tmp_path / "run", progress=False)
    assert [(f.session_id, f.error, f.attempts) for f in folder.failures()] == [
        ("hand-2", "the model answered nothing", 1),
        ("hand-3", "ZeroDivisionError: a fault of the drafter's own", 1),
    ]
    assert [d.drafter for d in folder.drafts()] == ["fake"] + ["reference"] * 3
    execute(study, tmp_path / "run", progress=False)
    assert [f.attempts for f in folder.failures()] == [2, 2]
    monkeypatch.setattr(Fake, "act", staticmethod(lambda task: None))
    execute(study, tmp_path / "run", progress=False)
    assert folder.failures() == []
    assert len(folder.drafts()) == 6
    assert Fake.asked["hand-1", "scribe", "SOAP", "0"] == 1


def test_a_note_that_the_clinician_never_wrote_is_a_failure(
    study_of: Callable[..., Study], tmp_path: Path
) -> None:
    folder = execute(study_of("reference", formats=["BIRP"]), tmp_path / "run", progress=False)
    assert folder.drafts() == []
    assert len(folder.failures()) == 3
    assert "no clinician's note in BIRP" in folder.failures()[0].error


class Picky:
    """A verifier that fails on some drafts."""

    name, version = "picky", "1"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def verify(self, session: Session, draft: Draft) -> list[Any]:
        from notebench.verifiers.base import unscored

        if session.session_id != "hand-1":
            raise self.error
        return unscored(session, draft, self, "not tried")


@pytest.mark.parametrize(
    ("error", "says"),
    [(NotebenchError("can't say"), "can't say"), (KeyError("oops"), "KeyError('oops')")],
    ids=["told", "its own fault"],
)
def test_a_verifier_that_fails_leaves_findings_unscored(
    error: Exception, says: str, study_of: Callable[..., Study], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(VERIFIERS._loaded, "picky", lambda: Picky(error))
    folder = execute(study_of("fake", verifier="picky"), tmp_path / "run", progress=False)
    assert {f.verdict for f in folder.findings()} == {"unscored"}
    assert len(folder.findings()) == 3 * (2 + 3)
    assert [(f.stage, f.session_id, f.error) for f in folder.failures()] == [
        ("verify", "hand-2", says), ("verify", "hand-3", says),
    ]  # fmt: skip


# --- budget


def test_the_budget_ends_a_study_and_what_was_had_is_kept(
    study_of: Callable[..., Study], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act(task: Task) -> None:
        if Fake.asked.total() > 2:
            raise BudgetExceeded("the budget of 0.50 USD would be passed")

    monkeypatch.setattr(Fake, "act", staticmethod(act))
    settings: dict[str, Any] = {"workflows": ["scribe", "organise"]}
    study = study_of("fake", limits={"budget_usd": 0.5}, **settings)
    with pytest.raises(BudgetExceeded, match=r"2 of 6 notes were had and kept"):
        execute(study, tmp_path / "run", progress=False)
    folder = RunFolder.open(tmp_path / "run")
    assert len(folder.drafts()) == 2
    assert {f.draft_id for f in folder.findings()} == {d.draft_id for d in folder.drafts()}
    failures = folder.failures()
    assert [f.attempts for f in failures] == [0] * 4
    assert "budget" in failures[0].error
    assert failures[1].error == "not tried: the study was stopped"
    assert Fake.asked.total() == 3  # nobody was asked after the stop
    monkeypatch.setattr(Fake, "act", staticmethod(lambda task: None))
    more = study_of("fake", limits={"budget_usd": 5}, **settings)
    assert len(execute(more, tmp_path / "run", progress=False).drafts()) == 6
    assert folder.manifest().study["limits"]["budget_usd"] == 5


def test_a_budget_spent_in_judging_ends_the_study_too(
    study_of: Callable[..., Study], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VERIFIERS._loaded, "picky", lambda: Picky(BudgetExceeded("all spent")))
    with pytest.raises(BudgetExceeded, match="all spent"):
        execute(study_of("fake", verifier="picky"), tmp_path / "run", progress=False)
    assert RunFolder.open(tmp_path / "run").manifest().digests


# --- what is refused before anything is written


def test_another_study_in_the_folder_is_refused(
    study_of: Callable[..., Study], tmp_path: Path
) -> None:
    folder = execute(study_of("fake"), tmp_path / "run", progress=False)
    before = content(folder)
    for other in (study_of("fake", seed=1), study_of("fake", "reference"), study_of("remote")):
        with pytest.raises(NotebenchError, match="another study") as caught:
            execute(other, tmp_path / "run", progress=False)
        assert "--out" in str(caught.value)
    with pytest.raises(NotebenchError, match="other sessions"):
        execute(study_of("fake"), tmp_path / "run", limit=2, progress=False)
    assert content(folder) == before
    assert Remote.asked.total() == 0


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"verifier": "locl"}, "no verifier is called 'locl'"),
        ({"metrics": ["halucination"]}, "no metric is called 'halucination'"),
        ({"sessions": {"file": "none.jsonl"}}, "No such file"),
    ],
    ids=["verifier", "metric", "sessions"],
)
def test_nothing_is_written_where_a_name_is_wrong(
    settings: dict[str, Any], says: str, study_of: Callable[..., Study], tmp_path: Path
) -> None:
    with pytest.raises(NotebenchError, match=says):
        execute(study_of("fake", **settings), tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()
    assert Fake.asked.total() == 0


def test_nothing_is_written_where_a_drafter_is_unknown(
    study_of: Callable[..., Study], tmp_path: Path
) -> None:
    for name in ("referense", "local/no-such-model", {"name": "fake", "workflows": ["polish"]}):
        with pytest.raises(NotebenchError):
            execute(study_of("fake" if name == "x" else name), tmp_path / "run", progress=False)
        assert not (tmp_path / "run").exists()


def test_nothing_is_written_where_a_drafter_is_not_ready(
    study_of: Callable[..., Study], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Remote, "not_ready", "the weights of fake are not here")
    for go in (lambda: execute(study_of("fake", "remote"), tmp_path / "run", progress=False),
               lambda: draft_only(study_of("fake", "remote"), tmp_path / "run")):  # fmt: skip
        with pytest.raises(NotebenchError, match="weights of fake"):
            go()
        assert not (tmp_path / "run").exists()
        assert Fake.asked.total() == 0


def test_a_drafter_that_has_nothing_left_to_do_need_not_be_ready(
    study_of: Callable[..., Study], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(study_of("remote"), tmp_path / "run", progress=False)
    monkeypatch.setattr(Remote, "not_ready", "the key is gone")
    execute(study_of("remote"), tmp_path / "run", progress=False)
    assert Remote.asked.total() == 3


@pytest.mark.parametrize("shard", [(4, 4), (5, 9)])
def test_a_shard_without_sessions_is_refused(
    shard: tuple[int, int], study_of: Callable[..., Study], tmp_path: Path
) -> None:
    with pytest.raises(NotebenchError, match="no session is left"):
        execute(study_of("fake"), tmp_path / "run", shard=shard, progress=False)
    assert not (tmp_path / "run").exists()


def test_a_file_in_the_place_of_the_folder(study_of: Callable[..., Study], tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(NotebenchError, match="can't be written"):
        execute(study_of("fake"), tmp_path / "run", progress=False)


# --- judging again, drafts alone, opening


def test_rescore_judges_again_and_keeps_the_earlier_findings(
    study_of: Callable[..., Study], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = execute(study_of("fake"), tmp_path / "run", progress=False)
    before, verifier = folder.findings_file.read_bytes(), folder.manifest().verifier
    monkeypatch.setitem(VERIFIERS._loaded, "picky", lambda: Picky(NotebenchError("can't say")))
    rescore(tmp_path / "run", "picky", progress=False)
    assert Fake.asked.total() == 3
    assert {f.verifier for f in folder.findings()} == {"picky@1"}
    assert (folder.path / f"findings.{verifier}.jsonl").read_bytes() == before
    assert folder.manifest().verifier == "picky@1"
    assert folder.manifest().study["verifier"] == "picky"
    assert "hallucination" not in set(folder.tallies().query("out_of > 0")["metric"])
    rescore(tmp_path / "run", "local", progress=False)
    assert folder.findings_file.read_bytes() == before
    assert (folder.path / "findings.picky@1.jsonl").exists()
    assert [f.stage for f in folder.failures()] == []


def test_rescore_with_an_unknown_verifier_changes_nothing(
    study_of: Callable[..., Study], tmp_path: Path
) -> None:
    folder = execute(study_of("fake"), tmp_path / "run", progress=False)
    before = content(folder)
    with pytest.raises(NotebenchError, match="no verifier is called"):
        rescore(tmp_path / "run", "locl", progress=False)
    assert content(folder) == before


def test_drafts_alone_are_added_to_those_that_are_there(
    study_of: Callable[..., Study], tmp_path: Path
) -> None:
    out = tmp_path / "drafts"
    folder, drafts, failures = draft_only(study_of("fake"), out)
    assert (len(drafts), failures) == (3, [])
    draft_only(study_of("fake", "reference"), out)
    assert [d.drafter for d in folder.drafts()] == ["fake"] * 3 + ["reference"] * 3
    draft_only(study_of("extractive"), out)
    assert [d.drafter for d in folder.drafts()][6:] == ["extractive"] * 3
    assert set(Fake.asked.values()) == {1}
    assert {p.name for p in out.iterdir()} == {"drafts.jsonl", "failures.jsonl"}


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        (None, "not a run folder"),
        (b"{", "not a manifest"),
        (b"\xff", "can't be read"),
        (b'{"seed": 1}', "not a manifest: field study"),
        (b'{"schema_version": 2, "study": {}, "seed": 1, "notebench": "9", "created": "x"}', "2"),
    ],
)
def test_a_folder_that_is_no_run(manifest: bytes | None, says: str, tmp_path: Path) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_bytes(manifest)
    with pytest.raises(NotebenchError, match=says) as caught:
        RunFolder.open(tmp_path).manifest()
    assert caught.value.mend
    assert "https" not in str(caught.value)


def test_records_of_failures_have_all_that_a_table_needs(
    study_of: Callable[..., Study], tmp_path: Path
) -> None:
    folder = execute(study_of("reference", formats=["BIRP"]), tmp_path / "run", progress=False)
    line = json.loads(folder.failures_file.read_text("utf-8").splitlines()[0])
    assert set(Failure.model_fields) == set(line)
