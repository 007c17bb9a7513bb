"""The records that every stage reads and writes: frozen, validated, unknown fields kept.

Shapes follow the published record layout (docs/records.md). Text is checked on the way in: control
characters and absurd sizes are refused here, once, and nowhere else. A ValueError raised here reads
"what is wrong; what to do", and where it is about a whole record it begins with the field.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from .text.control import CONTROL

SCHEMA_VERSION = 1
MAX_TEXT = 200_000  # characters in one text field; a long session is about 20,000
MAX_DEPTH = 50  # lists and objects within each other

Disclosure = Literal[
    "must", "should", "optional", "generalise", "exclude", "psychotherapy_note_only"
]
FactKind = Literal[
    "symptom", "measure", "medication", "risk", "protective", "intervention", "response",
    "homework", "event", "history", "strength", "goal", "plan", "logistics", "diagnosis",
    "observation", "substance", "relationship", "third_party", "consent",
]  # fmt: skip
Source = Literal["transcript", "rough_notes", "chart", "prior_note"]
Workflow = Literal["scribe", "organise", "polish"]
ClaimVerdict = Literal[
    "supported", "contradicted", "unsupported", "inferred", "uncheckable", "unscored"
]
FactVerdict = Literal["conveyed", "distorted", "omitted", "unscored"]
Severity = Literal["minor", "major", "critical"]

WRONG: frozenset[str] = frozenset({"contradicted", "unsupported", "inferred"})
"""Verdicts that count as unfaithful."""


def _clean(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(
            f"text of {len(text):,} characters is over the limit of {MAX_TEXT:,}; "
            "split it, or check that it is the right file"
        )
    return _no_control(text)


def _no_control(text: str) -> str:
    if bad := CONTROL.search(text):
        raise ValueError(
            f"control character U+{ord(bad[0]):04X} at character {bad.start()}; "
            "remove it or save the file again as plain UTF-8"
        )
    return text


Text = Annotated[str, AfterValidator(_clean)]


def _clean_within(value: Any, depth: int = 0) -> Any:
    """Check the text in a value of any shape; how long it is doesn't matter there."""
    if depth > MAX_DEPTH:
        raise ValueError(f"lists and objects stand more than {MAX_DEPTH} deep; make it flatter")
    if isinstance(value, str):
        _no_control(value)
    elif isinstance(value, dict):
        for key, held in value.items():
            _clean_within(key, depth + 1)
            _clean_within(held, depth + 1)
    elif isinstance(value, list | tuple):
        for held in value:
            _clean_within(held, depth + 1)
    return value


Anything = Annotated[Any, AfterValidator(_clean_within)]
Free = Annotated[dict[str, Any], AfterValidator(_clean_within)]


def _named(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty; give it text")
    return _clean(text)


Name = Annotated[str, AfterValidator(_named)]


class Record(BaseModel):
    """Base of all records: frozen, unknown fields kept."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)
    __pydantic_extra__: dict[str, Anything]

    @model_validator(mode="after")
    def _clean_names(self) -> Self:
        for name in self.__pydantic_extra__ or ():
            if CONTROL.search(name):
                raise ValueError(f"{name!r}: its name holds a control character; rename it")
        return self


def _distinct(where: str, what: str, values: list[Any]) -> None:
    """Raise ValueError where a value stands twice."""
    seen: set[Any] = set()
    for number, value in enumerate(values):
        if value in seen:
            raise ValueError(f"{where}.{number}.{what}: {value!r} is used twice; use each once")
        seen.add(value)


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
        _distinct("transcript", "turn", [t.turn for t in self.transcript])
        _distinct("facts", "id", [f.id for f in facts])
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

    def turns(self) -> dict[int, Turn]:
        """Turns by number."""
        return {t.turn: t for t in self.transcript}

    def _repr_html_(self) -> str:
        from .html import session_html

        return session_html(self)


class Sentence(Record):
    """A sentence of a draft that arrived already cut."""

    section: Name
    """Section it stands in."""
    text: Name
    """The sentence."""


class Draft(Record):
    """A note to be judged, whoever or whatever wrote it."""

    schema_version: int = SCHEMA_VERSION
    """Version of the record layout."""
    draft_id: Name
    """Id, unique in its file."""
    session_id: Name
    """The session it is about."""
    drafter: Name
    """Who wrote it: reference, extractive, saboteur, local/..., a model name, import:<vendor>."""
    workflow: Workflow = "scribe"
    """What the drafter was given: the transcript, rough notes, or the clinician's own draft."""
    format: Name = "SOAP"
    """Name of the note format."""
    sample: int = Field(default=0, ge=0)
    """Number of the sample, for repeated drafts of the same thing."""
    sections: list[Section] = Field(default_factory=list)
    """Its sections, in order."""
    text: Text | None = None
    """The whole note, where it was not given in sections."""
    sentences: list[Sentence] | None = None
    """Sentences, where the draft arrived already cut."""
    provenance: Free = Field(default_factory=dict)
    """How it was made: model, parameters, hashes, tokens, cost, latency, time, strategy."""

    @model_validator(mode="after")
    def _whole(self) -> Draft:
        if not any(s.text.strip() for s in self.sections) and not (self.text or "").strip():
            raise ValueError("sections: the note is empty; give it text, or leave it out")
        _distinct("sections", "name", [s.name for s in self.sections])
        return self

    def _repr_html_(self) -> str:
        from .html import draft_html

        return draft_html(self)


class ClaimFinding(Record):
    """What a verifier says of one sentence of a draft."""

    kind: Literal["claim"] = "claim"
    """Kind of finding."""
    draft_id: Name
    """The draft."""
    section: Name
    """The section."""
    start: int
    """First character in the section's text."""
    end: int
    """One past the last character."""
    text: Text
    """Exactly that slice."""
    verdict: ClaimVerdict
    """The verdict."""
    p_unfaithful: float | None = Field(default=None, ge=0, le=1)
    """Calibrated probability that the sentence is unfaithful; None where unscored."""
    error_type: str | None = None
    """Name in the error taxonomy (docs/metrics.md)."""
    severity: Severity | None = None
    """Severity of the error."""
    evidence: list[int] = Field(default_factory=list)
    """Turns that bear on it."""
    facts: list[str] = Field(default_factory=list)
    """Facts that it conveys or distorts."""
    reason: str | None = None
    """Why, in words a clinician understands."""
    verifier: Name
    """name@version of the verifier."""


class FactFinding(Record):
    """What a verifier says of one fact of the session in a draft."""

    kind: Literal["fact"] = "fact"
    """Kind of finding."""
    draft_id: Name
    """The draft."""
    fact_id: Name
    """The fact."""
    verdict: FactVerdict
    """The verdict."""
    p_omitted: float | None = Field(default=None, ge=0, le=1)
    """Calibrated probability that the draft leaves it out; None where unscored."""
    reason: str | None = None
    """Why."""
    verifier: Name
    """name@version of the verifier."""


Finding = Annotated[ClaimFinding | FactFinding, Field(discriminator="kind")]


class Failure(Record):
    """A note or a finding that could not be had; recorded, never dropped."""

    schema_version: int = SCHEMA_VERSION
    """Version of the record layout."""
    stage: Literal["draft", "verify"]
    """Where it failed."""
    session_id: Name
    """The session."""
    drafter: Name
    """The drafter."""
    workflow: Workflow
    """The workflow."""
    format: Name
    """The format."""
    sample: int = 0
    """The sample."""
    error: str
    """What went wrong."""
    attempts: int = 1
    """How often it was tried."""


class Review(Record):
    """One person's review of one draft."""

    schema_version: int = SCHEMA_VERSION
    """Version of the record layout."""
    draft_id: Name
    """The draft."""
    reviewer: Name
    """Who reviewed it."""
    seconds: float = Field(ge=0)
    """Active seconds."""


class Tally(Record):
    """One metric for one session and drafter: an amount out of something. Tallies add up."""

    session_id: Name
    """The session."""
    drafter: Name
    """The drafter."""
    workflow: Workflow
    """The workflow."""
    format: Name
    """The format."""
    sample: int = 0
    """The sample."""
    section: str = ""
    """Section of the note, or empty for the note as a whole."""
    stratum: str = ""
    """Scenario stratum: problem/session_type/complexity flags joined by +."""
    metric: Name
    """Name of the metric; a dotted tail names a part of it, such as omission.must."""
    amount: float
    """How much."""
    out_of: float
    """Out of how much."""


class Manifest(Record):
    """What a run was made from; enough to run it again."""

    schema_version: int = SCHEMA_VERSION
    """Version of the record layout."""
    study: dict[str, Any]
    """The study as read, every default filled in."""
    seed: int
    """The study's seed."""
    limit: int | None = None
    """Only the first so many sessions of the study; None: all."""
    shard: tuple[int, int] | None = None
    """(i, n): the i-th of n parts of them, counted from 1; None: all."""
    notebench: str
    """Version of notebench."""
    created: str
    """When the run was started, ISO 8601 in UTC."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Versions of Python and of the packages that bear on results."""
    inputs: dict[str, str] = Field(default_factory=dict)
    """sha256 of each input."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """sha256 of each prompt used, by name@version."""
    verifier: str | None = None
    """name@version of the verifier behind findings and tallies."""
    digests: dict[str, str] = Field(default_factory=dict)
    """sha256 of each output's content (timing left out), equal between equal runs."""
    cost_usd: float | None = 0.0
    """Cost of the model calls as far as prices are known; None: unknown."""


def canonical(value: Any) -> bytes:
    """JSON bytes of a value with sorted keys: equal values, equal bytes."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    ).encode()


def content_hash(*values: Any, length: int = 64) -> str:
    """sha256 (hex, first `length` digits) over the canonical JSON of the values."""
    return hashlib.sha256(canonical(list(values))).hexdigest()[:length]
