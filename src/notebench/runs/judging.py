"""The notes of a study judged: findings for every draft, and cases ready to be counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import NotebenchError
from ..metrics.base import Case
from ..records import ClaimFinding, Draft, FactFinding, Session
from ..verifiers.base import Verifier, unscored
from .progress import Bar


def verify(
    verifier: Verifier, sessions: Iterable[Session], drafts: Sequence[Draft], bar: Bar
) -> tuple[list[ClaimFinding | FactFinding], list[tuple[Draft, Exception]]]:
    """Findings of all drafts in order, and the drafts that the verifier failed on with why.

    A draft it failed on gets `unscored` findings, so that no sentence is without one. Raises
    NotebenchError where a draft's session or a sentence that came with it can't be found.
    """
    by_id = {s.session_id: s for s in sessions}
    findings: list[ClaimFinding | FactFinding] = []
    failed: list[tuple[Draft, Exception]] = []
    for draft in bar(drafts, desc="judging", unit="note"):
        session = by_id.get(draft.session_id)
        if session is None:
            raise NotebenchError(
                f"its session {draft.session_id!r} is not among the sessions",
                where=f"draft {draft.draft_id}",
                mend="give the file that holds that session",
            )
        try:
            findings.extend(verifier.verify(session, draft))
        except Exception as error:  # one odd draft must not end everybody's study
            why = error.what if isinstance(error, NotebenchError) else repr(error)
            findings.extend(unscored(session, draft, verifier, why))
            failed.append((draft, error))
    return findings, failed


def cases(
    sessions: Iterable[Session],
    drafts: Iterable[Draft],
    findings: Iterable[ClaimFinding | FactFinding],
) -> list[Case]:
    """Drafts with their session and findings, ready to be counted."""
    by_draft: dict[str, list[ClaimFinding | FactFinding]] = {}
    for finding in findings:
        by_draft.setdefault(finding.draft_id, []).append(finding)
    by_id = {s.session_id: s for s in sessions}
    return [Case(by_id[d.session_id], d, tuple(by_draft.get(d.draft_id, ()))) for d in drafts]
