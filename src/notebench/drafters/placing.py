"""Where a sentence belongs: its kind by cue words, and the section of a format for that kind.

Cue words and preferences are data (data/cues.toml); a format's own list of kinds has the last word.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from ..formats import Format
from ..records import Section


@cache
def data(name: str) -> dict[str, Any]:
    """A data file of this package, by name without its ending."""
    path = files(__package__).joinpath("data", f"{name}.toml")
    return tomllib.loads(path.read_text("utf-8"))


@cache
def _cues() -> list[tuple[str, float, re.Pattern[str]]]:
    return [
        (c["kind"], float(c.get("weight", 1)), re.compile(rf"(?i)(?<!\w)(?:{w})"))
        for c in data("cues")["cues"]
        for w in c["words"]
    ]


@cache
def _preferences() -> dict[str, list[str]]:
    found: dict[str, list[str]] = data("cues")["preferences"]
    return found


def scores(text: str) -> dict[str, float]:
    """Weight of the cues in a text, by kind of fact; kinds without a cue are left out."""
    found: dict[str, float] = {}
    for kind, weight, pattern in _cues():
        if pattern.search(text):
            found[kind] = found.get(kind, 0.0) + weight
    return found


def kind_of(text: str, default: str = "symptom") -> str:
    """The kind of fact that a text is about, by its cues; at a tie the kind listed first."""
    found = scores(text)
    return max(found, key=lambda kind: found[kind]) if found else default


def section_for(kind: str, format: Format) -> str:
    """Name of the section in which that format has that kind: a preferred one if it may."""
    allowed = format.allowed(kind)
    preferred = [name for name in _preferences().get(kind, []) if name in allowed]
    return (preferred or allowed or [format.sections[0].name])[0]


def gathered(placed: Iterable[tuple[str, str]], format: Format, joint: str = " ") -> list[Section]:
    """Sections, in the format's order, of (section name, sentence) pairs; empty ones left out."""
    texts: dict[str, list[str]] = {}
    for name, text in placed:
        texts.setdefault(name, []).append(text)
    return [
        Section(name=s.name, text=joint.join(texts[s.name]))
        for s in format.sections
        if s.name in texts
    ]
