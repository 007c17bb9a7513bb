"""Times, codes, dates, people, measures and doses add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from ...records import Session
from ..loading import library


def broken(session: Session) -> Iterator[str]:
    """What does not add up in the frame of a session."""
    yield from _time(session)
    yield from _dates(session)
    yield from _people(session)
    yield from _measures(session)
    yield from _doses(session)


def _time(session: Session) -> Iterator[str]:
    chart = session.chart
    if not {"start", "stop"} <= chart.keys():
        return
    minutes = _minutes(chart["stop"]) - _minutes(chart["start"])
    if minutes <= 0:
        yield f"the session stops at {chart['stop']}, which is not after {chart['start']}"
    if chart.get("minutes", minutes) != minutes:
        yield f"the chart says {chart['minutes']} minutes, start and stop say {minutes}"
    codes = library().banks["shapes"]["cpt"]
    if (cpt := chart.get("cpt")) in codes:
        low, high = codes[cpt]
        if not low <= minutes <= high:
            yield f"CPT {cpt} takes {low}-{high} minutes, the session {minutes}"


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _measures(session: Session) -> Iterator[str]:
    known = library().banks["measures"]
    seen: dict[tuple[str, str], float] = {}
    for fact in session.facts or []:
        name = str(fact.attributes.get("name"))
        if fact.kind != "measure" or name not in known:
            continue
        low, high = known[name]["range"]
        for key in ("value", "previous"):
            value = fact.attributes.get(key)
            if not isinstance(value, int | float):
                continue
            if not low <= value <= high:
                yield f"{fact.id}: {name} of {value:g} is outside {low}-{high}"
            if seen.setdefault((name, key), value) != value:
                yield f"{fact.id}: {name} has two {key}s, {seen[name, key]:g} and {value:g}"


def _dates(session: Session) -> Iterator[str]:
    """A weekday beside a date is that date's."""
    for fact in session.facts or []:
        when = re.match(r"(\d{4})-(\d\d)-(\d\d)", str(fact.attributes.get("when", "")))
        if not when:
            continue
        day = date(*(int(part) for part in when.groups()))
        named = [name for name in _WEEKDAYS if name in fact.statement]
        if named and day.strftime("%A") not in named:
            yield f"{fact.id}: {day} is a {day:%A}, and the statement says {named[0]}"
        held = str(session.chart.get("date", ""))
        if fact.attributes.get("name") == "next session" and held and str(day) <= held:
            yield f"{fact.id}: the next session on {day} is not after this one on {held}"


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _people(session: Session) -> Iterator[str]:
    """Whoever speaks is listed."""
    listed = {p.role for p in session.participants}
    for role in sorted({t.speaker for t in session.transcript} - listed):
        if listed:
            yield f"{role} speaks, and is not among the participants"


def _doses(session: Session) -> Iterator[str]:
    """A client's doses are among those that the library knows as usual."""
    known = library().banks["medications"]
    for fact in session.facts or []:
        name = str(fact.attributes.get("name", "")).lower()
        if fact.kind != "medication" or name not in known or fact.attributes.get("unit") != "mg":
            continue
        for key in ("value", "previous"):
            value = fact.attributes.get(key)
            if isinstance(value, int | float) and value not in known[name]["doses"]:
                yield f"{fact.id}: {value:g} mg is no usual dose of {name}"
