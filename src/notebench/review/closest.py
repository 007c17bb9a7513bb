"""Which passages of a session are closest to a sentence, by shared words alone.

No verifier is asked, so what is shown gives none of its verdicts away.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from ..text import content_words

_STEM = 5
"""Letters by which two forms of a word are taken to be one."""
FLOOR = 0.12
"""Least share of a sentence's weighted words that a passage must hold to be shown."""


class Closest:
    """Passages of one session, by id, ready to be compared with sentences."""

    def __init__(self, passages: Mapping[str, str]) -> None:
        self._words = {name: _stems(text) for name, text in passages.items()}
        held = Counter(w for words in self._words.values() for w in words)
        self._weight = {w: math.log(1 + len(self._words) / n) for w, n in held.items()}

    def to(self, sentence: str, most: int = 3, floor: float = FLOOR) -> list[str]:
        """Ids of the closest passages, closest first; none where no passage comes near.

        floor: least share (0-1) of the sentence's weighted words that a passage must hold.
        """
        asked = _stems(sentence)
        whole = sum(self._weight.get(w, 0.0) for w in asked)
        if not whole:
            return []
        scored = [
            (-self._score(asked, words, whole), at, name)
            for at, (name, words) in enumerate(self._words.items())
        ]
        return [name for score, _, name in sorted(scored)[:most] if -score >= floor]

    def _score(self, asked: frozenset[str], words: frozenset[str], whole: float) -> float:
        shared = sum(self._weight[w] for w in sorted(asked & words)) / whole
        # A long turn holds more words by chance; it loses a little for each doubling.
        return shared - 0.02 * math.log2(1 + len(words) / 8) if shared else 0.0


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(w) for w in content_words(text))


def _stem(word: str) -> str:
    return word if word[0].isdigit() else word[:_STEM]


def passages(turns: Iterable[tuple[int, str]], rough_notes: Iterable[str]) -> dict[str, str]:
    """Passages by the ids that the page gives them: t<turn> and r<line, from 1>."""
    return {
        **{f"t{number}": text for number, text in turns},
        **{f"r{at}": line for at, line in enumerate(rough_notes, 1)},
    }
