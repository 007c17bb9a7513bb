"""One note as a reader opens it: sentences with verdicts, and what became of each fact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .. import formats, taxonomy
from ..drafters.base import inputs_of
from ..html import Html, Mark, chart_html, claim_marks, highlight, transcript_html, verdict_words
from ..metrics import ledger
from ..metrics.base import Case
from ..metrics.faithfulness import grade
from ..metrics.gap import Standing, standings
from ..metrics.polish import soundness
from ..records import WRONG, ClaimFinding, Fact, Session
from .data import RunData, error_type
from .quality import Planted, entries, planted

LEVELS = (*reversed(taxonomy.LEVELS), "ungraded")
"""Severities, worst first."""


@dataclass(frozen=True)
class NoteView:
    """A draft for the page."""

    run: RunData
    case: Case
    anchor: str
    """Id of its part of the page."""
    talk: str
    """Start of the ids of its session's turns."""
    standing: Standing | None = None
    """Where it stands in the run by polish and accuracy."""

    @property
    def polished_but_wrong(self) -> bool:
        """Whether it is among the best to read and holds a major or critical error."""
        return self.standing is not None and self.standing.polished and self.standing.wrong

    @property
    def by_model(self) -> bool:
        """Whether a drafter under test wrote it."""
        return (self.case.draft.drafter, self.case.draft.workflow) in self.run.models

    @property
    def name(self) -> str:
        """Who wrote it, and from what."""
        d = self.case.draft
        sample = f", sample {d.sample}" if d.sample else ""
        return f"{self.run.name((d.drafter, d.workflow))}, {d.format}{sample}"

    @cached_property
    def sections(self) -> list[tuple[str, Html]]:
        """(heading, marked text) of each section."""
        draft = self.case.draft
        own = (f for f in self.run.known_formats if f.name.lower() == draft.format.lower())
        titles = {s.name: s.title for form in own for s in form.sections}
        return [
            (titles.get(s.name, s.name), highlight(s.text, self._marks(s.name)))
            for s in formats.sections_of(draft)
        ]

    def _marks(self, section: str) -> list[Mark]:
        marks = claim_marks(self.case.claims, section)
        marks += [
            Mark(
                e["start"], e["end"], "planted", title=f"Planted; it was: {e.get('before') or '–'}"
            )
            for e in entries(self.case)
            if e.get("section") == section and e.get("start") is not None and e.get("end")
        ]
        return marks

    @cached_property
    def wrong(self) -> list[ClaimFinding]:
        """Flagged sentences, worst first."""
        return sorted((c for c in self.case.claims if c.verdict in WRONG), key=self.urgency)

    def urgency(self, claim: ClaimFinding) -> tuple[int, float]:
        """Sorts flagged sentences: the worst first, and of those the surest."""
        return LEVELS.index(self.grade(claim)), -(claim.p_unfaithful or 0)

    def grade(self, claim: ClaimFinding) -> str:
        """Severity of a flagged sentence."""
        return grade(claim, taxonomy.flags(self.case.session)) or "ungraded"

    def words(self, claim: ClaimFinding) -> str:
        """Its verdict in words."""
        return verdict_words(claim)

    @property
    def undecided(self) -> list[ClaimFinding]:
        """Sentences that the verifier could not decide."""
        return [c for c in self.case.claims if c.verdict == "unscored"]

    @property
    def severities(self) -> list[str]:
        """Severities of its flagged sentences, worst first."""
        present = {self.grade(c) for c in self.wrong}
        return [level for level in LEVELS if level in present]

    @cached_property
    def omitted(self) -> list[Fact]:
        """Due facts that it leaves out."""
        return [f for f, verdict in ledger.due(self.case) if verdict == "omitted"]

    @property
    def omitted_by_level(self) -> list[tuple[str, list[Fact]]]:
        """Due facts that it leaves out by disclosure level, those that must be there first."""
        found = [(v, [f for f in self.omitted if f.disclosure == v]) for v in ledger.DUE]
        return [(level, facts) for level, facts in found if facts]

    @property
    def distorted(self) -> list[Fact]:
        """Due facts that are there and wrong."""
        return [f for f, verdict in ledger.due(self.case) if verdict == "distorted"]

    @property
    def told(self) -> list[Fact]:
        """Facts that should have stayed out and are in it."""
        return [f for f, verdict in ledger.withheld(self.case) if verdict != "omitted"]

    @property
    def due(self) -> int:
        """How many facts were due and scored."""
        return len(ledger.due(self.case))

    @property
    def facts_known(self) -> bool:
        """Whether what it leaves out can be measured at all."""
        return bool(self.case.session.facts) and bool(self.case.facts)

    @property
    def unknown_to_drafter(self) -> int:
        """Facts due in a note that the drafter was never shown."""
        shown = {f.id for f in ledger.shown(self.case)}
        facts = self.case.session.facts or []
        return sum(f.disclosure in ledger.DUE and f.id not in shown for f in facts)

    @property
    def planted(self) -> list[Planted]:
        """Errors put there on purpose."""
        return planted(self.case)

    @property
    def provenance(self) -> list[tuple[str, str]]:
        """How it was made, as (term, value)."""
        draft = self.case.draft
        given: dict[str, Any] = {
            "drafter": draft.drafter,
            "workflow": draft.workflow,
            "was given": ", ".join(sorted(inputs_of(draft))).replace("_", " "),
            **{k: v for k, v in draft.provenance.items() if k not in ("planted", "inputs")},
            "draft": draft.draft_id,
            "judged by": self.run.verifier,
        }
        return [(k.replace("_", " "), _flat(v)) for k, v in given.items()]


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{k} {_flat(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_flat(v) for v in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class SessionView:
    """A session with its notes."""

    session: Session
    anchor: str
    notes: Sequence[NoteView]

    @property
    def chart(self) -> Html:
        """Scenario and chart."""
        return chart_html(self.session)

    @property
    def talk(self) -> Html:
        """The transcript, each turn with an id."""
        return transcript_html(self.session, f"{self.anchor}-t")

    @property
    def scene(self) -> str:
        """What kind of session it is, in a few words."""
        scenario = self.session.scenario
        parts = [scenario.get("problem"), scenario.get("session_type")]
        parts += self.session.listed("complexity")
        return ", ".join(str(p).replace("_", " ") for p in parts if p)


def session_views(run: RunData) -> list[SessionView]:
    """Every session that has notes, in order, each with its notes, the clinician's first."""
    rank = {cell: i for i, cell in enumerate(run.cells)}
    placed = dict(zip(map(id, run.cases), standings(run.cases), strict=True))
    by_session: dict[str, list[Case]] = {}
    for case in run.cases:
        by_session.setdefault(case.session.session_id, []).append(case)
    views, number = [], 0
    for place, session in enumerate(run.sessions, 1):
        cases = sorted(
            by_session.get(session.session_id, []),
            key=lambda c: (rank[c.draft.drafter, c.draft.workflow], c.draft.format, c.draft.sample),
        )
        notes = [
            NoteView(run, case, f"n{number + i}", f"s{place}-t", placed[id(case)])
            for i, case in enumerate(cases, 1)
        ]
        number += len(notes)
        if notes:
            views.append(SessionView(session, f"s{place}", notes))
    return views


def lessons(views: Iterable[SessionView]) -> list[tuple[NoteView, Planted]]:
    """One planted error of each type, the gravest types first.

    Of a type, the first that changes a sentence is shown, else the first that adds or removes one.
    """
    best: dict[str, tuple[NoteView, Planted]] = {}
    for note, error in ((n, p) for view in views for n in view.notes for p in n.planted):
        kept = best.get(error.error_type)
        if kept is None or (_changes(error) and not _changes(kept[1])):
            best[error.error_type] = (note, error)
    return sorted(best.values(), key=lambda pair: _place(pair[1].severity))


def _changes(error: Planted) -> bool:
    return bool(error.before and error.after)


def _place(severity: str) -> int:
    return LEVELS.index(severity) if severity in LEVELS else len(LEVELS)


def instructive(views: Iterable[SessionView]) -> list[tuple[NoteView, ClaimFinding]]:
    """One telling wrong sentence of a model for each type of error, the gravest first.

    Of a type: the one that reads best, for what reads badly warns by itself; of those the gravest,
    with turns to show it by, and the surest.
    """
    best: dict[str, tuple[NoteView, ClaimFinding]] = {}
    for note in (n for view in views for n in view.notes if n.by_model):
        for claim in note.wrong:
            kept = best.get(error_type(claim))
            if kept is None or _telling(note, claim) < _telling(*kept):
                best[error_type(claim)] = (note, claim)
    return sorted(best.values(), key=lambda pair: pair[0].urgency(pair[1]))


def _telling(note: NoteView, claim: ClaimFinding) -> tuple[float, int, bool, float]:
    level, surety = note.urgency(claim)
    return -soundness(claim.text), level, not claim.evidence, surety
