"""How notes are written: polish, padding, certainty, whose words, what meaning, and likeness."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from ..metrics import info
from .data import CELL, RunData
from .tables import Shown, Table, estimated


@cache
def words() -> dict[str, Any]:
    """The tables and words of this part, kept in wording.toml."""
    return tomllib.loads(files(__package__).joinpath("wording.toml").read_text("utf-8"))


def wording_tables(run: RunData) -> dict[str, Table]:
    """A table a group of metrics, by name; one without rows where the run has no tallies of it."""
    return {t["name"]: _table(run, **t) for t in words()["tables"]}


def _table(run: RunData, name: str, title: str, metrics: list[str]) -> Table:
    """A row a metric that the run has tallies of, a column a drafter and workflow."""
    there = set(run.tallies.loc[run.tallies["out_of"] > 0, "metric"])
    metrics = [m for m in metrics if m in there]
    data = run.estimate(metrics, CELL)
    found = {(r["metric"], r["drafter"], r["workflow"]): r for r in data.to_dict("records")}
    rows = [
        [Shown(info(m).title, title=f"{info(m).definition} {info(m).limits}")]
        + [estimated(run, found.get((m, *cell)), m, cell[0]) for cell in run.cells]
        for m in metrics
    ]
    heads = ["", *map(run.name, run.cells)]
    return Table(name, title, heads, rows, data, run.signature("+".join(metrics) or name))
