"""Shards: each runs alone; merged, they are the whole run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from notebench.errors import MissingDependency, NotebenchError, UnknownName
from notebench.records import Session
from notebench.runs import RunFolder, Study, execute
from notebench.runs.cluster import execute_on_ray, merge
from notebench.runs.study import make_study
from notebench.storage import write_jsonl


@pytest.fixture
def study(tmp_path: Path, make_session: Callable[..., Session]) -> Study:
    """Five sessions, the fourth without the clinician's note in DAP."""
    sessions = [make_session(session_id=f"hand-{i}") for i in range(1, 6)]
    sessions[3] = sessions[3].model_copy(update={"references": sessions[3].references[:1]})
    write_jsonl(tmp_path / "sessions.jsonl", sessions)
    return make_study(
        {
            "sessions": {"file": "sessions.jsonl"},
            "drafters": [{"name": "reference"}, {"name": "extractive", "label": "copied"}],
            "formats": ["SOAP", "DAP"],
            "workflows": ["scribe", "organise"],
        },
        base=tmp_path,
    )


def parts(study: Study, folder: Path, n: int) -> list[Path]:
    made = [folder / f"{i}-of-{n}" for i in range(1, n + 1)]
    for i, path in enumerate(made, 1):
        execute(study, path, shard=(i, n), progress=False)
    return made


@pytest.mark.parametrize("n", [1, 2, 3])
def test_merged_shards_equal_the_whole_run(n: int, study: Study, tmp_path: Path) -> None:
    whole = execute(study, tmp_path / "whole", progress=False)
    assert len(whole.failures()) == 1
    merged = merge(parts(study, tmp_path, n)[::-1], tmp_path / "merged")
    assert merged.manifest().digests == whole.manifest().digests
    assert merged.manifest().inputs == whole.manifest().inputs
    for name in ("sessions.jsonl", "drafts.jsonl", "findings.jsonl", "failures.jsonl"):
        assert (merged.path / name).read_bytes() == (whole.path / name).read_bytes()
    assert merged.tallies().equals(whole.tallies())
    execute(study, tmp_path / "merged", progress=False)  # goes on as if it had never been cut
    assert merged.manifest().digests == whole.manifest().digests


def test_what_are_not_the_shards_of_one_study_is_refused(study: Study, tmp_path: Path) -> None:
    one, two = parts(study, tmp_path, 2)
    other = execute(study.model_copy(update={"seed": 9}), tmp_path / "o", shard=(2, 2)).path
    judged = execute(study, tmp_path / "j", shard=(2, 2)).path
    folder = RunFolder(judged)
    folder.write_manifest(folder.manifest().model_copy(update={"verifier": "other@1"}))
    out = tmp_path / "merged"
    for given, says in [
        ([one], "shard 2/2 is missing"),
        ([one, two, one], "shard 1/2 is given twice"),
        ([one, other], "different studies"),
        ([one, judged], "different verifiers"),
        ([one, tmp_path], "not a run folder"),
    ]:
        with pytest.raises(NotebenchError, match=says) as caught:
            merge(given, out)
        assert caught.value.mend
        assert not out.exists()


def test_a_folder_that_holds_another_run_is_not_written_over(study: Study, tmp_path: Path) -> None:
    other = execute(study.model_copy(update={"seed": 9}), tmp_path / "other", progress=False)
    before = other.manifest_file.read_bytes()
    with pytest.raises(NotebenchError, match="another study"):
        merge(parts(study, tmp_path, 2), other.path)
    assert other.manifest_file.read_bytes() == before


def test_engines(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownName, match="no engine is called 'spark'"):
        execute_on_ray(study, tmp_path / "run", engine="spark")
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(MissingDependency, match=r"ray .*not installed") as caught:
        execute_on_ray(study, tmp_path / "run")
    assert "notebench[ray]" in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_a_run_over_ray_equals_one_in_a_single_process(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="needs the extra ray")
    study = make_study(
        {"sessions": {"n": 4}, "drafters": [{"name": "reference"}, {"name": "extractive"}]}
    )
    over_ray = execute_on_ray(study, tmp_path / "ray")
    alone = execute(study, tmp_path / "alone", progress=False)
    assert over_ray.manifest().digests == alone.manifest().digests
