"""Speech-recognition noise on a transcript.

Words are misheard (as words that sound alike), lost and made up, negations dropped, numbers taken
for others, turns put to the wrong speaker, edges of turns moved, marks and capitals lost. Rates and
word lists are data (shared/asr.yaml), set for the word error rate measured on psychotherapy: 25%,
and 34% in sentences about harm (Miner 2020). What is true of the session stays as it is, and so do
the number of turns and their numbers: a fact may therefore be told wrongly in its evidence turn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from ..errors import UnknownName
from ..registry import suggest
from ..text.tokens import tokens
from .scenarios import Library
from .sounds import Sounds, spoken_words
from .topics import not_assessed

KINDS = ("asr",)
"""Kinds of noise."""

Turn = tuple[str, str]
"""Speaker and text."""

_SENTENCES = re.compile(r"(?<=[.?!])\s+")
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)
_MARKS = '.,?!;:…—–"“”'
_TRIES = 3


def require_noise(noise: str | None) -> None:
    """Raises UnknownName for a kind of noise that there is not."""
    if noise is not None and noise not in KINDS:
        raise UnknownName(f"no noise is called {noise!r}", mend=suggest(noise, KINDS))


@dataclass(frozen=True)
class WER:
    """Word errors: counts, and the number of words in the reference."""

    words: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def rate(self) -> float:
        """Errors a reference word; 0 for an empty reference that is heard as empty."""
        errors = self.substitutions + self.deletions + self.insertions
        return errors / self.words if self.words else float(errors > 0)


def word_error_rate(reference: str, heard: str) -> WER:
    """Word errors of a transcript, by the shortest edit between the two as lower-case words.

    Marks and capitals don't count. A hyphenated word is one word.
    """
    from rapidfuzz.distance import Levenshtein

    said = [t.low for t in tokens(reference)]
    kinds = [e.tag for e in Levenshtein.editops(said, [t.low for t in tokens(heard)])]
    return WER(len(said), kinds.count("replace"), kinds.count("delete"), kinds.count("insert"))


def degrade(lib: Library, turns: list[Turn], rng: Random) -> list[Turn]:
    """Turns as a recogniser might give them: as many, in the same order, none of them empty.

    No topic comes up that nobody raised: what a session lists as not assessed stays so.
    """
    said = [text for _, text in turns]
    whole = "\n".join(said)
    ear = _Ear(lib, rng)
    heard = [ear.turn(text) for text in said]
    moved = _moved_edges(heard, ear.rates, rng)
    if _news(lib, whole, "\n".join(moved)):
        moved = [_without_news(ear, a, b, whole) for a, b in zip(said, heard, strict=True)]
    return _relabelled(turns, moved, ear.rates, rng)


def _news(lib: Library, said: str, heard: str) -> list[str]:
    """Topics that come up in what was heard, and not in what was said."""
    return not_assessed(lib, [said], raised=not_assessed(lib, [heard], ()))


def _without_news(ear: _Ear, said: str, heard: str, whole: str) -> str:
    """A turn heard again until it raises no new topic; as it was said, where that takes long."""
    for _ in range(_TRIES):
        if not _news(ear.lib, whole, heard):
            return heard
        heard = ear.turn(said)
    return said


class _Lexicon:
    """What shared/asr.yaml says, made ready, and the library's words by sound."""

    def __init__(self, lib: Library) -> None:
        bank = lib.banks["asr"]
        self.harm = re.compile(rf"\b(?:{'|'.join(bank['harm'].split())})\b", re.IGNORECASE)
        self.small = frozenset(bank["small"].split())
        known = lib.banks["topics"]
        self.sounds = Sounds(
            bank["sounds"],
            (
                word
                for word in spoken_words(lib)
                if not self.harm.fullmatch(word)
                and len(not_assessed(lib, [word], ())) == len(known)
            ),
        )


_lexicons: dict[tuple[int, int], tuple[Library, _Lexicon]] = {}


def _lexicon(lib: Library) -> _Lexicon:
    """Made once for a library, and again when a problem was added to it."""
    key = (id(lib), len(lib.problems))
    if key not in _lexicons:
        _lexicons[key] = (lib, _Lexicon(lib))  # the library is kept, so that its id stays its own
    return _lexicons[key][1]


class _Ear:
    """One recording as a recogniser hears it."""

    def __init__(self, lib: Library, rng: Random) -> None:
        self.lib, self.bank, self.lexicon, self.rng = lib, lib.banks["asr"], _lexicon(lib), rng
        self.rates: dict[str, Any] = self.bank["rates"]
        self.word_rate = self.rates["word"] * rng.uniform(*self.rates["recording"])
        self.mark_rate = rng.uniform(*self.rates["punctuation"])
        self.bare = rng.random() < self.rates["bare"]

    def turn(self, text: str) -> str:
        """A turn's text as heard; never empty."""
        out: list[str] = []
        for sentence in _SENTENCES.split(text):
            harm = set(self.lexicon.harm.findall(sentence))
            rate = self.word_rate * (self.rates["harm_sentence"] if harm else 1)
            out += self._sentence(sentence.split(), rate, harm)
        return self._marks(out) or text

    def _sentence(self, words: list[str], rate: float, harm: set[str]) -> list[str]:
        out: list[str] = []
        skip = False
        for word, after in pairwise([*words, ""]):
            if skip:
                skip = False
                continue
            both = self.bank["phrases"].get(f"{word} {after.strip(_MARKS)}".lower())
            if both and self.rng.random() < rate * self.rates["phrase"]:
                out.append(_put(after, self.rng.choice(both), word[:1].isupper()))
                skip = True
                continue
            more = self.rates["harm_word"] if harm and word.strip(_MARKS) in harm else 1
            out += self._touched(word) if self.rng.random() < rate * more else [word]
        return out

    def _touched(self, word: str) -> list[str]:
        core = _CORE.search(word)
        if not core:
            return [word]
        low = core[0].lower().replace("’", "'")
        kind = self._kind(low)
        chances = self.bank["errors"][kind]
        [error] = self.rng.choices(list(chances), list(chances.values()))
        if error == "lost":
            return []
        if error == "extra":
            return [self.rng.choice(self.bank["extras"]), word]
        ways = self.bank["negations"][low] if error == "flipped" else self._alike(low, kind)
        if not ways:
            return []
        heard = _put(word, self.rng.choice(ways), core[0][0].isupper())
        return [heard] if heard else []

    def _kind(self, low: str) -> str:
        if low in self.bank["negations"]:
            return "negation"
        if any(part in self.bank["numbers"] for part in low.split("-")):
            return "number"
        return "small" if low in self.lexicon.small else "other"

    def _alike(self, low: str, kind: str) -> list[str]:
        """What a word is taken for; nothing: it can't be told from noise."""
        if kind == "number":
            parts = low.split("-")
            at = self.rng.choice([i for i, p in enumerate(parts) if p in self.bank["numbers"]])
            ways = self.bank["numbers"][parts[at]]
            return ["-".join([*parts[:at], way, *parts[at + 1 :]]) for way in ways]
        return self.bank["misheard"].get(low) or list(self.lexicon.sounds.like(low))

    def _marks(self, words: list[str]) -> str:
        """The words as one text, some marks lost, and with a full stop the capital after it."""
        if self.bare:
            return " ".join(filter(None, (w.strip(_MARKS).lower() for w in words)))
        out: list[str] = []
        lower = False
        for word in words:
            if lower and word[1:2].islower():
                word = word[:1].lower() + word[1:]
            kept = word.rstrip(_MARKS)
            lost = kept != word and self.rng.random() < self.mark_rate
            lower = lost and word[-1] in ".?!"
            out.append(kept if lost else word)
        return " ".join(filter(None, out))


def _put(word: str, heard: str, capital: bool) -> str:
    """Other letters between a word's own marks; no letters, no marks."""
    core = _CORE.search(word)
    if not heard or not core:
        return heard
    return (
        word[: core.start()]
        + (heard[:1].upper() + heard[1:] if capital else heard)
        + word[core.end() :]
    )


def _moved_edges(texts: list[str], rates: dict[str, Any], rng: Random) -> list[str]:
    """Some turns lose their first words to the turn before, or get the last words of it."""
    turns = [text.split() for text in texts]
    for before, after in pairwise(turns):
        if rng.random() >= rates["moved_edge"]:
            continue
        count = rng.randint(*rates["edge_words"])
        if rng.random() < 0.5 and len(after) > count:
            before += after[:count]
            del after[:count]
        elif len(before) > count:
            after[:0] = before[-count:]
            del before[-count:]
    return [" ".join(words) for words in turns]


def _relabelled(
    turns: list[Turn], texts: list[str], rates: dict[str, Any], rng: Random
) -> list[Turn]:
    """The texts with their speakers, some of them put to another speaker of the session."""
    there = list(dict.fromkeys(speaker for speaker, _ in turns))
    out: list[Turn] = []
    for (speaker, _), text in zip(turns, texts, strict=True):
        if len(there) > 1 and rng.random() < rates["wrong_speaker"]:
            speaker = rng.choice([other for other in there if other != speaker])
        out.append((speaker, text))
    return out
