"""Generated sessions, and a model client that answers from a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from notebench.llm.messages import Completion, Request
from notebench.records import Session
from notebench.sessions import generate


class ScriptedClient:
    """Answers each request with the next text, the last one again and again; keeps the requests."""

    def __init__(self, texts: Sequence[str], finish_reason: str = "stop", **more: Any) -> None:
        self.texts = list(texts)
        self.finish_reason = finish_reason
        self.more = {"cost_usd": 0.001, **more}
        self.requests: list[Request] = []

    def complete(self, request: Request) -> Completion:
        text = self.texts[min(len(self.requests), len(self.texts) - 1)]
        self.requests.append(request)
        return Completion(
            text=text, finish_reason=self.finish_reason, prompt_tokens=100, completion_tokens=10,
            latency_s=0.5, model=request.model, time="2026-01-01T00:00:00+00:00", **self.more,
        )  # fmt: skip

    def shown(self) -> str:
        """Everything that was sent."""
        return "\n".join(m["content"] for r in self.requests for m in r.messages)


@pytest.fixture(scope="session")
def generated() -> list[Session]:
    """A few sessions of the scenario library."""
    return list(generate(8, seed=11, formats=["SOAP", "DAP", "BIRP"]))


@pytest.fixture
def scripted() -> Callable[..., ScriptedClient]:
    """A scripted client."""
    return lambda *texts, **more: ScriptedClient(texts, **more)
