"""What is measured of a participant, by name; names, words and units are measures.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ...stats.intervals import EVERYTHING, NAN, Interval, clustered_wilson
from .marking import MarkedNote, Trial
from .signal import detection, mean_of, slope

if TYPE_CHECKING:
    import numpy as np

Notes = Sequence[MarkedNote]
STEP = 10
"""Notes over which a trend is told."""


@cache
def wording() -> dict[str, Any]:
    """measures.toml."""
    return tomllib.loads(files(__package__).joinpath("measures.toml").read_text("utf-8"))


def counted(
    notes: Iterable[MarkedNote], take: Callable[[MarkedNote], Iterable[Trial]]
) -> np.ndarray:
    """(notes, 2): marked, out of how many."""
    import numpy as np

    rows = [(sum(t.marked for t in held), len(held)) for n in notes if (held := list(take(n)))]
    return np.array(rows, dtype=float).reshape(-1, 2)


def wrong(note: MarkedNote) -> list[Trial]:
    """Sentences that are wrong."""
    return [t for t in note.trials if t.kind == "wrong"]


def left_out(note: MarkedNote) -> list[Trial]:
    """What is left out."""
    return [t for t in note.trials if t.kind == "left_out"]


def right(note: MarkedNote) -> list[Trial]:
    """Sentences that are right."""
    return note.right


def errors(note: MarkedNote) -> list[Trial]:
    """Both."""
    return note.errors


def about_risk(note: MarkedNote) -> list[Trial]:
    """Errors that touch risk."""
    return [t for t in note.errors if t.error and "risk" in t.error["about"]]


def measured(notes: Notes) -> dict[str, Interval]:
    """Every measure of one participant, or of some of their notes."""
    found = detection(counted(notes, wrong), counted(notes, right))
    said = [(n.confidence, n.clear) for n in notes if n.confidence is not None]
    return {
        "found": clustered_wilson(counted(notes, errors)),
        "found_wrong": clustered_wilson(counted(notes, wrong)),
        "found_left_out": clustered_wilson(counted(notes, left_out)),
        "found_risk": clustered_wilson(counted(notes, about_risk)),
        "false_alarms": clustered_wilson(counted(notes, right)),
        "d": found.d, "c": found.c,
        "named": _share([[bool(t.named)] for n in notes for t in n.errors if t.named is not None]),
        "clean_passed": _share([[not any(t.marked for t in n.right) and not n.strays]
                                for n in notes if not n.errors]),
        "untouched": _share([[n.untouched] for n in notes if n.errors]),
        "seconds": mean_of([n.seconds for n in notes]),
        "seconds_per_found": _per_found(notes),
        "brier": mean_of([(sure - clear) ** 2 for sure, clear in said]),
        "overconfidence": mean_of([sure - clear for sure, clear in said]),
        "carried": _carried(notes),
        "trend_found": _trend(notes, errors),
        "trend_false_alarms": _trend(notes, right),
        "trend_seconds": _trend_seconds(notes),
    }  # fmt: skip


def span(measure: str) -> tuple[float, float]:
    """The least and the greatest value that a measure can have."""
    return (0.0, 1.0) if wording()["measures"][measure]["shown"] == "share" else EVERYTHING


def _share(rows: list[list[bool]]) -> Interval:
    import numpy as np

    sums = np.array([(sum(r), len(r)) for r in rows], dtype=float).reshape(-1, 2)
    return clustered_wilson(sums)


def _per_found(notes: Notes) -> Interval:
    """Seconds for each error found, all of the time counted; no interval is given."""
    hits = sum(t.marked for n in notes for t in n.errors)
    return Interval(sum(n.seconds for n in notes) / hits if hits else NAN, NAN, NAN)


def _carried(notes: Notes) -> Interval:
    import numpy as np

    rows = [n.carried() for n in notes]
    return clustered_wilson(np.array([r for r in rows if r[1]], dtype=float).reshape(-1, 2))


def _trend(notes: Notes, take: Callable[[MarkedNote], list[Trial]]) -> Interval:
    import numpy as np

    held = [n for n in notes if take(n)]
    return _steps(slope(np.array([n.order for n in held]), counted(held, take)))


def _trend_seconds(notes: Notes) -> Interval:
    import numpy as np

    sums = np.array([(n.seconds, 1) for n in notes], dtype=float).reshape(-1, 2)
    return _steps(slope(np.array([n.order for n in notes]), sums))


def _steps(one: Interval) -> Interval:
    return Interval(*(STEP * x for x in one))


def reliability(notes: Notes) -> list[dict[str, Any]]:
    """How often nothing serious was overlooked, by how sure they were."""
    rows = []
    for low, high in wording()["confidence_bins"]:
        held = [n for n in notes if n.confidence is not None and low <= n.confidence]
        held = [n for n in held if high == 1 or (n.confidence or 0) < high]
        true = _share([[n.clear] for n in held])
        said = mean_of([n.confidence for n in held]).estimate
        rows.append({"from": low, "to": high, "notes": len(held), "said": said, "true": true})
    return rows


def strata(notes: Notes, of: Callable[[MarkedNote, Trial], Iterable[str]]) -> list[dict[str, Any]]:
    """By some trait of errors: found, and d' of its wrong sentences against all right ones."""
    names = sorted({name for n in notes for t in n.errors for name in of(n, t)})
    alarms = counted(notes, right)
    rows = []
    for name in names:
        all_ = counted(notes, lambda n, name=name: [t for t in n.errors if name in of(n, t)])  # type: ignore[misc]
        said = counted(notes, lambda n, name=name: [t for t in wrong(n) if name in of(n, t)])  # type: ignore[misc]
        rows.append({
            "name": name, "hits": int(all_[:, 0].sum()), "errors": int(all_[:, 1].sum()),
            "found": clustered_wilson(all_), **detection(said, alarms)._asdict(),
        })  # fmt: skip
    return rows


TRAITS: dict[str, Callable[[MarkedNote, Trial], Iterable[str]]] = {
    "error_type": lambda n, t: [t.error["error_type"]] if t.error else [],
    "severity": lambda n, t: [t.error["severity"]] if t.error else [],
    "section": lambda n, t: [t.section],
    "about": lambda n, t: t.error["about"] if t.error else [],
    "style": lambda n, t: [n.key["style"]],
    "problem": lambda n, t: [n.key["problem"]],
    "difficulty": lambda n, t: _band(t.error["difficulty"]) if t.error else [],
}
"""Traits by which errors are told apart."""


def _band(difficulty: float | None) -> list[str]:
    if difficulty is None:
        return []
    return [next(b["name"] for b in wording()["difficulty_bands"] if difficulty <= b["to"])]
