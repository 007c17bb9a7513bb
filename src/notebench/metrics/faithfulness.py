"""Sentences that the session does not bear out, and what could not be judged."""

from __future__ import annotations

from collections.abc import Iterator

from .. import taxonomy
from ..records import WRONG, ClaimFinding, Severity, Tally
from .base import Case

GRADES: tuple[Severity | None, ...] = (*taxonomy.LEVELS, None)


def hallucination(case: Case) -> Iterator[Tally]:
    """Unfaithful sentences out of the scored checkable ones, by section; then by severity."""
    flags = taxonomy.flags(case.session)
    sections: dict[str, list[ClaimFinding]] = {}
    for claim in case.scored:
        sections.setdefault(claim.section, []).append(claim)
    for section, claims in sections.items():
        wrong = [c for c in claims if c.verdict in WRONG]
        grades = [grade(c, flags) for c in wrong]
        yield case.tally("hallucination", len(wrong), len(claims), section)
        for level in GRADES:
            name = f"hallucination.{level or 'ungraded'}"
            yield case.tally(name, grades.count(level), len(claims), section)


def grade(claim: ClaimFinding, flags: list[str]) -> Severity | None:
    """Severity of an unfaithful claim: the verifier's, else the taxonomy's, else None."""
    if claim.severity is None and claim.error_type in taxonomy.types():
        return taxonomy.severity(claim.error_type or "", stratum_flags=flags)
    return claim.severity


def unscored(case: Case) -> Iterator[Tally]:
    """Sentences and facts that the verifier could not decide, out of all of them.

    A fact of the session without any finding counts as unscored.
    """
    if not case.findings:
        return
    judged = {f.fact_id for f in case.facts}
    missing = sum(fact.id not in judged for fact in case.session.facts or [])
    undecided = sum(f.verdict == "unscored" for f in case.findings)
    yield case.tally("unscored", undecided + missing, len(case.findings) + missing)
