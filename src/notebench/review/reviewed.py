"""A run's timed reviews as rows for a fit: what each person had to read, and what they found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ..formats import sections_of
from ..metrics.base import Case
from ..metrics.review_time import load
from ..metrics.verbosity import sentences_of, words_of
from ..records import WRONG, ClaimFinding, Draft, FactFinding
from ..runs.folder import RunFolder
from ..text.tokens import count_words
from .importing import read_human_findings, read_reviews


def review_rows(run: RunFolder) -> tuple[list[dict[str, Any]], int]:
    """One row a finished review, and how many were not finished.

    incorrect and omitted come from the person's own findings; what was reported missing counts
    where it matches no fact as well.
    """
    sessions = {s.session_id: s for s in run.sessions()}
    drafts = {d.draft_id: d for d in run.drafts()}
    found: dict[tuple[str, str], list[ClaimFinding | FactFinding]] = defaultdict(list)
    for finding in read_human_findings(run.path):
        found[finding.draft_id, finding.verifier].append(finding)
    rows, unfinished = [], 0
    for review in read_reviews(run.path):
        draft = drafts.get(review.draft_id)
        if draft is None or not review.complete:
            unfinished += 1
            continue
        session = sessions[draft.session_id]
        extra = review.__pydantic_extra__ or {}
        own = found.get((draft.draft_id, f"human@{review.reviewer}"))
        row: dict[str, Any] = {
            "reviewer": review.reviewer, "note": draft.draft_id, "group": draft.session_id,
            "seconds": review.seconds, "words": words_of(sections_of(draft)),
            "claims": len(sentences_of(draft)),
            "transcript_words": sum(count_words(t.text) for t in session.transcript) or None,
            "edits": review.edits, "edit_distance": review.edit_distance,
            "planted": 0, "caught": 0,
        }  # fmt: skip
        if own and (work := load(Case(session, draft, tuple(own)))):
            row["incorrect"] = work.unsupported + work.contradicted
            row["omitted"] = max(work.omitted, len(extra.get("missing", ())))
            row |= _caught(draft, own)
        rows.append(row)
    return rows, unfinished


def _caught(draft: Draft, own: Sequence[ClaimFinding | FactFinding]) -> dict[str, int]:
    """Errors planted in the draft's sentences, and how many of those the person marked."""
    wrong = [f for f in own if isinstance(f, ClaimFinding) and f.verdict in WRONG]
    planted = [e for e in draft.provenance.get("planted", ()) if e["start"] is not None]
    caught = sum(
        any(c.section == e["section"] and c.start < e["end"] and e["start"] < c.end for c in wrong)
        for e in planted
    )
    return {"planted": len(planted), "caught": caught}
