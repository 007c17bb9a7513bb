"""The notes of a study judged: findings for every draft, and cases ready to be counted.

Verifiers that ask a server (`parallel`) judge several notes at once; the order of the findings is
that of the drafts all the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..errors import NotebenchError
from ..metrics.base import Case
from ..records import ClaimFinding, Draft, FactFinding, Session
from ..verifiers.base import Verifier, unscored
from .progress import Bar
from .study import LimitSettings

Findings = list[ClaimFinding | FactFinding]


def verify(
    verifier: Verifier,
    sessions: Iterable[Session],
    drafts: Sequence[Draft],
    bar: Bar,
    concurrency: int | None = None,
) -> tuple[Findings, list[tuple[Draft, Exception]]]:
    """Findings of all drafts in order, and the drafts that the verifier failed on with why.

    concurrency: notes judged at once by a verifier that can (LimitSettings.concurrency by default).
    A draft it failed on gets `unscored` findings, so that no sentence is without one. Raises
    NotebenchError where a draft's session or a sentence that came with it can't be found.
    """
    by_id = {s.session_id: s for s in sessions}
    pairs = [(_session_of(draft, by_id), draft) for draft in drafts]
    findings: Findings = []
    failed: list[tuple[Draft, Exception]] = []
    outcomes = _judged(verifier, pairs, concurrency or LimitSettings().concurrency)
    shown = bar(outcomes, total=len(pairs), desc="judging", unit="note")
    for draft, (found, error) in zip(drafts, shown, strict=True):
        findings.extend(found)
        if error is not None:
            failed.append((draft, error))
    return findings, failed


def _session_of(draft: Draft, by_id: dict[str, Session]) -> Session:
    session = by_id.get(draft.session_id)
    if session is None:
        raise NotebenchError(
            f"its session {draft.session_id!r} is not among the sessions",
            where=f"draft {draft.draft_id}",
            mend="give the file that holds that session",
        )
    return session


def _judged(
    verifier: Verifier, pairs: Sequence[tuple[Session, Draft]], concurrency: int
) -> Iterator[tuple[Findings, Exception | None]]:
    """The outcome of each note, in order, as it comes."""

    def one(session: Session, draft: Draft) -> tuple[Findings, Exception | None]:
        try:
            return verifier.verify(session, draft), None
        except Exception as error:  # one odd draft must not end everybody's study
            why = error.what if isinstance(error, NotebenchError) else repr(error)
            return unscored(session, draft, verifier, why), error

    if not getattr(verifier, "parallel", False) or concurrency == 1:
        yield from (one(session, draft) for session, draft in pairs)
        return
    pool = ThreadPoolExecutor(concurrency)
    try:
        futures = [pool.submit(one, session, draft) for session, draft in pairs]
        yield from (future.result() for future in futures)
    finally:
        # after Ctrl-C or an error only the notes in work are finished; what was answered is cached
        pool.shutdown(cancel_futures=True)


def agreement(findings: Iterable[Any], drafts: Iterable[Draft], seed: int = 0) -> dict[str, Any]:
    """How far several judges agree: Krippendorff's alpha over the votes that findings keep.

    For claims and facts: alpha of the verdicts (nominal) with its 95% interval (drafts of a session
    resampled together), how many things several judged, and who; None for what can't be computed.
    A judge who could not say has no vote there. Empty where no finding has several votes.
    """
    from ..stats.agreement import alpha_interval

    session_of = {d.draft_id: d.session_id for d in drafts}
    found: dict[str, Any] = {}
    voted = [f for f in findings if isinstance(getattr(f, "votes", None), dict)]
    for kind, name in (("claim", "claims"), ("fact", "facts")):
        own = [f for f in voted if f.kind == kind and len(f.votes) > 1]
        if not own:
            continue
        ratings = [
            {judge: vote["verdict"] for judge, vote in f.votes.items()
             if vote["verdict"] != "unscored"}
            for f in own
        ]  # fmt: skip
        alpha = alpha_interval(ratings, [session_of[f.draft_id] for f in own], seed=seed)
        values = dict(zip(("alpha", "low", "high"), map(_known, alpha[:3]), strict=True))
        found[name] = {
            **values,
            "n": len(own),
            "judges": sorted({judge for f in own for judge in f.votes}),
        }
    return found


def models_in(drafts: Iterable[Draft]) -> list[str]:
    """Who wrote the drafts: the model, where a draft tells it, else the drafter; each once."""
    return list(dict.fromkeys(str(d.provenance.get("model") or d.drafter) for d in drafts))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 4)


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
