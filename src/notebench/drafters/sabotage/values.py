"""A number put in place of another: one of the session where it can be, else one nearby."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from ...records import Fact
from ...text.numbers import Number, numbers
from ...text.spoken import CARDINALS
from ..placing import data
from .truth import Truth

_WORDS = {value: word for word, value in CARDINALS.items() if value <= 20}


def wrong_value(
    text: str, facts: Sequence[Fact], truth: Truth, rng: random.Random
) -> Iterator[str]:
    """Wordings of a sentence with one number off; that number is true of none of its facts."""
    skip = re.compile(data("edits")["wrong_value"]["skip"])
    barred = [m.span() for m in skip.finditer(text)]
    for number in numbers(text):
        inside = any(a < number.end and number.start < b for a, b in barred)
        if inside or number.kind not in ("number", "percent", "time") or number.value <= 1:
            continue  # "one week" would need another form of the word after it
        for written in _others(number, text, facts, truth):
            yield text[: number.start] + written + text[number.end :]


def _others(number: Number, text: str, facts: Sequence[Fact], truth: Truth) -> Iterator[str]:
    """Wordings of other values, of the session's numbers and of numbers near this one."""
    true = truth.values(number.unit, facts) | {v for n in numbers(text) for v in n.values}
    if number.kind == "time":
        yield from _other_hours(number, true)
        return
    highest = _highest(number, text)
    for value in [*_session_values(number, truth), *_steps(number)]:
        fits = 1 < value <= highest and value not in true
        if fits and (written := _written(number, value)):
            yield written


def _session_values(number: Number, truth: Truth) -> list[int]:
    """Whole numbers of the session of the same order of size, in order."""
    factor = data("edits")["wrong_value"]["factor"]
    low, high = number.value / factor, number.value * factor
    found = {v for v in truth.values(None) if low <= v <= high and v == int(v)}
    # doses are common ones: 47 mg would give itself away
    return [] if number.unit == "mg" else sorted(int(v) for v in found)


def _steps(number: Number) -> Iterator[int]:
    steps = [-0.5, 1.0] if number.unit == "mg" else data("edits")["wrong_value"]["steps"]
    for step in steps:  # doses halve or double
        by = round(max(1, abs(step) * number.value))
        yield int(number.value) + (by if step > 0 else -by)


def _highest(number: Number, text: str) -> float:
    """The highest value that the number could have had."""
    settings = data("edits")["wrong_value"]
    if number.kind == "percent":
        return 100
    if number.value <= 10 and re.search(settings["ratings"], text):
        return 10
    before = text[: number.start]
    scales = (high for name, high in settings["highest"].items() if name in before)
    week = number.unit == "day" and number.value <= 7  # notes count the days of one
    return min(scales, default=7 if week else 10**6)


def _other_hours(number: Number, true: set[float]) -> Iterator[str]:
    """The clock time an hour or two off, written as it was."""
    figure = re.match(r"\d+", number.text)
    if figure is None:
        return
    last = 12 if re.search(r"[ap]\.?m", number.text, re.IGNORECASE) else 20
    for hours in (-2, -1, 1, 2):
        hour = int(figure[0]) + hours
        value = (number.value - int(number.value)) + (hour % 12 or 12)
        if 1 <= hour <= last and value not in true:
            yield str(hour).zfill(len(figure[0])) + number.text[figure.end() :]


def _written(number: Number, value: int) -> str | None:
    """The number's wording with another value, where it is one figure or one word."""
    if len(re.findall(r"\d+(?:\.\d+)?", number.text)) == 1:
        return re.sub(r"\d+(?:\.\d+)?", str(value), number.text, count=1)
    if number.text.lower() in CARDINALS and value in _WORDS:
        word = _WORDS[value]
        return word[:1].upper() + word[1:] if number.text[:1].isupper() else word
    return None
