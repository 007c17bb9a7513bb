"""Reading facts and turns for the invariants: numbers, and beginnings of words."""

from __future__ import annotations

from functools import lru_cache

from ...records import Fact
from ...text.numbers import numbers
from ...text.tokens import content_words


@lru_cache(4096)
def values(text: str) -> frozenset[float]:
    """All numbers of a text, written or spoken."""
    return frozenset(v for n in numbers(text) for v in n.values)


def due_values(fact: Fact) -> set[float]:
    """Numbers that a fact holds: its value, the one before, and those of its statement."""
    named = [fact.attributes.get(key) for key in ("value", "previous")]
    given = {float(v) for v in named if isinstance(v, int | float) and not isinstance(v, bool)}
    return given | _figures(fact.statement)


@lru_cache(4096)
def _figures(text: str) -> frozenset[float]:
    """Numbers written in digits."""
    if not any(map(str.isdigit, text)):
        return frozenset()
    return frozenset(n.value for n in numbers(text) if any(map(str.isdigit, n.text)))


def words_of(fact: Fact) -> frozenset[str]:
    """Beginnings of the words that speak of a fact: its statement's, its name's, its cues."""
    return _words_of(fact.statement, str(fact.attributes.get("name", "")), tuple(fact.cues))


@lru_cache(4096)
def _words_of(statement: str, name: str, cues: tuple[str, ...]) -> frozenset[str]:
    return stems(" ".join([statement, name, *cues]))


@lru_cache(4096)
def stems(text: str) -> frozenset[str]:
    """Beginnings of the content words of a text."""
    return frozenset(word.rstrip("s")[:5] for word in content_words(text))
