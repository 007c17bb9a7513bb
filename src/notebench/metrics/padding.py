"""Padding: words in sentences that fit any client or that say a thing again. Detail is not padding.

A sentence fits any client where it conveys no fact of the session, and

    twin    the same drafter's notes about a tenth of the other clients (at least one of them) have
            nearly the same sentence, with the same figures; or
    stock   without its stock phrases (the verifier's list) and the words that all notes are made
            of, nothing specific is left; or
    common  notes and sessions of at least half of the other clients have each of its words.

Stock needs no other note, common at least 5 other clients. Thresholds are assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..formats import plain, sections_of
from ..records import ClaimFinding, Fact, Session, Tally
from ..text import tokens
from ..text.tokens import count_words
from ..verifiers.lexicon import cues
from ..verifiers.terms import read, scaffold
from .base import Case, client_of
from .twins import twins
from .verbosity import repeats, sentences_of

LEAST_CLIENTS = 5
"""Other clients below which words can't be called common."""
COMMON = 0.5
"""Share of the other clients whose notes or sessions hold a word that is common."""
SHARED = 0.1
"""Share of the other clients who must have a sentence for it to be a twin."""
ABOUT = 0.4
"""Share of a sentence's words that must be a fact's for the sentence to convey it."""


class Sentence(NamedTuple):
    """A sentence of a note, with its finding, where there is one."""

    text: str
    claim: ClaimFinding | None


def padding(cases: Sequence[Case]) -> Iterator[list[Tally]]:
    """Words in generic or repeated sentences out of all, and generic sentences out of all."""
    notes = [sentences(case) for case in cases]
    alike = _twins(cases, notes)
    common = Common.of(cases)
    for case, note, twin in zip(cases, notes, alike, strict=True):
        words = [count_words(s.text) for s in note]
        total = sum(words)
        if not total:
            yield []
            continue
        ordinary = common.words(client_of(case.session))
        facts = {f.id: f for f in case.session.facts or []}
        generic = [fits_anyone(s, facts, t, ordinary) for s, t in zip(note, twin, strict=True)]
        again = set(repeats(s.text for s in note))
        padded = sum(n for i, n in enumerate(words) if generic[i] or i in again)
        yield [
            case.tally("padding", padded, total),
            case.tally("padding.generic", sum(generic), len(note)),
        ]


def sentences(case: Case) -> list[Sentence]:
    """The sentences of a note: as the verifier cut it, else as `repetition` does."""
    if case.claims:
        return [Sentence(c.text, c) for c in case.claims]
    return [Sentence(text, None) for text in sentences_of(case.draft)]


def fits_anyone(
    sentence: Sentence, facts: Mapping[str, Fact], twin: bool, ordinary: frozenset[str] | None
) -> bool:
    """Whether a sentence would fit any client.

    facts: those of the session, by id. twin: whether it has one. ordinary: words that are common;
    None where there are too few clients to tell. Headings and signatures are no sentences.
    """
    text, claim = sentence
    if text.rstrip().endswith(":") or cues().lists["uncheckable"].search(text.lower()):
        return False
    if claim is not None and claim.error_type == "boilerplate":
        return True
    if claim is not None and any(_tells(text, facts[i]) for i in claim.facts if i in facts):
        return False
    return twin or _stock(text) or _ordinary(text, ordinary)


def _tells(text: str, fact: Fact) -> bool:
    """Whether a sentence is about a fact, right or wrong: enough of its words are the fact's."""
    keys = read(text).keys
    return any(
        len(keys & read(said).keys) >= ABOUT * len(keys)
        for said in (fact.statement, fact.generalised)
        if said
    )


def _stock(text: str) -> bool:
    """Whether a sentence is its stock phrases, and what is left of it could stand anywhere."""
    reading = read(text)
    spans = [m.span() for m in cues().lists["boilerplate"].finditer(reading.low)]
    if not spans or reading.numbers:
        return False
    left = [t.key for t in reading.terms if not any(a <= t.start < b for a, b in spans)]
    return sum(key not in scaffold() for key in left) <= _LEFT


_LEFT = 1
"""Words beside stock phrases that a sentence may have and still fit anybody; assumed."""


def _ordinary(text: str, ordinary: frozenset[str] | None) -> bool:
    reading = read(text)
    return ordinary is not None and not reading.numbers and reading.keys <= ordinary


class Common:
    """Which words the notes and sessions of many clients hold."""

    def __init__(self, by_client: dict[str, frozenset[str]]) -> None:
        self.by_client = by_client
        self.counts: dict[str, int] = {}
        for keys in by_client.values():
            for key in keys:
                self.counts[key] = self.counts.get(key, 0) + 1

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Common:
        """From all sessions and notes of some cases."""
        found: dict[str, set[str]] = {}
        read_already: set[str] = set()
        for case in cases:
            keys = found.setdefault(client_of(case.session), set())
            keys |= read(plain(sections_of(case.draft))).keys
            if case.session.session_id not in read_already:
                read_already.add(case.session.session_id)
                keys |= _said(case.session)
        return cls({client: frozenset(keys) for client, keys in found.items()})

    def words(self, client: str) -> frozenset[str] | None:
        """Words that at least half of the other clients have; None with fewer than 5 of them."""
        others = len(self.by_client) - 1
        if others < LEAST_CLIENTS:
            return None
        own = self.by_client[client]
        return frozenset(
            key for key, n in self.counts.items() if n - (key in own) >= COMMON * others
        )


def _said(session: Session) -> frozenset[str]:
    texts = [t.text for t in session.transcript] + [session.rough_notes or ""]
    return frozenset().union(*(read(text).keys for text in texts))


def _twins(cases: Sequence[Case], notes: Sequence[Sequence[Sentence]]) -> list[list[bool]]:
    """For each sentence of each note, whether it has a twin in another client's note."""
    found = [[False] * len(note) for note in notes]
    drafters: dict[str, list[tuple[int, int]]] = {}
    for i, (case, note) in enumerate(zip(cases, notes, strict=True)):
        drafters.setdefault(case.draft.drafter, []).extend((i, k) for k in range(len(note)))
    for places in drafters.values():
        words = [[t.low for t in tokens(notes[i][k].text)] for i, k in places]
        clients = [client_of(cases[i].session) for i, _ in places]
        least = max(1.0, SHARED * (len(set(clients)) - 1))
        for (i, k), n in zip(places, twins(words, clients), strict=True):
            found[i][k] = n >= least
    return found
