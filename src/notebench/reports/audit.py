"""The audit list and the cold reader's questions, each with its states for every drafter.

States are said in words, never by colour alone: there and true; there and untrue or unsupported;
not there; not asked for. All of it comes from the tallies, so merged shards read the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from ..metrics import info
from ..metrics.checklist import checks
from ..metrics.cold_reader import questions
from .data import CELL, Cell, RunData
from .tables import Shown, Table, estimated

RATES = {
    "audit": ("audit.true", "audit.invented", "audit.present", "audit.left_out", "audit.cloned"),
    "cold_reader": (
        "cold_reader.answered", "cold_reader.wrong", "cold_reader.unanswerable",
        "cold_reader.left_out",
    ),
}  # fmt: skip
"""Metrics of the two tables of rates, in order."""

STATES = {
    "audit": ("true", "invented", "absent", "unjudged"),
    "cold_reader": ("answered", "wrong", "unanswerable"),
}
"""States of the two tables of counts: the good one first."""


@cache
def words() -> dict[str, Any]:
    """The words of this part, kept in audit.toml."""
    return tomllib.loads(files(__package__).joinpath("audit.toml").read_text("utf-8"))


def audit_tables(run: RunData) -> dict[str, Table]:
    """Four tables by name: audit, audit_rates, cold_reader, cold_reader_rates."""
    names = {
        "audit": {c.id: (f"{c.number}. {c.title}", c.asks) for c in checks()},
        "cold_reader": {q.id: (q.ask, "") for q in questions()},
    }
    tables = [t for f in RATES for t in (_counts(run, f, names[f]), _rates(run, f))]
    return {t.name: t for t in tables}


def _counts(run: RunData, family: str, names: Mapping[str, tuple[str, str]]) -> Table:
    """A row a check or question, a column a drafter: how many notes are in which state."""
    import pandas as pd

    sums = _sums(run, family)
    rows, data = [], []
    for name, (title, more) in names.items():
        states = {cell: _states(sums, family, name, cell) for cell in run.cells}
        if not any(states.values()):
            continue
        rows.append([Shown(title, title=more), *(_cell(family, states[c]) for c in run.cells)])
        data += [
            {"check": name, "title": title, **dict(zip(CELL, cell, strict=True)), **found}
            for cell, found in states.items()
            if found
        ]
    heads = [words()["heads"][family], *map(run.name, run.cells)]
    title = words()["titles"][family]
    return Table(family, title, heads, rows, pd.DataFrame(data), run.signature(family))


def _rates(run: RunData, family: str) -> Table:
    """A row a metric, a column a drafter: estimates over all checks or questions."""
    data = run.estimate(_measured(run, RATES[family]), CELL)
    found = {(r["metric"], r["drafter"], r["workflow"]): r for r in data.to_dict("records")}
    rows = [
        [Shown(info(m).title, title=info(m).definition)]
        + [estimated(run, found.get((m, *cell)), m, cell[0]) for cell in run.cells]
        for m in RATES[family]
        if any(key[0] == m for key in found)
    ]
    name = f"{family}_rates"
    heads = ["", *map(run.name, run.cells)]
    return Table(name, words()["titles"][name], heads, rows, data, run.signature(family))


def _measured(run: RunData, metrics: Sequence[str]) -> list[str]:
    present = set(run.tallies["metric"])
    return [m for m in metrics if m in present]


def _sums(run: RunData, family: str) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """(amount, out_of) by metric, check, drafter and workflow."""
    table = run.tallies
    table = table[table["metric"].str.startswith(f"{family}.")] if len(table) else table
    sums = table.groupby(["metric", "section", *CELL])[["amount", "out_of"]].sum()
    return {key: (round(a), round(n)) for key, a, n in sums.itertuples()}  # type: ignore[misc]


def _states(
    sums: Mapping[tuple[str, str, str, str], tuple[int, int]], family: str, name: str, cell: Cell
) -> dict[str, int]:
    """How many notes of a cell are in each state; empty where the check was not asked for."""
    none = (0, 0)
    if family == "cold_reader":
        found = {s: sums.get((f"{family}.{s}", name, *cell), none) for s in STATES[family]}
        asked = any(out_of for _, out_of in found.values())
        return {s: amount for s, (amount, _) in found.items()} if asked else {}
    present, notes = sums.get(("audit.present", name, *cell), none)
    true, decided = sums.get(("audit.true", name, *cell), none)
    invented, _ = sums.get(("audit.invented", name, *cell), none)
    if not notes:
        return {}
    return {
        "true": true, "invented": invented, "absent": notes - present,
        "unjudged": notes - decided,
    }  # fmt: skip


def _cell(family: str, found: Mapping[str, int]) -> Shown:
    said = words()["states"]
    if not found:
        return Shown("–", title=said["none"])
    first, *others = STATES[family]
    rest = ", ".join(f"{found[s]} {said[s]}" for s in others if found[s])
    total = sum(found.values())
    return Shown(f"{found[first]} {said[first]}", rest, f"of {total} notes for which it is asked")
