"""Verifiers by name: `local`, `local-llm`, `judge:<model>`, `nli:<model>`, `human:<file>`."""

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
        "local-llm": "notebench.verifiers.local_llm:LocalLlmVerifier",
        "judge": "notebench.verifiers.panel:judge_of",
        "nli": "notebench.verifiers.nli:NliVerifier",
        "human": "notebench.verifiers.human:HumanVerifier",
    },
)
"""Entries are called with what stands after the colon of the name, if anything, and `client`."""

_WITH_A_MODEL = {
    "judge": "judge:<model> such as judge:openai/gpt-4o, or several joined by +",
    "nli": "nli:<model>, a folder or a model's name on the hub",
    "human": "human:<file> of people's ratings, or several joined by commas",
}
"""Built-in verifiers whose name is not whole without what stands after the colon."""


def make(name: str, *, client: Client | None = None) -> Verifier:
    """The verifier of that name: `local`, `judge:<model>`, or one that another package adds.

    <model> of a judge is any LiteLLM model string or local/<model>, or several joined by +; of
    local-llm, an embedded model (the default without a colon); of nli, a folder or a model's name
    on the Hugging Face hub, from which it is fetched if it is not here. client: the language-model
    client to use (cached, counted); without one the verifier makes its own. Raises UnknownName.
    """
    kind, colon, model = name.partition(":")
    if kind not in registry:
        raise UnknownName(f"no verifier is called {name!r}", mend=suggest(kind, names()))
    if kind == "local" and not colon:
        return registry.get("local")()
    if kind == "local" or (kind in _WITH_A_MODEL and not model):
        raise UnknownName(
            f"no verifier is called {name!r}",
            mend="use local, or local-llm, or " + ", or ".join(_WITH_A_MODEL.values()),
        )
    if kind == "local-llm":
        return registry.get(kind)(model or None, client=client)
    return registry.get(kind)(model, client=client) if colon else registry.get(kind)()


def names() -> list[str]:
    """Names of all verifiers; `judge` stands for judge:<model>, and so on."""
    return registry.names()
