"""A chat server for each test that wants one, and an environment without the user's keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from llm_server import FaultServer, running


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with running() as made:
        yield made


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key and no server of the user's, and one thread: test processes share the processors.

    The runtime's threads wait for one another in a busy loop, so more threads than free processors
    are many times slower. What a model writes does not depend on their number.
    """
    monkeypatch.setenv("NOTEBENCH_THREADS", "1")
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_BASE", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
