"""A session, what is known to be true of it, and the clinician's own notes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from .base import SCHEMA_VERSION, Free, Name, Record, Text, distinct

Disclosure = Literal[
    "must", "should", "optional", "generalise", "exclude", "psychotherapy_note_only"
]
FactKind = Literal[
    "symptom", "measure", "medication", "risk", "protective", "intervention", "response",
    "homework", "event", "history", "strength", "goal", "plan", "logistics", "diagnosis",
    "observation", "substance", "relationship", "third_party", "consent",
]  # fmt: skip
Source = Literal["transcript", "rough_notes", "chart", "prior_note"]


class Turn(Record):
    """One turn of talk."""

    turn: int
    """Number of the turn, unique in its session."""
    speaker: Name
    """Role of the speaker: client, clinician, partner, parent, interpreter ..."""
    text: Text
    """What was said."""


class Fact(Record):
    """One thing that is true of the session, with where it could be seen."""

    id: Name
    """Id, unique in its session."""
    kind: FactKind
    """What the fact is about."""
    statement: Name
    """The fact in one plain sentence."""
    disclosure: Disclosure = "should"
    """How a good note treats it."""
    generalised: Text | None = None
    """The wording a good note would use, for facts to be generalised."""
    sections: dict[Text, list[Text]] = Field(default_factory=dict)
    """Sections in which it is well placed, by format; empty: judged by its kind."""
    evidence: list[int] = Field(default_factory=list)
    """Numbers of the turns that convey it."""
    source: Source = "transcript"
    """Where it comes from."""
    seen_in: list[Source] = Field(default_factory=list)
    """Every place where it can be seen; empty: only in its source."""
    attributes: Free = Field(default_factory=dict)
    """Values behind the statement: name, value, unit, previous, who, when, certainty ..."""
    cues: list[Text] = Field(default_factory=list)
    """Further words that speak of it, for checks of generated sessions; no verifier reads them."""
    traces: list[Text] = Field(default_factory=list)
    """Words that would give it away in a note, for the same checks; no verifier reads them."""

    def shown(self, inputs: set[str]) -> bool:
        """Whether somebody who was given those inputs could know it."""
        return not inputs.isdisjoint(self.seen_in or [self.source])


class Section(Record):
    """One headed part of a note."""

    name: Name
    """Short name of the section in its format, such as S."""
    text: Text
    """Its text."""


class Note(Record):
    """A clinician's own note in one format."""

    format: Name
    """Name of the format."""
    sections: list[Section]
    """Sections in the format's order."""
    conveys: list[Text] | None = None
    """Ids of the facts that it holds; None: not known. No verifier reads it."""


class Participant(Record):
    """A person in the session."""

    role: Name
    """Role, as used for speakers."""
    name: Text | None = None
    """Pseudonym."""


class Session(Record):
    """A session and what is known to be true of it."""

    schema_version: int = SCHEMA_VERSION
    """Version of the record layout."""
    session_id: Name
    """Id, unique in its file."""
    scenario: Free = Field(default_factory=dict)
    """problem, modality, session_type, complexity."""
    participants: list[Participant] = Field(default_factory=list)
    """Who took part."""
    chart: Free = Field(default_factory=dict)
    """diagnosis, goals, date, start, stop, cpt, setting ..."""
    transcript: list[Turn] = Field(default_factory=list)
    """The talk, in order."""
    rough_notes: Text | None = None
    """The clinician's shorthand."""
    prior_note: Text | None = None
    """The note of the session before: true of last time only."""
    facts: list[Fact] | None = None
    """The fact ledger; None: truth is not known fact by fact, omission can't be measured."""
    not_assessed: list[Text] = Field(default_factory=list)
    """Topics that nobody raised: a note that denies them invents."""
    references: list[Note] = Field(default_factory=list)
    """The clinician's own notes."""

    @model_validator(mode="after")
    def _whole(self) -> Session:
        if not self.transcript and not (self.rough_notes or "").strip():
            raise ValueError(
                "transcript: a session needs a transcript or rough_notes, and this one has "
                "neither; give one of them"
            )
        facts = self.facts or []
        distinct("transcript", "turn", [t.turn for t in self.transcript])
        distinct("facts", "id", [f.id for f in facts])
        turns = {t.turn for t in self.transcript}
        for number, fact in enumerate(facts):
            if missing := [e for e in fact.evidence if e not in turns]:
                raise ValueError(
                    f"facts.{number}.evidence: fact {fact.id} names turn {missing[0]}, "
                    "which does not exist; correct the number or add the turn"
                )
        return self

    def reference(self, format: str) -> Note | None:
        """The clinician's note in that format, if there is one."""
        return next((n for n in self.references if n.format.lower() == format.lower()), None)

    def listed(self, key: str) -> list[str]:
        """What its scenario has under a key, as a list: a single text is a list of one."""
        given = self.scenario.get(key) or []
        return [given] if isinstance(given, str) else [str(value) for value in given]

    def turns(self) -> dict[int, Turn]:
        """Turns by number."""
        return {t.turn: t for t in self.transcript}

    def _repr_html_(self) -> str:
        from ..html import session_html

        return session_html(self)
