"""What a check is given, and how checks are registered."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import cached_property

from ...text.numbers import Number
from ..derived import combined, derives
from ..index import SessionIndex
from ..passages import Evidence, Passage
from ..terms import Reading, scaffold

_BOUNDS = re.compile(r"\b0\s?(?:-|–|to)\s?(?:5|10|100)\b|/\s?10\b|\bout of (?:10|ten)\b")
"""The ends of a rating scale: they say nothing of the client."""
_ROUGHLY = re.compile(
    r"(?:\babout|\baround|\bsome|\broughly|\bapproximately|\bapprox\.?|\bnearly|~) ?$"
)
_ROUNDING = 0.1


@dataclass(frozen=True)
class View:
    """A claim with what bears on it."""

    claim: Reading
    section: str
    evidence: Evidence
    index: SessionIndex

    @cached_property
    def novelty(self) -> float:
        """Weighted share of the claim's words that its evidence does not hold."""
        return 1 - self.index.cover(self.claim.keys, self.evidence.keys)

    @cached_property
    def numbers(self) -> list[Number]:
        """Numbers worth checking: a lone "one", "both" or "first" is not."""
        bounds = [m.span() for m in _BOUNDS.finditer(self.claim.low)]
        return [
            n
            for n in self.claim.numbers
            if not idle(n)
            and not any(start <= n.start < end for start, end in bounds)
            and not self._rounded(n)
        ]

    def _rounded(self, number: Number) -> bool:
        """Whether a number is given as a rough one and something near says about as much."""
        if not _ROUGHLY.search(self.claim.low[max(0, number.start - 16) : number.start]):
            return False
        said = {v for p in self.evidence.all for n in p.numbers for v in n.values}
        said |= combined(p.numbers for p in self.evidence.all)
        return any(abs(v - number.value) <= _ROUNDING * number.value for v in said)

    @cached_property
    def near_values(self) -> frozenset[float]:
        """Values said in the passages near the claim, or that follow from them."""
        near = frozenset(
            round(v, 3) for p in self.evidence.all for n in p.numbers for v in n.values
        )
        return near | self.index.dates | self.derived_values

    @cached_property
    def derived_values(self) -> frozenset[float]:
        """Differences, sums and shares of what is said near, for a claim that speaks of such."""
        if not derives(self.claim.low):
            return frozenset()
        return combined(p.numbers for p in self.evidence.all)

    @cached_property
    def content(self) -> frozenset[str]:
        """Words that say something about this client."""
        return self.claim.keys - scaffold()

    @cached_property
    def closest(self) -> tuple[Passage, ...]:
        """The best passage of each source."""
        e = self.evidence
        return (*e.facts[:1], *e.talk[:1], *e.notes[:1])


Check = Callable[[View], tuple[float, str]]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Register a check under its function's name."""
    CHECKS[function.__name__] = function
    return function


def run_checks(view: View) -> dict[str, tuple[float, str]]:
    """Value and detail of every check."""
    return {name: function(view) for name, function in CHECKS.items()}


def idle(number: Number) -> bool:
    """Whether a number says too little to be checked: "one", "both", "first", "item 9"."""
    small = number.text[:1].isalpha() and number.value <= 1
    ordinal = number.kind == "ordinal" and number.value <= 3
    loose = number.text.lower() in ("both", "couple", "half")
    return number.kind == "item" or small or ordinal or loose


def among(number: Number, values: Container[float]) -> bool:
    """Whether one of the number's readings is among the values."""
    return any(round(v, 3) in values for v in number.values)


def listed(items: Iterable[str]) -> str:
    """Words in order, for the reason."""
    return ", ".join(sorted(set(items)))
