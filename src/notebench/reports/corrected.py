"""Rates as found, corrected for the verifier's mistakes, and with people's labels."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from math import isnan
from typing import TYPE_CHECKING, Any

from ..runs.corrected import corrected
from ..runs.folder import RunFolder
from ..runs.people import ratings_in
from ..verifiers import accuracy
from ..verifiers.accuracy import KINDS, Accuracy
from .data import RunData
from .tables import Shown, Table, amount, short_span

if TYPE_CHECKING:
    import pandas as pd

LOST = "not correctable"
NO_LABELS = "no labels"
NOT_MEASURED = "not measured"


@cache
def words() -> dict[str, Any]:
    """The words of this part, kept in corrected.toml."""
    return tomllib.loads(files(__package__).joinpath("corrected.toml").read_text("utf-8"))


def corrected_tables(run: RunData) -> dict[str, Table]:
    """The table `corrected`: a row for each rate, drafter and workflow."""
    ratings = ratings_in(RunFolder.open(run.path))
    data = corrected(run.cases, ratings=ratings, seed=run.manifest.seed)
    sources = [k.data for k in accuracy.known(run.verifier)]
    head = words()["columns"]
    columns = [head["metric"], head["drafter"], head["raw"]]
    columns += [head["corrected"].format(data=_name(s)) for s in sources] or [head["unknown"]]
    rows = [
        _row(run, own, sources)
        for metric in KINDS
        for cell in run.cells
        if not (own := _of(data, metric, *cell)).empty
    ]
    title = "Rates as found, corrected, and with people's labels, with 95% intervals"
    signature = run.signature("+".join(KINDS)) + (f" | accuracy on {', '.join(sources) or 'none'}")
    return {
        "corrected": Table(
            "corrected", title, [*columns, head["labels"]], rows, data, signature
        )
    }  # fmt: skip


def _of(data: pd.DataFrame, metric: str, drafter: str, workflow: str) -> pd.DataFrame:
    return data[
        (data["metric"] == metric) & (data["drafter"] == drafter) & (data["workflow"] == workflow)
    ]


def _row(run: RunData, own: pd.DataFrame, sources: Sequence[str]) -> list[Shown]:
    first = own.iloc[0]
    by = {(r["kind"], r["data"] if r["kind"] == "corrected" else ""): r for r in _records(own)}
    raw = by["raw", ""]
    cells = [
        Shown(words()["metrics"][first["metric"]]),
        Shown(run.name((first["drafter"], first["workflow"]))),
        _cell(raw),
        *(_cell(by.get(("corrected", s)), none=NOT_MEASURED) for s in sources),
    ]
    if not sources:
        cells.append(_cell(next(r for (kind, _), r in by.items() if kind == "corrected")))
    labels = by.get(("labels", ""))
    return [*cells, _cell(labels, f"{int(labels['labels'])} labels" if labels else "")]


def _cell(row: dict[str, Any] | None, more: str = "", none: str = NO_LABELS) -> Shown:
    """A rate with its interval, or why there is none."""
    if row is None:
        return Shown(none)
    if isnan(row["estimate"]):
        return Shown(LOST, str(row["why"]))
    interval = short_span(row["low"], row["high"], "share")
    return Shown(amount(row["estimate"], "share"), f"{interval}, {more}" if more else interval)


def _records(data: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in r.items()} for r in data.to_dict("records")]


def explained(run: RunData, table: Table) -> list[str]:
    """What the table rests on, a paragraph each: which data, how accurate there, whose labels."""
    text = words()["text"]
    if not table.rows:
        return [text["none"]]
    labelled = table.data[table.data["kind"] == "labels"]
    found = [
        text["what"],
        *(_measured(run, k) for k in accuracy.known(run.verifier)),
        text["carry"],
    ]
    if labelled.empty:
        return [*found, text["nobody"]]
    ratings = ratings_in(RunFolder.open(run.path))
    rated = set(ratings.drafts if ratings else ()) & {d.draft_id for d in run.drafts}
    return [*found, text["people"].format(notes=len(rated))]


def _measured(run: RunData, known: Accuracy) -> str:
    about = words()["data"].get(known.data, {}).get("about", f"{known.data}.")
    parts = [("measured", "hallucination")] if known.claims else []
    parts += [("measured_facts", "omission")] if known.facts else []
    said = [
        words()["text"][key].format(about=about, verifier=run.verifier, **_shares(known, metric))
        for key, metric in parts
    ]
    return " ".join(said)


def _shares(known: Accuracy, metric: str) -> dict[str, Any]:
    rows = known.table(metric)
    sensitivity, specificity = known.shares(metric)
    return {
        "sensitivity": amount(sensitivity, "share"), "alarms": amount(1 - specificity, "share"),
        "bad": sum(tp + fn for tp, fn, _, _ in rows), "good": sum(tn + fp for *_, tn, fp in rows),
        "sessions": len(rows),
    }  # fmt: skip


def plainly(run: RunData, table: Table) -> str:
    """What the verifier's mistakes leave open, in a few plain sentences for who owns a practice."""
    return " ".join(_plain(run, table))


def _plain(run: RunData, table: Table) -> Iterator[str]:
    text = words()["plain"]
    if not table.rows:
        yield words()["text"]["none"]
        return
    known = accuracy.known(run.verifier)
    main = known[0] if known else None
    if main is None:
        yield text["unknown"].format(verifier=run.verifier)
    else:
        yield text["opening"].format(name=_name(main.data), **_shares(main, "hallucination"))
    each, by_people = [], []
    for cell in run.models:
        own = _records(_of(table.data, "hallucination", *cell))
        told = {r["kind"]: r for r in own if r["kind"] != "corrected" or _is(main, r["data"])}
        shown = {"who": run.name(cell)}
        if found := told.get("corrected"):
            key = "lost" if isnan(found["estimate"]) else "corrected"
            raw = amount(told["raw"]["estimate"], "share")
            each.append(text[key].format(**shown, raw=raw, **_ends(found)))
        if (found := told.get("labels")) and not isnan(found["low"]):
            n = int(found["labels"])
            by_people.append(text["labels"].format(**shown, **_ends(found), labels=n))
    if each:
        yield text["listed"].format(each="; ".join(each))
        yield text["carry"]
    yield from by_people


def _is(main: Accuracy | None, data: Any) -> bool:
    return main is not None and main.data == data


def _ends(row: dict[str, Any]) -> dict[str, str]:
    return {end: amount(row[end], "share") for end in ("low", "high")}


def _name(data: str) -> str:
    return str(words()["data"].get(data, {}).get("name", data))
