"""Polish against accuracy: which notes read better than they are true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple

from .. import taxonomy
from ..records import WRONG, Tally
from .base import Case
from .faithfulness import grade
from .polish import whole

LEAST = 4
"""Notes below which there is no top quarter."""


class Standing(NamedTuple):
    """Where a note stands among the notes that are counted together."""

    gap: float
    """Rank by polish less rank by accuracy, both 0 (last) to 1 (first)."""
    polished: bool
    """Whether it is in the top quarter by polish, notes level with the last of it too."""
    wrong: bool
    """Whether it holds an unfaithful sentence graded major or critical."""


def gap(cases: Sequence[Case]) -> Iterator[list[Tally]]:
    """Gap of each note with a scored sentence; whether it is polished but wrong.

    `gap.wrong_if_polished` counts the polished ones only. None among fewer than 4 such notes.
    """
    for case, standing in zip(cases, standings(cases), strict=True):
        if standing is None:
            yield []
            continue
        flag = standing.polished and standing.wrong
        own = [
            case.tally("gap", standing.gap, 1),
            case.tally("gap.polished_but_wrong", flag, 1),
        ]
        if standing.polished:
            own.append(case.tally("gap.wrong_if_polished", flag, 1))
        yield own


def standings(cases: Sequence[Case]) -> list[Standing | None]:
    """For each case, where it stands; None where its polish or its accuracy is not known."""
    known: dict[int, tuple[float, float]] = {}
    for i, case in enumerate(cases):
        smooth, true = whole(case), accuracy(case)
        if smooth is not None and true is not None:
            known[i] = (smooth, true)
    if len(known) < LEAST:
        return [None] * len(cases)
    smooth_ranks = ranks([smooth for smooth, _ in known.values()])
    true_ranks = ranks([true for _, true in known.values()])
    best = sorted((smooth for smooth, _ in known.values()), reverse=True)
    bar = best[ceil(len(known) / 4) - 1]
    found: list[Standing | None] = [None] * len(cases)
    for (i, (smooth, _)), a, b in zip(known.items(), smooth_ranks, true_ranks, strict=True):
        found[i] = Standing(a - b, smooth >= bar, _badly_wrong(cases[i]))
    return found


def accuracy(case: Case) -> float | None:
    """Share of the scored, checkable sentences that are borne out; None without any."""
    true = [c.verdict not in WRONG for c in case.scored]
    return sum(true) / len(true) if true else None


def _badly_wrong(case: Case) -> bool:
    flags = taxonomy.flags(case.session)
    return any(grade(c, flags) in ("major", "critical") for c in case.claims if c.verdict in WRONG)


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 0 (least) to 1 (greatest); equal values share the mean of theirs."""
    order = sorted(values)
    place: dict[float, list[int]] = {}
    for i, value in enumerate(order):
        place.setdefault(value, []).append(i)
    last = max(1, len(values) - 1)
    return [sum(place[v]) / len(place[v]) / last for v in values]
