"""Ways of reviewing: named sets of parameters (profiles.toml over metrics/review_time.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from ..errors import UnknownName
from ..metrics.effort import Parameter, parameters
from ..registry import suggest

DEFAULT = "default"
"""For notes with findings."""
COUNTS = "counts"
"""For notes described by counts alone."""


@dataclass(frozen=True)
class Profile:
    """A way of reviewing."""

    name: str
    title: str
    meaning: str
    formula: str
    """structure or counts."""
    parameters: Mapping[str, Parameter]
    """All parameters, those that the profile changes in its own version."""
    changed: tuple[str, ...]


@cache
def profiles() -> dict[str, Profile]:
    """All profiles by name."""
    data = tomllib.loads(files(__package__).joinpath("profiles.toml").read_text("utf-8"))
    return {p["name"]: _profile(**p) for p in data["profiles"]}


def profile(name: str) -> Profile:
    """The profile of that name. Raises UnknownName with the nearest names."""
    if name not in profiles():
        raise UnknownName(f"no way of reviewing is called {name!r}", mend=suggest(name, profiles()))
    return profiles()[name]


def _profile(changes: list[dict[str, Any]], **about: Any) -> Profile:
    known = parameters()
    own = {c["name"]: _changed(known[c["name"]], c) for c in changes}
    return Profile(parameters={**known, **own}, changed=tuple(own), **about)


def _changed(usual: Parameter, change: dict[str, Any]) -> Parameter:
    spread = "fixed" if change["low"] == change["high"] else "triangular"
    return replace(usual, distribution=spread, **change)
