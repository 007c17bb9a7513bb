"""Sentences with half-open character offsets.

Written for notes, not for prose at large: headings, bullets, shorthand, doses and clock times must
not end a sentence, and a line break does where what follows starts anew.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Ends in a full stop without ending a sentence. Units that often close a sentence ("mg.", "min.")
# are left out: the next word decides there (see _starts_anew).
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st jr sr vs e.g i.e cf approx no nos dept est fig al ph.d m.d psy.d".split()
)
_SOFT = frozenset(  # end a sentence only before a capital letter
    "a.m p.m etc mg mcg ml hr hrs min mins wk wks mo mos yr yrs lb lbs oz appt tx dx hx sx rx pt "
    "cl u.s q.d b.i.d t.i.d p.r.n".split()
)
_END = re.compile(r"""[.!?…]+["'”’)\]]*(?=\s|$)""")
_BREAK = re.compile(r"[ \t]*\n[ \t]*(?:\n\s*|(?=[-*•–—]\s|\d+[.)]\s|[A-Z(\[\"“]))")
_BULLET = re.compile(r"(?:[-*•–—]|\d+[.)])\s+")


class Span(NamedTuple):
    """A slice of a text: half-open offsets and exactly the characters between them."""

    start: int
    end: int
    text: str


def split_sentences(text: str) -> list[Span]:
    """Sentences in order, trimmed of white space; together they hold every other character."""
    cuts = sorted(set(_stops(text)) | {m.end() for m in _BREAK.finditer(text)} | {len(text)})
    spans: list[Span] = []
    start = 0
    for cut in cuts:
        piece = text[start:cut]
        left, right = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if right > left:
            spans.append(Span(left, right, text[left:right]))
        start = cut
    return spans


def _stops(text: str) -> list[int]:
    return [m.end() for m in _END.finditer(text) if not _goes_on(text, m)]


def _goes_on(text: str, match: re.Match[str]) -> bool:
    """Whether the punctuation is inside a sentence (an abbreviation, an initial, a list number)."""
    if match[0] != ".":
        # "3 a.m.)" or "...and then": dots that trail off before a small letter do not end it
        after = text[match.end() :].lstrip()
        return match[0].startswith(("..", "…")) and bool(after) and after[0].islower()
    before = re.search(r"[^\s(\[\"“]+$", text[: match.start()])
    word = before[0].lower() if before else ""
    after = text[match.end() :].lstrip(" \t")
    if word in _ABBREVIATIONS:
        return True
    if word in _SOFT:
        return bool(after) and not _starts_anew(after)
    if len(word) == 1 and word.isalpha() and word != "i":
        return _initial(text, match.start())
    if word.isdigit():  # "1. Walk" at the start of a line is a list number
        line = text[: match.start() - len(word)].rpartition("\n")[2]
        return not line.strip() and bool(after)
    return bool(after) and after[0].islower()


def _starts_anew(after: str) -> bool:
    return after[0].isupper() or after[0] in '\n"“([-•'


def _initial(text: str, stop: int) -> bool:
    """A single capital before a capitalised word is an initial, as in "J. Smith"."""
    return text[stop - 1].isupper() and bool(re.match(r"\.\s+[A-Z][a-z]", text[stop:]))


def locate(sentence: str, text: str, cursor: int = 0) -> Span | None:
    """Where a given sentence stands in a text at or after the cursor, white space aside."""
    at = text.find(sentence, cursor)
    if at >= 0:
        return Span(at, at + len(sentence), sentence)
    pattern = r"\s+".join(re.escape(word) for word in sentence.split())
    found = re.compile(pattern).search(text, cursor) if pattern else None
    return Span(found.start(), found.end(), found[0]) if found else None


def bullet_width(sentence: str) -> int:
    """Number of characters that a leading list marker takes."""
    match = _BULLET.match(sentence)
    return match.end() if match else 0
