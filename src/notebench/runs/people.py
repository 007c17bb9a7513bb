"""What people said of the notes of a run, beside what its verifiers found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..records import ClaimFinding, Draft, FactFinding, Finding, Session
from ..stats.raters import disagreements
from ..storage import iter_jsonl
from ..verifiers.human import rated
from ..verifiers.ratings import COLUMNS as SHEET
from ..verifiers.ratings import PREFIX, Ratings, ratings_of
from .folder import RunFolder

Found = list[ClaimFinding | FactFinding]


def findings_by_verifier(folder: RunFolder) -> dict[str, Found]:
    """All findings that a run folder keeps, by verifier; its current ones first.

    People's stand in it too (findings.human.jsonl from reviews, or after a rescore); those that
    `human` made of several people's (with a # in the name) do not.
    """
    found: dict[str, Found] = {}
    for path in (folder.findings_file, *sorted(folder.path.glob("findings.*.jsonl"))):
        if not path.is_file() or path.stat().st_size == 0:
            continue
        here: dict[str, Found] = {}
        for finding in iter_jsonl(path, Finding):
            if not (finding.verifier.startswith(PREFIX) and "#" in finding.verifier):
                here.setdefault(finding.verifier, []).append(finding)
        for name, findings in here.items():
            found.setdefault(name, findings)
    return found


def ratings_in(folder: RunFolder) -> Ratings | None:
    """People's ratings that a run folder keeps, or None."""
    found = findings_by_verifier(folder)
    said = [f for name, of in found.items() if name.startswith(PREFIX) for f in of]
    return ratings_of(said, str(folder.path)) if said else None


@dataclass(frozen=True)
class People:
    """Each rater's findings on the drafts that they rated."""

    by_rater: dict[str, Found]
    final: dict[str, Found]
    """Those of adjudicators."""


def people(sessions: Sequence[Session], drafts: Sequence[Draft], ratings: Ratings) -> People:
    """Every rater's findings, laid over the drafts. Raises NotebenchError for a misfit."""
    by_id = {s.session_id: s for s in sessions}
    rated_drafts = set(ratings.drafts)
    found = {
        rater: [
            finding
            for draft in drafts
            if draft.draft_id in rated_drafts and draft.session_id in by_id
            for finding in rated(by_id[draft.session_id], draft, ratings, rater)
        ]
        for rater in ratings.raters
    }
    return People(
        {r: f for r, f in found.items() if r not in ratings.adjudicators},
        {r: f for r, f in found.items() if r in ratings.adjudicators},
    )


def to_adjudicate(
    found: People,
    sessions: Iterable[Session],
    drafts: Iterable[Draft],
    rater: str = "adjudicator",
) -> list[list[str]]:
    """A sheet, head first, of what people disagree on, with a blank column for the verdict.

    Filled in, it is a file of ratings by an adjudicator. The last columns say who said what, and
    why; in blank ones nobody's word is copied.
    """
    names = list(found.by_rater)
    decided = [f for of in found.final.values() for f in of]
    facts = {s.session_id: {f.id: f.statement for f in s.facts or []} for s in sessions}
    about = {d.draft_id: facts.get(d.session_id, {}) for d in drafts}
    head = [*SHEET, "statement", *(f"{n}: {w}" for n in names for w in ("verdict", "reason"))]
    rows = [head]
    for each in disagreements(found.by_rater, decided):
        row = dict.fromkeys(head, "")
        finding = next(iter(each.values()))
        row |= {"draft_id": finding.draft_id, "rater": rater, "rater_role": "adjudicator"}
        if isinstance(finding, ClaimFinding):
            row |= {"section": finding.section, "text": finding.text}
            row |= {"start": str(finding.start), "end": str(finding.end)}
        else:
            statement = about[finding.draft_id].get(finding.fact_id, "")
            row |= {"fact_id": finding.fact_id, "statement": statement}
        for name, said in each.items():
            row |= {f"{name}: verdict": said.verdict, f"{name}: reason": said.reason or ""}
        rows.append([row[column] for column in head])
    return rows
