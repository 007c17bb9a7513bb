"""A manifest is enough to run a study again: the same sessions, drafts, findings and tallies."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebench.errors import NotebenchError
from notebench.runs import RunFolder, execute, load_study
from notebench.runs.estimate import estimate
from notebench.runs.study import make_study
from notebench.sessions import generate
from notebench.storage import write_jsonl

DRAFTERS = [{"name": "reference"}, {"name": "extractive"}, {"name": "saboteur", "errors": 2}]


@pytest.mark.parametrize("from_file", [False, True])
@pytest.mark.parametrize("part", [{}, {"limit": 2}, {"limit": 3, "shard": (2, 2)}])
def test_a_run_again_from_its_manifest(from_file: bool, part: dict, tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    if from_file:
        write_jsonl(tmp_path / "study" / "mine.jsonl", generate(4, 3, problem="ocd"))
    study = make_study(
        {
            "seed": 3,
            "sessions": {"file": "mine.jsonl"} if from_file else {"n": 4, "problem": "ocd"},
            "drafters": DRAFTERS,
        },
        base=tmp_path / "study",
    )
    first = execute(study, tmp_path / "first", progress=False, **part)
    first.path.rename(tmp_path / "elsewhere")
    manifest = RunFolder(tmp_path / "elsewhere").manifest()
    assert make_study(manifest.study).drafters == study.drafters
    assert (manifest.limit, manifest.shard) == (part.get("limit"), part.get("shard"))
    again = execute(
        load_study(tmp_path / "elsewhere" / "manifest.json"), tmp_path / "again", progress=False
    )
    assert again.manifest().digests == manifest.digests
    for name in ("sessions.jsonl", "drafts.jsonl", "findings.jsonl", "tallies.parquet"):
        assert (again.path / name).read_bytes() == (tmp_path / "elsewhere" / name).read_bytes()


def test_a_manifest_with_limit_and_shard_among_the_settings(tmp_path: Path) -> None:
    study = make_study({"sessions": {"n": 1}, "drafters": DRAFTERS[:1]})
    folder = execute(study, tmp_path / "run", progress=False)
    old = folder.manifest()
    settings = {**old.study, "limit": None, "shard": [1, 2]}
    folder.write_manifest(old.model_copy(update={"study": settings}))
    assert load_study(folder.manifest_file).drafters == study.drafters


def test_a_manifest_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotebenchError, match="can't be read") as caught:
        load_study(tmp_path / "manifest.json")
    assert caught.value.mend


def test_an_estimate_is_of_the_part_that_would_run() -> None:
    study = make_study({"sessions": {"n": 5}, "drafters": DRAFTERS[:1]})
    assert [e.notes for e in estimate(study)] == [5]
    assert [e.notes for e in estimate(study, limit=3, shard=(2, 2))] == [1]
