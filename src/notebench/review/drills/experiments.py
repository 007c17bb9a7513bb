"""Two conditions compared: reviewer by reviewer, and error by error; honest about small numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any

from ...errors import NotebenchError
from ...stats.intervals import NAN, Interval
from .marking import Marked, MarkedNote
from .measures import measured, span
from .signal import mean_of

COMPARED = ("found", "false_alarms", "d", "c", "seconds", "seconds_per_found")
_EXACT = 14
"""Reviewers up to which all ways of swapping the conditions are gone through."""
_SWAPS = 20_000


@dataclass(frozen=True)
class Comparison:
    """One measure under the first and the last condition."""

    measure: str
    first: Interval
    """Mean over reviewers; of one reviewer: the reviewer's own."""
    last: Interval
    difference: Interval
    """Last less first."""
    p: float
    """Two-sided, by swapping conditions within reviewers; NaN where there is one reviewer."""
    least_p: float
    """The least that p can be with so many reviewers."""
    reviewers: int
    how: str
    """How the interval was made, in words."""


@dataclass(frozen=True)
class Compared:
    """What an experiment came to."""

    question: str
    reading: str
    first: str
    """The first condition, in words."""
    last: str
    rows: tuple[Comparison, ...]
    by_error: Interval
    """Last less first in the share who found an error, mean over errors seen both ways."""
    errors: int
    """How many those are."""
    arms: tuple[dict[str, Any], ...]
    """Each condition: label, notes, share found, false alarms, seconds."""


def compare(marked: Sequence[Marked], key: Mapping[str, Any]) -> Compared:
    """Analyse the experiment that a drill was built for. Raises NotebenchError where it is none."""
    asked = key["plan"].get("experiment")
    if not asked:
        raise NotebenchError(
            "this drill was not built as an experiment", where=key["title"],
            mend="leave out --experiment, or build with --preset polished-or-rough, say",
        )  # fmt: skip
    arms = asked["arms"]
    first, last = arms[0]["id"], arms[-1]["id"]
    sides = [(m, _arm(m, first), _arm(m, last)) for m in marked]
    sides = [s for s in sides if s[1] and s[2]]
    if not sides:
        raise NotebenchError(
            "nobody did notes under both conditions",
            where=key["title"],
            mend="wait for more results",
        )
    wanted = list(COMPARED)
    wanted += ["found_risk"] if asked["risk_apart"] else []
    wanted += ["carried"] if any(a["write"] for a in arms) else []
    both = [(m, measured(a), measured(b)) for m, a, b in sides]
    crossed = asked["by"] == "block"
    by_error, errors = _by_error(sides)
    return Compared(
        question=asked["question"], reading=asked["reading"], first=arms[0]["label"],
        last=arms[-1]["label"], rows=tuple(_row(name, both, first, crossed) for name in wanted),
        by_error=by_error, errors=errors, arms=tuple(_told(a, marked) for a in arms),
    )  # fmt: skip


def _arm(one: Marked, arm: str) -> list[MarkedNote]:
    return [n for n in one.notes if n.arm == arm]


def _told(arm: Mapping[str, Any], marked: Sequence[Marked]) -> dict[str, Any]:
    parts = [measured(held) for m in marked if (held := _arm(m, arm["id"]))]
    return {
        "label": arm["label"], "notes": sum(len(_arm(m, arm["id"])) for m in marked),
        **{name: mean_of([p[name].estimate for p in parts]).within(*span(name))
           for name in ("found", "false_alarms", "d", "seconds")},
    }  # fmt: skip


def _row(
    name: str, both: Sequence[tuple[Marked, dict[str, Interval], dict[str, Interval]]],
    first: str, crossed: bool,
) -> Comparison:  # fmt: skip
    known = [
        (m, a[name], b[name])
        for m, a, b in both
        if a[name].estimate == a[name].estimate and b[name].estimate == b[name].estimate
    ]
    n = len(known)
    if n == 1:
        (_, a, b), why = known[0], "one reviewer, from both intervals"
        return Comparison(name, a, b, _apart(a, b), NAN, NAN, 1, why)
    gaps = [b.estimate - a.estimate for _, a, b in known]
    groups: dict[bool, list[float]] = {}
    for (m, _, _), gap in zip(known, gaps, strict=True):
        groups.setdefault(m.notes[0].arm == first, []).append(gap)
    balanced = crossed and len(groups) == 2 and all(len(g) > 1 for g in groups.values())
    one = mean_of([a.estimate for _, a, _ in known]).within(*span(name))
    other = mean_of([b.estimate for _, _, b in known]).within(*span(name))
    return Comparison(
        name, one, other,
        _two_orders(list(groups.values())) if balanced else mean_of(gaps),
        _swapped(gaps), 2.0 ** (1 - n) if n else NAN, n,
        "mean of both orders, Student" if balanced else "paired, Student",
    )  # fmt: skip


def _apart(a: Interval, b: Interval) -> Interval:
    """Difference of two measures, its interval made of those of both (Zou and Donner 2008)."""
    value = b.estimate - a.estimate
    return Interval(
        value,
        value - hypot(b.estimate - b.low, a.high - a.estimate),
        value + hypot(b.high - b.estimate, a.estimate - a.low),
    )


def _two_orders(groups: Sequence[Sequence[float]]) -> Interval:
    """Mean of the mean differences of both orders: what comes of time alone cancels out."""
    import numpy as np
    from scipy.stats import t

    parts = [np.asarray(g) for g in groups]
    value = float(np.mean([p.mean() for p in parts]))
    df = sum(len(p) for p in parts) - 2
    pooled = sum(float(((p - p.mean()) ** 2).sum()) for p in parts) / df
    half = float(t.ppf(0.975, df)) * (pooled * sum(1 / len(p) for p in parts) / 4) ** 0.5
    return Interval(value, value - half, value + half)


def _swapped(gaps: Sequence[float]) -> float:
    """Two-sided p of swapping conditions within reviewers: all ways, or many, drawn by a seed."""
    import numpy as np

    n = len(gaps)
    if n < 2:
        return NAN
    values = np.asarray(gaps)
    if n <= _EXACT:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    else:
        signs = np.random.default_rng(0).choice([-1, 1], size=(_SWAPS, n))
        signs[0] = 1
    return float(np.mean(np.abs(signs @ values) >= abs(values.sum()) - 1e-9))


def _by_error(
    sides: Sequence[tuple[Marked, list[MarkedNote], list[MarkedNote]]],
) -> tuple[Interval, int]:
    """Share that found it under the last condition less that under the first, mean over errors."""
    seen: dict[tuple[Any, ...], tuple[list[bool], list[bool]]] = {}
    for _, *parts in sides:
        for at, notes in enumerate(parts):
            for note in notes:
                for trial in note.errors:
                    name = (note.key["position"], trial.error["id"] if trial.error else "")
                    seen.setdefault(name, ([], []))[at].append(trial.marked)
    gaps = [sum(b) / len(b) - sum(a) / len(a) for a, b in seen.values() if a and b]
    return mean_of(gaps), len(gaps)
