"""Who is in a session and what its frame is: client, people, chart, measure, medication, dates."""

from __future__ import annotations

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

_FIRST_DAY, _DAYS = date(2025, 9, 1), 290


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
    chart: dict[str, Any]
    slots: Slots
    voice: dict[str, Any]
    taken: set[str] = field(default_factory=set)
    """Bank entries used up, so that no two people share a name."""


def make_cast(lib: Library, problem: Problem, rng: Random) -> Cast:
    """Draw the frame of a session."""
    kind = _weighted(lib.banks["shapes"]["types"], rng)
    shape = lib.banks["shapes"]["shapes"][kind]
    flags, traits = _flags(lib, problem, shape, rng)
    taken: set[str] = set()
    slots: Slots = {}
    _people(lib, problem, slots, taken, rng)
    has = {name for name, share in lib.banks["clients"]["has"].items() if rng.random() < share}
    measure, trend = _measure(lib, problem, kind, traits, rng)
    slots["m"] = measure
    if problem.medications and "medication" in has:
        slots["med"] = _medication(lib, problem, taken, rng)
    else:
        has.discard("medication")
    if "asks" in measure:
        traits |= {"risk_asked", "asks_item"}
    chart = _chart(lib, problem, shape, slots, rng)
    cast = Cast(
        problem, kind, flags, traits, has, trend, chart, slots,
        rng.choice(lib.banks["voices"]["client"]), taken,
    )  # fmt: skip
    cast.traits.add(chart["setting"])
    slots.update(draw_all(lib, problem.slots, cast, rng))
    return cast


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
    """A whole number where the text is one, else the text."""
    return int(text) if text.isdigit() else text


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
    lib: Library, problem: Problem, shape: Mapping[str, Any], rng: Random
) -> tuple[list[str], set[str]]:
    chances = {**lib.banks["shapes"]["flags"], **shape.get("flags", {})}
    flags = set(problem.flags) | {f for f, p in chances.items() if rng.random() < p}
    traits = set(flags)
    if "elevated_risk" in flags or rng.random() < shape["risk_asked"]:
        traits.add("risk_asked")
    return sorted(flags), traits


def _people(lib: Library, problem: Problem, slots: Slots, taken: set[str], rng: Random) -> None:
    bank = lib.banks["clients"]
    group = rng.choice(problem.pronouns or bank["groups"])
    name = rng.choice(bank["names"][group])
    taken.add(name)
    age = rng.randint(*problem.age)
    slots["client"] = {"name": name, "age": age, **bank["pronouns"][group]}
    slots.update(bank["pronouns"][group])
    slots["Ct"] = rng.choice(bank["note_terms"])
    slots["cl"] = rng.choice(bank["rough_terms"])
    slots["job"] = rng.choice(bank["jobs"])
    partner = _pick(bank, "people", taken, rng)
    slots["partner"] = {**partner, "term": rng.choice(bank["partner_terms"][partner["they"]])}
    relative = _pick(bank, "people", taken, rng)
    terms = [t for t in bank["relative_terms"][relative["they"]] if t not in problem.relatives_out]
    slots["relative"] = {**relative, "term": rng.choice(terms)}
    for who in ("friend", "boss"):
        slots[who] = _pick(bank, "people", taken, rng)
    child = _pick(bank, "people", taken, rng)
    slots["child"] = {**child, "term": bank["child_terms"][child["they"]]}
    for what in ("firm", "town", "street"):
        slots[what] = rng.choice(bank[f"{what}s"])


def _measure(
    lib: Library, problem: Problem, kind: str, traits: set[str], rng: Random
) -> tuple[Slots, str]:
    """Today's and the last total of the measure, and the direction between them."""
    use: MeasureUse = rng.choice(problem.measures)
    spec = lib.banks["measures"][use.name]
    previous = rng.randint(use.low, use.high)
    if kind == "crisis":
        change = rng.randint(2, 6)
    elif kind == "termination":
        change = -rng.randint(3, 8)
    elif "elevated_risk" in traits:
        change = rng.choice([0, 1, 2, 3, 4])
    else:
        change = rng.choice([-6, -5, -4, -3, -2, -1, 0, 0, 1, 2, 3, 5])
    low, high = spec["range"]
    today = min(max(previous + change, low + 1), high)
    move = today - previous
    trend = "improved" if move <= -2 else "worse" if move >= 2 else "unchanged"
    if kind == "intake":
        trend = "first"
    measure = {
        "name": use.name, "spoken": rng.choice(spec["spoken"]),
        "value": today, "previous": previous,
        "band": next(b for top, b in spec["bands"] if today <= top), "max": high,
        "about": spec["about"], "short": use.name.replace("-", ""),
        "move": "the same as" if not move else "up from" if move > 0 else "down from",
        "change": abs(move),
    }  # fmt: skip
    if "asks" in spec:
        measure["asks"] = spec["asks"]
        measure["item"] = spec["item"]
        measure["item_value"] = rng.choice([1, 1, 2]) if "elevated_risk" in traits else 0
        measure["item_word"] = spec["item_words"][measure["item_value"]]
    return measure, trend


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
    lib: Library, problem: Problem, shape: Mapping[str, Any], slots: Slots, rng: Random
) -> dict[str, Any]:
    frame = rng.choice(shape["frames"])
    minutes = rng.randint(*frame["minutes"])
    start = rng.choice(lib.banks["shapes"]["starts"])
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
    modality = rng.choice(list(problem.modalities))
    setting = rng.choices(["in_person", "telehealth_video"], [3, 2])[0]
    gap = (following - day).days
    slots.update(
        start=start, stop=stop, minutes=minutes, cpt=frame["cpt"], date=day.isoformat(),
        dx={"name": diagnosis.name, "code": diagnosis.code},
        goal=goals[0].text, goal_said=goals[0].said,
        modality=problem.modalities[modality], presenting=problem.presenting,
        last=(day - timedelta(days=problem.cadence_days[0])).isoformat(),
        next={"day": following.strftime("%A"), "date": following.isoformat(), "time": start,
              "gap": lib.banks["shapes"]["gaps"].get(gap, f"in {say.number(gap)} days")},
    )  # fmt: skip
    return {
        "diagnosis": f"{diagnosis.name} ({diagnosis.code})", "goals": [g.text for g in goals],
        "date": day.isoformat(), "start": start, "stop": stop, "minutes": minutes,
        "cpt": frame["cpt"], "setting": setting, "modality": modality,
    }  # fmt: skip
