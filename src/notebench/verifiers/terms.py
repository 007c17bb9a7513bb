"""A text as the local verifier sees it: content words in a common form, numbers, polarity, cues."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

from ..text import tokens
from ..text.numbers import Number, numbers
from ..text.spoken import CARDINALS, ORDINALS
from ..text.tokens import STOPWORDS
from .lexicon import cues, words

_SUFFIXES = (
    ("ational", "ate"), ("fulness", "ful"), ("iveness", "ive"), ("ization", "ize"),
    ("isation", "ize"), ("ousness", "ous"), ("ies", "y"), ("ied", "y"), ("ness", ""),
    ("ments", ""), ("ment", ""), ("ings", ""), ("ing", ""), ("edly", ""), ("ed", ""),
    ("ations", "ate"), ("ation", "ate"), ("ise", "ize"), ("ously", "ous"), ("ly", ""),
    ("sses", "ss"), ("es", "e"), ("s", ""),
)  # fmt: skip
_KEPT = frozenset("this his was is has does news always series diabetes less process".split())
_NUMBER_WORDS = frozenset(CARDINALS) | frozenset(ORDINALS)
CONDITION = re.compile(
    r"\b(?:if|whether|unless|should (?:she|he|they|i)|in case|when not to)\b[^.;]{0,300}"
)
"""What is neither denied nor affirmed."""


class Term(NamedTuple):
    """A content word: where it stands, its common form, and whether it is negated there."""

    start: int
    end: int
    key: str
    negated: bool


@dataclass(frozen=True)
class Reading:
    """What one text says, as far as words go."""

    text: str
    low: str
    terms: tuple[Term, ...]
    numbers: tuple[Number, ...]
    keys: frozenset[str] = field(repr=False)
    negated: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    """Half-open spans in the scope of a negator."""

    @cached_property
    def denied(self) -> frozenset[str]:
        """Words that stand here only negated."""
        return frozenset(t.key for t in self.terms if t.negated) - self.affirmed

    @cached_property
    def affirmed(self) -> frozenset[str]:
        """Words that stand here without negation at least once."""
        return frozenset(t.key for t in self.terms if not t.negated)

    @cached_property
    def values(self) -> frozenset[float]:
        """Every value that its numbers may have."""
        return frozenset(round(v, 3) for n in self.numbers for v in n.values)

    @cached_property
    def people(self) -> frozenset[str]:
        """Relations that the text names."""
        return cues().topics("people", self.low)

    @cached_property
    def risks(self) -> frozenset[tuple[str, bool]]:
        """Topics of risk that the text names, each with whether it denies them there.

        "Will call if suicidal thoughts return" does neither.
        """
        left_open = [m.span() for m in CONDITION.finditer(self.low)]
        return frozenset(
            (topic, any(start <= m.start() < end for start, end in self.negated))
            for topic, pattern in cues().groups["risk"].items()
            for m in pattern.finditer(self.low)
            if not cues().lists["risk_aside"].fullmatch(m[0])
            and not any(start <= m.start() < end for start, end in left_open)
        )

    @cached_property
    def times(self) -> dict[str, frozenset[str]]:
        """Words of time by kind (weekday, month, daypart ...)."""
        found = {kind: cues().topics(kind, self.low) for kind in cues().times}
        return {kind: hits for kind, hits in found.items() if hits}

    @cached_property
    def hedged(self) -> bool:
        """Whether it says a thing as possible and not as settled."""
        return bool(cues().lists["hedges"].search(self.low))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The form a lower-case word counts as: inflection, irregular forms and synonyms taken off.

    >>> stem("walked") == stem("walking") == stem("walks")
    True
    """
    word = word.removesuffix("'s").removesuffix("'")
    plain = _strip(words().irregular.get(word, word))
    return _same().get(plain, plain)


def _strip(word: str) -> str:
    if len(word) < 4 or word in _KEPT or word.endswith(("ss", "us", "is")):
        return word
    for suffix, instead in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) + len(instead) >= 3:
            base = word[: -len(suffix)] + instead
            if suffix in ("ing", "ed", "ings", "edly"):
                base = _restore(base)
            word = base
            break
    if word.endswith("is") and len(word) > 5:
        word = word[:-1] + "z"
    return words().irregular.get(word) or word.removesuffix("e") if len(word) > 3 else word


def _restore(base: str) -> str:
    """ "stopp" -> "stop": the doubled consonant before -ed and -ing."""
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz":
        return base[:-1]
    return base


@cache
def _same() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in words().same:
        head = _strip(line[0])
        for word in line:
            for form in (word, _strip(words().irregular.get(word, word))):
                table.setdefault(form, head)
    return table


@cache
def scaffold() -> frozenset[str]:
    """Common forms of the words that notes are written with."""
    return frozenset(stem(w) for w in words().scaffold)


@lru_cache(maxsize=8192)
def read(text: str) -> Reading:
    """Read a text; answers are kept, since the same turns are read for every draft."""
    low = text.lower().replace("’", "'")
    if len(low) != len(text):  # a character whose lower case is longer would shift offsets
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text).replace("’", "'")
    spans = _negated_spans(low)
    found = tuple(_terms(text, spans))
    keys = frozenset(t.key for t in found)
    return Reading(text, low, found, tuple(numbers(text)), keys, tuple(spans))


def _terms(text: str, spans: list[tuple[int, int]]) -> list[Term]:
    at = 0
    found = []
    for token in tokens(text):
        while at < len(spans) and spans[at][1] <= token.start:
            at += 1
        negated = at < len(spans) and spans[at][0] <= token.start
        for word in _expand(token.text):
            if _carries(word):
                found.append(Term(token.start, token.end, stem(word), negated))
    return found


def _expand(token: str) -> tuple[str, ...]:
    shorthand = words().shorthand
    for form in (token, token.lower()):
        if form in shorthand:
            return shorthand[form]
    low = token.lower().replace("’", "'")
    parts = low.split("-")
    return (low,) if len(parts) == 1 or low in _same() else tuple(parts)


def _carries(word: str) -> bool:
    return (
        len(word) > 1
        and word not in STOPWORDS
        and word not in _NUMBER_WORDS
        and not word[0].isdigit()
    )


_SENTENCE_END = re.compile(r"[.!?;\n](?=\s|$)")


_DENIED_BEFORE = re.compile(
    r"\b(?:was|were|been|and|all|both|is|are) (?:also )?denied\b|\banswered no\b|\bnot endorsed\b"
    r"|\b(?:was|were|been|is|are) (?:declined|refused|stopped|discontinued)\b"
    r"|[-–—:] ?(?:denies|denied|neg(?:ative)?|no|none)\b(?! \w)|\bneg(?:ative)?\b(?! for\b| \w)"
    r"|(?<=\w) ?\(?[-–—−]\)?(?=\s*(?:[,.;/)]|$))"
)
"""Denies what stands before it; in rough notes also "SI neg", "HI asked - denies", "AH -"."""
_LISTING = frozenset("no not denies denied deny denying nil without negative none neither".split())
_NEW_SUBJECT = re.compile(
    r"\b(?:he|she|they|i|we|client|patient|clinician|who|which|that|reported|reports|named|cited|"
    r"stated|states|described|agreed|identified|noted|remains?|but|has|is|was|will|would|having)\b"
)


def _negated_spans(low: str) -> list[tuple[int, int]]:
    """Half-open spans in the scope of a negator.

    A denial ("denies", "no") runs on over the commas of a list until a new subject or verb; "not"
    and "n't" end at the comma. "X and Y were denied" negates backwards to the sentence's start.
    """
    ends = [m.start() for m in _SENTENCE_END.finditer(low)]
    ends += [m.start() for m in cues().lists["negation_ends"].finditer(low)]
    ends = [*sorted(ends), len(low)]
    spans: list[tuple[int, int]] = []
    at = 0
    for match in cues().lists["negators"].finditer(low):
        while ends[at] < match.end() and at < len(ends) - 1:
            at += 1
        stop = ends[at]
        if _EASE.match(low, match.end()):
            continue
        if match[0] in _LISTING and match[0] != "not":
            stop = _word_limit(low, match.end(), stop, 25)
            subject = _NEW_SUBJECT.search(low, match.end() + 1, stop)
            stop = subject.start() if subject else stop
        else:
            comma = low.find(",", match.end(), stop)
            stop = _word_limit(low, match.end(), comma if comma >= 0 else stop, 6)
        if stop > match.end():
            spans.append((match.end(), stop))
    for match in _DENIED_BEFORE.finditer(low):
        before = max((e for e in ends if e < match.start()), default=0)
        spans.append((before, match.start()))
    return _merged(spans)


_EASE = re.compile(r" (?:trouble|difficult(?:y|ies)|problems?|doubt|idea) \w")
"""After "no": what follows is not denied but affirmed; no trouble falling asleep."""
_GAP = re.compile(r"\s+")


def _word_limit(low: str, start: int, stop: int, limit: int) -> int:
    for count, gap in enumerate(_GAP.finditer(low, start, stop)):
        if count > limit:
            return gap.start()
    return stop


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
