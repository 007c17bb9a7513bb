"""True sentences turned into wrong ones, by the rules in data/edits.toml."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import cache

from ...text.numbers import Number, numbers
from ...text.spoken import CARDINALS
from ..placing import data, kind_of
from .page import Change, Page
from .truth import Truth, stems

Rewrite = Callable[[str, Truth, random.Random], Iterator[str]]

_WORDS = {value: word for word, value in CARDINALS.items() if value <= 20}


def edits(error_type: str, page: Page, truth: Truth, rng: random.Random) -> Iterator[Change]:
    """Changes of that type to sentences that still stand as they were, in random order."""
    rewrite = REWRITES[error_type]
    sentences = page.untouched()
    rng.shuffle(sentences)
    for section, at, text in sentences:
        wordings = list(dict.fromkeys(w for w in rewrite(text, truth, rng) if w != text))
        rng.shuffle(wordings)
        facts = truth.conveyed(text)
        for wording in wordings:
            gone = stems(text) - stems(wording)
            touched = [f for f in facts if gone & stems(f.statement)] or facts
            yield Change(
                error_type, section, at, wording, facts=tuple(f.id for f in touched),
                kinds=tuple(f.kind for f in touched) or (kind_of(text),),
            )  # fmt: skip


@cache
def _rules(error_type: str) -> list[tuple[re.Pattern[str], list[str], re.Pattern[str] | None]]:
    return [
        (
            re.compile(rule["find"], re.IGNORECASE),
            rule["put"],
            re.compile(rule["skip"], re.IGNORECASE) if "skip" in rule else None,
        )
        for rule in data("edits")[error_type]["rules"]
    ]


def _by_rules(error_type: str) -> Rewrite:
    def rewrite(text: str, truth: Truth, rng: random.Random) -> Iterator[str]:
        fresh = data("edits")[error_type]["fresh"]
        for find, puts, skip in _rules(error_type):
            for match in find.finditer(text):
                if skip and skip.search(text, match.start(), match.end() + 12):
                    continue
                for put in puts:
                    words = _like(match.expand(put), match[0])
                    if fresh and truth.mentions([re.escape(words.strip())]):
                        continue
                    yield _with_article(text[: match.start()], words) + text[match.end() :]

    return rewrite


def _with_article(before: str, words: str) -> str:
    """The words after the text before them, with its closing "a" or "an" made to fit."""
    match = re.search(r"(?i)\b(a)n? $", before)
    if match is None:
        return before + words
    article = match[1] + ("n " if words[:1].lower() in "aeiou" else " ")
    return before[: match.start()] + article + words


def _like(words: str, model: str) -> str:
    """The words with a first letter as large as the model's."""
    return words[:1].upper() + words[1:] if model[:1].isupper() else words


def _wrong_person(text: str, truth: Truth, rng: random.Random) -> Iterator[str]:
    for people in data("edits")["wrong_person"]["swaps"]:
        for match in re.finditer(rf"(?i)\b(?:{'|'.join(people)})\b", text):
            for other in people:
                if not truth.mentions([other]):
                    words = _like(other, match[0])
                    yield _with_article(text[: match.start()], words) + text[match.end() :]
    yield from _by_rules("wrong_person")(text, truth, rng)


def _wrong_value(text: str, truth: Truth, rng: random.Random) -> Iterator[str]:
    skip = re.compile(data("edits")["wrong_value"]["skip"])
    barred = [m.span() for m in skip.finditer(text)]
    for number in numbers(text):
        inside = any(a < number.end and number.start < b for a, b in barred)
        if inside or number.kind not in ("number", "percent", "time") or number.value <= 1:
            continue  # "one week" would need another form of the word after it
        for written in _near(number, text, truth):
            yield text[: number.start] + written + text[number.end :]


def _near(number: Number, text: str, truth: Truth) -> Iterator[str]:
    """Wordings of numbers near that one that are no value of this session in the same unit."""
    settings = data("edits")["wrong_value"]
    true = truth.values(number.unit) | {v for n in numbers(text) for v in n.values}
    if number.kind == "time":
        yield from _other_hours(number, true)
        return
    highest = _highest(number, text)
    steps = [-0.5, 1.0] if number.unit == "mg" else settings["steps"]  # doses halve or double
    for step in steps:
        value = int(number.value) + round(max(1, abs(step) * number.value)) * (
            1 if step > 0 else -1
        )
        if 1 < value <= highest and value not in true and (written := _written(number, value)):
            yield written


def _highest(number: Number, text: str) -> float:
    """The highest value that the number could have had."""
    settings = data("edits")["wrong_value"]
    if number.kind == "percent":
        return 100
    if number.value <= 10 and re.search(settings["ratings"], text):
        return 10
    before = text[: number.start]
    scales = (high for name, high in settings["highest"].items() if name in before)
    return min(scales, default=10**6)


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
        return _like(_WORDS[value], number.text)
    return None


def _false_quotation(text: str, truth: Truth, rng: random.Random) -> Iterator[str]:
    rule = data("edits")["false_quotation"]
    match = re.search(rule["find"], text, re.IGNORECASE)
    said = "\n".join(t.text for t in truth.session.transcript).lower()
    if match and match[2].lower() not in said:
        yield match.expand(rule["put"])


REWRITES: dict[str, Rewrite] = {
    "wrong_value": _wrong_value,
    "negation_flip": _by_rules("negation_flip"),
    "wrong_person": _wrong_person,
    "wrong_time": _by_rules("wrong_time"),
    "severity_shift": _by_rules("severity_shift"),
    "certainty_shift": _by_rules("certainty_shift"),
    "false_quotation": _false_quotation,
}
"""How a sentence is rewritten, by error type."""
