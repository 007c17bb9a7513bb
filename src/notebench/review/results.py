"""The file that a review page hands over: its layout, and reading it with errors that help."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from ..errors import NotebenchError
from ..records import ClaimVerdict, Record, Section, Severity
from ..storage import explain
from ..text.control import CONTROL

LAYOUT = 1
"""Layout of payloads and results."""
_FOREIGN = "give the JSON file that a page of `notebench review build` saved"


class Span(Record):
    """Words of a draft at half-open offsets, in code points, into their section's text."""

    section: str
    """Name of the section."""
    start: int = Field(ge=0)
    """First character."""
    end: int = Field(ge=0)
    """One past the last."""
    text: str
    """Exactly that slice."""


class Mark(Span):
    """Something found wrong in a sentence."""

    id: str
    """Id, unique in its note."""
    kind: str
    """Kind of mark (choices.toml)."""
    verdict: ClaimVerdict
    """The verdict that this kind stands for."""
    error_type: str | None = None
    """Name in the taxonomy, where the person said one."""
    severity: Severity | None = None
    """How much it weighs, where the person said."""
    comment: str = ""
    """A remark."""
    at_s: float = 0.0
    """Active seconds into the note when it was made."""


class Missing(Record):
    """Something that the note leaves out."""

    id: str
    """Id, unique in its note."""
    text: str
    """What is missing, in the person's words."""
    kind: str | None = None
    """Kind of fact, where said."""
    severity: Severity | None = None
    """How much it weighs, where said."""
    section: str
    """Where it belongs."""
    turns: list[int] = Field(default_factory=list)
    """Turns that hold it, where it was marked on one."""
    written: bool = False
    """Whether its text was written into the note."""
    at_s: float = 0.0
    """Active seconds into the note when it was found."""


class State(Record):
    """An entry of the state log."""

    state: Literal["drafted", "edited", "attested", "signed", "reopened", "done"]
    """The state entered."""
    at: str | None = None
    """When, ISO 8601 in UTC; None where the page did not know."""


class SectionTime(Record):
    """Time on one section."""

    active_s: float = Field(default=0.0, ge=0)
    """Worked in it."""
    shown_s: float = Field(default=0.0, ge=0)
    """On the screen while working."""


class Time(Record):
    """Time on one note; the first four add up to all of it."""

    active_s: float = Field(ge=0)
    """Working."""
    idle_s: float = Field(default=0.0, ge=0)
    """Without input for longer than the page waits."""
    hidden_s: float = Field(default=0.0, ge=0)
    """In another tab, or with the screen off."""
    paused_s: float = Field(default=0.0, ge=0)
    """On pause."""
    sections: dict[str, SectionTime] = Field(default_factory=dict)
    """By section of the note."""
    parts: dict[str, float] = Field(default_factory=dict)
    """Active seconds elsewhere: source_s, missing_s, finish_s, other_s."""


class Attested(Record):
    """An answer on a sentence; without `text`: on the note's saying nothing on the topic."""

    topic: str
    """Topic (choices.toml)."""
    answer: str | None = None
    """What was answered; None where nothing was."""
    text: str | None = None
    """The sentence as drafted, at section, start and end; `now` holds what stands there."""


class Signature(Record):
    """Who signed."""

    name: str
    """As typed."""
    role: str
    """As typed."""
    at: str
    """When, ISO 8601 in UTC."""


class NoteResult(Record):
    """What a person did with one note."""

    note: str
    """Its id on the page."""
    order: int = 0
    """Its place in the order shown, from 1."""
    opened: str | None = None
    """When it was first opened."""
    closed: str | None = None
    """When it was signed or ended; None while it is open."""
    states: list[State] = Field(default_factory=list)
    """The state log."""
    marks: list[Mark] = Field(default_factory=list)
    """What was found wrong."""
    missing: list[Missing] = Field(default_factory=list)
    """What was found missing."""
    sections: list[Section] = Field(default_factory=list)
    """The note as the person left it."""
    changed: list[Span] = Field(default_factory=list)
    """Sentences rewritten; `now` holds what stands there, empty where struck out."""
    attested: list[Attested] = Field(default_factory=list)
    """Topic, sentence and answer; without a sentence: that the note is silent on the topic."""
    stands: dict[str, str] = Field(default_factory=dict)
    """Whether they would stand behind it, by audience."""
    statements: dict[str, str] = Field(default_factory=dict)
    """Answers to statements on the note as a whole."""
    checked: dict[str, float] = Field(default_factory=dict)
    """Steps of a checklist ticked, with active seconds into the note."""
    confidence: float | None = Field(default=None, ge=0, le=100)
    """How sure they are that no serious error is left, in percent."""
    remark: str = ""
    """Anything else."""
    answers: dict[str, Any] = Field(default_factory=dict)
    """What a mode asked beside all this; in drills `own`: a note of the person's own."""
    signature: Signature | None = None
    """None where the note is not signed."""
    time: Time
    """Time on it."""
    keystrokes: int = 0
    """Keys pressed."""
    inserted: int = 0
    """Characters typed into fields."""
    deleted: int = 0
    """Characters deleted in fields."""
    looks: int = 0
    """Times they went to a turn of the session."""
    searches: int = 0
    """Steps through what a search found."""
    log: list[dict[str, Any]] = Field(default_factory=list)
    """What was done when: s (active seconds into the note), what, about."""


class Result(Record):
    """One file of a review page."""

    notebench_review: int
    """Layout."""
    kind: Literal["result"]
    """Kind of file."""
    mode: str = "review"
    """review or drill."""
    bundle: str
    """Hash of the page's payload."""
    salt: str
    """What note ids were made with."""
    reviewer: str = Field(min_length=1)
    """Who reviewed."""
    blind: bool = False
    """Whether the drafters were hidden."""
    idle_after_s: float = 0.0
    """Seconds without input after which time counted as idle."""
    started: str | None = None
    """When."""
    saved: str = ""
    """When the file was made."""
    complete: bool = False
    """Whether every note of the page was closed."""
    notes: list[NoteResult]
    """Notes that were opened."""


def read_result(path: Path) -> Result:
    """A result file. Raises NotebenchError naming the file, the field and the mend."""
    try:
        data = _cleaned(json.loads(path.read_text("utf-8-sig"), parse_constant=_no_number))
    except OSError as error:
        raise NotebenchError(
            f"can't be read ({error.strerror})", where=str(path), mend="check the path"
        ) from error
    except (ValueError, RecursionError) as error:
        raise NotebenchError(
            "not a JSON file, or cut off on its way", where=str(path), mend=_FOREIGN
        ) from error
    if not isinstance(data, dict) or "notebench_review" not in data:
        raise NotebenchError("not a result of a review page", where=str(path), mend=_FOREIGN)
    if data["notebench_review"] != LAYOUT:
        raise NotebenchError(
            f"layout {data['notebench_review']!r} is not one that this version reads",
            where=str(path),
            mend="use the version of notebench that built the page",
        )
    try:
        return Result.model_validate(data)
    except ValidationError as error:
        what, mend = explain(error, "field", "ask for the file again: it was changed or cut off")
        raise NotebenchError(what, where=str(path), mend=mend) from error


def _cleaned(value: Any) -> Any:
    """The same with spaces for control characters, which come along where people paste text."""
    if isinstance(value, str):
        return CONTROL.sub(" ", value)
    if isinstance(value, dict):
        return {key: _cleaned(held) for key, held in value.items()}
    return [_cleaned(held) for held in value] if isinstance(value, list) else value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
