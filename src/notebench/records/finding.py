"""What a verifier says of the sentences of a draft and of the facts of its session."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import Name, Record, Text

ClaimVerdict = Literal[
    "supported", "contradicted", "unsupported", "inferred", "uncheckable", "unscored"
]
FactVerdict = Literal["conveyed", "distorted", "omitted", "unscored"]
Severity = Literal["minor", "major", "critical"]

WRONG: frozenset[str] = frozenset({"contradicted", "unsupported", "inferred"})
"""Verdicts that count as unfaithful."""


class ClaimFinding(Record):
    """What a verifier says of one sentence of a draft."""

    kind: Literal["claim"] = "claim"
    """Kind of finding."""
    draft_id: Name
    """The draft."""
    section: Name
    """The section."""
    start: int
    """First character in the section's text."""
    end: int
    """One past the last character."""
    text: Text
    """Exactly that slice."""
    verdict: ClaimVerdict
    """The verdict."""
    p_unfaithful: float | None = Field(default=None, ge=0, le=1)
    """Calibrated probability that the sentence is unfaithful; None where unscored."""
    error_type: str | None = None
    """Name in the error taxonomy (docs/metrics.md)."""
    severity: Severity | None = None
    """Severity of the error."""
    evidence: list[int] = Field(default_factory=list)
    """Turns that bear on it."""
    facts: list[str] = Field(default_factory=list)
    """Facts that it conveys or distorts."""
    reason: str | None = None
    """Why, in words a clinician understands."""
    verifier: Name
    """name@version of the verifier."""


class FactFinding(Record):
    """What a verifier says of one fact of the session in a draft."""

    kind: Literal["fact"] = "fact"
    """Kind of finding."""
    draft_id: Name
    """The draft."""
    fact_id: Name
    """The fact."""
    verdict: FactVerdict
    """The verdict."""
    p_omitted: float | None = Field(default=None, ge=0, le=1)
    """Calibrated probability that the draft leaves it out; None where unscored."""
    reason: str | None = None
    """Why."""
    verifier: Name
    """name@version of the verifier."""


Finding = Annotated[ClaimFinding | FactFinding, Field(discriminator="kind")]
