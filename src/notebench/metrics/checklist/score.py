"""The audit of one note: each check with its outcome, and what it lacks or gets wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ...records import ClaimFinding, Draft, FactFinding, Session
from ..base import Case
from . import clinical, frame
from .cloned import Cloned, cloned
from .conditions import CONDITIONS
from .found import Found, Reader, by_words
from .note import View
from .spec import Check, Element, spec

if TYPE_CHECKING:
    import pandas as pd

Outcome = Literal["true", "invented", "unjudged", "absent", "not_applicable"]
OUTCOMES: tuple[Outcome, ...] = ("true", "invented", "absent", "unjudged", "not_applicable")
"""There and true; there and untrue or unsupported; not there; there with nothing to hold it
against; not asked for in this session."""

READERS: dict[str, Reader] = {
    "words": by_words, "pseudonym": frame.pseudonym, "date": frame.date, "clock": frame.clock,
    "duration": frame.duration, "code": frame.code, "setting": frame.setting,
    "participants": frame.participants, "diagnosis": frame.diagnosis, "goal": frame.goal,
    "signature": frame.signature, "ai_use": frame.ai_use, "measure": clinical.measure,
    "measure_date": clinical.measure_date, "medication": clinical.medication,
    "dose": clinical.dose, "risk": clinical.risk, "technique": clinical.technique,
}  # fmt: skip
"""Readers by the names that checks.yaml uses."""


@dataclass(frozen=True)
class Result:
    """One check of one note."""

    check: Check
    outcome: Outcome
    missing: tuple[str, ...] = ()
    """Elements that are not there."""
    untrue: tuple[str, ...] = ()
    """What is there and untrue, in words."""
    left_out: tuple[str, ...] = ()
    """Of what is missing: what the drafter could have known from what it was given."""
    knowable: bool = True
    """Whether the drafter could have known all that the check asks for."""


@dataclass(frozen=True)
class Audit:
    """All checks of one note. No legal or billing advice: payers and states differ."""

    results: tuple[Result, ...]
    cloned: Cloned | None
    """Likeness to the note before; None where there is none."""

    def counts(self) -> dict[str, int]:
        """How many checks had each outcome."""
        found = Counter(r.outcome for r in self.results)
        return {outcome: found[outcome] for outcome in OUTCOMES}

    def to_pandas(self) -> pd.DataFrame:
        """A row a check: check, title, outcome, missing, untrue, left_out."""
        import pandas as pd

        return pd.DataFrame(
            {
                "check": r.check.id, "title": r.check.title, "outcome": r.outcome,
                "missing": "; ".join(r.missing), "untrue": " ".join(r.untrue),
                "left_out": "; ".join(r.left_out),
            }
            for r in self.results
        )  # fmt: skip


def audit(
    session: Session, draft: Draft, findings: Iterable[ClaimFinding | FactFinding] = ()
) -> Audit:
    """Audit a note of a session, with what a verifier found in it."""
    return audit_case(Case(session, draft, tuple(findings)))


def audit_case(case: Case) -> Audit:
    """The same for a case."""
    view = View(case)
    return Audit(tuple(_result(view, check) for check in spec().checks), cloned(view))


def _result(view: View, check: Check) -> Result:
    due = [e for e in check.elements if CONDITIONS[e.applies](view)]
    if not CONDITIONS[check.applies](view) or not due:
        return _uncalled(view, check)
    found = [(e, READERS[e.reader](view, e)) for e in due]
    missing = [e for e, f in found if not f.present]
    untrue = tuple(dict.fromkeys(f.why for _, f in found if f.right is False))
    left_out = [e for e in missing if knowable(view, e)]
    return Result(
        check, _outcome([f for _, f in found]), tuple(e.id for e in missing), untrue,
        tuple(e.id for e in left_out), all(knowable(view, e) for e in due),
    )  # fmt: skip


def _outcome(found: Sequence[Found]) -> Outcome:
    if any(f.right is False for f in found):
        return "invented"
    if not all(f.present for f in found):
        return "absent"
    return "true" if all(f.right for f in found) else "unjudged"


def _uncalled(view: View, check: Check) -> Result:
    """What is not asked for counts only where the note has it and it is untrue."""
    if not check.uncalled:
        return Result(check, "not_applicable")
    found = [READERS[e.reader](view, e) for e in check.elements]
    untrue = tuple(dict.fromkeys(f.why for f in found if f.right is False))
    return Result(check, "invented" if untrue else "not_applicable", untrue=untrue)


def knowable(view: View, element: Element) -> bool:
    """Whether the drafter could know it; one given the clinician's note to polish, from that."""
    if view.own_note is not None:
        return element.known != "record" and READERS[element.reader](view.own_note, element).present
    return view.knowable(element)
