"""Each fact is conveyed by the turns that it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from ...records import Fact, Session, Turn
from .reading import due_values, stems, values, words_of

T = TypeVar("T")

_NEGATIVE = re.compile(
    r"\b(?:no|nope|nah|not|never|none|nothing|nobody|neither|nor|without|zero|clean)\b|n't\b", re.I
)


def broken(session: Session) -> Iterator[str]:
    """Facts that their evidence does not convey."""
    turns = session.turns()
    noisy = bool(session.scenario.get("noise"))
    ids = [f.id for f in session.facts or []]
    if len(set(ids)) != len(ids):
        yield "two facts have the same id"
    for fact in session.facts or []:
        if fact.source != "transcript":
            if fact.evidence:
                yield f"{fact.id} is from {fact.source}, and names evidence turns"
            continue
        if not fact.evidence:
            yield f"{fact.id} is from the transcript, and names no evidence turn"
        elif not noisy:
            yield from _carried(fact, turns)
            yield from _came_up(fact, turns)


def _carried(fact: Fact, turns: dict[int, Turn]) -> Iterator[str]:
    """The fact's numbers are in its evidence, and some of its words in or right beside it."""
    due = due_values(fact)
    for value in sorted(due - _of(values, turns, fact.evidence)) if due else ():
        yield f"{fact.id}: the number {value:g} is not in turns {fact.evidence} ({fact.statement})"
    near = {e + step for e in fact.evidence for step in (-1, 0, 1)}
    if not due and not words_of(fact) & _of(stems, turns, near):
        yield f"{fact.id}: no word of it is in turns {fact.evidence} ({fact.statement})"


def _of(
    read: Callable[[str], frozenset[T]], turns: dict[int, Turn], wanted: Iterable[int]
) -> set[T]:
    """What is read in some turns; a number that there is not is passed over."""
    return set().union(*(read(turns[n].text) for n in wanted if n in turns))


def _came_up(fact: Fact, turns: dict[int, Turn]) -> Iterator[str]:
    """A denial has its question and a negative, an open question its question mark."""
    certainty, held = fact.attributes.get("certainty"), [turns[e] for e in fact.evidence]
    near = [turns[e + step] for e in fact.evidence for step in (-1, 0, 1) if e + step in turns]
    asked = any(t.speaker != "client" and "?" in t.text for t in near)
    where = f"turns {fact.evidence} ({fact.statement})"
    if certainty in ("denied", "unanswered") and not asked:
        yield f"{fact.id}: is {certainty}, and nobody asks in {where}"
    if certainty == "denied" and not any(_NEGATIVE.search(t.text) for t in held):
        yield f"{fact.id}: is denied, and there is no negative in {where}"
    value = fact.attributes.get("value")
    if not fact.attributes.get("corrected") or not isinstance(value, int | float):
        return
    if not any(float(value) in (v := values(t.text)) and len(v) > 1 for t in held):
        yield f"{fact.id}: was corrected to {value:g}, and no other number is in {where}"
