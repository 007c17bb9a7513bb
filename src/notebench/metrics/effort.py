"""The formula of review time: what there is to do, what each thing costs, in seconds.

It is a model: nobody was timed. Parameters, their ranges and sources are data (review_time.toml).

    T = t_fixed + 60 W / reading_speed + sentences p_look t_look
        + d (unsupported t_delete + contradicted t_substitute)
        + d omission_detection omitted (t_locate + composing words_per_fact 60 / typing_speed)
        + trims t_delete
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

Number: TypeAlias = Any
"""A number, or an array of draws: the formulas are elementwise."""


@dataclass(frozen=True)
class Parameter:
    """One number of a model of review time."""

    name: str
    default: float
    low: float
    high: float
    distribution: str
    """How it is drawn within its range: triangular (peak at the default), uniform or fixed."""
    unit: str
    meaning: str
    source: str
    assumed: bool
    """Whether the default is an assumption rather than a published figure."""


@dataclass(frozen=True)
class Load:
    """What a draft gives a reviewer to do. The models are linear in it, so means may go in too."""

    words: Number
    sentences: Number
    unsupported: Number
    """Sentences to delete."""
    contradicted: Number
    """Sentences to put right."""
    omitted: Number
    """Due facts to add."""
    trims: Number
    """Repeats, and facts that belong outside the note: deleted on sight."""
    transcript_words: Number = None
    """Words of the session; None where they are not known."""
    counted: bool = False
    """Whether the errors are those that a reviewer found: then all are mended, not a share."""


@cache
def parameters() -> dict[str, Parameter]:
    """All parameters by name."""
    data = tomllib.loads(files(__package__).joinpath("review_time.toml").read_text("utf-8"))
    return {p["name"]: Parameter(**p) for p in data["parameters"]}


def defaults(**changes: float) -> dict[str, float]:
    """Default values by name, with changes."""
    return {name: p.default for name, p in parameters().items()} | changes


def seconds(work: Load, p: Mapping[str, Number]) -> Number:
    """Modelled seconds of review. Values of `p` are numbers, or arrays of one shape."""
    adding = p["t_locate"] + p["composing"] * p["words_per_fact"] * 60 / p["typing_speed"]
    d = 1.0 if work.counted else p["detection"]
    d_omitted = 1.0 if work.counted else d * p["omission_detection"]
    return (
        p["t_fixed"]
        + 60 * work.words / p["reading_speed"]
        + work.sentences * p["p_look"] * p["t_look"]
        + d * work.unsupported * p["t_delete"]
        + d * work.contradicted * p["t_substitute"]
        + d_omitted * work.omitted * adding
        + work.trims * p["t_delete"]
    )


def seconds_from_counts(work: Load, p: Mapping[str, Number]) -> Number:
    """Modelled seconds of post-editing, from the errors and the session's length alone."""
    d = 1.0 if work.counted else p["detection"]
    d_omitted = 1.0 if work.counted else d * p["omission_detection"]
    return (
        p["counts_fixed"]
        + p["counts_incorrect"] * (d * (work.unsupported + work.contradicted) + work.trims)
        + p["counts_omitted"] * d_omitted * work.omitted
        + p["counts_transcript"] * work.transcript_words / 100
    )


def writing(words: Number, p: Mapping[str, Number]) -> Number:
    """Modelled seconds of writing a note of so many words by hand."""
    return 60 * words / p["composing_speed"]
