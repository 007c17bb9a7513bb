"""Drawing values: from lists, ranges, banks and templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from ..errors import NotebenchError
from .scenarios import Library
from .template import render

Slots = dict[str, Any]


def draw_all(
    lib: Library, specs: Mapping[str, Any], known: Slots, taken: set[str], rng: Random
) -> Slots:
    """Values for slot specifications; a later one may use an earlier one, and those known.

    taken: bank entries used up, so that no two people share a name; added to.
    """
    slots = dict(known)
    drawn: Slots = {}
    for name, spec in specs.items():
        drawn[name] = slots[name] = _draw(lib, name, spec, slots, taken, rng)
    return drawn


def _draw(lib: Library, name: str, spec: Any, slots: Slots, taken: set[str], rng: Random) -> Any:
    if isinstance(spec, list):
        return _filled(rng.choice(spec), slots, rng)
    if isinstance(spec, dict) and "from" in spec:
        return rng.randrange(spec["from"], spec["to"] + 1, spec.get("step", 1))
    if isinstance(spec, dict) and "bank" in spec:
        return pick(lib.banks["clients"], spec["bank"], taken, rng)
    if isinstance(spec, str | int):
        return _filled(spec, slots, rng)
    raise NotebenchError(
        f"slot {name!r} can't be drawn from {spec!r}",
        mend="give a list, {from, to}, {bank} or a template",
    )


def _filled(value: Any, slots: Slots, rng: Random) -> Any:
    if isinstance(value, dict):
        return {key: _filled(v, slots, rng) for key, v in value.items()}
    if not isinstance(value, str):
        return value
    return as_number(render(value, slots, rng))


def as_number(text: str) -> Any:
    """A number where the text is one, whole or with decimals, else the text."""
    if text.isdigit():
        return int(text)
    return float(text) if re.fullmatch(r"\d+\.\d+", text) else text


def pick(bank: Mapping[str, Any], name: str, taken: set[str], rng: Random) -> Any:
    """An entry that this session has not used yet; people come with their pronouns."""
    if name == "people":
        group = rng.choice(["she", "he"])
        chosen = rng.choice([n for n in bank["names"][group] if n not in taken])
        taken.add(chosen)
        return {"name": chosen, **bank["pronouns"][group]}
    entries = bank[name]
    chosen = rng.choice([e for e in entries if str(e) not in taken] or entries)
    taken.add(str(chosen))
    return chosen


def weighted(weights: Mapping[str, float], rng: Random) -> str:
    """A name, as often as its weight says."""
    return rng.choices(list(weights), list(weights.values()))[0]
