"""The words of a report, kept in content.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def content() -> dict[str, Any]:
    """Labels, column definitions, explanations and the parts for each audience."""
    return tomllib.loads(files(__package__).joinpath("content.toml").read_text("utf-8"))


def sentence(key: str, **values: object) -> str:
    """A sentence of content.toml with its blanks filled in."""
    return str(content()["sentences"][key]).format(**values)


def counted(n: int, thing: str) -> str:
    """A number with its noun."""
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def label(group: str, name: str) -> str:
    """The words for a name of that group; a name without an entry stands for itself."""
    return str(content().get(group, {}).get(name, name.replace("_", " ")))
