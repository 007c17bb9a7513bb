"""How far a claim rests on something said in one place.

Common words scattered over sixty turns are no evidence: what counts is what one or two passages
hold together, which words are left over, and whether those are the ones that carry the sentence.
"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz

from .checks import View
from .checks.view import among
from .lexicon import cues
from .passages import Passage
from .terms import Term, read, scaffold


def support(view: View) -> dict[str, float]:
    """Features from 0 (rests on the session) to 1 (rests on nothing)."""
    claim = view.claim
    vouched = _vouched(view)
    held = vouched | _two_best(view)
    found = sum(t.key in held and t.key not in scaffold() for t in claim.terms)
    return (
        _by_source(view, vouched)
        | _by_clause(view, vouched)
        | {
            "padding": 1 - found / len(claim.terms) if len(claim.terms) > 2 else 0.0,
            "repeats": _repeats(claim.terms),
            "loops": _loops(claim.terms),
        }
    )


def _by_source(view: View, vouched: frozenset[str]) -> dict[str, float]:
    """What the best single statement lacks, and the best single turn: long talk holds any word."""
    e, by_turn = view.evidence, view.index.by_turn
    turns = [by_turn[t] for p in e.talk for t in p.turns]

    def lacks(passages: Iterable[Passage]) -> float:
        return min(
            _apart(view, held | vouched) for held in (frozenset(), *(p.keys for p in passages))
        )

    in_turn, stated = lacks(turns), lacks(e.facts + e.notes + e.chart)
    likest = max(view.index.fact_likenesses(view.claim).values(), default=0.0)
    return {
        "alone_stated": stated,
        "alone_both": stated * in_turn,
        "alone": min(in_turn, stated),
        "unlike": 1 - likest if view.content else stated,
        "unlike_letters": 1 - fuzz.partial_ratio(view.claim.low, view.index.low) / 100,
    }


_TOLD = 3
"""Least number of weighty words of a clause that can stand or fall by itself."""


def _by_clause(view: View, vouched: frozenset[str]) -> dict[str, float]:
    """What the worst-held clause lacks, and how much better another clause is held.

    A sentence that is half true has one clause from the session and one from nowhere.
    """
    lacks = []
    for unit in view.evidence.units:
        keys = unit.claim.keys - vouched
        if len(keys - scaffold()) < _TOLD:
            continue
        near = (*unit.anchors, *view.evidence.all)
        lacks.append(1 - max((view.index.cover(keys, p.keys) for p in near), default=0.0))
    if len(lacks) < 2:
        return {"clause_alone": 0.0, "clause_apart": 0.0}
    return {"clause_alone": max(lacks), "clause_apart": max(lacks) - min(lacks)}


def _apart(view: View, held: frozenset[str]) -> float:
    """Weighted share of the claim's words and numbers that those words and the evidence lack."""
    index, worth = view.index, view.index.most / 2
    told = view.near_values if view.content else index.values
    near = sum(among(n, told) for n in view.numbers)
    whole = index.total(view.claim.keys) + worth * len(view.numbers)
    return 1 - (index.total(view.claim.keys & held) + worth * near) / whole if whole else 0.0


def _vouched(view: View) -> frozenset[str]:
    """Words for a topic that the session knows in other words: a risk, a technique, a relative."""
    low, found = view.claim.low, set()
    for topic, _ in view.claim.risks & view.index.risks:
        found |= _words_for("risk", topic, low)
    for topic in cues().topics("interventions", low) & view.index.interventions:
        found |= _words_for("interventions", topic, low)
    for person in view.claim.people & view.index.people:
        found |= _words_for("people", person, low)
    return frozenset(found)


def _words_for(group: str, topic: str, low: str) -> set[str]:
    return {k for m in cues().groups[group][topic].finditer(low) for k in read(m[0]).keys}


def _two_best(view: View) -> frozenset[str]:
    """Words of the passage that holds most of the claim, and of the one that adds most to it."""
    first = _fullest(view, view.evidence.all, view.claim.keys)
    return first | _fullest(view, view.evidence.all, view.claim.keys - first)


def _fullest(view: View, passages: Iterable[Passage], keys: frozenset[str]) -> frozenset[str]:
    best: frozenset[str] = frozenset()
    most = 0.0
    for passage in passages:
        weight = view.index.total(passage.keys & keys)
        if weight > most:
            best, most = passage.keys, weight
    return best


def _repeats(terms: tuple[Term, ...]) -> float:
    """Share of the words that only say again what the sentence has said: a loop, not a note."""
    if len(terms) < 4:
        return 0.0
    return 1 - len({t.key for t in terms}) / len(terms)


def _loops(terms: tuple[Term, ...]) -> float:
    """Whether pairs of neighbouring words come again, as in text that a model got stuck in."""
    pairs = list(zip((t.key for t in terms), (t.key for t in terms[1:]), strict=False))
    return min(1.0, (len(pairs) - len(set(pairs))) / 2)
