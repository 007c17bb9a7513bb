"""Certainty drift: whether a draft is surer, or less sure, of a thing than its source is.

A fact is compared with the clauses of the note that tell it: those with most of its words, in the
sentences that the verifier ties to it. Words of certainty are data (certainty.toml).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from ..records import ClaimFinding, Fact, Session, Tally
from ..text import split_sentences
from ..verifiers.lexicon import matcher
from ..verifiers.terms import read
from .base import Case

Level = Literal["settled", "hedged", "open"]


class Compared(NamedTuple):
    """One thing that a draft says, beside its source."""

    what: str
    """Id of the fact, or the sentence where the session lists no facts."""
    source: Level
    more_sure: bool
    """A hedge or an open question is gone, or the draft vouches for what the source only says."""
    less_sure: bool
    """A hedge was added."""


def certainty(case: Case) -> Iterator[Tally]:
    """Things said more or less surely than in the source, and hedges that were kept."""
    found = compared(case)
    if not found:
        return
    more, less = sum(c.more_sure for c in found), sum(c.less_sure for c in found)
    yield case.tally("certainty", more + less, len(found))
    yield case.tally("certainty.more_sure", more, len(found))
    yield case.tally("certainty.less_sure", less, len(found))
    unsure = [c for c in found if c.source != "settled"]
    if unsure:
        kept = sum(not c.more_sure for c in unsure)
        yield case.tally("certainty.hedges_kept", kept, len(unsure))


def compared(case: Case) -> list[Compared]:
    """Facts that some sentence conveys or distorts, each with how sure source and draft are.

    Where the session lists no facts: sentences that a turn of talk says nearly in the same words.
    """
    if case.session.facts:
        return list(_of_facts(case, case.session.facts))
    return [c for claim in case.scored if (c := _of_talk(claim, case.session))]


def level(text: str) -> Level:
    """How sure a text is of what it says, by its words."""
    if _found("open", text):
        return "open"
    return "hedged" if _found("hedges", text) or text.rstrip().endswith("?") else "settled"


def _of_facts(case: Case, facts: Iterable[Fact]) -> Iterator[Compared]:
    present = {f.fact_id for f in case.facts if f.verdict in ("conveyed", "distorted")}
    unsure = {f.id for f in facts if fact_level(f) != "settled"}
    turns = case.session.turns()
    for fact in facts:
        claims = [c for c in case.claims if fact.id in c.facts] if fact.id in present else []
        told = {c.text: clause for c in claims if (clause := _nearest(fact, c.text))}
        if told:
            # a hedge beside an unsure fact of the same sentence is that fact's
            shared = any(unsure & set(c.facts) - {fact.id} for c in claims)
            said = " ".join([fact.statement, *(turns[e].text for e in fact.evidence)])
            yield _compare(fact.id, fact_level(fact), told, said, shared)


def _nearest(fact: Fact, sentence: str) -> str:
    """The clause of a sentence with most words of a fact; none where it has too few of them."""
    best = ""
    for statement in filter(None, (fact.statement, fact.generalised)):
        keys = read(statement).keys
        clauses = [c for c in _CLAUSES.split(sentence) if c.strip()]
        near = max(clauses, key=lambda c: len(read(c).keys & keys), default="")
        if keys and len(read(sentence).keys & keys) >= TELLS * len(keys):
            best = best or near
    return best


TELLS = 0.4
"""Share of a fact's words that a sentence must have to be compared with it; assumed."""
_CLAUSES = re.compile(r"[;\n]|[.?] | / |, (?:and|but|while|which|though|although) ")


def _of_talk(claim: ClaimFinding, session: Session) -> Compared | None:
    """A sentence beside the nearest sentence of its evidence turns."""
    keys, turns = read(claim.text).keys, session.turns()
    spoken = [s.text for e in claim.evidence if e in turns for s in split_sentences(turns[e].text)]
    nearest = max(spoken, key=lambda s: len(read(s).keys & keys), default="")
    if len(read(nearest).keys & keys) < max(2, len(keys) / 2):
        return None
    return _compare(claim.text, level(nearest), {claim.text: claim.text}, nearest, shared=False)


def _compare(
    what: str, source: Level, told: Mapping[str, str], said: str, shared: bool
) -> Compared:
    """told: sentences of the draft, each with its clause about the thing; said: the source; shared:
    whether a hedge may belong to another fact."""
    vouched = any(_found("boosters", c) for c in told.values()) and not _found("boosters", said)
    plain = all(level(s) == "settled" and not _found("mild", s) for s in told)
    surer = vouched or (source != "settled" and plain)
    new = all(level(c) != "settled" and not _echoes(c, said) for c in told.values())
    return Compared(what, source, surer, source == "settled" and new and not shared and not surer)


def _echoes(text: str, said: str) -> bool:
    """Whether all words by which a text is unsure stand in its source too."""
    marks = [*_found("hedges", text), *_found("open", text)]
    return bool(marks) and all(mark in said.lower() for mark in marks)


def fact_level(fact: Fact) -> Level:
    """How sure the source is of a fact: by its attribute, else by the words of its statement."""
    given, known = fact.attributes.get("certainty"), _data()["attributes"]
    if given in known["open"]:
        return "open"
    if given in known["hedged"]:
        return "hedged"
    return level(fact.statement)


def _found(words: str, text: str) -> list[str]:
    """Phrases of a list of words in a text."""
    plain = _MONTH.sub("", text).lower().replace("’", "'")
    return _words()[words].findall(plain)


_MONTH = re.compile(r"\bMay\b(?= \d)|(?<=\bin )May\b")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("certainty.toml").read_text("utf-8"))


@cache
def _words() -> dict[str, re.Pattern[str]]:
    return {name: matcher(phrases) for name, phrases in _data()["words"].items()}
