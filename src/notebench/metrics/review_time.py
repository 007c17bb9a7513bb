"""A model of how long a clinician needs to review a draft, and of the errors left afterwards.

It is a model: nobody was timed. Parameters, their ranges and sources are data (review_time.toml).

    T = t_fixed + 60 W / reading_speed + sentences p_look t_look
        + d (unsupported t_delete + contradicted t_substitute)
        + d omission_detection omitted (t_locate + composing words_per_fact 60 / typing_speed)
        + trims t_delete
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from .. import taxonomy
from ..formats import sections_of
from ..records import WRONG, Tally
from .base import Case
from .faithfulness import grade
from .ledger import due, withheld
from .verbosity import reference_words, repeats, sentences_of, words_of


@dataclass(frozen=True)
class Parameter:
    """One number of the model."""

    name: str
    default: float
    low: float
    high: float
    unit: str
    meaning: str
    source: str
    assumed: bool
    """Whether the default is an assumption rather than a published figure."""


@dataclass(frozen=True)
class Load:
    """What a draft gives a reviewer to do. The model is linear in it, so means may go in too."""

    words: float
    sentences: float
    unsupported: float
    """Sentences to delete."""
    contradicted: float
    """Sentences to put right."""
    omitted: float
    """Due facts to add."""
    trims: float
    """Repeats, and facts that belong outside the note: deleted on sight."""


class Simulation(NamedTuple):
    """Modelled seconds at the defaults, with the interval over the parameters' ranges."""

    estimate: float
    low: float
    high: float


class Swing(NamedTuple):
    """Modelled seconds with one parameter at its low and at its high end: a bar of a tornado."""

    parameter: str
    at_low: float
    at_high: float


@cache
def parameters() -> dict[str, Parameter]:
    """All parameters of the model by name."""
    data = tomllib.loads(files(__package__).joinpath("review_time.toml").read_text("utf-8"))
    return {p["name"]: Parameter(**p) for p in data["parameters"]}


def defaults(**changes: float) -> dict[str, float]:
    """Default values by name, with changes."""
    return {name: p.default for name, p in parameters().items()} | changes


def load(case: Case) -> Load | None:
    """What this draft gives a reviewer to do; None where none of its sentences was scored.

    Unscored sentences are read and looked up like others, and edited like none. Without facts
    (omission can't be measured) the time for adding them is left out.
    """
    verdicts = [c.verdict for c in case.claims]
    if all(v == "unscored" for v in verdicts):
        return None
    sentences = sentences_of(case.draft)
    put_in = sum(v != "omitted" for _, v in withheld(case))
    return Load(
        words=words_of(sections_of(case.draft)),
        sentences=len(sentences),
        unsupported=verdicts.count("unsupported") + verdicts.count("inferred"),
        contradicted=verdicts.count("contradicted"),
        omitted=sum(v == "omitted" for _, v in due(case)),
        trims=len(repeats(sentences)) + put_in,
    )


def seconds(work: Load, p: Mapping[str, Any]) -> Any:
    """Modelled seconds of review. Values of `p` are numbers, or arrays of one shape."""
    adding = p["t_locate"] + p["composing"] * p["words_per_fact"] * 60 / p["typing_speed"]
    return (
        p["t_fixed"]
        + 60 * work.words / p["reading_speed"]
        + work.sentences * p["p_look"] * p["t_look"]
        + p["detection"] * work.unsupported * p["t_delete"]
        + p["detection"] * work.contradicted * p["t_substitute"]
        + p["detection"] * p["omission_detection"] * work.omitted * adding
        + work.trims * p["t_delete"]
    )


def by_hand(case: Case) -> float | None:
    """Modelled seconds of writing the clinician's note by hand; None without such a note."""
    words = reference_words(case.session, case.draft.format)
    return 60 * words / defaults()["composing_speed"] if words else None


def review_time(case: Case) -> Iterator[Tally]:
    """Modelled seconds of review, of writing by hand, and the difference.

    No saving is given for a note that the clinician wrote: the reference, or a draft that polishes
    the clinician's own.
    """
    work, manual = load(case), by_hand(case)
    time = seconds(work, defaults()) if work else None
    if time is not None:
        yield case.tally("review_time", time, 1)
    if manual is not None:
        yield case.tally("review_time.by_hand", manual, 1)
    written = case.draft.drafter == "reference" or case.draft.workflow == "polish"
    if time is not None and manual is not None and not written:
        yield case.tally("review_time.net_saved", manual - time, 1)


def residual_risk(case: Case) -> Iterator[Tally]:
    """Weighted errors expected to be left after review: by a diligent and an everyday reviewer."""
    if load(case) is None:
        return
    weights, flags, p = taxonomy.weights(), taxonomy.flags(case.session), defaults()
    # Without type or severity an error counts as major, the middle of the scale.
    wrong = sum(weights[grade(c, flags) or "major"] for c in case.claims if c.verdict in WRONG)
    missing = sum(
        weights[taxonomy.severity(taxonomy.omission_of(f.kind).name, stratum_flags=flags)]
        for f, v in due(case)
        if v == "omitted"
    )
    for name, d in (
        ("residual_risk", p["detection"]),
        ("residual_risk.in_practice", p["detection_in_practice"]),
    ):
        left = wrong * (1 - d) + missing * (1 - d * p["omission_detection"])
        yield case.tally(name, left, 1)


def simulate(
    cases: Case | Iterable[Case], n: int = 1000, seed: int = 0, conf: float = 0.95
) -> Simulation | None:
    """Mean modelled seconds of review with a Monte-Carlo interval over the parameters' ranges.

    The interval says how far the assumptions reach, not how drafts vary. None where no case could
    be scored.
    """
    import numpy as np

    work = mean_load(cases)
    if work is None:
        return None
    rng = np.random.default_rng(seed)
    drawn: dict[str, Any] = {
        p.name: rng.triangular(p.low, p.default, p.high, n) if p.low < p.high else p.default
        for p in parameters().values()
    }
    low, high = np.quantile(seconds(work, drawn), [(1 - conf) / 2, (1 + conf) / 2])
    return Simulation(seconds(work, defaults()), float(low), float(high))


def tornado(cases: Case | Iterable[Case]) -> list[Swing]:
    """Modelled seconds as each parameter alone goes over its range, widest first."""
    work = mean_load(cases)
    if work is None:
        return []
    swings = [
        Swing(p.name, *(seconds(work, defaults(**{p.name: end})) for end in (p.low, p.high)))
        for p in parameters().values()
    ]
    moved = [s for s in swings if s.at_low != s.at_high]
    return sorted(moved, key=lambda s: (-abs(s.at_high - s.at_low), s.parameter))


def mean_load(cases: Case | Iterable[Case]) -> Load | None:
    """Mean of the loads of the cases that could be scored; None where there is none."""
    several = [cases] if isinstance(cases, Case) else cases
    loads = [astuple(work) for case in several if (work := load(case))]
    return (
        Load(*(sum(column) / len(loads) for column in zip(*loads, strict=True))) if loads else None
    )
