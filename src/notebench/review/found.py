"""A review as findings: the person's marks laid over the sentences, what is missing over facts."""

from __future__ import annotations

from collections.abc import Iterable

from ..records import ClaimFinding, Draft, FactFinding, Review, Session
from ..verifiers.human import rated
from ..verifiers.ratings import PREFIX, Ratings
from ..verifiers.ratings import Mark as Rating
from .choices import choices
from .closest import Closest
from .results import Mark, Missing

_SAME = 0.34
"""Share of the words of what was found missing that a fact must hold to be the one meant."""


def rater_of(review: Review) -> str:
    """The verifier's name under which a person's findings go."""
    return f"{PREFIX}{review.reviewer}"


def findings_of(session: Session, draft: Draft, review: Review) -> list[ClaimFinding | FactFinding]:
    """A finding for each sentence, in order, then one for each fact.

    A note that was read to its end: what was left unmarked is right. A fact is omitted where it was
    reported missing, and unscored otherwise.
    """
    extra = review.__pydantic_extra__ or {}
    marks = [Mark.model_validate(m) for m in extra.get("marks", ())]
    missing = [Missing.model_validate(m) for m in extra.get("missing", ())]
    ratings = Ratings(marks=[
        *(_of_mark(m, review) for m in marks), *_of_missing(session, missing, review)
    ])  # fmt: skip
    if review.complete:
        ratings.read.add((draft.draft_id, review.reviewer))
    return rated(session, draft, ratings, review.reviewer)


def _of_mark(mark: Mark, review: Review) -> Rating:
    label = next((k["label"] for k in choices()["marks"] if k["id"] == mark.kind), mark.kind)
    return Rating(
        review.draft_id, review.reviewer, mark.verdict, f"the review by {review.reviewer}",
        section=mark.section, start=mark.start, end=mark.end, text=mark.text,
        error_type=mark.error_type, severity=mark.severity,
        reason=f"{label}: {mark.comment}" if mark.comment else label,
    )  # fmt: skip


def _of_missing(session: Session, missing: Iterable[Missing], review: Review) -> Iterable[Rating]:
    for item in missing:
        for fact in facts_meant(session, item):
            yield Rating(
                review.draft_id, review.reviewer, "omitted", f"the review by {review.reviewer}",
                fact_id=fact, severity=item.severity, reason=f"Found missing: {item.text}",
            )  # fmt: skip


def facts_meant(session: Session, item: Missing) -> list[str]:
    """Ids of the fact that a person's words on what is missing are about: the closest by words.

    Among the facts that rest on the turn it was marked on, where it was; none where no fact shares
    enough of its words.
    """
    facts = session.facts or []
    on_turn = [f for f in facts if set(item.turns) & set(f.evidence)]
    if len(on_turn) == 1:
        return [on_turn[0].id]
    among = {f.id: f"{f.statement} {f.generalised or ''}" for f in on_turn or facts}
    return Closest(among).to(item.text, most=1, floor=0.0 if on_turn else _SAME)
