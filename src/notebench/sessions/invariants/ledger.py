"""No two facts contradict each other, and no turn contradicts a fact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from ...records import Fact, Session
from ...text.numbers import numbers
from .reading import stems

_AHEAD = ("homework", "plan", "goal")
"""Kinds of which one may have been done and another be set for the time to come."""
_FRAME = ("logistics", "measure")
"""Kinds whose names are everyday words, such as a session's minutes."""
_NEAR = 3
"""Words within which a unit belongs to a number."""


def broken(session: Session) -> Iterator[str]:
    """Contradictions among the facts, and between facts and turns."""
    today = [f for f in session.facts or [] if f.source != "prior_note"]
    named: dict[tuple[str, str], list[Fact]] = {}
    for fact in today:
        if name := fact.attributes.get("name"):
            named.setdefault((fact.kind, str(name)), []).append(fact)
    for alike in named.values():
        for one, other in combinations(alike, 2):
            yield from _apart(one, other)
    if not session.scenario.get("noise"):
        for fact in today:
            yield from _said_otherwise(session, fact)


def _apart(one: Fact, other: Fact) -> Iterator[str]:
    """Two facts of one kind and name about the same person at the same time agree."""
    a, b = one.attributes, other.attributes
    same = all(a.get(k) == b.get(k) for k in ("who", "when", "unit"))
    if not same or one.kind in _AHEAD:
        return
    if None not in (a.get("value"), b.get("value")) and a["value"] != b["value"]:
        yield f"{one.id} and {other.id}: {a['name']} is both {a['value']} and {b['value']}"
    sides = {a.get("certainty"), b.get("certainty")}
    if sides == {"denied", "endorsed"}:
        yield f"{one.id} and {other.id}: {a['name']} is both denied and endorsed"


def _said_otherwise(session: Session, fact: Fact) -> Iterator[str]:
    """No turn gives another number, in the fact's unit, in the words of the fact.

    Turns that are evidence for a fact are left to that fact; a client may say one thing and
    correct it, and then the fact names both turns. "One night" is no count.
    """
    value, unit = fact.attributes.get("value"), str(fact.attributes.get("unit") or "")
    name = stems(str(fact.attributes.get("name") or ""))
    passed = fact.kind in _FRAME or (fact.kind == "medication" and unit != "mg")
    if passed or not isinstance(value, int | float) or not unit or not name:
        return
    taken = {e for f in session.facts or [] for e in f.evidence}
    for turn in session.transcript:
        if turn.turn in taken or not name <= stems(turn.text):
            continue
        for number in numbers(turn.text):
            after = " ".join(re.findall(r"[\w']+", turn.text[number.end :])[:_NEAR])
            other = not {1.0, float(value)} & set(number.values)
            if other and unit[:4] in after.lower():
                yield (
                    f"{fact.id}: turn {turn.turn} says {number.text} {unit}, the fact {value:g} "
                    f"({fact.statement})"
                )
