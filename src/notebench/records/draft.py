"""A note to be judged."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from .base import SCHEMA_VERSION, Free, Name, Record, Text, distinct
from .session import Section

Workflow = Literal["scribe", "organise", "polish"]


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
        distinct("sections", "name", [s.name for s in self.sections])
        return self

    def _repr_html_(self) -> str:
        from ..html import draft_html

        return draft_html(self)
