"""Parts that reports on drills share: numbers as text, tables, bars."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from ...html import Html, tag, words
from ...stats.intervals import Interval
from .marking import MarkedNote
from .measures import TRAITS, strata, wording

_HOW = {
    "share": (100, 0, "%"),
    "points": (100, 0, " points"),
    "seconds": (1, 0, " s"),
    "change": (1, 0, " s"),
    "number": (1, 2, ""),
}
"""Factor, decimals and unit of each way to show a number."""
_DRAWN = "Drawn"
Norm = Mapping[str, Any]


@cache
def content() -> dict[str, Any]:
    """report.toml."""
    return _read("report")


@cache
def norms() -> list[Norm]:
    """What is known from the literature, as data with sources."""
    found: list[Norm] = _read("norms")["norms"]
    return found


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def text(name: str, **values: object) -> str:
    """A sentence of report.toml."""
    said: str = content()["text"][name]
    return said.format(**values)


def head(name: str) -> Html:
    """A heading of report.toml."""
    return tag("h2", content()["heads"][name])


def some(n: int, noun: str) -> str:
    """A count with its noun."""
    return f"{n} {noun}{'' if n == 1 else 's'}"


def shown(value: Interval, how: str, ends: bool = True) -> str:
    """A measure as text, with its interval. how: a key of `shown` in measures.toml."""
    scale, digits, unit = _HOW[how]
    if value.estimate != value.estimate:
        return "not measurable"
    sign = "+" if how in ("points", "change") else ""
    said = f"{value.estimate * scale:{sign}.{digits}f}{unit}"
    if ends and value.low == value.low:
        said += f" ({value.low * scale:.{digits}f} to {value.high * scale:.{digits}f})"
    return said.replace("-", "−")


def label(measure: str) -> str:
    """A measure in words."""
    said: str = wording()["measures"][measure]["label"]
    return said


def how(measure: str) -> str:
    """How a measure is shown."""
    said: str = wording()["measures"][measure]["shown"]
    return said


def table(heads: Iterable[str], rows: Iterable[Iterable[object]], caption: str) -> Html:
    """A table whose first column names its rows."""
    body = [
        tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in rest))
        for first, *rest in rows
    ]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", *(tag("th", h, scope="col") for h in heads))),
            tag("tbody", *body),
            class_="nb-table bars",
        ),
        class_="wide",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def numbers(values: Mapping[str, Interval], names: Sequence[str]) -> Html:
    """The main measures, large."""
    items = []
    for name in names:
        plain = shown(values[name], how(name), ends=False)
        ends = shown(values[name], how(name)).removeprefix(plain)
        meaning = tag("span", wording()["measures"][name]["means"], class_="small")
        items.append(tag("li", tag("b", plain), f"{label(name)}{ends}: ", meaning))
    return tag("ul", *items, class_="numbers")


def measures(values: Mapping[str, Interval], names: Sequence[str]) -> Html:
    """Measures with what they mean; what can't be measured of an own note is left out."""
    rows = [
        (label(n), shown(values[n], how(n)), wording()["measures"][n]["means"])
        for n in names
        if n != "carried" or values[n].estimate == values[n].estimate
    ]
    return table(("Measure", "Value (95% interval)", "Meaning"), rows, "Measures")


def bar(value: Interval, norm: tuple[float, float] | None = None) -> Html:
    """A share as a bar with its interval; what it shows stands beside it as text."""
    share, low, high = value
    if share != share:
        return Html("")
    parts = ['<rect x=".5" y="3.5" width="159" height="11" fill="none" stroke="#87929c"/>']
    if norm:
        at, width = 160 * norm[0], 160 * (norm[1] - norm[0])
        parts.append(f'<rect x="{at:.1f}" y="0" width="{width:.1f}" height="18" fill="#ffe58a"/>')
    parts.append(f'<rect x="0" y="5" width="{160 * share:.1f}" height="8" fill="#1a5a6e"/>')
    if low == low:
        a, b = (f"{160 * min(1, max(0, end)):.1f}" for end in (low, high))
        line = f"M{a} 9H{b}M{a} 4v10M{b} 4v10"
        parts.append(f'<path d="{line}" stroke="#1b2126" stroke-width="1.5" fill="none"/>')
    size = 'width="160" height="18" viewBox="0 0 160 18"'
    return Html(f'<svg {size} aria-hidden="true" focusable="false">{"".join(parts)}</svg>')


def traits(notes: Sequence[MarkedNote], names: Sequence[str]) -> Iterable[Html]:
    """What was found, by traits of errors; a trait that all have alike is left out."""
    few = content()["few"]
    for trait in names:
        rows = strata(notes, TRAITS[trait])
        if not rows or (len(rows) == 1 and trait in ("style", "problem")):
            continue
        name = wording()["traits"][trait]
        body = [
            (
                words(r["name"]),
                f"{r['hits']} of {r['errors']}",
                shown(r["found"], "share") + (" · few" if r["errors"] < few else ""),
                bar(r["found"]),
                shown(r["d"], "number"),
                shown(r["c"], "number"),
            )
            for r in rows
        ]
        heads = (name, "Found", "Share found (95% interval)", _DRAWN, "d′", "c")
        yield table(heads, body, f"By {name.lower()}")
    yield tag("p", text("few", few=few), class_="small")


def beside(values: Mapping[str, Interval], notes: Sequence[MarkedNote]) -> Iterable[Html]:
    """Results beside published ones, each with its source and what differs."""
    rows = []
    for norm in norms():
        name, _, trait = norm["measure"].partition(":")
        here, where = values[name], label(name)
        if trait:
            kind, _, level = trait.partition(":")
            found = [r for r in strata(notes, TRAITS[kind]) if r["name"] == level]
            if not found:
                continue
            here, where = found[0]["found"], f"{where}, section {level}"
        low, high = norm["low"], norm["high"]
        source = tag(
            "span", f"Differs: {norm['differs']}. Source: {norm['source']}.", class_="small"
        )
        rows.append((
            where, shown(here, "share"), bar(here, (low, high)),
            f"{100 * low:.0f} to {100 * high:.0f}%",
            tag("span", f"{norm['who']}: {norm['what']}. ", source),
        ))  # fmt: skip
    yield tag("p", text("known"))
    heads = ("Measure", "Here", _DRAWN, "Published", "By whom, and what differs")
    yield table(heads, rows, "Results beside published ones")
