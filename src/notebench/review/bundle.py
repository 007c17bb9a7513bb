"""What goes into a review page: notes, sessions and choices as one JSON value (docs/review.md)."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import NotebenchError
from ..formats import get, sections_of
from ..html import explain, verdict_words, words
from ..records import WRONG, ClaimFinding, Draft, FactFinding, Session, content_hash
from ..verifiers.base import Claim, claims
from .choices import about, choices, topics
from .closest import Closest, passages

IDLE_AFTER_S = 60
"""Seconds without input after which time counts as idle."""


@dataclass(frozen=True)
class Bundle:
    """A page's payload and the key to it."""

    payload: dict[str, Any]
    """What the page reads; it names drafts by opaque ids."""
    drafts: dict[str, str]
    """Draft ids by opaque id, in the order shown."""


@dataclass(frozen=True)
class Wanted:
    """How a page is to be made."""

    reviewer: str = "reviewer"
    """Who reviews; part of the order and of the file's name."""
    seed: int = 0
    """Seed of the order."""
    blind: bool = False
    """Hide who wrote what."""
    limit: int | None = None
    """Only so many notes, the first of the order."""
    hints: bool = False
    """Show which sentences the verifier flags, and why."""
    idle_after_s: float = IDLE_AFTER_S
    """Seconds without input after which time counts as idle."""
    mode: str = "review"
    """review or drill."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Overrides of what the mode asks (web/js/modes.js)."""
    words: Mapping[str, Any] = field(default_factory=dict)
    """Overrides of choices.toml, such as title, intro, steps and confidence."""
    keep_order: bool = False
    """Show the notes in the order given, not shuffled."""
    extras: Mapping[str, Any] = field(default_factory=dict)
    """What a note carries beside itself, by draft id: an answer key for feedback, say."""


def make_bundle(
    sessions: Iterable[Session],
    drafts: Sequence[Draft],
    wanted: Wanted,
    findings: Iterable[ClaimFinding | FactFinding] = (),
) -> Bundle:
    """The payload for these drafts, shuffled by seed and reviewer. Raises NotebenchError."""
    if wanted.hints and wanted.blind:
        raise NotebenchError(
            "a blind review can't show what the verifier says", mend="leave out --hints or --blind"
        )
    if not drafts:
        raise NotebenchError("there are no notes to review", mend="name a run that has drafts")
    if not wanted.reviewer.strip():
        raise NotebenchError("the reviewer has no name", mend="give --reviewer a name or a number")
    by_id = {s.session_id: s for s in sessions}
    if strays := [d for d in drafts if d.session_id not in by_id]:
        raise NotebenchError(
            f"note {strays[0].draft_id} is of session {strays[0].session_id}, which is not there",
            mend="give the sessions that the notes were written from",
        )
    salt = content_hash("review", wanted.reviewer, wanted.seed, length=16)
    order = list(drafts) if wanted.keep_order else sorted(drafts, key=lambda d: d.draft_id)
    if not wanted.keep_order:
        random.Random(f"{wanted.seed}/{wanted.reviewer}").shuffle(order)
    order = order[: wanted.limit]
    hints = _hints(findings) if wanted.hints else {}
    notes = [
        _note(by_id[d.session_id], d, note_id(salt, d.draft_id), number, wanted, hints)
        for number, d in enumerate(order, 1)
    ]
    payload = {**_said(wanted), "salt": salt, "notes": notes}
    payload["bundle"] = content_hash(payload, length=24)
    return Bundle(payload, {n["note"]: d.draft_id for n, d in zip(notes, order, strict=True)})


def names_its_drafter(draft: Draft) -> bool:
    """Whether the note's own text tells who wrote it, which a blind page can't hide."""
    model = str(draft.provenance.get("model") or "")
    named = [n for n in (draft.drafter, model) if re.search("[/:]", n) or n == model]
    text = " ".join(s.text for s in sections_of(draft)).lower()
    return any(name and name in text for name in (re.split("[/:]", n)[-1].lower() for n in named))


def note_id(salt: str, draft_id: str) -> str:
    """The id that a draft goes by on a page: it can be made from the draft's, and not undone."""
    return f"n-{content_hash(salt, draft_id, length=12)}"


def _said(wanted: Wanted) -> dict[str, Any]:
    from .. import __version__

    data = dict(choices())
    data["statements"] = [s for s in data["statements"] if not (wanted.blind and s.get("shown"))]
    return {
        **data,
        **wanted.words,
        "notebench_review": 1,
        "mode": wanted.mode,
        "options": dict(wanted.options),
        "reviewer": wanted.reviewer,
        "blind": wanted.blind,
        "idle_after_s": wanted.idle_after_s,
        "page": f"notebench {__version__}",
    }


def _note(
    session: Session,
    draft: Draft,
    name: str,
    number: int,
    wanted: Wanted,
    hints: Mapping[tuple[str, str, int], ClaimFinding],
) -> dict[str, Any]:
    rough = [line for line in (session.rough_notes or "").splitlines() if line.strip()]
    near = Closest(passages([(t.turn, t.text) for t in session.transcript], rough))
    spec = get(draft.format)
    titles = {s.name: s.title for s in spec.sections}
    planned = frozenset(s.name for s in spec.sections if s.kinds and "plan" in s.kinds)
    planned = planned if len(planned) < len(spec.sections) else frozenset()
    diagnosis = str(session.chart.get("diagnosis") or "").lower()
    by_section: dict[str, list[Claim]] = {}
    for claim in claims(draft):
        by_section.setdefault(claim.section, []).append(claim)

    def sentence(claim: Claim) -> dict[str, Any]:
        hint = hints.get((draft.draft_id, claim.section, claim.start))
        return {
            "start": claim.start, "end": claim.end, "closest": near.to(claim.text),
            "topics": topics(claim, planned, diagnosis),
            "hint": hint and _hint(hint),
        }  # fmt: skip

    return {
        "note": name,
        "title": f"Note {number}",
        "about": about(session, draft, wanted.blind),
        "extra": wanted.extras.get(draft.draft_id),
        "sections": [
            {"name": s.name, "title": titles.get(s.name, s.name), "text": s.text,
             "sentences": [sentence(c) for c in by_section.get(s.name, ())]}
            for s in sections_of(draft)
        ],
        "source": _source(session, rough),
    }  # fmt: skip


def _hint(finding: ClaimFinding) -> dict[str, str]:
    """A flag in words. Why nothing was decided is the machine's business, not the reviewer's."""
    label = verdict_words(finding)
    return {"label": label, "text": label if finding.verdict == "unscored" else explain(finding)}


def _source(session: Session, rough: list[str]) -> dict[str, Any]:
    prior = [line for line in (session.prior_note or "").splitlines() if line.strip()]
    return {
        "turns": [t.model_dump(include={"turn", "speaker", "text"}) for t in session.transcript],
        "rough_notes": rough,
        "prior_note": prior,
        "chart": [
            (words(key), "; ".join(map(str, value)) if isinstance(value, list) else str(value))
            for key, value in session.chart.items()
            if value not in (None, "", [])
        ],
    }


def _hints(
    findings: Iterable[ClaimFinding | FactFinding],
) -> dict[tuple[str, str, int], ClaimFinding]:
    """Findings of sentences to look at (wrong or undecided) by draft, section and start."""
    return {
        (f.draft_id, f.section, f.start): f
        for f in findings
        if isinstance(f, ClaimFinding) and f.verdict in (*WRONG, "unscored")
    }
