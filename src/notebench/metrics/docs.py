"""docs/metrics.md, made from the data: ``python -m notebench.metrics.docs docs/metrics.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib.resources import files

from .. import taxonomy
from ..storage import write_text
from . import info, names
from .effort import parameters

UNITS = {
    "share": "share of out_of, 0 to 1",
    "ratio": "ratio",
    "words": "words a note",
    "seconds": "seconds a note",
    "score": "score a note, 0 to 1",
    "points": "minor errors a note",
    "gap": "difference of two scores, -1 to 1",
}
BETTER = {"lower": "lower", "higher": "higher", "none": "neither way as such"}


def markdown() -> str:
    """The whole page."""
    head, statistics = _prose()
    parts = [
        head,
        "## Metrics",
        *(_metric(name) for name in names()),
        "## Error taxonomy",
        _taxonomy(),
        "## Parameters of the models of review time",
        _parameters(),
        statistics,
    ]
    return "\n\n".join(parts) + "\n"


def _prose() -> tuple[str, str]:
    """The written parts of the page, before and after what is made from data."""
    text = files(__package__).joinpath("docs.md").read_text("utf-8")
    head, _, tail = text.partition("<!-- made from data -->")
    return head.strip(), tail.strip()


def _metric(name: str) -> str:
    about = info(name)
    lines = [
        f"### {name}",
        f"**{about.title}.** {about.definition}",
        f"- amount / out_of: {about.formula}",
        f"- unit: {UNITS[about.unit]}; better: {BETTER[about.direction]}",
    ]
    if about.assumed:
        lines.append("- **a model**: rests on assumed numbers")
    if about.limits:
        lines.append(f"- limits: {about.limits}")
    if about.source:
        lines.append(f"- source: {about.source}")
    return "\n\n".join([*lines[:2], "\n".join(lines[2:])])


def _taxonomy() -> str:
    data = [
        (
            f"`{t.name}`", t.description,
            t.severity + (f"; critical for {_list(t.critical_for)}" if t.critical_for else ""),
            ", ".join(t.sections) or "any", t.fault,
        )
        for t in taxonomy.types().values()
    ]  # fmt: skip
    weights = ", ".join(f"{level} {weight:g}" for level, weight in taxonomy.weights().items())
    return (
        table(("name", "what it is", "severity by default", "usual sections", "fault"), data)
        + "\n\nDefaults are assumed, and so are the weights in minor errors: "
        + weights
        + ". A type is one level more severe in a crisis, before a court and with minors: where a "
        + "session's type, problem or flags hold one of "
        + _list(taxonomy.raising())
        + "."
    )


def _parameters() -> str:
    rows = [
        (
            f"`{p.name}`", p.meaning, f"{p.default:g}", f"{p.low:g} to {p.high:g}", p.distribution,
            p.unit, p.source, "yes" if p.assumed else "no",
        )
        for p in parameters().values()
    ]  # fmt: skip
    head = ("name", "what it is", "default", "range", "drawn", "unit", "source", "default assumed")
    return table(head, rows)


def _list(items: Iterable[str]) -> str:
    return ", ".join(sorted(items))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m notebench.metrics.docs FILE")
    print(write_text(sys.argv[1], markdown()))
