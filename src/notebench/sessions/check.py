"""What must hold in a session whose truth is known: broken invariants, in words."""

from __future__ import annotations

from ..records import Session
from .depth import depth
from .invariants import evidence, frame, ledger, notes


def check(session: Session) -> list[str]:
    """Broken invariants of a session, each in one sentence; empty: none is broken.

    Evidence: each fact is conveyed by its turns. Ledger: no two facts and no turn contradict it.
    Frame: times, codes, dates, measures and doses add up. Notes: references hold what they must
    and nothing that they must not. Depth, for sessions of the library: enough of what makes
    notes go wrong. Turns are not read where they carry recognition noise. What a session does not
    have (facts, references, a measure) is not asked for.
    """
    found = [*evidence.broken(session), *ledger.broken(session), *frame.broken(session)]
    found += notes.broken(session)
    return found + (depth(session) if session.scenario.get("library") else [])
