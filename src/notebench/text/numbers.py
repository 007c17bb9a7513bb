"""Numbers in notes and in speech, with half-open character offsets and values.

Clock times get the value of the clock face in hours ("half past two", "2:30 p.m." and "14:30" are
2.5), calendar days month * 100 + day ("March 2" and "2026-03-02" are 302), so that the same thing
written twice has the same value. Numbers inside names (PHQ-9, B12, F41.1) are no values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .spoken import CARDINALS, ORDINALS, PARTS, SCALES, SIMPLE, read_run


class Number(NamedTuple):
    """A number, where it stands and what it is worth."""

    start: int
    end: int
    text: str
    value: float
    kind: str = "number"
    """number, time, date, year, percent, money, ordinal, item (of a questionnaire), part (0-1)."""
    unit: str | None = None
    """Normalised unit that follows: mg, minute, hour, day, week, month, year, lb, time ..."""
    also: tuple[float, ...] = ()
    """Other values that the same words may mean."""
    retracted: bool = False
    """Whether the speaker took it back at once: "three, no, four"."""

    @property
    def values(self) -> tuple[float, ...]:
        """Every value that it may mean."""
        return (self.value, *self.also)


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_AM = r"(?:[ap]\.?m\b\.?|o'?clock\b|[ap](?![\w.]))"
_DIGITS = re.compile(
    rf"""
      (?P<iso>\b\d{{4}}-(?P<iso_m>\d\d)-(?P<iso_d>\d\d)\b)
    | (?P<day>\b(?P<day_m>{_MONTH})\.?[ ](?P<day_d>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d))
    | (?P<clock>(?<![\w:.])(?P<clock_h>\d{{1,2}}):(?P<clock_m>[0-5]\d)(?![:\d])(?:[ ]?{_AM})?)
    | (?P<hour>(?<![\w:.$/])(?P<hour_h>1[0-2]|[1-9])[ ]?{_AM})
    | (?P<short>(?<![\w/.])(?P<short_n>\d{{1,3}})/(?P<short_u>7|52|12)(?![\w/]))
    | (?P<apos>(?<!\w)['’](?P<apos_y>\d\d)\b(?!['’]))
    | (?P<item>(?:\#[ ]?|\b(?:item|question|no\.)[ ])(?P<item_n>\d{{1,2}})\b(?!/))
    | (?P<money>[$£€][ ]?(?P<money_n>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?))
    | (?P<plain>(?<![\w.,])(?<![A-Za-z]-)(?:x(?=\d))?(?P<plain_n>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?
        |\d+(?:\.\d+)?|\.\d+)(?P<vulgar>[½¼¾])?(?P<suffix>st\b|nd\b|rd\b|th\b|[ ]?%)?)
    | (?P<only>[½¼¾])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_GROUPS = ("iso", "day", "clock", "hour", "short", "apos", "item", "money", "only", "plain")
_VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_SHORT_UNITS = {"7": "day", "52": "week", "12": "month"}
_FIGURE = re.compile(r"[\d½¼¾]")
_BEGINNINGS = frozenset([*CARDINALS, *ORDINALS, *SIMPLE, *PARTS, "hour", "point"])
"""Words with which a number can begin."""
_WORDS = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_UNIT = re.compile(
    r"[ -]?(?:(mg|milligrams?)|(mcg)|(ml)|(h|hrs?|hours?)|(mins?|minutes?)|(d|days?|nights?|nts?)"
    r"|(w|wks?|weeks?)|(mos?|months?)|(y|yrs?|years?)|(lbs?|pounds?)|(kg|kilos?)|(x|times)"
    r"|(%|percent|per[ ]cent)|(drinks?|beers?|glasses)|(sessions?|visits?)|(points?|pts?))"
    r"(?![A-Za-z])",
    re.IGNORECASE,
)
_UNITS = "mg mcg ml hour minute day week month year lb kg time percent drink session point".split()
"""What the groups of _UNIT stand for, in their order."""
_RETRACTS = re.compile(
    r"[\s,.;…—–-]*"
    r"(?:(?:no|well|sorry|actually|wait|rather|hang on|scratch that|oh|or)\b[\s,.;…—–-]*)*"
    r"(?:(?:no|sorry|actually|wait|rather|scratch that|i mean|make (?:it|that)|well)\b)[\s,.;…—–-]*"
    r"(?:it'?s |it was |that'?s |more like |like )?",
    re.IGNORECASE,
)
_NO_VALUE_BEFORE_ONE = frozenset(
    "that this no any some every each which the another other only an such loved little big "
    "good bad new old first last right wrong same next".split()
)
_NO_VALUE_AFTER_ONE = frozenset("another thing else can could should would who".split())


def numbers(text: str) -> list[Number]:
    """Numbers in order of their place; no two overlap.

    >>> [(n.text, n.value) for n in numbers("PHQ-9 was nineteen, up from 17.")]
    [('nineteen', 19.0), ('17', 17.0)]
    """
    found = sorted([*_in_digits(text), *_in_words(text)])
    kept: list[Number] = []
    for number in found:
        if not kept or number.start >= kept[-1].end:
            kept.append(_with_unit(number, text))
    return _mark_retracted(kept, text)


def _in_digits(text: str) -> Iterator[Number]:
    if not _FIGURE.search(text):
        return
    previous: Number | None = None
    for match in _DIGITS.finditer(text):
        number = _read(match)
        if number is None:
            continue
        if previous and number.kind == "number" and text[previous.end : number.start] in "-–—":
            number = _close_range(previous, number)
        yield number
        previous = number


def _close_range(low: Number, high: Number) -> Number:
    """ "190-2" ends at 192: the second figure of a range may leave out what both share."""
    shared = 10 ** len(str(int(high.value)))
    if 0 <= high.value < low.value and low.value >= shared > 1 and low.kind == "number":
        return high._replace(value=low.value // shared * shared + high.value, also=(high.value,))
    return high


def _read(match: re.Match[str]) -> Number | None:
    start, end, text = match.start(), match.end(), match[0]

    def made(value: float, kind: str = "number", **more: object) -> Number:
        return Number(start, end, text, value, kind, **more)  # type: ignore[arg-type]

    match next(group for group in _GROUPS if match[group]):
        case "iso":
            return made(int(match["iso_m"]) * 100 + int(match["iso_d"]), "date")
        case "day":
            month = _MONTHS.index(match["day_m"][:3].lower()) + 1
            return made(month * 100 + int(match["day_d"]), "date", also=(float(match["day_d"]),))
        case "clock":
            hour = int(match["clock_h"])
            return made(hour % 12 + int(match["clock_m"]) / 60 or 12.0, "time")
        case "hour":
            return made(float(match["hour_h"]), "time")
        case "short":
            return made(float(match["short_n"]), unit=_SHORT_UNITS[match["short_u"]])
        case "apos":
            year = int(match["apos_y"])
            return made(year + (1900 if year > 40 else 2000), "year", also=(float(year),))
        case "item":
            return made(float(match["item_n"]), "item")
        case "money":
            return made(float(match["money_n"].replace(",", "")), "money")
        case "only":
            return made(_VULGAR[text], "part")
    return _plain(match, made)


def _plain(match: re.Match[str], made) -> Number | None:  # type: ignore[no-untyped-def]
    written = match["plain_n"]
    if len(written) > 15:  # an identifier, not an amount
        return None
    value = float(written.replace(",", "")) + _VULGAR.get(match["vulgar"] or "", 0.0)
    suffix = (match["suffix"] or "").strip().lower()
    if suffix == "%":
        return made(value, "percent", unit="percent")
    if suffix:
        return made(value, "ordinal")
    if 1900 <= value <= 2099 and written.isdigit():
        return made(value, "year", also=(value % 100,))
    return made(value)


def _in_words(text: str) -> Iterator[Number]:
    if _BEGINNINGS.isdisjoint(_WORDS.findall(text.lower())):
        return
    words = [(m.start(), m.end(), m[0].lower()) for m in _WORDS.finditer(text)]
    at = 0
    while at < len(words):
        if words[at][2] not in _BEGINNINGS:
            at += 1
        elif (special := _special(words, at, text)) is not None:
            number, at = special
            yield number
        elif _counts(words, at, text):
            past = _run(words, at, text)
            yield from _from_run(words[at:past], text)
            at = past
        else:
            at += 1


_Word = tuple[int, int, str]


def _joined(left: _Word, right: _Word, text: str) -> bool:
    return text[left[1] : right[0]] in (" ", "-", "\n")


def _following(words: list[_Word], at: int, count: int, text: str) -> list[str]:
    """The next words, as far as only a space or a hyphen stands between them."""
    found = []
    for i in range(at, min(at + count, len(words))):
        if i > at and not _joined(words[i - 1], words[i], text):
            break
        found.append(words[i][2])
    return found


def _counts(words: list[_Word], at: int, text: str) -> bool:
    """Whether the word is a number here: "that one" and "a second" are not."""
    word = words[at][2]
    if word in SCALES:
        return at > 0 and words[at - 1][2] in ("a", "one", "several", "few")
    if word == "one":
        before = words[at - 1][2] if at and _joined(words[at - 1], words[at], text) else ""
        after = _following(words, at, 2, text)[1:]
        if after and after[0] in CARDINALS:  # "on the one-fifty"
            return True
        return before not in _NO_VALUE_BEFORE_ONE and not (
            after and after[0] in _NO_VALUE_AFTER_ONE
        )
    if word == "second":
        return bool(at) and words[at - 1][2] == "the"
    return word in CARDINALS or word in ORDINALS


def _run(words: list[_Word], at: int, text: str) -> int:
    past = at + 1
    while past < len(words) and _joined(words[past - 1], words[past], text):
        word = words[past][2]
        bridge = (
            word == "and"
            and words[past - 1][2] in SCALES
            and past + 1 < len(words)
            and words[past + 1][2] in CARDINALS
        )
        if not (bridge or word in CARDINALS or (word in ORDINALS and word != "second")):
            break
        past += 1
    return past


def _from_run(run: list[_Word], text: str) -> Iterator[Number]:
    for first, past, value, also, kind in read_run([w for _, _, w in run]):
        start, end = run[first][0], run[past - 1][1]
        yield Number(start, end, text[start:end], value, kind, also=also)


def _special(words: list[_Word], at: int, text: str) -> tuple[Number, int] | None:
    """ "twice", "half past two", "quarter to nine", "point five", "two and a half", fractions."""

    def made(count: int, value: float, kind: str, unit: str | None = None) -> tuple[Number, int]:
        start, end = words[at][0], words[at + count - 1][1]
        return Number(start, end, text[start:end], value, kind, unit), at + count

    match _following(words, at, 5, text):
        case ["half" | "quarter" as part, "past" | "to" | "after" | "of" as way, hour, *_] if (
            1 <= CARDINALS.get(hour, 0) <= 12
        ):
            shift = {"half": 0.5, "quarter": 0.25}[part] * (1 if way in ("past", "after") else -1)
            return made(3, (CARDINALS[hour] + shift) % 12 or 12.0, "time")
        case ["half", "a", "dozen", *_]:
            return made(3, 6.0, "number")
        case ["hour" as unit, "and", "a", "half", *_]:
            return made(4, 1.5, "number", unit)
        case [whole, "and", "a", "half" | "quarter" as part, *_] if whole in CARDINALS:
            return made(4, CARDINALS[whole] + PARTS[part], "number")
        case [whole, "point", tenths, *_] if whole in CARDINALS and CARDINALS.get(tenths, 10) < 10:
            return made(3, CARDINALS[whole] + CARDINALS[tenths] / 10, "number")
        case ["point", tenths, *_] if CARDINALS.get(tenths, 10) < 10:
            return made(2, CARDINALS[tenths] / 10, "number")
        case [count, part, *_] if 1 <= CARDINALS.get(count, 0) <= 9 and part in PARTS:
            if part in ("third", "fifth"):
                return made(2, PARTS[part], "part") if count == "one" else None
            return made(2, CARDINALS[count] * PARTS[part], "part")
        case ["half", *_]:
            return made(1, 0.5, "part")
        case [word, *_] if word in SIMPLE:
            return made(1, SIMPLE[word], "number")
    return None


def _with_unit(number: Number, text: str) -> Number:
    if number.unit or number.kind in ("time", "date", "year", "item"):
        return number
    match = _UNIT.match(text, number.end)
    if not match or match.lastindex is None:
        return number
    unit = _UNITS[match.lastindex - 1]
    return number._replace(unit=unit, kind="percent" if unit == "percent" else number.kind)


def _mark_retracted(found: list[Number], text: str) -> list[Number]:
    marked = [
        left._replace(retracted=True)
        if right.start - left.end < 60 and _retracts(text, left, right)
        else left
        for left, right in zip(found, found[1:], strict=False)
    ]
    return marked + found[-1:]


def _retracts(text: str, left: Number, right: Number) -> bool:
    """Whether only words of correction stand between two numbers (and the unit of the first)."""
    gap = text[left.end : right.start]
    unit = re.match(r"[ -][A-Za-z]{1,12}(?=[\s,.;…—–-])", gap)
    return bool(_RETRACTS.fullmatch(gap) or (unit and _RETRACTS.fullmatch(gap[unit.end() :])))
