"""Faults of a sentence that a reader sees without knowing what is true. Rules are data
(polish.toml); letters of English words are data too (letters.txt)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from ..text import Token, tokens
from ..text.sentences import bullet_width

_OPENING = re.compile(r"[\"“'‘(\[*_ ]*")
_CLOSING = re.compile(r"[.!?…:][\"”'’)\]*_ ]*$")
_PAIRS = (("(", ")"), ("[", "]"), ("“", "”"))
_REPEATED = re.compile(r"([a-z])\1\1")
_NO_VOWEL = re.compile(r"^[^aeiouy]{5,}$")
_MIXED = re.compile(r"(?<![\w-])[A-Za-z]+\d+[A-Za-z]+(?![\w-])|[a-z]{3}\.[a-z]{3}|\ufffd|Ã.|â€")
_ENDS = re.compile(r"..(?:ed|[^s]s|ing)$")
_MAY_DOUBLE = frozenset(("had", "that"))
_VOWEL_SOUND = re.compile(r"(?:[aio]|e(?!u)|u(?:n(?!i)|p|l|m))(?!ne\b|nce\b)|h(?:our|onest|eir)")
_CONSONANT_SOUND = re.compile(r"[bcdfgjklmnpqrstvwz]|h(?!our|onest|eir|istor)|one\b|once\b|eu|uni")


@cache
def rules() -> dict[str, Any]:
    """The content of polish.toml."""
    return tomllib.loads(files(__package__).joinpath("polish.toml").read_text("utf-8"))


def faults(sentence: str) -> frozenset[str]:
    """Names of the faults of a sentence, as in polish.toml; none of them hangs on what is true.

    A list mark at its head belongs to it: an item of a list needs neither capital nor full stop.
    """
    width = bullet_width(sentence)
    bare = sentence[width:].strip()
    words = tokens(bare)
    if not words:
        return frozenset()
    return frozenset(_faults(bare, words, item=width > 0))


def linked(sentence: str) -> bool:
    """Whether a sentence ties clauses or thoughts together."""
    return any("link" in _classes().get(t.low, ()) for t in tokens(sentence))


def _faults(bare: str, words: list[Token], item: bool) -> Iterator[str]:
    heading = bare.endswith(":")
    first = bare[_OPENING.match(bare).end() :][:1]  # type: ignore[union-attr]
    if first.islower() and not item:
        yield "start"
    if not (item or heading or _CLOSING.search(bare)):
        yield "unfinished"
    if words[0].low in rules()["never_first"]["words"] or (
        not bare.endswith("?") and any(_out_of_order(bare, words))
    ):
        yield "order"
    if any(_twice(bare, a, b) for a, b in zip(words, words[1:], strict=False)):
        yield "doubled"
    if _MIXED.search(bare) or any(_garbled(t.text) for t in words):
        yield "garbled"
    if not (item or heading or _whole(words)):
        yield "clipped"
    if any(bare.count(a) != bare.count(b) for a, b in _PAIRS) or bare.count('"') % 2:
        yield "brackets"


def _whole(words: list[Token]) -> bool:
    """Whether a sentence has a subject at its head that is known, and a verb, or a sure verb."""
    places = [_classes().get(t.low, frozenset()) for t in words]
    headed = bool(places[0] & {"article", "possessive", "pronoun", "subject"})
    sure = any(p & {"verb", "be", "have", "modal"} for p in places)
    told = any("past" in p or _ENDS.search(t.low) for t, p in zip(words, places, strict=True))
    return sure or (headed and told)


def _out_of_order(bare: str, words: list[Token]) -> Iterator[bool]:
    """For each word, whether what follows it can't."""
    known, never = _classes(), rules()["never_before"]
    for here, after in zip(words, [*words[1:], None], strict=True):
        gap = bare[here.end : after.start if after else len(bare)]
        plain = here.text.islower() or here is words[0]  # a capital inside may be a name
        places = known.get(here.low, frozenset()) if plain else frozenset()
        barred = {name for place in places for name in never.get(place, ())}
        if gap == "." and after is not None:  # inside an abbreviation
            yield False
        elif after is None or gap.strip(" \"'”’)]*_").startswith((".", "!", ";")):
            yield bool(barred & {"END", "STOP"})
        elif gap.lstrip().startswith(","):
            yield "END" in barred
        elif not gap.strip() and not (here.low == after.low in _MAY_DOUBLE):
            yield bool(barred & known.get(after.low, frozenset())) or _wrong_article(here, after)


def _wrong_article(here: Token, after: Token) -> bool:
    """ "a hour", "an week"; what is in capitals is spelled out: anything may stand before it."""
    if not after.text.islower():
        return False
    if here.low == "a":
        return bool(_VOWEL_SOUND.match(after.low))
    return here.low == "an" and bool(_CONSONANT_SOUND.match(after.low))


@cache
def _classes() -> dict[str, frozenset[str]]:
    """The places that a word can take."""
    found: dict[str, set[str]] = {}
    for place, words in rules()["classes"].items():
        for word in words:
            found.setdefault(word, set()).add(place)
    return {word: frozenset(places) for word, places in found.items()}


def _twice(bare: str, here: Token, after: Token) -> bool:
    alike = here.low == after.low and here.low not in _MAY_DOUBLE and not here.low[0].isdigit()
    return alike and not bare[here.end : after.start].strip()


@lru_cache(maxsize=65536)
def _garbled(word: str) -> bool:
    """Whether a word can't be one by its letters; names and abbreviations are let through."""
    if not (word.isascii() and word.isalpha() and word.islower()) or len(word) < 4:
        return False
    if _REPEATED.search(word) or _NO_VOWEL.match(word):
        return True
    framed = f"^{word}$"
    strange = sum(framed[i : i + 3] not in _letters() for i in range(len(framed) - 2))
    return strange >= max(_STRANGE, len(word) / 4)


_STRANGE = 2
"""Unknown runs of three letters from which on a word counts as garbled; longer words may have more,
one for each four letters. Assumed."""


@cache
def _letters() -> frozenset[str]:
    """Runs of three letters that English words have, word ends marked by ^ and $."""
    return frozenset(files(__package__).joinpath("letters.txt").read_text("utf-8").split())
