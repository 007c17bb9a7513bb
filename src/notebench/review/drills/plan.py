"""What a drill is to be: read from a preset or a TOML file, and checked before anything is made."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ... import formats, taxonomy
from ...drafters.saboteur import TYPES
from ...errors import NotebenchError, UnknownName
from ...registry import suggest
from ...sessions import problems
from ...storage import explain

Style = Literal["as_written", "polished", "rough"]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Arm(_Settings):
    """A condition of an experiment."""

    id: str
    """Short name, as tables have it."""
    label: str
    """In words, for reports."""
    style: Style | None = None
    """How its notes are worded; None: as the plan says."""
    write: Literal["before", "after"] | None = None
    """Whether a reviewer writes an own note before seeing the draft, or after checking it."""
    checklist: bool = False
    """Whether the steps of the risk-first checklist stand above the note."""


class Experiment(_Settings):
    """A question that a drill is to answer."""

    question: str
    """In words."""
    by: Literal["note", "block", "position"]
    """What an arm is given to: single notes, a part of the sitting, or a place in it."""
    arms: tuple[Arm, ...] = Field(min_length=2)
    """Conditions; the last is compared with the first."""
    risk_apart: bool = False
    """Whether errors about risk are compared by themselves as well."""
    reading: str
    """What to keep in mind when reading the result."""


class Level(_Settings):
    """How hard notes are."""

    name: str
    """In words."""
    easiest: float = Field(ge=0, le=1)
    """Least difficulty of an error, 0-1."""
    hardest: float = Field(ge=0, le=1)
    """Greatest difficulty, 0-1."""
    errors: int = Field(ge=1)
    """Errors in a note that has any."""
    style: Style
    """How its notes are worded."""


class Plan(_Settings):
    """A drill, as a trainer asks for it."""

    title: str = "Find the errors"
    """Title of the page."""
    about: str = ""
    """What it is for, told to the trainer."""
    notes: int = Field(default=8, ge=1, le=200)
    """Notes for each reviewer."""
    clean: float = Field(default=0.25, ge=0, lt=1)
    """Share of the notes in which nothing is wrong."""
    errors: int = Field(default=1, ge=1, le=4)
    """Errors in each of the others."""
    types: tuple[str, ...] = ()
    """Error types, in turn; empty: those of drills.toml."""
    severities: tuple[str, ...] = ()
    """Only errors of these severities."""
    sections: tuple[str, ...] = ()
    """Only errors that stand in these sections."""
    problems: tuple[str, ...] = ()
    """Only sessions about these problems."""
    style: Style = "as_written"
    """How notes are worded."""
    level: Literal["1", "2", "3", "ladder"] | None = None
    """How hard; ladder: a third on each level, easy ones first. It sets errors and style."""
    format: str = "SOAP"
    """Note format."""
    feedback: bool = False
    """Whether the page shows what was wrong after each note. The answers then stand in the page."""
    limit_s: int = Field(default=0, ge=0)
    """Seconds for each note; 0: as long as it takes."""
    checklist: bool = False
    """Whether the steps of the risk-first checklist stand above each note."""
    design: Literal["same", "rotated"] = "rotated"
    """Whether all reviewers get the same notes, or sets alike in what is wrong but not in where."""
    experiment: Experiment | None = None
    """A question that the drill is to answer."""

    @model_validator(mode="after")
    def _fits(self) -> Plan:
        parts = len(self.experiment.arms) if self.experiment else 3 if self.level == "ladder" else 1
        if self.notes % parts:
            raise ValueError(f"{self.notes} notes can't be shared out evenly among {parts} parts")
        if self.experiment and self.level == "ladder":
            raise ValueError("an experiment needs notes that are equally hard: no ladder")
        return self

    @property
    def kinds(self) -> tuple[str, ...]:
        """Error types asked for, or those that drills have where nothing was said."""
        return self.types or tuple(content()["types"])


@cache
def content() -> dict[str, Any]:
    """drills.toml: types, levels, the checklist and the words of the page."""
    return tomllib.loads(files(__package__).joinpath("drills.toml").read_text("utf-8"))


def level(name: str) -> Level:
    """The level of that name."""
    return Level.model_validate(content()["levels"][name])


def presets() -> list[str]:
    """Names of the plans that come along."""
    folder = files(__package__).joinpath("presets")
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name[-5:] == ".toml")


def plan_of(preset: str | Path | None = None, changes: Mapping[str, Any] | None = None) -> Plan:
    """A plan: a preset's or a TOML file's settings, with changes. Raises NotebenchError."""
    given: dict[str, Any] = {}
    if preset is not None:
        given = _read(str(preset))
    try:
        plan = Plan.model_validate({**given, **(changes or {})})
    except ValidationError as error:
        what, mend = explain(error, "setting", "see docs/drills.md for what a plan can hold")
        raise NotebenchError(what, where=str(preset or "the drill asked for"), mend=mend) from error
    _named("error type", plan.types, TYPES)
    _named("severity", plan.severities, taxonomy.LEVELS)
    _named("problem", plan.problems, problems())
    format = formats.get(plan.format)
    _named("section of that format", plan.sections, [s.name for s in format.sections])
    return plan.model_copy(update={"format": format.name})


def _named(noun: str, given: tuple[str, ...], known: Any) -> None:
    for name in given:
        if name not in known:
            raise UnknownName(f"no {noun} is called {name!r}", mend=suggest(name, known))


def _read(preset: str) -> dict[str, Any]:
    if preset in presets():
        text = files(__package__).joinpath("presets", f"{preset}.toml").read_text("utf-8")
        return tomllib.loads(text)
    path = Path(preset)
    if path.suffix != ".toml":
        raise UnknownName(
            f"no drill is called {preset!r}", mend=f"{suggest(preset, presets())}, or give a .toml"
        )
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise NotebenchError(
            f"can't be read ({error.strerror})", where=preset, mend="check the path"
        ) from error
    except ValueError as error:
        raise NotebenchError(f"no TOML file ({error})", where=preset, mend="mend it") from error
