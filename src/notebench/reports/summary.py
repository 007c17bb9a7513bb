"""What was found, in sentences computed from the run."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from typing import Any

from .. import stats
from ..metrics import info
from .content import content, counted, label, sentence
from .data import CHECKS, Cell, RunData
from .tables import Table, amount, signed, span

Row = dict[str, Any]


def findings(run: RunData, tables: dict[str, Table]) -> list[tuple[str, str]]:
    """The summary as (lead, paragraph), most general first; a lead may be empty."""
    if not run.drafts:
        return [("", " ".join([sentence("nothing"), *_failed(run)]))]
    doubt = [*_quality(tables), *_unscored(run), *_unmeasured(run), sentence("nobody")]
    found = [
        ("", " ".join([_scope(run), *_failed(run)])),
        *((run.name(cell), _cell(run, tables["headline"], cell)) for cell in run.models),
        (label("drafters", "reference"), " ".join(_reference(run, tables["headline"]))),
        (content()["leads"]["where"], " ".join(_sections(run, tables))),
        (content()["leads"]["doubt"], " ".join(doubt)),
    ]
    return [(lead, text) for lead, text in found if text]


def _scope(run: RunData) -> str:
    tested = [d for d in run.drafts if d.drafter not in CHECKS]
    beside = {name: sum(d.drafter == name for d in run.drafts) for name in CHECKS}
    notes = [sentence(f"beside_{name}", n=counted(n, "note")) for name, n in beside.items() if n]
    opening = sentence(
        "scope" if tested else "scope_checks",
        drafters=counted(len({d.drafter for d in tested}), "drafter"),
        drafts=counted(len(tested), "note"),
        sessions=counted(len({d.session_id for d in run.drafts}), "session"),
    )
    if notes:
        opening += " " + sentence("beside", notes="; ".join(notes))
    return opening + " " + sentence("checked", verifier=run.verifier)


def _failed(run: RunData) -> list[str]:
    n = run.due_drafts - len(run.drafts)
    return [sentence("failed", n=n, due=run.due_drafts)] if n else []


def _reference(run: RunData, headline: Table) -> list[str]:
    for cell in run.cells:
        row = _one(headline, "hallucination", cell)
        if cell[0] == "reference" and row:
            return [sentence("reference", **_shown(row, "hallucination"))]
    return []


def _cell(run: RunData, headline: Table, cell: Cell) -> str:
    """What was found of one drafter and workflow."""
    parts = []
    if row := _one(headline, "hallucination", cell):
        n = counted(int(row["sessions"]), "session")
        shown = _shown(row, "hallucination")
        parts.append(sentence("hallucination", n=n, **shown))
    else:
        parts.append(sentence("hallucination_none", why=run.explained("hallucination")))
    parts += _versus(run, cell)
    if row := _one(headline, "hallucination.critical", cell):
        parts.append(sentence("hallucination_critical", **_shown(row, "hallucination.critical")))
    row = _one(headline, "omission.must", cell)
    parts.append(
        sentence("omission", **_shown(row, "omission.must")) if row else sentence("omission_none")
    )
    if row := _one(headline, "restraint", cell):
        told, n = f"{row['amount']:.0f}", f"{row['out_of']:.0f}"
        parts.append(sentence("restraint", told=told, n=n, **_shown(row, "restraint")))
    return " ".join(parts)


def _versus(run: RunData, cell: Cell) -> Iterator[str]:
    """The paired difference from the clinician's notes of the same sessions and format."""
    drafter, workflow = cell
    part = run.tallies
    ours = (part["drafter"] == drafter) & (part["workflow"] == workflow)
    theirs = part["drafter"] == "reference"
    if not ours.any() or not theirs.any():
        return
    table = part[ours | theirs]
    row = stats.compare(table, "hallucination", drafter, "reference", seed=run.manifest.seed)
    found = row.iloc[0]
    if isnan(found["low"]):
        return
    low, high = (signed(100 * found[k]) for k in ("low", "high"))
    interval = f"{low} to {high} points"
    if found["low"] <= 0 <= found["high"]:
        yield sentence("versus_same", interval=interval)
    else:
        direction = "above" if found["estimate"] > 0 else "below"
        value = f"{abs(100 * found['estimate']):.0f} points"
        yield sentence("versus", value=value, direction=direction, interval=interval)


def _sections(run: RunData, tables: dict[str, Table]) -> Iterator[str]:
    """The section with the highest share of a model, and that model's lowest."""
    rows = [
        r
        for r in tables["errors_by_section"].data.to_dict("records")
        if (r["drafter"], r["workflow"]) in run.models and not isnan(r["estimate"]) and r["section"]
    ]
    if not rows:
        return
    top = max(rows, key=lambda r: r["estimate"])
    cell = (top["drafter"], top["workflow"])
    own = [r for r in rows if (r["drafter"], r["workflow"]) == cell]
    least = min(own, key=lambda r: r["estimate"])
    if least["estimate"] < top["estimate"]:
        yield sentence(
            "section", section=_section(run, top["section"]), who=run.name(cell),
            least=_section(run, least["section"]),
            least_value=amount(least["estimate"], "share"), **_shown(top, "hallucination"),
        )  # fmt: skip


def _section(run: RunData, name: str) -> str:
    """A section's short name with its title, where all formats of the run agree on that."""
    titles = {s.title for form in run.known_formats for s in form.sections if s.name == name} - {
        name
    }
    return f"{name} ({titles.pop()})" if len(titles) == 1 else name


def _quality(tables: dict[str, Table]) -> Iterator[str]:
    rows = {r["what"]: r for r in tables["verifier"].data.to_dict("records")}
    found, false = rows.get("All planted errors"), rows.get("Untouched sentences")
    if not found or not false:
        yield sentence("quality_none")
        return
    yield sentence(
        "quality", sens=amount(found["estimate"], "share"), planted=int(found["out_of"]),
        interval=span(found["low"], found["high"], "share"),
        false=amount(false["estimate"], "share"),
        false_interval=span(false["low"], false["high"], "share"),
    )  # fmt: skip


def _unscored(run: RunData) -> Iterator[str]:
    data = run.estimate("unscored", ("everything",), run.tallies.assign(everything="all"))
    if len(data) and data.iloc[0]["out_of"]:
        share = float(data.iloc[0]["estimate"])
        key = "unscored" if share else "all_scored"
        yield sentence(key, value=amount(share, "share"))


def _unmeasured(run: RunData) -> Iterator[str]:
    present = set(run.tallies.loc[run.tallies["out_of"] > 0, "metric"])
    wanted = [c["metric"] for c in content()["headline"]]
    missing = [f"{info(m).title} ({run.explained(m)})" for m in wanted if m not in present]
    if missing:
        yield sentence("unmeasured", what="; ".join(missing))


def _one(table: Table, metric: str, cell: Cell) -> Row | None:
    """The headline table's estimate of one metric for one cell, where there is one."""
    for row in table.data.to_dict("records"):
        if (row["metric"], row["drafter"], row["workflow"]) == (metric, *cell):
            return None if isnan(row["estimate"]) else {str(k): v for k, v in row.items()}
    return None


def _shown(row: Any, metric: str) -> dict[str, str]:
    unit = info(metric).unit
    return {
        "value": amount(row["estimate"], unit),
        "interval": span(row["low"], row["high"], unit),
    }
