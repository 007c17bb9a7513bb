"""Words that sound alike: a small phonetic key, and neighbours in a vocabulary by that key.

The key follows rules from spelling to sound (shared/asr.yaml) under which sounds that a bad
microphone confuses are the same, so that "feel" and "fill" share a key.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

from .scenarios import Beat, Library

_MOST = 4
"""Most neighbours that a word has."""
_ALIKE = 0.25
"""Share of a word's sounds that may differ in another that is taken for it."""
_NOT_SPOKEN = re.compile(r"\{[^}]*\}|#\w+|\b\w*[A-Z]\w*")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


class Sounds:
    """A vocabulary by sound. rules: (pattern, replacement) pairs, applied in order."""

    def __init__(self, rules: Iterable[Sequence[str]], vocabulary: Iterable[str]) -> None:
        self._rules = [(re.compile(pattern), sound) for pattern, sound in rules]
        self._words: defaultdict[str, list[str]] = defaultdict(list)
        self._known: dict[str, tuple[str, ...]] = {}
        for word in sorted(set(vocabulary)):
            self._words[self.key(word)].append(word)

    def key(self, word: str) -> str:
        """How a lower-case word sounds, roughly."""
        for pattern, sound in self._rules:
            word = pattern.sub(sound, word)
        return word

    def like(self, word: str) -> tuple[str, ...]:
        """Up to four other words that sound the same or nearly so, the nearest first."""
        if word not in self._known:
            self._known[word] = self._nearest(word)
        return self._known[word]

    def _nearest(self, word: str) -> tuple[str, ...]:
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        own = self.key(word)
        near = process.extract(
            own, list(self._words), scorer=Levenshtein.distance, limit=None,
            score_cutoff=round(len(own) * _ALIKE),
        )  # fmt: skip
        ranked = sorted(
            (differing, Levenshtein.distance(word, other), other)
            for key, differing, _ in near
            for other in self._words[key]
            if other != word
        )
        return tuple(other for _, _, other in ranked[:_MOST])


def spoken_words(lib: Library) -> set[str]:
    """Words of the library's talk that are written without a capital."""
    beats: Iterable[Beat] = chain(lib.beats, *(p.beats for p in lib.problems.values()))
    talk = chain.from_iterable(beat.talk for beat in beats)
    asides = chain.from_iterable(p.asides for p in lib.problems.values())
    return {
        word
        for text in chain(talk, asides)
        for word in _WORD.findall(_NOT_SPOKEN.sub(" ", text))
        if len(word) > 1
    }
