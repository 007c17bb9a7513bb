"""Whose words and whose claims a draft holds, where the clinician wrote something before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from ..formats import plain, sections_of
from ..records import WRONG, ClaimFinding, Tally
from ..text import content_words
from ..verifiers.terms import read, stem
from .base import Case
from .own_text import OwnText, own_text

WAYS = ("kept", "moved", "reworded", "new")
"""What became of a word: as it was, elsewhere, in another form, or not from the clinician."""
OWN_SHARE = 0.5
"""Share of a sentence's content words that the clinician's text must hold for the sentence to be
the clinician's, where no fact says so; assumed."""


def authorship(case: Case) -> Iterator[Tally]:
    """Content words of the draft by what became of them, then its sentences by their origin."""
    own = own_text(case)
    if own is None:
        return
    words = content_words(plain(sections_of(case.draft)))
    counts = Counter(ways(words, own.text))
    if words:
        for way in WAYS:
            yield case.tally(f"authorship.{way}", counts[way], len(words))
    origins = Counter(origin(c, own) for c in case.scored)
    total = sum(origins.values())
    if total:
        for name in ORIGINS:
            yield case.tally(f"authorship.claims_{name}", origins[name], total)


ORIGINS = ("own", "session", "nowhere")
"""Where a sentence comes from: the clinician's text, elsewhere in the session, or neither."""


def ways(words: Sequence[str], source: str) -> list[str]:
    """For each word of a draft, one of WAYS.

    kept: in the longest runs that both have in the same order; moved: elsewhere in the source, each
    word of it used once; reworded: another form, a synonym or the full word for shorthand of the
    source; new: none of these.
    """
    given = content_words(source)
    found = ["new"] * len(words)
    left = Counter(given)
    for block in SequenceMatcher(None, given, list(words), autojunk=False).get_matching_blocks():
        found[block.b : block.b + block.size] = ["kept"] * block.size
        left.subtract(given[block.a : block.a + block.size])
    forms = {stem(w) for w in given} | read(source).keys
    for i, word in enumerate(words):
        if found[i] == "new" and left[word] > 0:
            found[i] = "moved"
            left[word] -= 1
        elif found[i] == "new" and (stem(word) in forms or word in given):
            found[i] = "reworded"
    return found


def origin(claim: ClaimFinding, own: OwnText) -> str:
    """One of ORIGINS. An unfaithful sentence comes from nowhere, whatever words it uses."""
    if claim.verdict in WRONG:
        return "nowhere"
    if claim.facts and own.facts is not None:
        return "session" if own.facts.isdisjoint(claim.facts) else "own"
    words = content_words(claim.text)
    shared = sum(way != "new" for way in ways(words, own.text))
    return "own" if words and shared / len(words) >= OWN_SHARE else "session"
