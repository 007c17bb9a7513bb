"""Who is in a session and what its frame is: client, people, chart, measure, medication, dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from ..errors import NotebenchError
from . import say
from .scenarios import Library, MeasureUse, Problem
from .template import render

Slots = dict[str, Any]

_OF_AGE = 18
_FIRST_DAY, _DAYS = date(2025, 9, 1), 290


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
    kind = wanted.session_type or _weighted(problem.types or shapes["types"], rng)
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
    measure, trend = _measure(lib, problem, kind, traits, rng)
    slots["m"] = measure
    if problem.medications and "medication" in has:
        slots["med"] = _medication(lib, problem, taken, rng)
    else:
        has.discard("medication")
    if "asks" in measure:
        traits |= {"risk_asked", "asks_item"}
        level = level or 0
    chart = _chart(lib, problem, shape, flags, wanted, slots, rng)
    traits.update([chart["setting"], *slots["dx"]["traits"]])
    cast = Cast(
        problem, kind, sorted(flags), traits, has, trend, level, chart, slots,
        _voice(lib, slots["client"]["age"], rng), clinician, taken,
    )  # fmt: skip
    slots.update(draw_all(lib, problem.slots, cast, rng))
    return cast


def _voice(lib: Library, age: int, rng: Random) -> dict[str, Any]:
    fits = [v for v in lib.banks["voices"]["client"] if v.get("age", [0])[0] <= age]
    return rng.choice([v for v in fits if age <= v.get("age", [0, 999])[1]])


def draw_all(lib: Library, specs: Mapping[str, Any], cast: Cast, rng: Random) -> Slots:
    """Values for slot specifications; a later one may use an earlier one."""
    slots = dict(cast.slots)
    drawn: Slots = {}
    for name, spec in specs.items():
        drawn[name] = slots[name] = _draw(lib, name, spec, slots, cast.taken, rng)
    return drawn


def _draw(lib: Library, name: str, spec: Any, slots: Slots, taken: set[str], rng: Random) -> Any:
    if isinstance(spec, list):
        return _filled(rng.choice(spec), slots, rng)
    if isinstance(spec, dict) and "from" in spec:
        return rng.randrange(spec["from"], spec["to"] + 1, spec.get("step", 1))
    if isinstance(spec, dict) and "bank" in spec:
        return _pick(lib.banks["clients"], spec["bank"], taken, rng)
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


def _pick(bank: Mapping[str, Any], name: str, taken: set[str], rng: Random) -> Any:
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


def _weighted(weights: Mapping[str, float], rng: Random) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


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
    level = int(_weighted(shape.get("c_ssrs") or shapes["c_ssrs"], rng))
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
        person = _pick(bank, "people", taken, rng)
        able = [t for t in bank[terms][person["they"]] if t not in problem.relatives_out]
        slots[who] = {**person, "term": rng.choice(able or bank[terms][person["they"]])}
    for who in ("friend", "boss", "interpreter"):
        slots[who] = _pick(bank, "people", taken, rng)
    for what in ("firm", "town", "street"):
        slots[what] = rng.choice(bank[f"{what}s"])


def _measure(
    lib: Library, problem: Problem, kind: str, traits: set[str], rng: Random
) -> tuple[Slots, str]:
    """Today's and the last total of the measure, and the direction between them."""
    use: MeasureUse = rng.choice(problem.measures)
    spec = lib.banks["measures"][use.name]
    step, worse_up = spec.get("step", 1), -1 if spec.get("better") == "high" else 1
    low, high = (round(end / step) for end in spec["range"])
    before = rng.randint(round(use.low / step), round(use.high / step))
    change = worse_up * _worsening(kind, traits, (high - low) // 4 + 1, rng)
    today = before if kind == "intake" else min(max(before + change, low + 1), high)
    move, worse = today - before, worse_up * (today - before)
    clear = 2 if high - low > 12 else 1
    trend = "improved" if worse <= -clear else "worse" if worse >= clear else "unchanged"
    if kind == "intake":
        trend = "first"
    today, previous, high = (_whole(n * step) for n in (today, before, high))
    measure = {
        "name": use.name, "spoken": rng.choice(spec["spoken"]),
        "value": today, "previous": previous,
        "band": next(b for top, b in spec["bands"] if today <= top), "max": high,
        "about": spec["about"], "short": use.name.replace("-", ""),
        "move": "the same as" if not move else "up from" if move > 0 else "down from",
        "change": _whole(abs(move) * step),
    }  # fmt: skip
    if "asks" in spec:
        measure["asks"] = spec["asks"]
        measure["item"] = spec["item"]
        measure["item_value"] = rng.choice([1, 1, 2]) if "elevated_risk" in traits else 0
        measure["item_word"] = spec["item_words"][measure["item_value"]]
    return measure, trend


def _worsening(kind: str, traits: set[str], most: int, rng: Random) -> int:
    """By how many steps a measure got worse since last time; below 0: better."""
    if kind == "crisis":
        change = rng.randint(2, 6)
    elif kind == "termination":
        change = -rng.randint(3, 8)
    elif "elevated_risk" in traits:
        change = rng.choice([0, 1, 2, 3, 4])
    else:
        change = rng.choice([-6, -5, -4, -3, -2, -1, 0, 0, 1, 2, 3, 5])
    return max(-most, min(change, most))


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number


def _medication(lib: Library, problem: Problem, taken: set[str], rng: Random) -> Slots:
    name = rng.choice(problem.medications)
    spec = lib.banks["medications"][name]
    at = rng.randrange(1, len(spec["doses"]))
    bank = lib.banks["clients"]
    return {
        "name": name, "dose": spec["doses"][at], "previous": spec["doses"][at - 1],
        "when": rng.choice(spec["when"]), "side": rng.choice(spec["side_effects"]),
        "prescriber": rng.choice(bank["prescribers"]), "weeks": rng.randint(2, 9),
        "missed": rng.randint(2, 4),
    }  # fmt: skip


def _chart(
    lib: Library, problem: Problem, shape: Mapping[str, Any], flags: set[str], wanted: Wanted,
    slots: Slots, rng: Random,
) -> dict[str, Any]:  # fmt: skip
    shapes = lib.banks["shapes"]
    special = [f for f in shapes["frames"] if f in flags]
    frame = rng.choice(shapes["frames"][special[0]] if special else shape["frames"])
    minutes = rng.randint(*frame["minutes"])
    start = rng.choice(shapes["starts"])
    hour, minute = (int(p) for p in start.split(":"))
    end = hour * 60 + minute + minutes
    stop = f"{end // 60:02d}:{end % 60:02d}"
    day = _FIRST_DAY + timedelta(days=rng.randrange(_DAYS))
    while day.weekday() > 4:
        day += timedelta(days=1)
    days = rng.choice(shape.get("cadence_days") or problem.cadence_days)
    following = day + timedelta(days=days)
    while following.weekday() > 4:
        following += timedelta(days=1)
    diagnosis = rng.choice(problem.diagnoses)
    goals = rng.sample(problem.goals, k=min(len(problem.goals), rng.choice([2, 2, 3])))
    modality = wanted.modality or rng.choice(list(problem.modalities))
    setting = wanted.setting or _weighted(shapes["settings"], rng)
    gap = (following - day).days
    slots.update(
        start=start, stop=stop, minutes=minutes, cpt=frame["cpt"], date=day.isoformat(),
        dx={"name": diagnosis.name, "code": diagnosis.code, "traits": diagnosis.traits},
        goal=goals[0].text, goal_said=goals[0].said,
        modality=problem.modalities[modality], presenting=problem.presenting,
        last=(day - timedelta(days=problem.cadence_days[0])).isoformat(),
        next={"day": following.strftime("%A"), "date": following.isoformat(), "time": start,
              "gap": shapes["gaps"].get(gap, f"in {say.number(gap)} days")},
    )  # fmt: skip
    return {
        "diagnosis": f"{diagnosis.name} ({diagnosis.code})", "goals": [g.text for g in goals],
        "date": day.isoformat(), "start": start, "stop": stop, "minutes": minutes,
        "cpt": frame["cpt"], "setting": setting, "modality": modality,
    }  # fmt: skip
