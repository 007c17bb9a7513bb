"""Review time and what is left after it, modelled: for a note, for a drafter, with intervals.

A model joins a formula to its parameters. Each parameter is drawn from its range, so an interval
says how far the assumptions reach; over several sessions it also says how far sessions differ.
Nobody was timed unless the parameters come from `notebench review fit`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ..metrics.effort import Load, Number, Parameter, seconds, seconds_from_counts
from ..stats import Interval
from .profiles import DEFAULT, Profile, profile

if TYPE_CHECKING:
    import numpy as np

Formula = Callable[[Load, Mapping[str, Number]], Number]
Values = Mapping[str, Number]

FORMULAS: dict[str, Formula] = {"structure": seconds, "counts": seconds_from_counts}
FITTED = "a model, at rates that were fitted to the times of others"
AMOUNTS = tuple(f.name for f in fields(Load) if f.name != "counted")
"""What there is an amount of in a Load."""
DRAWS = 2000
"""Draws of the parameters; the ends of a 95% interval then wobble by about 2% of its width."""


class Swing(NamedTuple):
    """Modelled seconds with one parameter at its low and at its high end: a bar of a tornado."""

    parameter: str
    at_low: float
    at_high: float


@dataclass(frozen=True)
class Model:
    """A formula with its parameters, as they usually are and as drawn."""

    name: str
    title: str
    formula: Formula
    parameters: Mapping[str, Parameter]
    seed: int = 0
    n: int = DRAWS
    basis: str = "a model: nobody was timed"
    """What the numbers rest on, to be said wherever they are shown."""
    extra: Callable[[int, int], dict[str, Any]] | None = field(default=None, repr=False)
    """From n and seed to draws that go before those of the parameters (a fitted model's)."""

    @classmethod
    def of(cls, way: str | Profile = DEFAULT, seed: int = 0, n: int = DRAWS) -> Model:
        """The model of a profile. Raises UnknownName for a profile that is not there."""
        p = profile(way) if isinstance(way, str) else way
        usual = (p.name, p.title, FORMULAS[p.formula], p.parameters, seed, n)
        return cls(*usual, FITTED, _scatter(p)) if p.formula == "counts" else cls(*usual)

    @cached_property
    def central(self) -> dict[str, float]:
        """Values of the parameters as they usually are."""
        return {name: p.default for name, p in self.parameters.items()}

    @cached_property
    def drawn(self) -> dict[str, Any]:
        """Arrays of n draws. A parameter's draws hang on the seed and its name alone."""
        found = {name: draw(p, self.n, self.seed) for name, p in self.parameters.items()}
        return found | (self.extra(self.n, self.seed) if self.extra else {})

    def seconds(self, work: Load, p: Values, notes: int = 1) -> Number:
        """Modelled seconds, never below 0. What is not known of the work is taken as typical.

        notes: of how many notes this is the mean; what differs from note to note evens out.
        """
        import numpy as np

        plain = self.formula(complete(work, p), p) * p.get("scatter", 1.0)
        return np.maximum(0, plain + p.get("reviewer", 0.0) + p.get("noise", 0.0) / notes**0.5)

    def estimate(self, work: Load, conf: float = 0.95) -> Interval:
        """Modelled seconds of one review, with the interval of a reviewer nobody knows."""
        drawn = self.seconds(work, self.drawn)
        return interval(self.seconds(work, self.central), drawn, conf)

    def tornado(self, work: Load) -> list[Swing]:
        """Modelled seconds as each parameter alone goes over its range, widest first."""
        swings = [
            Swing(p.name, *(float(self.seconds(work, {**self.central, p.name: end}))
                            for end in (p.low, p.high)))
            for p in self.parameters.values()
        ]  # fmt: skip
        moved = [s for s in swings if s.at_low != s.at_high]
        return sorted(moved, key=lambda s: (-abs(s.at_high - s.at_low), s.parameter))

    def break_even(self, work: Load, by_hand: Number, p: Values) -> Number:
        """How many errors of the same mix make review as long as writing by hand.

        0: it is as long without any. Without errors in the work, they are sentences to put right.
        """
        import numpy as np

        bare = replace(work, unsupported=0, contradicted=0, omitted=0)
        without = self.seconds(bare, p)
        errors = np.asarray(work.unsupported + work.contradicted + work.omitted, float)
        put_right = self.seconds(replace(bare, contradicted=1), p) - without
        mix = (self.seconds(work, p) - without) / np.where(errors > 0, errors, 1)
        each = np.where(errors > 0, mix, put_right)
        spare = np.maximum(0, by_hand - without)
        return np.where(each > 0, spare / np.where(each > 0, each, 1), np.inf)


def complete(work: Load, p: Values) -> Load:
    """The work with typical numbers where it has none."""
    words = p["typical_words"] if work.words is None else work.words
    told = words / p["words_per_sentence"] if work.sentences is None else work.sentences
    said = work.transcript_words
    said = p["typical_transcript_words"] if said is None else said
    return replace(work, words=words, sentences=told, transcript_words=said)


def draw(p: Parameter, n: int, seed: int) -> Any:
    """n draws of a parameter."""
    rng = generator(seed, p.name)
    if p.distribution == "fixed" or p.low == p.high:
        return p.default
    if p.distribution == "uniform":
        return rng.uniform(p.low, p.high, n)
    return rng.triangular(p.low, p.default, p.high, n)


def generator(seed: int, name: str) -> np.random.Generator:
    """Random numbers of their own for each name, so that adding one changes no other."""
    import numpy as np

    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def interval(central: Number, drawn: Number, conf: float = 0.95) -> Interval:
    """A central value with the quantiles of its draws; without draws both ends are the value."""
    import numpy as np

    # Draws themselves, not points between them: some numbers of errors to break even are infinite.
    ends = [(1 - conf) / 2, (1 + conf) / 2]
    low, high = np.quantile(np.atleast_1d(drawn), ends, method="nearest")
    return Interval(float(central), float(low), float(high))


def _scatter(p: Profile) -> Callable[[int, int], dict[str, Any]]:
    """Single reviews around the mean reviewer: a factor of mean 1."""

    def drawn(n: int, seed: int) -> dict[str, Any]:
        import numpy as np

        spread = draw(p.parameters["counts_spread"], n, seed)
        normal = generator(seed, "scatter").standard_normal(n)
        return {"scatter": np.exp(spread * normal - spread**2 / 2)}

    return drawn


def mean_load(loads: Sequence[Load]) -> Load:
    """Mean of some loads; what is not known of each is not known of the mean."""

    def mean(name: str) -> float | None:
        values = [getattr(work, name) for work in loads]
        return None if any(v is None for v in values) else sum(values) / len(values)

    return Load(**{name: mean(name) for name in AMOUNTS}, counted=loads[0].counted)
