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
    low = whole.lower()
    done = set(raised)
    return [t for t in lib.banks["topics"] if t not in done and not _found(t, whole, low)]


def mentioned(topic: str, text: str) -> str | None:
    """The words by which a text speaks of a topic; none of a topic the library does not know."""
    return _found(topic, text, text.lower()) if topic in library().banks["topics"] else None


def _found(topic: str, text: str, low: str) -> str | None:
    words, abbreviations = _patterns(topic)
    match = words.search(low) or (abbreviations and abbreviations.search(text))
    return match[0] if match else None


@cache
def _patterns(topic: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    """For a lower-case text, and for abbreviations: "HI" is a topic, and "hi" a greeting."""
    given = library().banks["topics"][topic]
    short = [p for p in given if re.sub(r"\\\w", "", p).isupper()]
    words = [_lowered(p) for p in given if p not in short]
    # Words that begin with no pattern's first letter are passed over without trying each pattern.
    firsts = "".join({re.sub(r"^(?:\(\?:)+", "", word)[0] for word in words})
    lower = re.compile(rf"\b(?=[{re.escape(firsts)}])(?:{'|'.join(words)})")
    return lower, re.compile(rf"\b(?:{'|'.join(short)})") if short else None


def _lowered(pattern: str) -> str:
    """In lower case, but for escapes such as \\W."""
    return re.sub(r"(?<!\\)[A-Z]", lambda m: m[0].lower(), pattern)
