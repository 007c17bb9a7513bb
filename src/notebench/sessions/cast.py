"""Who is in a session: client, people, clinician, flags, risk, and what conditions ask about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from .chart import chart as on_paper
from .chart import measure, medication
from .drawing import Slots, draw_all, pick, weighted
from .scenarios import Library, Problem

_OF_AGE = 18


@dataclass(frozen=True)
class Wanted:
    """What a session is to be like; None: drawn."""

    session_type: str | None = None
    modality: str | None = None
    setting: str | None = None
    complexity: tuple[str, ...] | None = None
    """Flags, and no others but those that its problem and type always carry."""


ANY = Wanted()
"""Everything drawn."""


@dataclass
class Cast:
    """The frame of one session, before anything is said."""

    problem: Problem
    type: str
    flags: list[str]
    """Public complexity flags."""
    traits: set[str]
    """Everything that conditions ask about: flags, setting, hidden decisions."""
    client_has: set[str]
    trend: str
    risk_level: int | None
    """C-SSRS ideation level, 0-5; None: risk was not asked about."""
    chart: dict[str, Any]
    slots: Slots
    voice: dict[str, Any]
    clinician: dict[str, Any]
    """The clinician's ways of speaking and of writing (clinicians.yaml)."""
    taken: set[str] = field(default_factory=set)
    """Bank entries used up, so that no two people share a name."""


def make_cast(lib: Library, problem: Problem, rng: Random, wanted: Wanted = ANY) -> Cast:
    """Draw the frame of a session."""
    shapes = lib.banks["shapes"]
    kind = wanted.session_type or weighted(problem.types or shapes["types"], rng)
    shape = shapes["shapes"][kind]
    flags = _flags(lib, problem, shape, wanted, rng)
    level, traits = _risk(shapes, shape, flags, rng)
    taken: set[str] = set()
    slots: Slots = {}
    clinician = rng.choice(lib.banks["clinicians"]["clinicians"])
    _people(lib, problem, flags, slots, taken, rng)
    slots["Ct"], slots["cl"] = clinician["term"], clinician["short"]
    has = {name for name, share in lib.banks["clients"]["has"].items() if rng.random() < share}
    has -= set(problem.lacks)
    slots["m"], trend = measure(lib, problem, kind, traits, rng)
    if problem.medications and "medication" in has:
        slots["med"] = medication(lib, problem, rng)
    else:
        has.discard("medication")
    if "asks" in slots["m"]:
        traits |= {"risk_asked", "asks_item"}
        level = level or 0
    chart = on_paper(lib, problem, shape, flags, wanted.modality, wanted.setting, slots, rng)
    of_age = "minor" if slots["client"]["age"] < _OF_AGE else "adult"
    traits.update([chart["setting"], of_age, *slots["dx"]["traits"]])
    cast = Cast(
        problem, kind, sorted(flags), traits, has, trend, level, chart, slots,
        _voice(lib, slots["client"]["age"], rng), clinician, taken,
    )  # fmt: skip
    slots.update(draw_all(lib, problem.slots, slots, taken, rng))
    return cast


def _voice(lib: Library, age: int, rng: Random) -> dict[str, Any]:
    fits = [v for v in lib.banks["voices"]["client"] if v.get("age", [0])[0] <= age]
    return rng.choice([v for v in fits if age <= v.get("age", [0, 999])[1]])


def _flags(
    lib: Library, problem: Problem, shape: Mapping[str, Any], wanted: Wanted, rng: Random
) -> set[str]:
    chances = {**lib.banks["shapes"]["flags"], **problem.chances, **shape.get("flags", {})}
    drawn = {f for f, p in sorted(chances.items()) if rng.random() < p}
    if wanted.complexity is not None:
        always = {f for f, p in shape.get("flags", {}).items() if p == 1}
        drawn = always | set(wanted.complexity)
    return set(problem.flags) | drawn


def _risk(
    shapes: Mapping[str, Any], shape: Mapping[str, Any], flags: set[str], rng: Random
) -> tuple[int | None, set[str]]:
    """C-SSRS level of a session, and its traits: the flags, what was asked, the level."""
    traits = set(flags)
    if "elevated_risk" not in flags:
        asked = rng.random() < shape["risk_asked"]
        return (0, traits | {"risk_asked"}) if asked else (None, traits)
    level = int(weighted(shape.get("c_ssrs") or shapes["c_ssrs"], rng))
    traits |= {"risk_asked", f"c_ssrs_{level}"}
    return level, traits | ({"c_ssrs_high"} if level >= shapes["c_ssrs_high"] else set())


def _people(
    lib: Library, problem: Problem, flags: set[str], slots: Slots, taken: set[str], rng: Random
) -> None:
    bank = lib.banks["clients"]
    group = rng.choice(problem.pronouns or bank["groups"])
    names = bank["names"]
    if "interpreter" in flags:
        group = group if group != "they" else rng.choice(["she", "he"])
        slots["language"] = rng.choice(sorted(bank["languages"]))
        names = bank["languages"][slots["language"]]
    name = rng.choice(names[group])
    taken.add(name)
    age = rng.randint(*problem.age)
    slots["client"] = {"name": name, "age": age, **bank["pronouns"][group]}
    slots.update(bank["pronouns"][group])
    slots["job"] = rng.choice(bank["jobs"])
    for who, terms in (("partner", "partner_terms"), ("relative", "relative_terms"),
                       ("guardian", "guardian_terms"), ("child", "child_terms")):  # fmt: skip
        person = pick(bank, "people", taken, rng)
        able = [t for t in bank[terms][person["they"]] if t not in problem.relatives_out]
        slots[who] = {**person, "term": rng.choice(able or bank[terms][person["they"]])}
    for who in ("friend", "boss", "interpreter"):
        slots[who] = pick(bank, "people", taken, rng)
    for what in ("firm", "town", "street"):
        slots[what] = rng.choice(bank[f"{what}s"])
