"""The tables of a report: cells as shown, and the same numbers as CSV."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import stats
from ..metrics import info
from ..review import Model, items, mean_load, modelled
from ..storage import write_text
from .content import content, counted, label
from .data import CELL, RunData
from .quality import quality_rows

if TYPE_CHECKING:
    import pandas as pd

NO_VALUE = "not measurable"
NO_INTERVAL = "no interval"
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Shown:
    """One cell: what it says, the interval below it, and what it hangs on."""

    text: str
    interval: str = ""
    title: str = ""


@dataclass(frozen=True)
class Table:
    """A table with what it hangs on. The first cell of each row is its heading."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Shown]]
    data: pd.DataFrame
    signature: str = ""
    signatures: Sequence[str] = field(default=())
    """The signature of each number, one a line."""

    def without(self, heads: Collection[str]) -> Table:
        """The same table without the columns of those headings; its CSV keeps all numbers."""
        kept = [i for i, head in enumerate(self.columns) if head not in heads]
        return replace(
            self,
            columns=[self.columns[i] for i in kept],
            rows=[[row[i] for i in kept] for row in self.rows],
        )

    def write_csv(self, folder: Path) -> Path:
        """The numbers behind the cells, tidy, and in each row what they hang on."""
        data = self.data.assign(signature=self.signature) if self.signature else self.data
        return write_text(folder / f"{self.name}.csv", data.to_csv(index=False))


def amount(value: float, unit: str) -> str:
    """A value in its unit, as a reader expects it; the minus as printed."""
    return _plain(value, unit).replace("-", MINUS)


def _plain(value: float, unit: str) -> str:
    if unit == "share":
        return f"{100 * value:z.1f}%" if value < 0.1 and value else f"{100 * value:z.0f}%"
    if unit == "seconds":
        return f"{value / 60:z.1f} min"
    if unit == "gap":
        return signed(value, 2)
    if unit in ("score", "points"):
        return f"{value:z.2f}"
    return f"{value:z.1f}" if unit == "words" or value >= 10 else f"{value:z.2f}"


def signed(value: float, digits: int = 0) -> str:
    """A number with its sign, the minus as printed."""
    return f"{value:+z.{digits}f}".replace("-", MINUS)


def span(low: float, high: float, unit: str) -> str:
    """An interval in words, or that there is none."""
    if isnan(low) or isnan(high):
        return NO_INTERVAL
    return f"{amount(low, unit)} to {amount(high, unit)}"


def short_span(low: float, high: float, unit: str) -> str:
    """An interval for a narrow cell: the unit only once."""
    if isnan(low) or isnan(high):
        return NO_INTERVAL
    if low < 0:
        return span(low, high, unit)
    return f"{amount(low, unit).rstrip('% min')}\N{EN DASH}{amount(high, unit)}"


def estimated(run: RunData, row: Any, metric: str, drafter: str | None = None) -> Shown:
    """The cell of one row of `stats.estimate`."""
    if row is None or isnan(row["estimate"]):
        return Shown(NO_VALUE, title=f"{info(metric).title}: {run.explained(metric)}")
    unit, exact = info(metric).unit, info(metric).exact
    counts = f"{row['amount']:.4g} / {row['out_of']:.4g}"
    signature = run.signature(metric, int(row["sessions"]), drafter)
    return Shown(
        amount(row["estimate"], unit),
        "" if exact else short_span(row["low"], row["high"], unit),
        f"{counts}, interval by {row['method']}\n{signature}",
    )


def all_tables(run: RunData) -> dict[str, Table]:
    """Every table of the report by name; one without rows says that it could not be made."""
    tables = [headline(run), review_time(run), by_section(run), by_type(run), omissions(run),
              verifier(run), failures(run), *strata(run)]  # fmt: skip
    return {t.name: t for t in tables}


def headline(run: RunData) -> Table:
    """Each way of writing notes beside the clinician's, one metric a column."""
    columns = content()["headline"]
    metrics = [c["metric"] for c in columns]
    data = run.estimate(metrics, CELL)
    found = _by(data, "metric", *CELL)
    rows = []
    for cell in run.cells:
        notes = [d.session_id for d in run.drafts if (d.drafter, d.workflow) == cell]
        rows.append([
            Shown(run.name(cell), title=cell[0]),
            Shown(str(len(notes)), counted(len(set(notes)), "session")),
            *(estimated(run, found.get((m, *cell)), m, cell[0]) for m in metrics),
        ])  # fmt: skip
    signatures = [
        f"{'/'.join(cell)}: {shown.text} [{shown.interval}] | {shown.title}".replace("\n", " | ")
        for cell, row in zip(run.cells, rows, strict=True)
        for shown in row[2:]
        if shown.text != NO_VALUE
    ]
    heads = ["Drafter", "Notes", *(c["head"] for c in columns)]
    return Table("headline", "Estimates with 95% intervals", heads, rows, data,
                 run.signature("+".join(metrics)), signatures)  # fmt: skip


def review_time(run: RunData) -> Table:
    """Modelled review time with the range that its assumptions leave, and what moves it most."""
    import pandas as pd

    model = Model.of(seed=run.manifest.seed)
    rows, data = [], []
    for cell in run.cells:
        notes = items(c for c in run.cases if (c.draft.drafter, c.draft.workflow) == cell)
        if not notes:
            continue
        found = modelled(model, notes)
        most = model.tornado(mean_load([note.work for note in notes]))[0]
        meaning = model.parameters[most.parameter].meaning
        rows.append([
            Shown(run.name(cell)),
            Shown(amount(found.seconds.estimate, "seconds")),
            Shown(span(found.seconds.low, found.seconds.high, "seconds")),
            Shown(meaning, span(most.at_low, most.at_high, "seconds"), most.parameter),
            _in_words(found.saved, "seconds"),
            _in_words(found.break_even_errors, "words"),
        ])  # fmt: skip
        data.append(dict(zip(CELL, cell, strict=True)) | found.row() | most._asdict())
    return Table("review_time", "Review time for a note, modelled", content()["review_time"], rows,
                 pd.DataFrame(data), run.signature("review_time"))  # fmt: skip


def _in_words(found: stats.Interval | None, unit: str) -> Shown:
    """A modelled number with the range that its assumptions leave."""
    if found is None:
        return Shown(NO_VALUE, title="the draft stands in for no writing by hand")
    return Shown(amount(found.estimate, unit), short_span(found.low, found.high, unit))


def by_section(run: RunData) -> Table:
    """Sentences not borne out, by section of the note."""
    data = run.estimate(["hallucination"], (*CELL, "section"))
    sections = _section_order(run, data)
    rows = []
    found = _by(data, *CELL, "section")
    for cell in run.cells:
        cells = [
            estimated(run, found[(*cell, s)], "hallucination", cell[0])
            if (*cell, s) in found
            else Shown("–", title="no scored sentence in this section")
            for s in sections
        ]
        rows.append([Shown(run.name(cell)), *cells])
    return Table("errors_by_section", "Sentences not borne out, by section of the note",
                 ["Drafter", *sections], rows, data,
                 run.signature("hallucination by section"))  # fmt: skip


def by_type(run: RunData) -> Table:
    """Sentences not borne out, by type of error: share of all scored sentences."""
    tallies = run.claim_tallies()
    data = run.estimate("hallucination", (*CELL, "error_type"), tallies)
    totals = tallies.groupby("error_type")["amount"].sum()
    found = _by(data, "error_type", *CELL)
    rows = [
        [Shown(label("types", str(kind)), f"{int(total)} in all")]
        + [estimated(run, found.get((kind, *cell)), "hallucination", cell[0]) for cell in run.cells]
        for kind, total in totals.sort_values(ascending=False, kind="stable").items()
    ]
    return Table("errors_by_type", "Share of sentences with each type of error",
                 ["Type of error", *map(run.name, run.cells)], rows if len(tallies) else [], data,
                 run.signature("hallucination by type"))  # fmt: skip


def omissions(run: RunData) -> Table:
    """Facts left out or got wrong, by how a good note treats them."""
    metrics = ["omission.must", "omission.should", "omission.generalise", "distortion", "restraint"]
    data = run.estimate(metrics, CELL)
    found = _by(data, "metric", *CELL)
    rows = [
        [Shown(info(m).title, title=info(m).definition)]
        + [estimated(run, found.get((m, *cell)), m, cell[0]) for cell in run.cells]
        for m in metrics
    ]
    return Table("facts", "Facts left out, got wrong, or told though they should not be",
                 ["", *map(run.name, run.cells)], rows, data,
                 run.signature("omission+distortion+restraint"))  # fmt: skip


def verifier(run: RunData) -> Table:
    """How the verifier did on planted errors and on the sentences left alone."""
    data = quality_rows(run)
    rows = [
        [
            Shown(str(r["what"])), Shown(str(r["measure"])),
            Shown(f"{int(r['amount'])} of {int(r['out_of'])}"), Shown(str(int(r["undecided"]))),
            estimated(run, r, "hallucination", "saboteur"),
        ]
        for r in _records(data)
    ]  # fmt: skip
    heads = ["", "What is measured", "Flagged", "Undecided", "Share flagged, 95% interval"]
    return Table("verifier", "The verifier on errors planted on purpose", heads, rows, data,
                 run.signature("verifier quality", drafter="saboteur"))  # fmt: skip


def failures(run: RunData) -> Table:
    """Every note that could not be had and every check that failed."""
    import pandas as pd

    heads = content()["failures"]
    data = pd.DataFrame(
        [f.model_dump(include=set(heads)) for f in run.failures], columns=list(heads)
    )
    rows = [[Shown(str(r[c])) for c in heads] for r in _records(data)]
    title = "Notes that could not be had or checked"
    return Table("failures", title, list(heads.values()), rows, data)


def strata(run: RunData) -> list[Table]:
    """Sentences not borne out by problem, session type and complexity, worst first."""
    cells = run.models or [c for c in run.cells if c[0] != "saboteur"]
    names = {c[0] for c in cells}
    tallies = run.tallies[run.tallies["drafter"].isin(names)]
    drafters = list(dict.fromkeys(c[0] for c in cells))
    tables = []
    for by, title in content()["strata_titles"].items():
        table = stats.with_strata(tallies, by)
        together = run.estimate("hallucination", (by,), table)
        each = run.estimate("hallucination", ("drafter", by), table)
        found = _by(each, "drafter", by)
        rows = [
            [
                Shown(label("strata", str(r[by])), counted(int(r["sessions"]), "session")),
                estimated(run, r, "hallucination"),
                *(estimated(run, found.get((d, r[by])), "hallucination", d) for d in drafters),
            ]
            for r in _records(_worst_first(together))
        ]
        heads = [title, "Together", *(label("drafters", d) for d in drafters)]
        tables.append(
            Table(
                f"strata_{by}", f"{title}, worst first", heads, rows, _stacked(together, each),
                run.signature(f"hallucination by {by}"),
            )
        )  # fmt: skip
    return tables


def _records(data: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in r.items()} for r in data.to_dict("records")]


def _by(data: pd.DataFrame, *columns: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Its rows by their values in those columns, which tell them apart."""
    return {tuple(r[c] for c in columns): r for r in _records(data)}


def _worst_first(together: pd.DataFrame) -> pd.DataFrame:
    """By estimate, highest first; strata with a single session after all others."""
    several = together.assign(several=together["sessions"] > 1)
    return several.sort_values(["several", "estimate"], ascending=False, kind="stable")


def _stacked(together: pd.DataFrame, each: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    if together.empty:
        return each
    return pd.concat([together.assign(drafter="together"), each], ignore_index=True)


def _section_order(run: RunData, data: pd.DataFrame) -> list[str]:
    """Sections in the order of the formats' definitions; unknown ones last."""
    present = sorted(map(str, data["section"].unique()))
    known = [s.name for form in run.known_formats for s in form.sections]
    return [s for s in dict.fromkeys([*known, *present]) if s in present]
