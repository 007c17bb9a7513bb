"""Values that a session does not state and that follow from what it states: sums, shares, dates."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence

from ..records import Session
from ..text.numbers import Number
from .lexicon import cues

_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_WEEKS = range(1, 9)
_MOST = 6  # numbers of one passage that are combined
_COUNTED = frozenset(("number", "percent", "money"))


def with_weekdays(text: str) -> str:
    """The text with the weekday of each calendar date in it written after it."""
    return _ISO.sub(lambda m: f"{m[0]} ({day:%A})" if (day := _day(m)) else m[0], text)


def dates(session: Session, named: Iterable[str]) -> frozenset[float]:
    """Values (month * 100 + day) of dates that follow from the date of the session.

    named: weekdays that the session speaks of. The same weekday of the eight weeks that follow
    counts, and the next two of each named weekday.
    """
    match = _ISO.search(str(session.chart.get("date", "")))
    day = _day(match) if match else None
    if day is None:
        return frozenset()
    found = [day, *(day + datetime.timedelta(weeks=w) for w in _WEEKS)]
    names = frozenset(named)
    found += [
        then
        for ahead in range(1, 15)
        if f"{(then := day + datetime.timedelta(days=ahead)):%A}".lower() in names
    ]
    return frozenset(float(d.month * 100 + d.day) for d in found)


def combined(passages: Iterable[Sequence[Number]]) -> frozenset[float]:
    """Differences, sums and percentages of two numbers that stand in one passage."""
    found: set[float] = set()
    for numbers in passages:
        held = [n.value for n in numbers if n.kind in _COUNTED and not n.retracted][:_MOST]
        for i, one in enumerate(held):
            for other in held[i + 1 :]:
                low, high = sorted((one, other))
                found |= {high - low, high + low}
                if high:
                    found.add(float(round(100 * low / high)))
    return frozenset(round(v, 3) for v in found)


def derives(low: str) -> bool:
    """Whether a lower-case text speaks of a change, a total or a share."""
    return bool(cues().lists["derived"].search(low))


def _day(match: re.Match[str]) -> datetime.date | None:
    try:
        return datetime.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
