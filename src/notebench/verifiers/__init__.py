"""Verifiers by name: `local`, or `judge:<model>`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import UnknownName
from ..registry import Registry, suggest
from .base import Verifier

if TYPE_CHECKING:
    from ..llm.client import Client

registry: Registry[Callable[..., Verifier]] = Registry(
    "verifier",
    {
        "local": "notebench.verifiers.local:LocalVerifier",
        "judge": "notebench.verifiers.judge:JudgeVerifier",
    },
)
"""Entries are called with what stands after the colon of the name, if anything, and `client`."""


def make(name: str, *, client: Client | None = None) -> Verifier:
    """The verifier of that name: `local`, `judge:<model>`, or one that another package adds.

    <model> is any LiteLLM model string or local/<model>. client: the language-model client to use
    (cached, counted); without one the judge makes its own. Raises UnknownName.
    """
    kind, colon, model = name.partition(":")
    if kind not in registry:
        raise UnknownName(f"no verifier is called {name!r}", mend=suggest(kind, names()))
    if kind == "local" and not colon:
        return registry.get("local")()
    if kind == "local" or (kind == "judge" and not model):
        raise UnknownName(
            f"no verifier is called {name!r}",
            mend="use local, or judge:<model> such as judge:local/qwen2.5-coder-1.5b-instruct",
        )
    return registry.get(kind)(model, client=client) if colon else registry.get(kind)()


def names() -> list[str]:
    """Names of all verifiers; `judge` stands for judge:<model>."""
    return registry.names()
