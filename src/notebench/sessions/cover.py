"""A small corpus that meets every pair: problem, modality, session type, setting and complexity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from random import Random

from .. import formats as note_formats
from ..records import Session
from .build import build
from .cast import Wanted
from .loading import library
from .scenarios import Library, Problem

SPLITS = ("train", "dev", "test")
"""Splits by scenario family: no problem is in two of them."""


@dataclass(frozen=True)
class Stratum:
    """What one session of a covering corpus is to be like."""

    problem: str
    modality: str
    session_type: str
    setting: str
    complexity: str | None
    """The flag that comes on top of those that its problem and type always carry."""

    def pairs(self, kinds: dict[str, str]) -> frozenset[tuple[tuple[str, str], ...]]:
        """Every two of its levels. kinds: the modality as its problem's first, second ..."""
        levels = (
            ("problem", self.problem), ("modality", kinds[self.modality]),
            ("type", self.session_type), ("setting", self.setting),
            ("complexity", self.complexity or "none"),
        )  # fmt: skip
        own = ("modality of problem", f"{self.problem}/{self.modality}")
        return frozenset([*combinations(levels, 2), (own,)])


def cover(seed: int, n: int | None = None) -> list[Stratum]:
    """Strata that meet every pair that can be met; with n, that many, the most telling first.

    Greedy: of a seeded order of all combinations, each time the one that meets most pairs not met
    yet. A modality counts as its problem's first, second or third, since problems have their own.
    """
    lib = library()
    left = _combinations(lib)
    Random(f"{seed}/cover").shuffle(left)
    kinds = {p: _kinds(lib.problems[p]) for p in lib.problems}
    pairs = {s: s.pairs(kinds[s.problem]) for s in left}
    missing = set().union(*pairs.values())
    chosen: list[Stratum] = []
    while left and (missing if n is None else len(chosen) < n):
        # When all pairs are met, further strata go to the problems that have the fewest.
        held = {p: sum(c.problem == p for c in chosen) for p in lib.problems}
        best = max(left, key=lambda s: (len(pairs[s] & missing), -held[s.problem]))
        left.remove(best)
        missing -= pairs[best]
        chosen.append(best)
    return chosen


def unmet(strata: Sequence[Stratum]) -> list[str]:
    """The pairs that a plan does not meet, in words."""
    lib = library()
    kinds = {p: _kinds(lib.problems[p]) for p in lib.problems}
    wanted = set().union(*(s.pairs(kinds[s.problem]) for s in _combinations(lib)))
    met = set().union(*(s.pairs(kinds[s.problem]) for s in strata))
    return sorted(" with ".join(f"{a} {b}" for a, b in pair) for pair in wanted - met)


def generate_cover(
    seed: int, n: int | None = None, *, formats: Sequence[str] = ("SOAP", "DAP", "BIRP")
) -> Iterator[Session]:
    """A session for each stratum of `cover`, in the order of the problems."""
    lib = library()
    names = [note_formats.get(f).name for f in formats]
    numbers: dict[str, int] = {}
    for s in sorted(cover(seed, n), key=lambda s: s.problem):
        number = numbers[s.problem] = numbers.get(s.problem, 0) + 1
        flags = (s.complexity,) if s.complexity else ()
        wanted = Wanted(s.session_type, s.modality, s.setting, flags)
        key = f"{seed}/cover/{s.problem}/{number}"
        yield build(lib, lib.problem(s.problem), key, number, names, wanted=wanted)


def split_of(session: Session) -> str:
    """train, dev or test, by the session's problem (shared/splits.yaml); else train."""
    splits = library().banks["splits"]
    problem = session.scenario.get("problem")
    return next((name for name in SPLITS if problem in splits[name]), "train")


def _kinds(problem: Problem) -> dict[str, str]:
    return {modality: f"number {place}" for place, modality in enumerate(problem.modalities, 1)}


def _combinations(lib: Library) -> list[Stratum]:
    """Every stratum that can be: types and flags that the problem has."""
    shapes = lib.banks["shapes"]
    out: list[Stratum] = []
    for name in sorted(lib.problems):
        problem = lib.problems[name]
        types = [t for t, weight in (problem.types or shapes["types"]).items() if weight]
        chances = {**shapes["flags"], **problem.chances}
        flags = [None, *sorted(f for f, p in chances.items() if p and f not in problem.flags)]
        for modality, kind, setting, flag in product(
            problem.modalities, types, shapes["settings"], flags
        ):
            own = shapes["shapes"][kind].get("flags", {})
            # A flag that the type always or never carries is no choice.
            if own.get(flag) not in (0, 1):
                out.append(Stratum(name, modality, kind, setting, flag))
    return out
