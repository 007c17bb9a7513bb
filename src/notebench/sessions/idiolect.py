"""How one person puts things: of several ways to say the same, one is theirs.

The sets of interchangeable forms stand in shared/idiolect.yaml. A speaker keeps to a form of each
set most of the time, so that a voice holds through a session, and a clinician's from one session
to the next.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from random import Random
from typing import NamedTuple

from .loading import library

_WORD = re.compile(r"[\w']+")
_KEEPS = 0.85
"""Share of places at which a speaker says it their own way (an assumption)."""


class _Form(NamedTuple):
    """One way of saying something."""

    length: int
    """How many words it has."""
    number: int
    """Number of its set."""
    ways: tuple[str, ...]
    """All ways of the set."""


class Idiolect:
    """One speaker's own forms. key: seeds which they are; voice: their way of stumbling."""

    def __init__(self, role: str, key: str, halting: float) -> None:
        self._bank = library().banks["idiolect"]
        self._forms, self._lengths = _forms("clinician" if role == "clinician" else "client")
        self._own = Random(key)
        self._favoured: dict[int, str] = {}
        self._halting = halting

    def said(self, text: str, rng: Random) -> str:
        """The text in this speaker's own words, with the stumbles of speech."""
        return self._stumbled(self._worded(text, rng), rng)

    def _worded(self, text: str, rng: Random) -> str:
        words = list(_WORD.finditer(text))
        low = [w[0].lower() for w in words]
        # Where a word does not follow the one before by a single space, no form runs on.
        breaks = [text[a.end() : b.start()] != " " for a, b in pairwise(words)]
        out: list[str] = []
        at = place = 0
        while place < len(words):
            found = self._longest(low, breaks, place) if low[place] in self._lengths else None
            if not found:
                place += 1
                continue
            start, end = words[place].start(), words[place + found.length - 1].end()
            instead = self._wording(found, rng)
            out += [text[at:start], _cased(instead, text[start:end])]
            at, place = end, place + found.length
        return "".join([*out, text[at:]])

    def _longest(self, low: list[str], breaks: list[bool], place: int) -> _Form | None:
        """The longest of the forms that stands at a word, unbroken by punctuation."""
        for length in self._lengths[low[place]]:
            last = place + length
            form = self._forms.get(" ".join(low[place:last]))
            if form and form.length == length and not any(breaks[place : last - 1]):
                return form
        return None

    def _wording(self, found: _Form, rng: Random) -> str:
        if found.number not in self._favoured:
            self._favoured[found.number] = self._own.choice(found.ways)
        favoured = self._favoured[found.number]
        return favoured if rng.random() < _KEEPS else rng.choice(found.ways)

    def _stumbled(self, text: str, rng: Random) -> str:
        """Words begun twice and sounds of hesitation, never next to a number."""
        if not self._halting:
            return text
        words = text.split(" ")
        out: list[str] = []
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
            out.append(word)
            low = word.lower()
            twice, pausing = low in self._bank["twice"], low.strip(",") in self._bank["joints"]
            if not (after and (twice or pausing)) or rng.random() >= self._halting:
                continue
            if self._near_number(before, word, after):
                continue
            if twice:
                out[-1:] = [f"{word},", word if word[:2] in ("I", "I'") else low]
            else:
                out.append(f"{rng.choice(self._bank['pauses'])},")
        return " ".join(out)

    def _near_number(self, *words: str) -> bool:
        return any(_bare(w) in self._bank["numbers"] or '"' in w or _hyphened(w) for w in words)


def _bare(word: str) -> str:
    return word.lower().strip(",.?!;:")


def _hyphened(word: str) -> bool:
    return "-" in word or any(map(str.isdigit, word))


@cache
def _forms(role: str) -> tuple[dict[str, _Form], dict[str, list[int]]]:
    """A role's forms by their words, and by first word how long forms are, the longest first."""
    bank = library().banks["idiolect"]
    forms: dict[str, _Form] = {}
    lengths: dict[str, set[int]] = {}
    for number, ways in enumerate([*bank["both"], *bank[role]]):
        for way in ways:
            words = _WORD.findall(way.lower())
            forms.setdefault(" ".join(words), _Form(len(words), number, tuple(ways)))
            lengths.setdefault(words[0], set()).add(len(words))
    return forms, {word: sorted(held, reverse=True) for word, held in lengths.items()}


def _cased(instead: str, was: str) -> str:
    starts = was[:1].isupper() and not was.startswith(("I ", "I'"))
    return instead[:1].upper() + instead[1:] if starts or was == "I" else instead
