"""Which facts a draft was to convey or to leave out, with what was found of each."""

from __future__ import annotations

from ..drafters.base import inputs_of
from ..records import Fact, FactVerdict
from .base import Case

DUE: tuple[str, ...] = ("must", "should", "generalise")
"""Disclosure levels of facts that belong in the note, in their own or in general words."""
WITHHELD: tuple[str, ...] = ("exclude", "psychotherapy_note_only")
"""Disclosure levels of facts that do not."""
OVERRIDING: tuple[str, ...] = ("risk", "protective", "medication")
"""Kinds that override withholding: documenting danger, safety or medication is never a failure."""


def scored(case: Case) -> list[tuple[Fact, FactVerdict]]:
    """Facts of the session that have a scored finding, with the verdict, in ledger order."""
    verdicts = {f.fact_id: f.verdict for f in case.facts}
    return [
        (fact, verdicts[fact.id])
        for fact in case.session.facts or []
        if verdicts.get(fact.id, "unscored") != "unscored"
    ]


def shown(case: Case) -> list[Fact]:
    """Facts that the drafter could know from what it was given.

    Where no fact of a session says in which places it can be seen (sessions from elsewhere), facts
    from the transcript count as known to everybody: rough notes and drafts are made from it.
    """
    facts = case.session.facts or []
    inputs = inputs_of(case.draft)
    if not any(fact.seen_in for fact in facts):
        inputs.add("transcript")
    return [fact for fact in facts if fact.shown(inputs)]


def due(case: Case) -> list[tuple[Fact, FactVerdict]]:
    """Scored facts that belong in the note and that the drafter was shown."""
    known = {fact.id for fact in shown(case)}
    return [(f, v) for f, v in scored(case) if f.disclosure in DUE and f.id in known]


def withheld(case: Case) -> list[tuple[Fact, FactVerdict]]:
    """Scored facts that do not belong in the note; one never shown counts only if it is there."""
    known = {fact.id for fact in shown(case)}
    return [
        (f, v)
        for f, v in scored(case)
        if f.disclosure in WITHHELD and f.kind not in OVERRIDING
        if f.id in known or v != "omitted"
    ]
