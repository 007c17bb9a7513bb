"""Numbers and clock times as people say them: the counterpart of notebench.text.spoken."""

from __future__ import annotations

from functools import cache

from ..text.spoken import ONES, TEENS, TENS

_SMALL = {n: word for word, n in [*ONES.items(), *TEENS.items()]}
_TENS = {n: word for word, n in reversed(TENS.items())}
_TIMES = {1: "once", 2: "twice"}
_ORDINALS = ["zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
             "ninth", "tenth", "eleventh", "twelfth"]  # fmt: skip


@cache
def number(value: float) -> str:
    """A number from 0 to 9,999 in words; halves as "and a half".

    >>> number(214), number(2.5), number(0)
    ('two hundred and fourteen', 'two and a half', 'zero')
    """
    whole = int(value)
    if value - whole == 0.5:
        return f"{number(whole)} and a half" if whole else "half"
    if value != whole or not 0 <= whole <= 9999:
        raise ValueError(f"{value} is no number from 0 to 9,999 in whole or half steps")
    if whole >= 1000:
        rest = f" {number(whole % 1000)}" if whole % 1000 else ""
        return f"{number(whole // 1000)} thousand{rest}"
    if whole >= 100:
        rest = f" and {number(whole % 100)}" if whole % 100 else ""
        return f"{_SMALL[whole // 100]} hundred{rest}"
    if whole >= 20:
        return _TENS[whole // 10 * 10] + (f"-{_SMALL[whole % 10]}" if whole % 10 else "")
    return _SMALL[whole]


def times(value: float) -> str:
    """How often: "once", "twice", "three times"."""
    return _TIMES.get(int(value)) or f"{number(value)} times"


def ordinal(value: float) -> str:
    """ "first" to "twelfth", then "number thirteen"."""
    return _ORDINALS[int(value)] if value < len(_ORDINALS) else f"number {number(value)}"


def clock(time: str) -> str:
    """A clock time such as "14:30" on a twelve-hour clock: "two thirty", "three o'clock"."""
    hour, minute = (int(part) for part in time.split(":"))
    face = number(hour % 12 or 12)
    if minute == 0:
        return f"{face} o'clock"
    return f"{face} {'oh ' if minute < 10 else ''}{number(minute)}"
