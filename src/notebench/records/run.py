"""What a run leaves behind beside drafts and findings: failures, reviews, tallies, its manifest."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from .base import SCHEMA_VERSION, Free, Name, Record
from .draft import Workflow


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
    idle_s: float = Field(default=0.0, ge=0)
    """Seconds without input, kept apart from the active ones."""
    hidden_s: float = Field(default=0.0, ge=0)
    """Seconds in which the page was not on the screen."""
    paused_s: float = Field(default=0.0, ge=0)
    """Seconds on pause."""
    sections: Free = Field(default_factory=dict)
    """By section: active_s (worked in) and shown_s (on the screen while working)."""
    keystrokes: int = Field(default=0, ge=0)
    """Keys pressed."""
    edits: int = Field(default=0, ge=0)
    """Sentences rewritten, struck out or added."""
    edit_distance: int = Field(default=0, ge=0)
    """Characters inserted, deleted or replaced between the draft and what was kept."""
    attested: list[Free] = Field(default_factory=list)
    """Statements on risk, diagnosis, medication and plan, each with its answer."""
    complete: bool = True
    """Whether the review was brought to its end."""


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
    agreement: dict[str, Any] = Field(default_factory=dict)
    """How far several judges agree on claims and facts: Krippendorff's alpha, with its interval."""
    warnings: list[str] = Field(default_factory=list)
    """What to bear in mind when reading its figures, such as a judge of a drafter's own family."""
    digests: dict[str, str] = Field(default_factory=dict)
    """sha256 of each output's content (timing left out), equal between equal runs."""
    cost_usd: float | None = 0.0
    """Cost of the model calls as far as prices are known; None: unknown."""
