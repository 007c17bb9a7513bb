"""Sentences with half-open character offsets.

Written for notes, not for prose at large: headings, bullets, shorthand, doses and clock times must
not end a sentence, and a line break does where what follows starts anew. Time is linear in the
length of the text, whatever the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Never end a sentence.
_ABBREVIATIONS = frozenset("mr mrs ms dr prof st vs e.g i.e cf ca approx".split())
# Do not before a figure ("no. 5"), and do elsewhere ("she said no.").
_BEFORE_FIGURE = frozenset("no nos fig vol p pp".split())
# End one only before what starts anew: units, shorthand and titles often close a sentence.
_SOFT = frozenset(
    "a.m p.m etc mg mcg ml hr hrs min mins wk wks mo mos yr yrs lb lbs oz appt tx dx hx sx rx pt "
    "cl u.s q.d b.i.d t.i.d p.r.n jr sr ph.d m.d psy.d dept est jan feb aug sept oct nov dec mon "
    "tue tues thu thurs fri".split()
)
# A single letter after these is a label that may close a sentence ("takes vitamin D. Sleeps ...").
_LABELLED = frozenset("vitamin hepatitis plan option group part cluster criterion grade".split())

_MARKS = "-*•–—·◦▪●"
_STOP = re.compile(r"""(?<![.!?…])[.!?…]++["'”’)\]*_]*+(?=\s|$)""")
_BULLET = re.compile(rf"[{_MARKS}]\s+|[-•·◦▪●](?=[^\W\d])|\d{{1,3}}[.)]\s+")
_LINE_END = re.compile(r"(?:\r\n|[\n\r])(\s*+)")
_LAST_WORDS = re.compile(r"(?:([\w'’-]+)[ \t]+)?([^\s(\[\"“]+)$")
_GAP = re.compile(r"[ \t]*+")
_LONGEST = 40  # characters looked at before a stop; every abbreviation and label is shorter


class Span(NamedTuple):
    """A slice of a text: half-open offsets and exactly the characters between them."""

    start: int
    end: int
    text: str


def split_sentences(text: str) -> list[Span]:
    """Sentences in order, trimmed of white space; together they hold every other character.

    A heading or a bullet on a line of its own is a sentence of its own. Semicolons end none.
    """
    stops = (m.end() for m in _STOP.finditer(text) if not _goes_on(text, m))
    breaks = (m.end() for m in _LINE_END.finditer(text) if _breaks(text, m))
    spans: list[Span] = []
    start = 0
    for cut in sorted({*stops, *breaks, len(text)}):
        piece = text[start:cut]
        left, right = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if right > left:
            spans.append(Span(left, right, text[left:right]))
        start = cut
    return spans


def _breaks(text: str, line_end: re.Match[str]) -> bool:
    """Whether a line break ends a sentence: before an empty line, a bullet, a capital, a bracket.

    Otherwise the line was only wrapped.
    """
    at = line_end.end()
    empty_line = "\n" in line_end[1] or "\r" in line_end[1]
    return empty_line or _starts_anew(text[at : at + 1]) or bool(_BULLET.match(text, at))


def _starts_anew(after: str) -> bool:
    """Whether a text that begins like this begins a sentence."""
    return after[:1].isupper() or after[:1] in set('\n\r"“([#*')


def _goes_on(text: str, stop: re.Match[str]) -> bool:
    """Whether the punctuation is inside a sentence (an abbreviation, an initial, a list number)."""
    gap = _GAP.match(text, stop.end())
    at = gap.end() if gap else stop.end()
    after = text[at : at + 2]
    if not after:
        return False
    mark = stop[0].rstrip("\"'”’)]*_")
    if mark != ".":
        # dots that trail off, and a quoted question, do not end before a small letter
        trails = mark.startswith(("..", "…")) or mark != stop[0]
        return trails and text[stop.end() :][:80].lstrip()[:1].islower()
    found = _LAST_WORDS.search(text[max(0, stop.start() - _LONGEST) : stop.start()])
    previous, word = (found[1] or "", found[2]) if found else ("", "")
    low = word.lower()
    if low in _ABBREVIATIONS or _list_number(text, stop.start(), word):
        return True
    if low in _BEFORE_FIGURE and after[0].isdigit():
        return True
    if low in _SOFT and not _starts_anew(after):
        return True
    if len(word) == 1 and word.isupper() and word != "I":  # an initial, as in "J. Smith"
        named = after[0].isupper() and (after[1:].islower() or after[1:] == ".")
        return named and previous.lower() not in _LABELLED
    return after[0].islower()


def _list_number(text: str, stop: int, word: str) -> bool:
    """Whether the word before the stop numbers an item: "1. Walk" at the start of a line."""
    if not (word.isdigit() and len(word) <= 3):
        return False
    at = stop - len(word)
    while at and text[at - 1] in " \t" + _MARKS:
        at -= 1
    return at == 0 or text[at - 1] in "\n\r"


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
