"""What a judge's answer must look like, and what of it may be believed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..records import Session

_SPACE = re.compile(r"\s+")
_SHORTEST_QUOTE = 8
"""Letters below which a quote proves nothing: almost any text holds it."""


@dataclass(frozen=True)
class Item:
    """One item of an answer that has the asked-for shape."""

    verdict: str
    quote: str
    confidence: float
    reason: str
    error_type: str | None = None
    severity: str | None = None


def schema(
    verdicts: Sequence[str], error_types: Sequence[str] = (), *, longest: int | None = None
) -> dict[str, Any]:
    """JSON schema of an answer, as response_format takes it.

    longest: most characters of a free text. Embedded models run on without it; hosted ones may
    refuse a schema that has it.
    """
    text: dict[str, Any] = {"type": "string"} | ({"maxLength": longest} if longest else {})
    fields: dict[str, Any] = {
        "id": {"type": "integer"},
        "verdict": {"type": "string", "enum": list(verdicts)},
        "quote": text,
        "confidence": {"type": "number"},
        "reason": text,
    }
    if error_types:
        fields |= {
            "error_type": {"enum": [*error_types, None]},
            "severity": {"enum": ["minor", "major", "critical", None]},
            "turn": {"type": ["integer", "null"]},
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


def parse(text: str, verdicts: Iterable[str]) -> dict[int, Item]:
    """Items by id; those of another shape are left out, and an id given twice is not believed."""
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
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return []
    try:
        data = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return []
    items = data.get("items") if isinstance(data, dict) else None
    return items if isinstance(items, list) else []


def _item(raw: Any, allowed: frozenset[str]) -> Item | None:
    if not isinstance(raw, Mapping):
        return None
    number, verdict, sure = raw.get("id"), raw.get("verdict"), raw.get("confidence")
    if type(number) is not int or not isinstance(verdict, str) or verdict not in allowed:
        return None
    if isinstance(sure, bool) or not isinstance(sure, int | float) or not 0 <= sure <= 1:
        return None
    return Item(
        verdict, _text(raw.get("quote")), float(sure), _text(raw.get("reason"))[:400],
        raw.get("error_type") if isinstance(raw.get("error_type"), str) else None,
        raw.get("severity") if isinstance(raw.get("severity"), str) else None,
    )  # fmt: skip


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


class Sources:
    """The texts of a session that a quote may come from: today's, never the prior note."""

    def __init__(self, session: Session) -> None:
        self.turns = {t.turn: plain(t.text) for t in session.transcript}
        self.others = [plain(session.rough_notes or "")]
        self.others += [plain(f"{k}: {v}") for k, v in session.chart.items()]

    def find(self, quote: str) -> tuple[bool, list[int]]:
        """Whether the quote stands word for word in a text, and in which turns."""
        words = plain(quote).strip("\"' ").removesuffix("...").strip()
        if not long_enough(words):
            return False, []
        turns = [n for n, text in self.turns.items() if words in text]
        return bool(turns) or any(words in text for text in self.others), turns


def long_enough(words: str) -> bool:
    """Whether a quote is long enough to prove anything."""
    return len(words) >= _SHORTEST_QUOTE
