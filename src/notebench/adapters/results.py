"""Figures of a validation: tidy rows, and how they are shown and kept."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..storage import write_text
from .judging import VERIFIER
from .measures import Bin, Interval

ALL = "all"


class Row(NamedTuple):
    """One figure."""

    table: str
    """Key of the table it stands in: wrong, type, agreement, omitted, notes."""
    measure: str
    stratum: str
    """The part of the data; "all" for the whole."""
    scorer: str
    """What was measured: verifier, or a baseline."""
    figure: Interval
    n: int
    bad: int | None
    """How many of the n are bad, where that means something."""

    @property
    def estimate(self) -> float:
        """The figure without its interval."""
        return self.figure.estimate


TITLES = {
    "wrong": "Wrong sentences",
    "type": "By error type",
    "agreement": "Agreement with raters (kappa)",
    "omitted": "Omitted facts",
    "notes": "Scores that people gave",
}
_ACROSS = {"type", "agreement"}
"""Tables whose columns are measures, and not scorers."""


@dataclass(frozen=True)
class ValidationResult:
    """How well a verifier agrees with labels."""

    data: str
    verifier: str
    split: str
    about: str
    sessions: int
    drafts: int
    rows: tuple[Row, ...]
    unscored: int
    left_out: Mapping[str, int]
    calibration: Mapping[str, tuple[Bin, ...]]
    """Stated probability and share bad in ten bins: of sentences ("wrong"), facts ("omitted")."""
    titles: Mapping[str, str]

    def row(self, measure: str, stratum: str = ALL, scorer: str = VERIFIER) -> Row:
        """That figure. Raises KeyError."""
        for row in self.rows:
            if (row.measure, row.stratum, row.scorer) == (measure, stratum, scorer):
                return row
        raise KeyError((measure, stratum, scorer))

    def to_markdown(self, level: int = 3, about: str | None = None) -> str:
        """The result as headed Markdown tables. level: of the first heading. about: what to say
        of the labels, if not the usual."""
        mark, said = "#" * level, self.about if about is None else about
        part = "" if self.split == ALL else f", {self.split}"
        lines = [f"{mark} {self.data}{part}: {self.verifier}", "", *([said, ""] if said else [])]
        lines += [f"{self._counts()} 95% intervals in brackets, sessions resampled.", ""]
        for table in TITLES:
            rows = [r for r in self.rows if r.table == table]
            if rows:
                lines += [f"{mark}# {self.titles[table]}", "", *_table(rows, table in _ACROSS), ""]
        return "\n".join(lines)

    def _counts(self) -> str:
        parts = [
            f"{self.sessions} sessions, {self.drafts} drafts; {self.unscored} findings unscored."
        ]
        parts += [f"Left out: {n} {what}." for what, n in self.left_out.items()]
        return " ".join(parts)

    def to_frame(self):  # type: ignore[no-untyped-def]  # pandas is loaded here only
        """All figures as a DataFrame, one a row."""
        import pandas as pd

        return pd.DataFrame(self._records())

    def write(self, folder: str | Path) -> list[Path]:
        """Write <data>.json, <data>.csv and <data>.md into a folder; returns their paths."""
        base = Path(folder)
        records = self._records()
        whole = {
            "data": self.data, "verifier": self.verifier, "split": self.split, "about": self.about,
            "sessions": self.sessions, "drafts": self.drafts, "unscored": self.unscored,
            "left_out": dict(self.left_out), "figures": records,
            "calibration": {k: [b._asdict() for b in v] for k, v in self.calibration.items()},
        }  # fmt: skip
        sheet = io.StringIO(newline="")
        writer = csv.DictWriter(sheet, list(records[0]) if records else ["data"])
        writer.writeheader()
        writer.writerows(records)
        return [
            write_text(base / f"{self.data}.json", json.dumps(whole, indent=1, ensure_ascii=False)),
            write_text(base / f"{self.data}.csv", sheet.getvalue()),
            write_text(base / f"{self.data}.md", self.to_markdown(1)),
        ]

    def _records(self) -> list[dict[str, str | float | int | None]]:
        """Figures as plain values; None where one can't be computed."""
        return [
            {
                "data": self.data, "verifier": self.verifier, "table": row.table,
                "measure": row.measure, "stratum": row.stratum, "scorer": row.scorer,
                **{k: v if v == v else None for k, v in row.figure._asdict().items()},
                "n": row.n, "bad": row.bad,
            }
            for row in self.rows
        ]  # fmt: skip


def _table(rows: list[Row], across: bool) -> list[str]:
    """Rows of one table in Markdown: lines are measures and strata, columns are scorers."""
    columns = list(dict.fromkeys(r.measure if across else r.scorer for r in rows))
    lines: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        key = ("" if across else row.measure, row.stratum)
        lines.setdefault(key, []).append(row)
    counted = any(r.bad is not None for r in rows)
    head = ["", "n", *(["bad"] if counted else []), *columns]
    out = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for (measure, stratum), held in lines.items():
        name = ", ".join(part for part in (measure, stratum) if part and (part != ALL or across))
        cells = {(r.measure if across else r.scorer): str(r.figure) for r in held}
        first = held[0]
        bad = [str("" if first.bad is None else first.bad)] if counted else []
        out.append(
            f"| {' | '.join([name, str(first.n), *bad, *(cells.get(c, '') for c in columns)])} |"
        )
    return out
