"""Numbers said in words: "twenty-one", "one-fifty", "a hundred and fifty", "half past two".

A run of number words is cut into the readings people mean by it. Where one run has two readings
("one-fifty" is 150 mg or ten to two), the second is kept beside the first.
"""

from __future__ import annotations

from collections.abc import Sequence

_DIGITS = "zero one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()

ONES = {word: n for n, word in enumerate(_DIGITS)}
TEENS = {word: n for n, word in enumerate(_TEENS, start=10)}
TENS = {word: n * 10 for n, word in enumerate(_TENS, start=2)} | {"fourty": 40}
SCALES = {"hundred": 100, "thousand": 1000}
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
    "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50,
    "sixtieth": 60,
}  # fmt: skip
SIMPLE = {"once": 1.0, "twice": 2.0, "thrice": 3.0, "dozen": 12.0, "couple": 2.0, "both": 2.0}
PARTS = {
    "half": 0.5, "third": 1 / 3, "thirds": 1 / 3, "quarter": 0.25, "quarters": 0.25,
    "fifth": 0.2, "fifths": 0.2, "tenths": 0.1,
}  # fmt: skip
CARDINALS = {**ONES, **TEENS, **TENS, **SCALES}


def read_run(words: Sequence[str]) -> list[tuple[int, int, float, tuple[float, ...], str]]:
    """Readings of a run of cardinal and ordinal words: (first, past, value, also, kind) each.

    >>> [r[2] for r in read_run(["one", "fifty"])]
    [150.0]
    >>> [r[2] for r in read_run(["nine", "eight", "eight"])]
    [988.0]
    """
    if len(words) >= 3 and all(w in ONES for w in words):  # a number read out digit by digit
        return [(0, len(words), float("".join(str(ONES[w]) for w in words)), (), "number")]
    found: list[tuple[int, int, float, tuple[float, ...], str]] = []
    at = 0
    while at < len(words):
        past, value, also, kind = _one(words, at)
        found.append((at, past, float(value), also, kind))
        at = past
    return found


def _one(words: Sequence[str], at: int) -> tuple[int, float, tuple[float, ...], str]:
    past, value, kind = _below_hundred(words, at)
    if kind == "ordinal":
        return past, value, (), kind
    if past < len(words) and words[past] in SCALES:
        past, value = _scaled(words, past, value)
        return past, value, (), "number"
    if past < len(words) and words[past] in (TENS | TEENS):
        end, low, low_kind = _below_hundred(words, past)
        if low_kind == "number" and (pair := _pair(value, low)):
            return end, *pair
    return past, value, (), kind


def _pair(high: float, low: float) -> tuple[float, tuple[float, ...], str] | None:
    """Two numbers said one after the other: "one fifty", "ten thirty", "nineteen ninety-one"."""
    if 1 <= high <= 9:
        return high * 100 + low, ((high + low / 60,) if low < 60 else ()), "number"
    if high in (19, 20):
        return high * 100 + low, (low,), "year"
    if 10 <= high <= 12 and low < 60:
        return high % 12 + low / 60, (), "time"
    return None


def _scaled(words: Sequence[str], at: int, value: float) -> tuple[int, float]:
    """ "two hundred and fifty", "a thousand", "three thousand two hundred": at the scale word."""
    total, current = 0.0, value or 1.0
    while at < len(words) and words[at] in SCALES:
        current *= SCALES[words[at]]
        at += 1
        if words[at - 1] == "thousand":
            total, current = total + current, 0.0
        step = at + 1 if at < len(words) and words[at] == "and" else at
        if step < len(words) and words[step] not in SCALES and words[step] in CARDINALS:
            at, rest, _ = _below_hundred(words, step)
            if at < len(words) and words[at] in SCALES and current == 0.0:
                current = rest
            else:
                current += rest
    return at, total + current


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, float, str]:
    word = words[at]
    if word in ORDINALS:
        return at + 1, ORDINALS[word], "ordinal"
    if word in TENS:
        following = words[at + 1] if at + 1 < len(words) else ""
        if ONES.get(following):
            return at + 2, TENS[word] + ONES[following], "number"
        if 1 <= ORDINALS.get(following, 0) <= 9:
            return at + 2, TENS[word] + ORDINALS[following], "ordinal"
        return at + 1, TENS[word], "number"
    if word in SCALES:  # "a hundred": the scale itself is read by the caller
        return at, 1, "number"
    return at + 1, CARDINALS[word], "number"
