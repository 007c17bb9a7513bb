"""How hard a text is to read, from counts of its sentences, words and syllables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ..text import tokens

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(
    r"(?:[aeiouy]l|[^aeiouyl])e$|(?:[^aeiouytd]|[aeiouy]l)ed$|(?:[aeiouy]l|[^aeiouylsxzcgh])es$"
)
_APART = re.compile(
    r"(?<![tcsx])ia(?!ge)|(?<![tcsxg])io(?!r)|(?<![tc])ie(?:t|n(?!d|c[eh]d))|(?:e|u)a(?:t(?:e|i)|$|l)|eo(?!p|u)"
    r"|rea$|[aeiouy]ing|ism|tiate|ciate|ui(?:ty|ng)|uou"
)


def grade(sentences: Sequence[str]) -> float | None:
    """Flesch-Kincaid grade (Kincaid 1975) of some sentences; None where they hold no word.

    Syllables are counted by rule. Figures and abbreviations count as one.
    """
    words = [[t.text for t in tokens(s)] for s in sentences]
    words = [w for w in words if w]
    n = sum(map(len, words))
    if not n:
        return None
    return 0.39 * n / len(words) + 11.8 * sum(syllables(w) for s in words for w in s) / n - 15.59


@lru_cache(maxsize=65536)
def syllables(word: str) -> int:
    """Syllables of an English word, by rule; at least 1.

    >>> [syllables(w) for w in ("sleep", "anxiety", "reported", "severe")]
    [1, 4, 3, 2]
    """
    low = word.lower().rstrip("'’")
    if not low.isalpha() or (word.isupper() and len(word) > 1):
        return sum(syllables(p) for p in low.split("-") if p.isalpha()) or 1
    count = len(_VOWELS.findall(low)) + len(_APART.findall(low))
    return max(1, count - bool(len(low) > 2 and _SILENT.search(low)))
