"""Which beats a session is made of, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from .cast import Cast, Slots, draw_all
from .scenarios import Beat, Library, When

_OWN = 3
"""How much likelier a problem's own beat is than a shared one."""


@dataclass(eq=False)
class Scene:
    """A beat in a session, with its values."""

    beat: Beat
    slots: Slots


def make_plot(lib: Library, cast: Cast, rng: Random) -> list[Scene]:
    """Draw the beats of a session along the shape of its type."""
    shape = lib.banks["shapes"]["shapes"][cast.type]
    shared = [b for b in lib.beats if not set(b.about) & set(cast.problem.covers)]
    own = [b for b in cast.problem.beats if holds(b.when, cast)]
    ids = {id(b) for b in own}
    pool = [*own, *(b for b in shared if holds(b.when, cast))]
    subjects: set[str] = set()
    chosen: list[Beat] = []
    for group in shape["groups"]:
        if not cast.traits.issuperset(group.get("if", ())):
            continue
        beats: list[Beat] = []
        for phase, amount in group.items():
            if phase not in ("shuffle", "if"):
                beats += _take(
                    phase, _trimmed(shape, phase, amount, cast), pool, ids, subjects, rng
                )
        if group.get("shuffle"):
            rng.shuffle(beats)
        chosen += beats
    return [
        Scene(beat, {**cast.slots, **draw_all(lib, beat.slots, cast, rng)})
        for beat in _spared(chosen, lib.banks["shapes"])
    ]


def _trimmed(
    shape: dict[str, Any], phase: str, amount: int | list[int], cast: Cast
) -> int | list[int]:
    """How many beats of a phase, fewer where the session is short."""
    return shape.get("short", {}).get(phase, amount) if "short_session" in cast.traits else amount


def _spared(beats: list[Beat], shapes: dict[str, Any]) -> list[Beat]:
    """Without the beats that can be spared most, as long as there are too many facts."""
    kept = list(beats)
    spare = [b for phase in shapes["spare"] for b in reversed(beats) if b.phase == phase]
    while spare and sum(len(b.facts) for b in kept) > shapes["most_facts"]:
        given_up = spare.pop(0)
        kept = [b for b in kept if b is not given_up]
    return kept


def _take(
    phase: str, amount: int | list[int], pool: list[Beat], own: set[int], subjects: set[str],
    rng: Random,
) -> list[Beat]:  # fmt: skip
    count = amount if isinstance(amount, int) else rng.randint(*amount)
    taken: list[Beat] = []
    left = [b for b in pool if b.phase == phase]
    while len(taken) < count:
        left = [b for b in left if subjects.isdisjoint(b.about)]
        if not left:
            break
        beat = rng.choices(left, [b.weight * (_OWN if id(b) in own else 1) for b in left])[0]
        left = [b for b in left if b is not beat]
        subjects.update(beat.about)
        taken.append(beat)
    return taken


def holds(when: When, cast: Cast) -> bool:
    """Whether a condition holds in a session."""
    return (
        (not when.type or cast.type in when.type)
        and cast.traits.issuperset(when.flags)
        and cast.traits.isdisjoint(when.without)
        and (not when.trend or cast.trend in when.trend)
        and (not when.modality or cast.chart["modality"] in when.modality)
        and cast.client_has.issuperset(when.client)
    )
