"""Words with offsets, and the content words among them."""

from __future__ import annotations

import re
from typing import NamedTuple

_WORD = re.compile(r"\d+(?:[.,:/]\d+)*%?|[^\W\d_]+(?:['’][^\W\d_]+)*(?:-[^\W_]+)*", re.UNICODE)

STOPWORDS = frozenset(
    """a about after again all also am an and any are as at be because been before being both but by
    can could did do does doing done down during each few for from further get gets getting go goes
    going got had has have having he her here hers him his how i if in into is it it's its just like
    may me might more most much my no nor not now of off oh okay on once one only or other our out
    over own really said same she should so some still such than that that's the their them then
    there these they thing things this those though through to too uh um under until up us very was
    we well were what when where which while who whom why will with would yeah yes you your
    client patient clinician therapist session reports reported states stated""".split()
)


class Token(NamedTuple):
    """A word or figure with its half-open offsets; `low` is its lower-case form."""

    start: int
    end: int
    text: str
    low: str


def tokens(text: str) -> list[Token]:
    """Words and figures in order."""
    return [
        Token(m.start(), m.end(), m[0], m[0].lower().replace("’", "'"))
        for m in _WORD.finditer(text)
    ]


def content_words(text: str) -> list[str]:
    """Lower-case words that carry content, in order, repeats kept."""
    words = _WORD.findall(text.lower().replace("’", "'"))
    return [word for word in words if word not in STOPWORDS and len(word) > 1]


def count_words(text: str) -> int:
    """Number of words and figures."""
    return len(_WORD.findall(text))
