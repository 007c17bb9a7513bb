"""Who gets which note with which error, where in the session, and under which condition.

Nothing here knows a session: a design is slots (what is wrong with a note) and sheets (who gets
which).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from .plan import Arm, Experiment, Plan, Style, level

SETS = 4
"""Most sets that are alike in what is wrong but not in where; further reviewers share them."""
_AS_PLANNED = Arm(id="", label="")


@dataclass(frozen=True)
class Slot:
    """What a note is to be."""

    block: int
    """Part of the session, from 0."""
    types: tuple[str, ...]
    """Error types to plant; none: a clean note."""
    level: str = ""
    """Level of difficulty; empty: any."""


@dataclass(frozen=True)
class Place:
    """A note on a reviewer's sheet."""

    position: int
    """Number of the session that it is about, from 0."""
    slot: int
    """What is wrong with it: number of a slot."""
    block: int
    """Part of the sitting in which it comes, from 0."""
    arm: Arm
    """Condition."""
    style: Style
    """How it is worded."""


@dataclass(frozen=True)
class Sheet:
    """What one reviewer gets, in order."""

    reviewer: str
    """Who; empty for a page that everybody shares."""
    set: int
    """Which of the sets, from 0; reviewers with the same set get the same notes."""
    places: tuple[Place, ...]


def slots(plan: Plan, seed: int) -> list[Slot]:
    """The notes of one sheet: clean ones spread evenly, types in turn, blocks alike."""
    cycle = list(plan.kinds)
    random.Random(f"drill/{seed}/types").shuffle(cycle)
    arms = plan.experiment.arms if plan.experiment else ()
    if plan.experiment and plan.experiment.by == "note":
        base = _block(0, plan.notes // len(arms), plan, cycle, 0)
        return [slot for slot in base for _ in arms]
    blocks = len(arms) or (3 if plan.level == "ladder" else 1)
    made: list[Slot] = []
    for block in range(blocks):
        # In an experiment all blocks are alike; else types go on where the block before ended.
        begun = 0 if arms else sum(len(s.types) for s in made)
        made += _block(block, plan.notes // blocks, plan, cycle, begun)
    return made


def _block(block: int, n: int, plan: Plan, cycle: Sequence[str], at: int) -> list[Slot]:
    name = str(block + 1) if plan.level == "ladder" else plan.level or ""
    errors = min(level(name).errors if name else plan.errors, len(set(cycle)))
    clean = round(n * plan.clean)
    found = []
    for i in range(n):
        if (i + 1) * clean // n > i * clean // n:
            found.append(Slot(block, (), name))
            continue
        found.append(Slot(block, tuple(cycle[(at + j) % len(cycle)] for j in range(errors)), name))
        at += errors
    return found


def sets_of(plan: Plan, reviewers: int) -> int:
    """How many sets the plan has for so many reviewers."""
    if plan.experiment:
        arms = len(plan.experiment.arms)
        return arms * arms if plan.experiment.by == "block" else arms
    return 1 if plan.design == "same" else min(max(reviewers, 1), SETS, plan.notes)


def sheets(plan: Plan, reviewers: Sequence[str], seed: int) -> list[Sheet]:
    """A sheet for each reviewer; sets are given out in turn."""
    made, count = slots(plan, seed), sets_of(plan, len(reviewers))
    return [
        Sheet(name, r % count, tuple(_ordered(_places(plan, made, r % count), f"{seed}/{name}")))
        for r, name in enumerate(reviewers)
    ]


def _places(plan: Plan, made: list[Slot], number: int) -> list[Place]:
    """The notes of a set, block after block as they come in the sitting."""
    if plan.experiment:
        return _conditions(plan, plan.experiment, made, number)
    found = []
    for block in sorted({s.block for s in made}):
        members = [i for i, s in enumerate(made) if s.block == block]
        for at, position in enumerate(members):  # a Latin square over the block
            slot = members[(at + number) % len(members)]
            found.append(
                Place(position, slot, block, _AS_PLANNED, _style(plan, made[slot], _AS_PLANNED))
            )
    return found


def _conditions(plan: Plan, asked: Experiment, made: list[Slot], number: int) -> list[Place]:
    """Each note keeps its error; what changes from set to set is its arm, or when it comes."""
    arms = asked.arms
    n = len(arms)
    if asked.by == "note":
        of = [(i, 0, arms[(i + number + i // n) % n]) for i in range(len(made))]
    else:
        shift = number // n if asked.by == "block" else number
        contents = [(b + shift) % n for b in range(n)]
        turned = number % n if asked.by == "block" else 0
        of = [
            (i, at, arms[(at + turned) % n])
            for at, content in enumerate(contents)
            for i, slot in enumerate(made)
            if slot.block == content
        ]
    return [Place(i, i, block, arm, _style(plan, made[i], arm)) for i, block, arm in of]


def _style(plan: Plan, slot: Slot, arm: Arm) -> Style:
    return arm.style or (level(slot.level).style if slot.level else plan.style)


def _ordered(places: list[Place], key: str) -> list[Place]:
    """Shuffled within each block of the sitting."""
    found: list[Place] = []
    for block in sorted({p.block for p in places}):
        part = [p for p in places if p.block == block]
        random.Random(f"drill/{key}/{block}").shuffle(part)
        found += part
    return found
