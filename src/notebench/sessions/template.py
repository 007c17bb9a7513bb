"""The small template language of the library.

``{slot}`` puts in a value, ``{slot.part}`` a part of one, ``{slot+2}`` or ``{slot-1}`` a number
near it, ``{slot|filter}`` a form of it
(see FILTERS; several may follow each other). ``[one way|another]`` takes one of the
wordings at random, nested as deep as wanted; an empty one is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from math import prod
from random import Random
from typing import Any

from ..errors import NotebenchError
from . import say


def _your(text: str) -> str:
    """The client's words said back to them."""
    swaps = (
        ("I'm", "you're"), ("I am", "you are"), ("I was", "you were"), ("myself", "yourself"),
        ("mine", "yours"), ("my", "your"), ("I", "you"), ("me", "you"),
    )  # fmt: skip
    for mine, yours in swaps:
        text = re.sub(rf"\b{mine}\b", yours, text)
    return text


def _article(text: str) -> str:
    return f"{'an' if text[:1].lower() in 'aeiou' else 'a'} {text}"


FILTERS: dict[str, Callable[[Any], str]] = {
    "say": say.number,
    "times": say.times,
    "ordinal": say.ordinal,
    "clock": say.clock,
    "a": _article,
    "your": _your,
    "cap": lambda text: text[:1].upper() + text[1:],
    "low": lambda text: text[:1].lower() + text[1:],
}
"""Forms of a value: in spoken words, as a count of times, with its article, with a capital ..."""

_SPACE = re.compile(r"\s+(?=[\s,;?!]|\.(?!\.))")
_SLOT = re.compile(r"\{([a-z_][\w.]*?)(?:([+-])(\d+))?((?:\|\w+)*)\}", re.IGNORECASE)


@dataclass(frozen=True)
class _Slot:
    path: tuple[str, ...]
    shift: int
    forms: tuple[str, ...]


@dataclass(frozen=True)
class _Choice:
    ways: tuple[_Parts, ...]


_Parts = tuple["str | _Slot | _Choice", ...]


def render(text: str, slots: Mapping[str, Any], rng: Random) -> str:
    """The text with its slots filled and its wordings chosen. Raises NotebenchError."""
    out = "".join(_render(_parse(text), slots, rng, text))
    return _SPACE.sub("", out).strip() if _SPACE.search(out) else out.strip()


def wordings(text: str) -> int:
    """In how many ways a template can be worded, its slots aside."""
    return _count(_parse(text))


def _render(parts: _Parts, slots: Mapping[str, Any], rng: Random, text: str) -> list[str]:
    out: list[str] = []
    for part in parts:
        if isinstance(part, str):
            out.append(part)
        elif isinstance(part, _Choice):
            out.extend(_render(part.ways[int(rng.random() * len(part.ways))], slots, rng, text))
        else:
            out.append(_value(part, slots, text))
    return out


def _value(slot: _Slot, slots: Mapping[str, Any], text: str) -> str:
    value: Any = slots
    try:
        for name in slot.path:
            value = value[name]
        value = value + slot.shift if slot.shift else value
        for form in slot.forms:
            value = FILTERS[form](value)
        return str(value)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise NotebenchError(
            f"the slot {{{'.'.join(slot.path)}}} can't be filled ({error!r})",
            where=f"template {text[:80]!r}",
            mend="define it under slots, or check its spelling",
        ) from error


def _count(parts: _Parts) -> int:
    return prod(sum(map(_count, p.ways)) for p in parts if isinstance(p, _Choice))


@cache
def _parse(text: str) -> _Parts:
    parts, at = _sequence(text, 0, inside=False)
    if at != len(text):
        raise NotebenchError("a ] without its [", where=f"template {text[:80]!r}")
    return parts


def _sequence(text: str, at: int, inside: bool) -> tuple[_Parts, int]:
    parts: list[str | _Slot | _Choice] = []
    while at < len(text):
        char = text[at]
        if inside and char in "|]":
            break
        if char == "]":
            break
        if char == "[":
            choice, at = _choice(text, at + 1)
            parts.append(choice)
        elif char == "{":
            match = _SLOT.match(text, at)
            if not match:
                raise NotebenchError("a slot is misspelt", where=f"template {text[:80]!r}")
            shift = int(f"{match[2]}{match[3]}") if match[2] else 0
            parts.append(_Slot(tuple(match[1].split(".")), shift, tuple(match[4].split("|")[1:])))
            at = match.end()
        else:
            stop = re.compile(r"[\[\]{|]" if inside else r"[\[\]{]").search(text, at)
            end = stop.start() if stop else len(text)
            parts.append(text[at:end])
            at = end
    return tuple(parts), at


def _choice(text: str, at: int) -> tuple[_Choice, int]:
    ways: list[_Parts] = []
    while True:
        way, at = _sequence(text, at, inside=True)
        ways.append(way)
        if at >= len(text):
            raise NotebenchError("a [ without its ]", where=f"template {text[:80]!r}")
        at += 1
        if text[at - 1] == "]":
            return _Choice(tuple(ways)), at
