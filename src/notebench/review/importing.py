"""Results of review pages taken into a run: findings by people, reviews, tallies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import NotebenchError
from ..formats import plain, sections_of
from ..metrics import tally
from ..metrics.base import Case
from ..records import ClaimFinding, Draft, FactFinding, Finding, Review, Session, Tally
from ..runs.folder import RunFolder
from ..runs.judging import cases
from ..storage import read_jsonl, write_jsonl, write_tallies
from .bundle import note_id
from .found import findings_of
from .results import NoteResult, Result, read_result

COUNTED = ("hallucination", "unscored")
"""Families of metrics counted from a person's findings. Omission is not among them: nobody was
asked fact by fact, so what was not reported missing is unscored."""
MEASURED: dict[str, Callable[[Review], float]] = {
    "reviewed.seconds": lambda r: r.seconds,
    "reviewed.keystrokes": lambda r: r.keystrokes,
    "reviewed.edits": lambda r: r.edits,
    "reviewed.edit_distance": lambda r: r.edit_distance,
    "reviewed.missing": lambda r: len(_extra(r, "missing")),
}
"""Tallies of what was measured while a person reviewed, each out of one note."""


@dataclass
class Imported:
    """What an import did."""

    reviews: list[Review] = field(default_factory=list)
    """All reviews that the run now holds."""
    findings: list[ClaimFinding | FactFinding] = field(default_factory=list)
    """All findings by people that the run now holds."""
    tallies: list[Tally] = field(default_factory=list)
    """Tallies of both."""
    added: int = 0
    """Reviews that are new."""
    renewed: int = 0
    """Reviews that replace an earlier state of themselves."""
    known: int = 0
    """Reviews that were there already, or in a later state."""


class HumanFiles:
    """Where a run keeps what people found: beside the verifier's findings, never among them."""

    def __init__(self, run: Path) -> None:
        self.reviews = run / "reviews.jsonl"
        self.findings = run / "findings.human.jsonl"
        self.tallies = run / "tallies.human.parquet"


def read_reviews(run: Path) -> list[Review]:
    """Reviews of a run; none where nobody reviewed."""
    path = HumanFiles(run).reviews
    return read_jsonl(path, Review) if path.exists() else []


def read_human_findings(run: Path) -> list[ClaimFinding | FactFinding]:
    """Findings by people; none where nobody reviewed."""
    path = HumanFiles(run).findings
    return read_jsonl(path, Finding) if path.exists() else []


def import_results(paths: Sequence[Path], run: Path) -> Imported:
    """Take result files into a run. Nothing is written where any of them is at fault.

    A review is known by draft, reviewer and page: importing a file again changes nothing, and a
    later file of the same review replaces the earlier one. Raises NotebenchError.
    """
    folder = RunFolder.open(run)
    sessions = {s.session_id: s for s in folder.sessions()}
    drafts = folder.drafts()
    done = Imported()
    kept = {_key(r): r for r in read_reviews(run)}
    for path in paths:
        result = read_result(path)
        if result.mode != "review":
            raise NotebenchError(
                f"a result of mode {result.mode!r}", where=str(path),
                mend="use notebench drill score for drills",
            )  # fmt: skip
        for draft, note in _matched(result, drafts, path):
            review = review_of(draft, note, result)
            before = kept.get(_key(review))
            if before and _extra(before, "saved") >= result.saved:
                done.known += 1
                continue
            kept[_key(review)] = review
            done.added, done.renewed = done.added + (not before), done.renewed + bool(before)
    at = {d.draft_id: n for n, d in enumerate(drafts)}
    done.reviews = sorted(kept.values(), key=lambda r: (at.get(r.draft_id, len(at)), *_key(r)))
    by_id = {d.draft_id: d for d in drafts}
    for review in latest(done.reviews):
        draft = by_id[review.draft_id]
        done.findings += findings_of(sessions[draft.session_id], draft, review)
    done.tallies = _tallies(list(sessions.values()), drafts, done)
    _write(run, done)
    return done


def latest(reviews: Iterable[Review]) -> list[Review]:
    """The last review of each draft by each person: one sentence, one finding by one rater."""
    last: dict[tuple[str, str], Review] = {}
    for review in reviews:
        key = (review.draft_id, review.reviewer)
        if key not in last or _extra(review, "saved") >= _extra(last[key], "saved"):
            last[key] = review
    return list(last.values())


def _key(review: Review) -> tuple[str, str, str]:
    return review.draft_id, review.reviewer, str(_extra(review, "bundle"))


def _extra(review: Review, name: str) -> Any:
    return (review.__pydantic_extra__ or {}).get(name, "")


def _matched(result: Result, drafts: Iterable[Draft], path: Path) -> list[tuple[Draft, NoteResult]]:
    """Each note with its draft. Raises NotebenchError for notes that are of other drafts."""
    by_note = {note_id(result.salt, d.draft_id): d for d in drafts}
    found = []
    for note in result.notes:
        draft = by_note.get(note.note)
        if draft is None:
            raise NotebenchError(
                f"note {note.order} is of a draft that is not in this run",
                where=str(path),
                mend="name the run that the page was built from with --run",
            )
        _check_spans(draft, note, path)
        found.append((draft, note))
    return found


def _check_spans(draft: Draft, note: NoteResult, path: Path) -> None:
    texts = {s.name: s.text for s in sections_of(draft)}
    for span in (*note.marks, *note.changed):
        if texts.get(span.section, "")[span.start : span.end] != span.text or not span.text:
            raise NotebenchError(
                f"note {note.order}: {span.text[:40]!r} does not stand at {span.start}-{span.end} "
                f"of section {span.section!r}",
                where=str(path),
                mend="the file or the run was changed after the page was built; import into the "
                "run that the page was built from",
            )


def review_of(draft: Draft, note: NoteResult, result: Result) -> Review:
    """The review of one draft. What the page gave beyond a Review's own fields is kept as it is."""
    from rapidfuzz.distance import Levenshtein

    before = plain(sections_of(draft))
    after = plain(note.sections) if note.sections else before
    given = note.model_dump(mode="json", exclude={"note", "time", "keystrokes", "attested"})
    final = given.pop("sections")
    times = note.time.model_dump(mode="json")
    return Review.model_validate({
        **given,
        "draft_id": draft.draft_id, "reviewer": result.reviewer,
        "seconds": note.time.active_s, "idle_s": note.time.idle_s,
        "hidden_s": note.time.hidden_s, "paused_s": note.time.paused_s,
        "sections": times["sections"], "parts": times["parts"],
        "keystrokes": note.keystrokes,
        "edits": len(note.changed) + sum(m.written for m in note.missing),
        "edit_distance": Levenshtein.distance(before, after),
        "attested": [
            {**a.model_dump(mode="json", exclude_none=True), "answer": a.answer}
            for a in note.attested
        ],
        "complete": note.closed is not None, "final": final,
        "bundle": result.bundle, "mode": result.mode, "blind": result.blind,
        "idle_after_s": result.idle_after_s, "saved": result.saved,
    })  # fmt: skip


def _tallies(sessions: list[Session], drafts: list[Draft], done: Imported) -> list[Tally]:
    """Tallies of each rater's findings, and of what was measured, rater by rater."""
    rows: list[Tally] = []
    by_draft = {d.draft_id: d for d in drafts}
    for rater in sorted({f.verifier for f in done.findings}):
        own = [f for f in done.findings if f.verifier == rater]
        judged = {f.draft_id for f in own}
        rows += tally(cases(sessions, (d for d in drafts if d.draft_id in judged), own), COUNTED)
    by_id = {s.session_id: s for s in sessions}
    for review in done.reviews:
        draft = by_draft[review.draft_id]
        case = Case(by_id[draft.session_id], draft)
        rows += [case.tally(name, value(review), 1) for name, value in MEASURED.items()]
    return rows


def _write(run: Path, done: Imported) -> None:
    files = HumanFiles(run)
    write_jsonl(files.reviews, done.reviews)
    write_jsonl(files.findings, done.findings)
    write_tallies(files.tallies, done.tallies)
