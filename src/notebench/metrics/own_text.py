"""What the clinician wrote before a draft was made of it, and the facts that it states."""

from __future__ import annotations

from dataclasses import dataclass

from ..formats import plain
from ..records import Fact
from .base import Case


@dataclass(frozen=True)
class OwnText:
    """The clinician's own text of a session."""

    text: str
    facts: frozenset[str] | None
    """Ids of the facts that it states; None: not known."""
    given: bool
    """Whether the drafter wrote from it: in the workflow scribe it did not see the rough notes."""


def own_text(case: Case) -> OwnText | None:
    """The text that a draft was made from: for polish the clinician's note, else rough notes.

    The note is the one in the draft's format, else the first there is, as drafters are given it.
    """
    session, polished = case.session, case.draft.workflow == "polish"
    note = session.reference(case.draft.format) or next(iter(session.references), None)
    if polished and note is not None:
        stated = None if note.conveys is None else frozenset(note.conveys)
        return OwnText(plain(note.sections), stated, given=True)
    if not (session.rough_notes or "").strip():
        return None
    facts = session.facts or []
    noted = frozenset(f.id for f in facts if f.shown({"rough_notes"}))
    return OwnText(session.rough_notes or "", noted or None, case.draft.workflow != "scribe")


def stated(case: Case, own: OwnText) -> list[Fact]:
    """Facts that the clinician's text states, in ledger order."""
    return [f for f in case.session.facts or [] if f.id in (own.facts or ())]
