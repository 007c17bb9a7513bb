"""What a judge's answer must look like, and what of it may be believed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import taxonomy
from ..llm.messages import Completion
from ..records import Session

_SPACE = re.compile(r"\s+")
_CUT_LINE = re.compile(r"\n\s*\|")
_SHORTEST_QUOTE = 8
"""Letters below which a quote proves nothing: almost any text holds it."""
_MOST_QUOTES = 5
"""Quotes of one item that are looked at."""
_DECODER = json.JSONDecoder()

REFUSED = "The judge refused to answer."
CUT_SHORT = "The judge's answer was cut short."
UNREADABLE = "The judge gave no answer that could be read."
LEFT_OUT = "The judge's answer leaves it out or gives it twice."


@dataclass(frozen=True)
class Item:
    """One item of an answer that has the asked-for shape."""

    verdict: str
    quotes: tuple[str, ...]
    """Evidence, as the judge copied it; not yet looked up."""
    confidence: float
    reason: str
    error_type: str | None = None
    severity: str | None = None

    @property
    def sure(self) -> float:
        """Confidence in the verdict given, never below even odds and never certain."""
        return round(min(0.99, max(0.5, self.confidence)), 4)


@dataclass(frozen=True)
class Answer:
    """What one answer of a judge held."""

    items: Mapping[int, Item]
    """By the ids that were asked."""
    missing: str
    """Why an id is not among them."""


def schema(
    verdicts: Sequence[str], error_types: Sequence[str] = (), *, longest: int | None = None
) -> dict[str, Any]:
    """JSON schema of an answer, as response_format takes it.

    longest: most characters of a free text. Embedded models run on without it; hosted ones may
    refuse a schema that has it.
    """
    text: dict[str, Any] = {"type": "string"} | ({"maxLength": longest} if longest else {})
    quotes: dict[str, Any] = {"type": "array", "items": text} | ({"maxItems": 2} if longest else {})
    fields: dict[str, Any] = {
        "id": {"type": "integer"},
        "quotes": quotes,
        "reason": text,
        "verdict": {"type": "string", "enum": list(verdicts)},
        "confidence": {"type": "number"},
    }
    if error_types:
        fields |= {
            "error_type": {"type": ["string", "null"], "enum": [*error_types, None]},
            "severity": {"type": ["string", "null"], "enum": [*taxonomy.LEVELS, None]},
        }
    item = {
        "type": "object", "properties": fields, "required": list(fields),
        "additionalProperties": False,
    }  # fmt: skip
    whole = {
        "type": "object", "properties": {"items": {"type": "array", "items": item}},
        "required": ["items"], "additionalProperties": False,
    }  # fmt: skip
    return {
        "type": "json_schema",
        "json_schema": {"name": "verdicts", "strict": True, "schema": whole},
    }


def read(completion: Completion, verdicts: Iterable[str], asked: Iterable[int]) -> Answer:
    """What an answer says of the ids that were asked.

    Ids that were not asked, and further fields, are ignored.
    """
    if completion.finish_reason == "content_filter":
        return Answer({}, REFUSED)
    wanted = frozenset(asked)
    items = {n: i for n, i in parse(completion.text, verdicts).items() if n in wanted}
    if completion.finish_reason == "length":
        return Answer(items, CUT_SHORT)
    return Answer(items, LEFT_OUT if items else UNREADABLE)


def parse(text: str, verdicts: Iterable[str]) -> dict[int, Item]:
    """Items by id; those of another shape are left out, and an id given twice is not believed.

    Takes JSON with words or a code fence around it, a bare list of items, and the whole items of an
    answer that was cut short.
    """
    allowed = frozenset(verdicts)
    found: dict[int, Item] = {}
    twice: set[int] = set()
    for raw in _items(text):
        made = _item(raw, allowed)
        if made is None:
            continue
        number = raw["id"]
        if number in found:
            twice.add(number)
        found[number] = made
    return {n: item for n, item in found.items() if n not in twice}


def _items(text: str) -> list[Any]:
    """The items of the last JSON value that holds any: what comes before it may be a draft."""
    found: list[Any] = []
    for value in _values(text):
        held = value.get("items") if isinstance(value, dict) else value
        if isinstance(held, list) and any(isinstance(i, dict) for i in held):
            found = held
    return found or _whole_ones(text)


def _values(text: str) -> Iterator[Any]:
    """The JSON objects and lists of a text that stand in no other, in order."""
    at = 0
    while match := re.compile(r"[{\[]").search(text, at):
        try:
            value, at = _DECODER.raw_decode(text, match.start())
            yield value
        except (ValueError, RecursionError):
            at = match.start() + 1


def _whole_ones(text: str) -> list[Any]:
    """The complete objects of a list of items that was cut short."""
    start = re.search(r"\"items\"\s*:\s*\[|^\s*\[", text)
    found: list[Any] = []
    at = start.end() if start else len(text)
    while match := re.compile(r"[\s,]*(?=\{)").match(text, at):
        try:
            value, at = _DECODER.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            break
        found.append(value)
    return found


def _item(raw: Any, allowed: frozenset[str]) -> Item | None:
    if not isinstance(raw, Mapping):
        return None
    number, verdict, sure = raw.get("id"), raw.get("verdict"), raw.get("confidence")
    if type(number) is not int or not isinstance(verdict, str) or verdict not in allowed:
        return None
    if isinstance(sure, bool) or not isinstance(sure, int | float) or not 0 <= sure <= 1:
        return None
    return Item(
        verdict, _quotes(raw), float(sure), _text(raw.get("reason"))[:400],
        raw.get("error_type") if isinstance(raw.get("error_type"), str) else None,
        raw.get("severity") if isinstance(raw.get("severity"), str) else None,
    )  # fmt: skip


def _quotes(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The quotes of an item; models without a schema also write one `quote`."""
    given = raw.get("quotes", raw.get("quote"))
    listed = given if isinstance(given, list) else [given]
    return tuple(q for q in map(_text, listed) if q.strip())[:_MOST_QUOTES]


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    # what a model writes goes into records, which refuse control characters
    return (
        "".join(c for c in text if c in "\n\t" or (c >= " " and c != "\x7f"))
        .encode("utf-8", "ignore")
        .decode()
    )


def plain(text: str) -> str:
    """Lower case, straight quotes, single spaces: what two copies of the same words share."""
    straight = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    return _SPACE.sub(" ", straight).strip().lower()


def bare(quote: str) -> str:
    """A quote in plain form, without what a judge puts around it."""
    return plain(_CUT_LINE.sub("\n", quote)).strip("\"' ").removesuffix("...").strip()


class Sources:
    """The texts of a session that a quote may come from: today's, never the prior note."""

    def __init__(self, session: Session) -> None:
        self.turns = {t.turn: plain(t.text) for t in session.transcript}
        self.others = [plain(session.rough_notes or "")]
        self.others += [plain(f"{k}: {v}") for k, v in session.chart.items()]

    def find(self, quote: str) -> tuple[bool, list[int]]:
        """Whether the quote stands word for word in a text, and in which turns."""
        words = bare(quote)
        if not long_enough(words):
            return False, []
        turns = [n for n, text in self.turns.items() if words in text]
        return bool(turns) or any(words in text for text in self.others), turns


def long_enough(words: str) -> bool:
    """Whether a quote is long enough to prove anything."""
    return len(words) >= _SHORTEST_QUOTE
