"""The figures of a report: drawn without a display, the same bytes for the same run."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from .. import stats
from ..metrics import ledger
from ..review import Model, items, mean_load, tornado_figure
from ..storage import atomic
from .content import content, label, sentence
from .data import Cell, RunData
from .tables import Table, amount, signed, span

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, LINE = "#1d2329", "#56606b", "#d9dee3"
COLOURS = ("#1f5f73", "#c05a1a", "#5b3a91", "#2c7a4b", "#a3261b", "#6b7a12", "#a0417e", "#3a6ea5")
MARKERS = "osD^vPX<"
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "notebench", "svg.fonttype": "path", "font.family": "DejaVu Sans",
    "font.size": 9, "axes.edgecolor": LINE, "axes.labelcolor": SOFT, "xtick.color": SOFT,
    "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False,
    "axes.spines.left": False, "text.color": INK, "legend.frameon": False, "legend.fontsize": 8,
    "axes.grid": True, "axes.axisbelow": True, "grid.color": "#eceff1", "grid.linewidth": 0.8,
}  # fmt: skip
MOST_TYPES = 10

Painted: TypeAlias = "tuple[Figure, str, str] | None"
"""A figure, its numbers in words and its signature; None where there is nothing to draw."""


@dataclass(frozen=True)
class Point:
    """An estimate with its interval, as shares."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, row: dict[str, Any]) -> Point:
        """From a row of `stats.estimate`."""
        return cls(row["estimate"], row["low"], row["high"])


@dataclass(frozen=True)
class Drawn:
    """A figure as it stands in the report."""

    name: str
    title: str
    alt: str
    """What it shows, in words and numbers."""
    svg: bytes
    signature: str


def draw(run: RunData, tables: dict[str, Table], folder: Path) -> dict[str, Drawn]:
    """Draw every figure that the run has numbers for, as SVG and PNG files in the folder."""
    import matplotlib as mpl

    painters: tuple[Callable[[RunData, dict[str, Table]], Painted], ...] = (
        rates, sections, types, omissions, length, overlap, polish, worst, tornado,
    )  # fmt: skip
    drawn = {}
    with mpl.rc_context(STYLE):
        for paint in painters:
            if made := paint(run, tables):
                figure, alt, signature = made
                name = paint.__name__
                svg = _save(figure, folder, name)
                title = content()["figures"][name]["title"]
                drawn[name] = Drawn(name, title, alt, svg, signature)
    return drawn


def rates(run: RunData, tables: dict[str, Table]) -> Painted:
    """Unfaithful sentences and critical ones, by drafter and workflow."""
    metrics = ("hallucination", "hallucination.critical")
    data = tables["headline"].data
    heads = {c["metric"]: c["head"] for c in content()["headline"]}
    series = {heads[m]: _points(data[data["metric"] == m], run.cells) for m in metrics}
    made = _dots([run.name(c) for c in run.cells], series, colours=(COLOURS[0], COLOURS[4]))
    return made and (*made, run.signature("+".join(metrics)))


def sections(run: RunData, tables: dict[str, Table]) -> Painted:
    """Unfaithful sentences by section of the note."""
    table = tables["errors_by_section"]
    made = _by_cell(run, table.data, "section", list(table.columns[1:]))
    return made and (*made, table.signature)


def types(run: RunData, tables: dict[str, Table]) -> Painted:
    """Sentences with each of the commonest types of error."""
    table = tables["errors_by_type"]
    totals = table.data.groupby("error_type")["amount"].sum()
    order = totals.sort_values(ascending=False, kind="stable").index[:MOST_TYPES]
    made = _by_cell(run, table.data, "error_type", [str(k) for k in order])
    return made and (*made, table.signature)


def omissions(run: RunData, tables: dict[str, Table]) -> Painted:
    """Facts left out, by disclosure level."""
    data = tables["facts"].data
    data = data[data["metric"].str.startswith("omission.")]
    data = data.assign(level=data["metric"].str.removeprefix("omission."))
    made = _by_cell(run, data, "level", list(ledger.DUE), lambda v: label("disclosure", v))
    return made and (*made, run.signature("omission"))


def length(run: RunData, tables: dict[str, Table]) -> Painted:
    """Each note's length against its share of unfaithful sentences."""
    made = _scatter(run, "verbosity.length", "Words for each word of the clinician's note")
    return made and (*made, run.signature("verbosity.length+hallucination"))


def overlap(run: RunData, tables: dict[str, Table]) -> Painted:
    """Each note's ROUGE-L against its share of unfaithful sentences."""
    made = _scatter(run, "overlap.rougeL", "ROUGE-L with the clinician's note")
    return made and (*made, run.signature("overlap.rougeL+hallucination"))


def polish(run: RunData, tables: dict[str, Table]) -> Painted:
    """Each note's polish against its share of unfaithful sentences."""
    made = _scatter(run, "polish", "Polish, 0 to 1")
    return made and (*made, run.signature("polish+hallucination"))


def worst(run: RunData, tables: dict[str, Table]) -> Painted:
    """Unfaithful sentences by stratum, worst first, all models together."""
    found = []
    for by in content()["strata_titles"]:
        table = tables[f"strata_{by}"]
        if "drafter" in table.data.columns and len(table.rows) > 1:
            data = table.data
            together = data[(data["drafter"] == "together") & (data["sessions"] > 1)]
            found += [(f"{label('strata', str(r[by]))} ({int(r['sessions'])})", Point.of(r))
                      for r in together.to_dict("records")]  # fmt: skip
    found = sorted((f for f in found if not isnan(f[1].value)), key=lambda f: -f[1].value)[:14]
    made = _dots([name for name, _ in found], {"Models together": [p for _, p in found]})
    return made and (*made, run.signature("hallucination by stratum"))


def tornado(run: RunData, tables: dict[str, Table]) -> Painted:
    """What the modelled review time of a model's note hangs on most."""
    notes = items(c for c in run.cases if (c.draft.drafter, c.draft.workflow) in run.models)
    if not notes:
        return None
    made = tornado_figure(Model.of(), mean_load([note.work for note in notes]))
    return made and (*made, run.signature("review_time"))


def _by_cell(
    run: RunData, data: Any, by: str, order: list[str],
    name: Callable[[str], str] = lambda v: label("types", v),
) -> tuple[Figure, str] | None:  # fmt: skip
    """Dots by the values of a column, one series for each of the first few cells."""
    found = {(r["drafter"], r["workflow"], r[by]): Point.of(r) for r in data.to_dict("records")}
    cells = [c for c in run.cells if c[0] != "saboteur"][: len(COLOURS)]
    series = {run.name(c): [found.get((*c, value)) for value in order] for c in cells}
    return _dots([name(v) for v in order], series)


def _points(data: Any, cells: Sequence[Cell]) -> list[Point | None]:
    found = {(r["drafter"], r["workflow"]): Point.of(r) for r in data.to_dict("records")}
    return [found.get(c) for c in cells]


def _dots(
    rows: Sequence[str],
    series: Mapping[str, Sequence[Point | None]],
    colours: Sequence[str] = COLOURS,
) -> tuple[Figure, str] | None:
    """Shares with intervals, one row each; None where there is nothing to draw."""
    kept = [i for i in range(len(rows)) if any(points[i] for points in series.values())]
    rows = [rows[i] for i in kept]
    series = {name: [points[i] for i in kept] for name, points in series.items() if any(points)}
    if not series:
        return None
    figure, axes = _canvas(0.9 + len(rows) * max(0.34, 0.15 * len(series) + 0.12))
    step = 0.7 / len(series)
    for k, (name, points) in enumerate(series.items()):
        offset = (k - (len(series) - 1) / 2) * step
        shown = [(i + offset, p) for i, p in enumerate(points) if p and not isnan(p.value)]
        colour = colours[k % len(colours)]
        for y, p in shown:
            if not isnan(p.low):
                axes.plot([100 * p.low, 100 * p.high], [y, y], color=colour, lw=1.6, alpha=0.55,
                          solid_capstyle="round")  # fmt: skip
        axes.plot([100 * p.value for _, p in shown], [y for y, _ in shown], ls="none",
                  marker=MARKERS[k % len(MARKERS)], ms=5.5, color=colour, label=name)  # fmt: skip
    axes.set_yticks(range(len(rows)), [_wrapped(r) for r in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    _percent(axes, "x")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    _legend(figure, list(series))
    return figure, _told(rows, series)


def _scatter(run: RunData, metric: str, label_x: str) -> tuple[Figure, str] | None:
    """One point a note: a metric against the share of unfaithful sentences."""
    table = _per_note(run, metric)
    if len(table) < 5 or table["x"].nunique() < 3:
        return None
    figure, axes = _canvas(3.6)
    cells = [c for c in run.cells if c[0] != "saboteur"]
    for k, cell in enumerate(cells):
        part = table[(table["drafter"] == cell[0]) & (table["workflow"] == cell[1])]
        if len(part):
            marker, colour = MARKERS[k % len(MARKERS)], COLOURS[k % len(COLOURS)]
            axes.plot(part["x"], 100 * part["y"], ls="none", marker=marker, ms=5, alpha=0.75,
                      color=colour, label=run.name(cell))  # fmt: skip
    axes.set_xlabel(label_x)
    axes.set_ylim(bottom=-3)
    _percent(axes, "y")
    axes.set_ylabel("Sentences not borne out")
    _legend(figure, [run.name(c) for c in cells])
    return figure, _correlation(table, run.manifest.seed)


def _per_note(run: RunData, metric: str) -> Any:
    """x and y of each note, the clinician's own and the sabotaged ones left out."""
    keys = ["session_id", "drafter", "workflow", "format", "sample"]
    tallies = run.tallies[~run.tallies["drafter"].isin(["reference", "saboteur"])]

    def ratio(name: str) -> Any:
        part = tallies[tallies["metric"] == name]
        sums = part.groupby(keys)[["amount", "out_of"]].sum()
        return (sums["amount"] / sums["out_of"])[sums["out_of"] > 0]

    both = ratio(metric).to_frame("x").join(ratio("hallucination").to_frame("y"), how="inner")
    return both.reset_index()


def _correlation(table: Any, seed: int) -> str:
    """Rank correlation with its interval over sessions, in a sentence."""

    def spearman(parts: list[Any]) -> float:
        import numpy as np
        import pandas as pd

        joined = pd.concat(parts)
        x, y = joined["x"].rank(), joined["y"].rank()
        return float(np.corrcoef(x, y)[0, 1]) if x.std() and y.std() else float("nan")

    groups = [part for _, part in table.groupby("session_id", sort=True)]
    found = stats.cluster_bootstrap(groups, spearman, n_boot=400, seed=seed)
    if isnan(found.estimate):
        return sentence("correlation_none", n=len(table))
    known = not (isnan(found.low) or isnan(found.high))
    low, high = signed(found.low, 2), signed(found.high, 2)
    interval = f"{low} to {high}" if known else "unknown, too few sessions"
    value = signed(found.estimate, 2)
    return sentence("correlation", value=value, interval=interval, n=len(table))


def _told(rows: Sequence[str], series: Mapping[str, Sequence[Point | None]]) -> str:
    """The numbers of a figure in words, for those who can't see it."""
    return " ".join(
        f"{row}, {name}: {amount(p.value, 'share')} ({span(p.low, p.high, 'share')})."
        for i, row in enumerate(rows)
        for name, points in series.items()
        if (p := points[i]) and not isnan(p.value)
    )


def _canvas(height: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, max(height, 1.5)), layout="constrained")
    return figure, figure.add_subplot()


def _percent(axes: Axes, which: str) -> None:
    from matplotlib.ticker import PercentFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(PercentFormatter(decimals=0))
    if which == "x":
        right = axes.dataLim.x1
        axes.set_xlim(-0.03 * right - 0.5, 1.04 * right + 0.5)


def _legend(figure: Figure, names: Sequence[str]) -> None:
    if len(names) > 1:
        columns = 1 if max(map(len, names)) > 40 else 2
        figure.legend(loc="outside upper left", ncols=columns, handletextpad=0.2)


def _wrapped(text: str, most: int = 36) -> str:
    """A label on at most two lines, cut where it is too long."""
    lines = text.replace(", ", ",\n", 1).split("\n")[:2]
    short = [line if len(line) <= most else line[: most - 1] + "…" for line in lines]
    return "\n".join(short).replace("$", r"\$")  # a dollar sign would start a formula


def _save(figure: Figure, folder: Path, name: str) -> bytes:
    """Write the figure as SVG and PNG without dates; the SVG's bytes."""
    kinds: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "png": {"Software": None}}
    written = {}
    for kind, metadata in kinds.items():
        buffer = io.BytesIO()
        figure.savefig(buffer, format=kind, dpi=144, metadata=metadata)
        written[kind] = buffer.getvalue()
        with atomic(folder / f"{name}.{kind}") as stream:
            stream.write(written[kind])
    return written["svg"]
