"""A person's marks as findings: every sentence gets one, and every fact of the session."""

from __future__ import annotations

from collections.abc import Sequence

from .. import taxonomy
from ..records import ClaimFinding, Draft, FactFinding, Review, Session
from ..verifiers.base import Claim, claims
from .choices import choices
from .closest import Closest
from .results import Mark, Missing

_WORST = ("contradicted", "unsupported", "inferred", "unscored", "supported", "uncheckable")
"""Which of several marks on one sentence gives its verdict: the first of these."""
_SAME = 0.34
"""Share of the words of what was found missing that a fact must hold to be the one meant."""


def rater_of(review: Review) -> str:
    """The verifier's name under which a person's findings go."""
    return f"human@{review.reviewer}"


def findings_of(session: Session, draft: Draft, review: Review) -> list[ClaimFinding | FactFinding]:
    """A finding for each sentence, in order, then one for each fact.

    A note that was read to its end: what was left unmarked is right, and a fact that was not
    reported missing is conveyed. Otherwise both are unscored.
    """
    extra = review.__pydantic_extra__ or {}
    marks = [Mark.model_validate(m) for m in extra.get("marks", ())]
    missing = [Missing.model_validate(m) for m in extra.get("missing", ())]
    found: list[ClaimFinding | FactFinding] = [
        _of_claim(claim, _on(claim, marks), draft, review) for claim in claims(draft)
    ]
    return [*found, *_of_facts(session, draft, review, missing)]


def _on(claim: Claim, marks: Sequence[Mark]) -> list[Mark]:
    """Marks that touch a sentence, the one that gives the verdict first."""
    touching = [
        m for m in marks
        if m.section == claim.section and m.start < claim.end and claim.start < m.end
    ]  # fmt: skip
    return sorted(touching, key=lambda m: _WORST.index(m.verdict))


def _of_claim(claim: Claim, marks: Sequence[Mark], draft: Draft, review: Review) -> ClaimFinding:
    unmarked = "supported" if review.complete else "unscored"
    first = marks[0] if marks else None
    verdict = first.verdict if first else unmarked
    weights = [m.severity for m in marks if m.severity]
    scored = verdict != "unscored"
    return ClaimFinding(
        draft_id=draft.draft_id, section=claim.section, start=claim.start, end=claim.end,
        text=claim.text, verdict=verdict,
        p_unfaithful=float(verdict in _WORST[:3]) if scored else None,
        error_type=next((m.error_type for m in marks if m.error_type), None),
        severity=max(weights, key=taxonomy.LEVELS.index, default=None),
        reason="; ".join(_words(m) for m in marks) or (None if scored else "not read to the end"),
        verifier=rater_of(review),
    )  # fmt: skip


def _words(mark: Mark) -> str:
    label = next((k["label"] for k in choices()["marks"] if k["id"] == mark.kind), mark.kind)
    return f"{label}: {mark.comment}" if mark.comment else label


def _of_facts(
    session: Session, draft: Draft, review: Review, missing: Sequence[Missing]
) -> list[FactFinding]:
    facts = session.facts or []
    omitted = {f for item in missing for f in facts_meant(session, item)}
    left = "conveyed" if review.complete else "unscored"
    return [
        FactFinding(
            draft_id=draft.draft_id, fact_id=f.id,
            verdict="omitted" if f.id in omitted else left,
            p_omitted=1.0 if f.id in omitted else 0.0 if review.complete else None,
            reason="found missing" if f.id in omitted else None, verifier=rater_of(review),
        )
        for f in facts
    ]  # fmt: skip


def facts_meant(session: Session, item: Missing) -> list[str]:
    """Facts that a person's words on what is missing are about: the closest by words.

    Among the facts that rest on the turn it was marked on, where it was; none where no fact shares
    enough of its words.
    """
    facts = session.facts or []
    on_turn = [f for f in facts if set(item.turns) & set(f.evidence)]
    if len(on_turn) == 1:
        return [on_turn[0].id]
    among = {f.id: f"{f.statement} {f.generalised or ''}" for f in on_turn or facts}
    return Closest(among).to(item.text, most=1, floor=0.0 if on_turn else _SAME)
