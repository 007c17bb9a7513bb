"""Fixtures of the reports' tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reports_run import write_run

from notebench.records import Session


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
