"""The audit list: 24 checks of a progress note, presence and truth apart.

An invented pass is worse than a fail, so a check has more than two outcomes: what it asks for is
there and true, there and untrue or unsupported, or not there. The list is data (checks.yaml); what
it lacks is told apart from what the drafter could have known. It is no legal or billing advice.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...records import Tally
from ..base import Case
from .elsewhere import audit_note
from .score import OUTCOMES, Audit, Outcome, Result, audit, audit_case
from .spec import Check, spec

__all__ = [
    "OUTCOMES", "Audit", "Check", "Outcome", "Result", "audit", "audit_case", "audit_note",
    "audit_tallies", "checks",
]  # fmt: skip


def checks() -> tuple[Check, ...]:
    """The checks of the list, in order."""
    return spec().checks


def audit_tallies(case: Case) -> Iterator[Tally]:
    """Checks present, true, invented and left out; the tally's section holds the check's id."""
    found = audit_case(case)
    for result in found.results:
        if result.outcome == "not_applicable":
            continue
        name, outcome = result.check.id, result.outcome
        yield case.tally("audit.present", outcome != "absent", 1, name)
        if outcome != "unjudged":
            yield case.tally("audit.true", outcome == "true", 1, name)
            yield case.tally("audit.invented", outcome == "invented", 1, name)
        if result.knowable:
            yield case.tally("audit.left_out", outcome == "absent", 1, name)
    if found.cloned and found.cloned.words:
        yield case.tally("audit.cloned", found.cloned.copied, found.cloned.words)
