"""Word lists of the local verifier, read from data files and compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


def matcher(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds any of the phrases as whole words; * stands for any letters."""
    longest_first = sorted({str(p).lower() for p in phrases}, key=lambda p: (-len(p), p))
    words = "|".join(
        re.escape(p).replace(r"\*\ ", r"[a-z]{2,24} ").replace(r"\*", "[a-z]{0,12}")
        for p in longest_first
    )
    return re.compile(rf"(?<![\w'-])(?:{words})(?![\w-])")


@dataclass(frozen=True)
class Cues:
    """Compiled lists of phrases, and groups of such lists by topic."""

    lists: Mapping[str, re.Pattern[str]]
    groups: Mapping[str, Mapping[str, re.Pattern[str]]]
    times: tuple[str, ...]
    """Groups that hold words of time."""
    broader: Mapping[str, frozenset[str]]
    """People whom a broader word covers: a son is a child."""

    def found(self, name: str, low: str) -> list[str]:
        """Phrases of a list in a lower-case text, in order."""
        return [m[0] for m in self.lists[name].finditer(low)]

    def topics(self, group: str, low: str) -> frozenset[str]:
        """Topics of a group that a lower-case text names."""
        return frozenset(t for t, pattern in self.groups[group].items() if pattern.search(low))


@dataclass(frozen=True)
class Words:
    """What counts as the same word."""

    irregular: Mapping[str, str]
    shorthand: Mapping[str, tuple[str, ...]]
    same: tuple[tuple[str, ...], ...]
    scaffold: frozenset[str]
    frame: frozenset[str]


def _read(name: str) -> dict[str, Any]:
    text = (files("notebench.verifiers") / "lexicons" / f"{name}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


@cache
def cues() -> Cues:
    """The phrases of lexicons/cues.yaml."""
    data = _read("cues")
    return Cues(
        {name: matcher(v) for name, v in data.items() if isinstance(v, list)},
        {
            name: {topic: matcher(v) for topic, v in group.items()}
            for name, group in data.items()
            if isinstance(group, dict) and name not in ("times", "broader")
        }
        | {
            kind: {word: matcher(v) for word, v in group.items()}
            for kind, group in data["times"].items()
        },
        tuple(data["times"]),
        {name: frozenset(narrow) for name, narrow in data["broader"].items()},
    )


@cache
def words() -> Words:
    """The words of lexicons/words.yaml."""
    data = _read("words")
    return Words(
        data["irregular"],
        {str(k): tuple(str(v).split()) for k, v in data["shorthand"].items()},
        tuple(tuple(line) for line in data["same"]),
        frozenset(data["scaffold"].split()),
        frozenset(data["frame"].split()),
    )
