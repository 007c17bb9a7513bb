"""The accountability record of a reviewed note: how it was made, reviewed, changed and signed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..errors import NotebenchError
from ..formats import get, sections_of
from ..metrics.base import Case
from ..metrics.effort import parameters
from ..metrics.review_time import load
from ..records import SCHEMA_VERSION, ClaimFinding, Draft, FactFinding, Manifest, Review
from ..runs.folder import RunFolder
from ..text.tokens import count_words
from .changes import changes
from .evidence import answered
from .found import rater_of
from .importing import latest, read_human_findings, read_reviews
from .making import made, sent
from .model import Model

Found = tuple[ClaimFinding | FactFinding, ...]


@cache
def wording() -> dict[str, Any]:
    """Questions and words of the record (record.toml)."""
    return tomllib.loads(files(__package__).joinpath("record.toml").read_text("utf-8"))


def records(run: Path) -> Iterator[dict[str, Any]]:
    """A record for each note that a person reviewed: their last review, where there are several.

    Raises NotebenchError where nobody reviewed.
    """
    folder = RunFolder.open(run)
    reviews = latest(read_reviews(run))
    if not reviews:
        raise NotebenchError(
            "no note of this run was reviewed by a person",
            where=str(run),
            mend="notebench review build makes a page, notebench review import takes its result",
        )
    sessions = {s.session_id: s for s in folder.sessions()}
    drafts = {d.draft_id: d for d in folder.drafts()}
    by_people, by_run = read_human_findings(run), folder.findings()
    manifest = folder.manifest()
    for review in reviews:
        draft = drafts[review.draft_id]
        session = sessions[draft.session_id]
        rater = rater_of(review)
        own = tuple(
            f for f in by_people if f.draft_id == draft.draft_id and f.verifier == rater
        )  # fmt: skip
        machine = tuple(f for f in by_run if f.draft_id == draft.draft_id)
        yield record_of(Case(session, draft, own), review, manifest, machine)


def record_of(
    case: Case, review: Review, manifest: Manifest, machine: Found = ()
) -> dict[str, Any]:
    """The record of one review as plain data.

    case: session, draft and the reviewer's own findings. machine: the run's verifier's findings,
    for what the draft kept of the clinician's formulation.
    """
    session, draft = case.session, case.draft
    extra: dict[str, Any] = review.__pydantic_extra__ or {}
    final = {s["name"]: s["text"] for s in extra.get("final", ())}
    record = {
        "schema_version": SCHEMA_VERSION,
        "record": "accountability",
        "draft_id": draft.draft_id,
        "session_id": session.session_id,
        "reviewer": review.reviewer,
        "made": made(draft, manifest),
        "sent": sent(session, draft, manifest),
        "dwell": dwell(case, review),
        "reviewed": _reviewed(review, extra),
        "found": {name: extra.get(name, []) for name in ("marks", "missing", "changed")},
        "corrections": changes(sections_of(draft), final),
        "attested": review.attested,
        "statements": extra.get("statements", {}),
        "stands": extra.get("stands", {}),
        "states": _states(extra.get("states", []), draft),
        "signature": extra.get("signature"),
    }
    record["questions"] = answered(record, wording(), case, Case(session, draft, machine))
    return record


def _reviewed(review: Review, extra: dict[str, Any]) -> dict[str, Any]:
    return {
        "complete": review.complete,
        "blind": extra.get("blind"),
        "opened": extra.get("opened"),
        "closed": extra.get("closed"),
        "active_s": review.seconds,
        "idle_s": review.idle_s,
        "hidden_s": review.hidden_s,
        "paused_s": review.paused_s,
        "idle_after_s": extra.get("idle_after_s"),
        "parts": extra.get("parts", {}),
        "keystrokes": review.keystrokes,
        "edits": review.edits,
        "edit_distance": review.edit_distance,
        "looks": extra.get("looks"),
        "searches": extra.get("searches"),
        "confidence": extra.get("confidence"),
        "remark": extra.get("remark", ""),
        "bundle": extra.get("bundle"),
    }


def dwell(case: Case, review: Review) -> dict[str, Any]:
    """Seconds worked, against the least that reading takes and what the model expects.

    The least is a model: words at the fastest reading speed of its range, and the shortest time for
    opening and closing. expected_s counts what this person found.
    """
    p = parameters()
    speed, opening = p["reading_speed"].high, p["t_fixed"].low
    texts = {s.name: s.text for s in sections_of(case.draft)}
    titles = {s.name: s.title for s in get(case.draft.format).sections}
    work = load(case)
    expected = Model.of().estimate(work) if work else None
    sections = []
    for name, text in texts.items():
        time = review.sections.get(name, {})
        least = 60 * count_words(text) / speed
        shown = max(time.get("shown_s", 0.0), time.get("active_s", 0.0))
        sections.append({
            "name": name, "title": titles.get(name, name), "least_s": round(least, 1),
            "active_s": time.get("active_s", 0.0), "shown_s": time.get("shown_s", 0.0),
            "visited": shown > 0, "long_enough": shown >= least,
        })  # fmt: skip
    least = opening + 60 * sum(count_words(t) for t in texts.values()) / speed
    return {
        "model": True,
        "active_s": review.seconds,
        "least_s": round(least, 1),
        "share_of_least": round(review.seconds / least, 2),
        "expected_s": expected and round(float(expected.estimate), 1),
        "expected_low_s": expected and round(float(expected.low), 1),
        "expected_high_s": expected and round(float(expected.high), 1),
        "reading_words_per_minute": speed,
        "opening_s": opening,
        "sections": sections,
    }


def _states(states: list[dict[str, Any]], draft: Draft) -> list[dict[str, Any]]:
    """The state log; when the note was drafted is what its provenance says."""
    return [
        {**s, "at": s.get("at") or draft.provenance.get("time")} if s["state"] == "drafted" else s
        for s in states
    ]
