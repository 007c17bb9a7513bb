"""A note as the checks read it: its sentences with verdicts, and what its drafter was shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ...drafters.base import inputs_of
from ...formats import sections_of
from ...records import WRONG, Draft, Fact, Note, Session
from ...verifiers.base import claims
from ..base import Case
from ..ledger import shown
from .spec import Element, Selector


@dataclass(frozen=True)
class Line:
    """One sentence of a note."""

    section: str
    text: str
    right: bool | None = None
    """What the verifier said; None: nothing, or it could not decide."""
    error: str | None = None
    facts: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True)
class View:
    """A draft with its session and findings, as the checks read them."""

    case: Case

    @property
    def session(self) -> Session:
        """The session."""
        return self.case.session

    @property
    def draft(self) -> Draft:
        """The draft."""
        return self.case.draft

    @cached_property
    def lines(self) -> list[Line]:
        """Its sentences, each with its verdict where there is one."""
        if not self.case.claims:
            return [Line(c.section, c.text) for c in claims(self.draft)]
        return [
            Line(
                c.section, c.text,
                None if c.verdict in ("unscored", "uncheckable") else c.verdict not in WRONG,
                c.error_type, frozenset(c.facts), c.reason or "",
            )
            for c in self.case.claims
        ]  # fmt: skip

    @cached_property
    def text(self) -> str:
        """The whole note."""
        return "\n".join(s.text for s in sections_of(self.draft))

    @cached_property
    def plan(self) -> frozenset[str]:
        """Names of the sections that hold the plan."""
        names = {s.name for s in sections_of(self.draft)}
        return frozenset(n for n in names if n == "P" or n.lower().startswith("plan"))

    @cached_property
    def fates(self) -> dict[str, str]:
        """Scored verdicts on facts."""
        return {f.fact_id: f.verdict for f in self.case.facts if f.verdict != "unscored"}

    @cached_property
    def sources(self) -> str:
        """Everything that the session says today, as one text."""
        s = self.session
        parts = [t.text for t in s.transcript] + [s.rough_notes or ""]
        return "\n".join([*parts, *(f.statement for f in s.facts or [])])

    def carriers(self, selector: Selector | None) -> list[Fact]:
        """Facts of the session that carry an element."""
        return [f for f in self.session.facts or [] if selector and selector.takes(f)]

    @cached_property
    def own_note(self) -> View | None:
        """The clinician's note, where the drafter was given that to polish and nothing else."""
        s, d = self.session, self.draft
        if d.workflow != "polish" or d.drafter == "reference" or not s.references:
            return None
        note: Note = s.reference(d.format) or s.references[0]
        given = d.model_copy(
            update={"format": note.format, "sections": note.sections, "text": None,
                    "sentences": None, "drafter": "reference"}
        )  # fmt: skip
        return View(Case(s, given))

    @cached_property
    def shown(self) -> frozenset[str]:
        """Ids of the facts that the drafter could know."""
        return frozenset(f.id for f in shown(self.case))

    @cached_property
    def shown_text(self) -> str:
        """What the drafter was given to read, for sessions whose truth is not listed."""
        inputs, s = inputs_of(self.draft), self.session
        talk = [t.text for t in s.transcript] if "transcript" in inputs else []
        notes = [s.rough_notes or ""] if "rough_notes" in inputs else []
        return "\n".join([*talk, *notes])

    def charted(self, name: str) -> bool:
        """Whether the drafter was shown that field of the chart, and it holds something."""
        return "chart" in inputs_of(self.draft) and bool(self.session.chart.get(name))

    def knowable(self, element: Element) -> bool:
        """Whether the drafter could know an element, but for a note given to be polished."""
        where, _, name = element.known.partition(":")
        if where == "record":
            return False
        if where == "chart":
            return self.charted(name)
        if self.session.facts is not None:
            return any(f.id in self.shown for f in self.carriers(element.facts))
        return any(element.shows(t) for t in self.shown_text.splitlines())
