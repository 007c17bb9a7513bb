"""The tornado plot: which assumption moves the modelled review time most."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..metrics.effort import Load
from ..storage import atomic
from .model import Model, Swing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 10
"""Bars shown; the rest move little."""
INK = "#1d2329"
LOW, HIGH = ("#c9d8de", "////"), ("#1f5f73", "")
"""Colour and hatching of the two ends: apart in grey and in print as well."""
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "notebench", "svg.fonttype": "none", "font.family": "DejaVu Sans",
    "font.size": 9, "hatch.linewidth": 0.6, "axes.spines.top": False, "axes.spines.right": False,
    "axes.spines.left": False,
}  # fmt: skip


def tornado_figure(model: Model, work: Load, most: int = MOST) -> tuple[Figure, str] | None:
    """The plot and its numbers in words; None where no parameter moves the time.

    One bar a parameter, widest first, from the time at the low end of its range to that at the high
    end; each end carries the value of the parameter there.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    swings = model.tornado(work)[:most]
    if not swings:
        return None
    usual = float(model.seconds(work, model.central)) / 60
    figure = Figure(figsize=(7.4, 1.3 + 0.5 * len(swings)), layout="constrained")
    axes = figure.add_subplot()
    for row, swing in enumerate(swings):
        _bar(axes, row, swing, usual, model)
    axes.axvline(usual, color=INK, lw=1)
    axes.set_yticks(range(len(swings)), [_label(model, s) for s in swings])
    axes.set_ylim(len(swings) - 0.4, -0.6)
    axes.margins(x=0.14)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Modelled minutes of review for a note")
    axes.set_title(f"All at their usual values: {usual:.1f} min (a model)", fontsize=9, loc="left")
    handles = [Patch(facecolor=c, hatch=h, edgecolor=INK, lw=0.6) for c, h in (LOW, HIGH)]
    labels = ["at the low end of its range", "at the high end"]
    figure.legend(handles, labels, loc="outside lower left", ncols=2, frameon=False)
    return figure, describe(model, work, swings)


def describe(model: Model, work: Load, swings: Sequence[Swing]) -> str:
    """The numbers of the plot in words, for those who can't see it."""
    usual = float(model.seconds(work, model.central)) / 60
    parts = [f"Modelled review time {usual:.1f} minutes with every assumption at its usual value."]
    for swing in swings:
        p = model.parameters[swing.parameter]
        parts.append(
            f"{p.meaning}: from {swing.at_low / 60:.1f} minutes at {p.low:g} {p.unit} "
            f"to {swing.at_high / 60:.1f} at {p.high:g}."
        )
    return " ".join(parts)


def tornado_svg(model: Model, work: Load) -> str | None:
    """The plot as SVG: its text stays text, with a title and a description for screen readers."""
    if (made := _drawn(model, work, "svg", {"Date": None})) is None:
        return None
    data, words = made
    return _told(data.decode(), words)


def save_tornado(path: str | Path, model: Model, work: Load) -> str | None:
    """Write the plot, by the name's end as PNG or else as SVG; its description.

    None, and no file, where no parameter moves the time.
    """
    png = str(path).lower().endswith(".png")
    made = _drawn(model, work, *(("png", {"Software": None}) if png else ("svg", {"Date": None})))
    if made is None:
        return None
    data, words = made
    with atomic(path) as stream:
        stream.write(data if png else _told(data.decode(), words).encode())
    return words


def _drawn(
    model: Model, work: Load, kind: str, metadata: dict[str, Any]
) -> tuple[bytes, str] | None:
    import matplotlib as mpl

    with mpl.rc_context(STYLE):
        made = tornado_figure(model, work)
        if made is None:
            return None
        figure, words = made
        buffer = io.BytesIO()
        figure.savefig(buffer, format=kind, dpi=144, metadata=metadata)
    return buffer.getvalue(), words


def _told(svg: str, words: str) -> str:
    title = "Tornado plot of review time (a model)"
    names = f"<title id='t'>{title}</title><desc id='d'>{escape(words)}</desc>"
    return re.sub(
        "<svg ([^>]*)>",
        lambda m: f"<svg role='img' aria-labelledby='t d' {m[1]}>{names}",
        svg,
        count=1,
    )


def _bar(axes: Any, row: int, swing: Swing, usual: float, model: Model) -> None:
    p = model.parameters[swing.parameter]
    for seconds, value, (colour, hatch) in (
        (swing.at_low, p.low, LOW), (swing.at_high, p.high, HIGH),
    ):  # fmt: skip
        minutes = seconds / 60
        axes.barh(row, minutes - usual, left=usual, height=0.6, color=colour, hatch=hatch,
                  edgecolor=INK, lw=0.6)  # fmt: skip
        right = minutes >= usual
        axes.annotate(f"{value:g}", (minutes, row), xytext=(4 if right else -4, 0), va="center",
                      textcoords="offset points", ha="left" if right else "right",
                      fontsize=8)  # fmt: skip


def _label(model: Model, swing: Swing) -> str:
    p = model.parameters[swing.parameter]
    return "\n".join([*wrap(p.meaning, 42, max_lines=2, placeholder=" …"), f"({p.unit})"])
