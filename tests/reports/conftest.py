"""Fixtures of the reports' tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reports_run import write_run

from notebench.records import Session
from notebench.reports import build


@pytest.fixture
def sessions(make_session: Callable[..., Session]) -> list[Session]:
    """Three sessions."""
    scenes = [("insomnia", "routine", []), ("insomnia", "intake", ["elevated_risk"]),
              ("depression", "routine", ["elevated_risk", "minor"])]  # fmt: skip
    return [
        make_session(
            session_id=f"hand-0{i}",
            scenario={"problem": problem, "session_type": kind, "complexity": flags},
        )
        for i, (problem, kind, flags) in enumerate(scenes, 1)
    ]


@pytest.fixture
def hand_run(tmp_path: Path, sessions: list[Session]) -> Path:
    """The folder of a small run."""
    return write_run(tmp_path / "run", sessions)


_BUILT: list[Path] = []


@pytest.fixture
def built(sessions: list[Session], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of that run's report, built once for all tests that only read it."""
    if not _BUILT:
        _BUILT.append(build(write_run(tmp_path_factory.mktemp("built") / "run", sessions)))
    return _BUILT[0]
