"""Drafters: whatever writes a note, each made from its name and options."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

from ..errors import NotebenchError, UnknownName
from ..registry import Registry, suggest
from .base import Drafter, Task, draft_id, inputs_of

if TYPE_CHECKING:
    from ..llm.client import Client

__all__ = ["Drafter", "Task", "draft_id", "inputs_of", "make", "names", "registry"]

registry: Registry[Any] = Registry(
    "drafter",
    builtin={
        "reference": "notebench.drafters.reference:Reference",
        "extractive": "notebench.drafters.extractive:Extractive",
        "paraphraser": "notebench.drafters.paraphraser:Paraphraser",
        "saboteur": "notebench.drafters.saboteur:Saboteur",
    },
)
"""Drafters that are no language model: (name, options) -> Drafter."""


def names() -> list[str]:
    """Names of registered drafters and of the embedded models, as `local/<model>`.

    Any LiteLLM model string is a drafter as well.
    """
    return registry.names() + _embedded()


def make(
    name: str, options: Mapping[str, Any] | None = None, *, client: Client | None = None
) -> Drafter:
    """The drafter of that name.

    client: what language models are asked through; a plain one is made where none is given.
    Raises UnknownName with the nearest names, and for an option the drafter does not have.
    """
    if name.startswith("import:"):
        raise NotebenchError(
            f"{name!r} stands for notes that were brought in; they are not drafted",
            mend="bring them in with notebench import, and check them with notebench check",
        )
    if name in registry:
        return cast(Drafter, registry.get(name)(name, options))
    if not _is_model(name):
        raise UnknownName(
            f"no drafter is called {name!r}",
            mend=suggest(name, names()) + ", or any LiteLLM model such as openai/<model>",
        )
    from .llm import LLMDrafter

    return LLMDrafter(name, options, client=client)


def _embedded() -> list[str]:
    from ..llm.weights import models

    return [f"local/{model.name}" for model in models()]


def _is_model(name: str) -> bool:
    if name.startswith("local/"):
        from ..llm.weights import find

        return bool(find(name))  # raises UnknownName with the nearest models
    if "/" in name:
        return all(name.partition("/"))
    return _bare_model(name)


def _bare_model(name: str) -> bool:
    """Whether LiteLLM knows a model that is named without its provider, such as gpt-4o."""
    if get_close_matches(name, registry.names(), n=1, cutoff=0.75):
        return False  # a slip of the pen: no need to load LiteLLM, which takes seconds
    from ..llm.provider import litellm

    return name in litellm().model_cost
