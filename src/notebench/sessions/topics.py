"""Topics that a session may not have raised: a note that denies what nobody asked invents."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from .loading import library
from .scenarios import Library


def not_assessed(lib: Library, texts: Iterable[str], raised: Iterable[str]) -> list[str]:
    """Topics that no beat raised and no text mentions."""
    whole = "\n".join(texts)
    done = set(raised)
    known = lib.banks["topics"]
    return [t for t in known if t not in done and not mentioned(t, whole)]


def mentioned(topic: str, text: str) -> re.Match[str] | None:
    """Where a text speaks of a topic; a topic that the library does not know is never found."""
    patterns = library().banks["topics"].get(topic)
    return _pattern(tuple(patterns)).search(text) if patterns else None


@cache
def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Any case, but for abbreviations: "HI" is a topic, and "hi" a greeting."""
    ways = [p if re.sub(r"\\\w", "", p).isupper() else f"(?i:{p})" for p in patterns]
    return re.compile("|".join(rf"\b(?:{way})" for way in ways))
