"""What commands print: where things were written, and small tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def wrote(path: Path | str, what: str = "") -> None:
    """Say where something was written."""
    print(f"wrote {path}" + (f"  ({what})" if what else ""))


def table(rows: Sequence[Sequence[Any]], head: Sequence[str]) -> None:
    """A plain table that also reads well in a file."""
    cells = [[str(c) for c in row] for row in [head, *rows]]
    widths = [max(len(r[i]) for r in cells) for i in range(len(head))]
    for number, row in enumerate(cells):
        print("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
        if number == 0:
            print("  ".join("-" * w for w in widths))


def rate(estimate: float, low: float, high: float, scale: float = 100, digits: int = 1) -> str:
    """A number with its interval, or a word where it can't be had."""
    if estimate != estimate:
        return "not measurable"
    if low != low:
        return f"{estimate * scale:.{digits}f}"
    return f"{estimate * scale:.{digits}f} [{low * scale:.{digits}f}, {high * scale:.{digits}f}]"


HEADLINE = (
    ("hallucination", "hallucinated %", 100),
    ("hallucination.critical", "critical %", 100),
    ("omission", "omitted %", 100),
    ("omission.must", "omitted must %", 100),
    ("verbosity.length", "length x reference", 1),
    ("unscored", "unscored %", 100),
)
"""Metrics of the summary: name, column head, scale."""


def summary(tallies: pd.DataFrame, signature: Callable[[str], str], seed: int = 0) -> None:
    """Each drafter and workflow with the main metrics and 95% intervals clustered by session.

    signature: from names of metrics to the line that says what the numbers hang on.
    """
    from .. import stats
    from ..metrics import info

    keys = ["drafter", "workflow"]
    columns: dict[str, dict[tuple[str, str], str]] = {}
    for metric, head, scale in HEADLINE:
        columns[head] = {}
        if metric in set(tallies["metric"]):
            found = stats.estimate(tallies, metric, by=tuple(keys), seed=seed)
            for row in found.to_dict("records"):
                low, high = (math.nan,) * 2 if info(metric).exact else (row["low"], row["high"])
                text = rate(row["estimate"], low, high, scale, 1 if scale > 1 else 2)
                columns[head][(row["drafter"], row["workflow"])] = text
    names = list(tallies[keys].drop_duplicates().itertuples(index=False, name=None))
    rows = [
        [*name, *(columns[head].get(name, "not measurable") for head in columns)] for name in names
    ]
    table(rows, [*keys, *columns])
    print("95% intervals in brackets, clustered by session; see docs/metrics.md for each metric")
    print(signature("+".join(metric for metric, _, _ in HEADLINE)))


_ALPHA = ("alpha", "low", "high")


def judges(agreement: Mapping[str, Any], warnings: Sequence[str]) -> None:
    """How far several judges agree, and what to bear in mind about them; nothing where nothing."""
    for name, told in agreement.items():
        alpha, low, high = (math.nan if told[k] is None else told[k] for k in _ALPHA)
        print(
            f"{len(told['judges'])} judges on {told['n']} {name}: Krippendorff's alpha of their "
            f"verdicts {rate(alpha, low, high, scale=1, digits=2)}"
        )
    for warning in warnings:
        print(f"warning: {warning}")
