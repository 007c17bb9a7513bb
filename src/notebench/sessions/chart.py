"""The frame of a session on paper: its measure, medication, times, dates, diagnosis and goals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from . import say
from .drawing import Slots, weighted
from .scenarios import Library, MeasureUse, Problem

_FIRST_DAY, _DAYS = date(2025, 9, 1), 290


def measure(
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
    drawn = {
        "name": use.name, "spoken": rng.choice(spec["spoken"]),
        "value": today, "previous": previous,
        "band": next(b for top, b in spec["bands"] if today <= top), "max": high,
        "about": spec["about"], "short": use.name.replace("-", ""),
        "move": "the same as" if not move else "up from" if move > 0 else "down from",
        "change": _whole(abs(move) * step),
    }  # fmt: skip
    if "asks" in spec:
        drawn["asks"] = spec["asks"]
        drawn["item"] = spec["item"]
        drawn["item_value"] = rng.choice([1, 1, 2]) if "elevated_risk" in traits else 0
        drawn["item_word"] = spec["item_words"][drawn["item_value"]]
    return drawn, trend


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


def medication(lib: Library, problem: Problem, rng: Random) -> Slots:
    """A medication with its dose, the one before, and who prescribes it."""
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


def chart(
    lib: Library, problem: Problem, shape: Mapping[str, Any], flags: set[str],
    modality: str | None, setting: str | None, slots: Slots, rng: Random,
) -> dict[str, Any]:  # fmt: skip
    """Diagnosis, goals, dates, times and code; fills the slots that speak of them.

    modality, setting: that one; None: drawn.
    """
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
    modality = modality or rng.choice(list(problem.modalities))
    setting = setting or weighted(shapes["settings"], rng)
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
