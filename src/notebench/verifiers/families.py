"""Families of models: a judge that shares one with a drafter may favour what that drafter writes.

Models rate answers of their own kind higher (Panickssery et al. 2024, LLM Evaluators Recognize and
Favor Their Own Generations), so such a pairing is told wherever figures rest on it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = tomllib.loads((files("notebench.verifiers") / "families.toml").read_text("utf-8"))
    return {name: re.compile(pattern) for name, pattern in data["families"].items()}


def families(model: str) -> list[str]:
    """Families that a model's name tells of, in the order of families.toml; none if it is unknown.

    >>> families("local/qwen2.5-coder-1.5b-instruct"), families("anthropic/claude-x")
    (['qwen'], ['claude'])
    """
    # the provider says who serves a model, not what it is: ollama serves more than llamas
    name = model.lower().partition("/")[2] or model.lower()
    return [family for family, pattern in _patterns().items() if pattern.search(name)]


def models_of(verifier: str) -> list[str]:
    """The models behind a verifier's name, with or without its version."""
    kind, _, rest = verifier.partition(":")
    if kind.partition("@")[0] == "local-llm":
        from .local_llm import DEFAULT

        return ["local/" + (_unversioned(rest) or DEFAULT)]
    return _unversioned(rest).split("+") if kind == "judge" else []


def _unversioned(name: str) -> str:
    return re.sub(r"@[\w.]+$", "", name)


def kinship(verifier: str, drafters: Iterable[str]) -> list[str]:
    """A warning for each judge that is of one family with drafters, in words.

    verifier: a verifier's name. drafters: models that write notes; other names do no harm.
    """
    found = []
    names = list(dict.fromkeys(drafters))
    for judge in models_of(verifier):
        for family in families(judge):
            kin = [name for name in names if family in families(name)]
            if kin:
                found.append(
                    f"the judge {judge} and {_and(kin)} are of one family ({family}): models tend "
                    "to favour their own kind, so check the figures with a judge of another one"
                )
    return found


def _and(names: list[str]) -> str:
    heads = ("the drafter " if len(names) == 1 else "the drafters ") + ", ".join(names[:-1])
    return heads + (" and " if len(names) > 1 else "") + names[-1]
