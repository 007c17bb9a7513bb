"""Which beats a session is made of, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, NamedTuple

from .cast import Cast
from .drawing import Slots, draw_all
from .scenarios import LATER, MARKS, Beat, Library, When, split_tags

_SOUGHT = 0.4
"""Chance to take a way that has a correction or a revision while the session has none."""
_OWN = 3
"""How much likelier a problem's own beat is than a shared one."""


@dataclass(eq=False)
class Scene:
    """A beat in a session, with its values and the way it goes."""

    beat: Beat
    slots: Slots
    now: list[str]
    """Lines of talk said where the beat stands."""
    later: list[str]
    """Lines of talk said later in the session."""

    @property
    def facts(self) -> set[str]:
        """Tags of the facts that become true."""
        tagged = {t.rstrip(MARKS) for line in (*self.now, *self.later) for t in split_tags(line)[1]}
        return tagged | {t for t, f in self.beat.facts.items() if f.source != "transcript"}


Pool = dict[str, list[tuple[Beat, float]]]
"""Beats that can come up in a session, by phase, with how likely each is."""


def beats_for(lib: Library, cast: Cast) -> Pool:
    """What can come up: the problem's own beats, likelier, and shared ones it does not cover."""
    covers = set(cast.problem.covers)
    own = [(b, b.weight * _OWN) for b in cast.problem.beats]
    shared = [(b, b.weight) for b in lib.beats if covers.isdisjoint(b.about)]
    pool: Pool = {}
    for beat, weight in (*own, *shared):
        if holds(beat.when, cast):
            pool.setdefault(beat.phase, []).append((beat, weight))
    return pool


def make_plot(lib: Library, cast: Cast, pool: Pool, rng: Random) -> list[Scene]:
    """Draw the beats of a session along the shape of its type, and the way each one goes."""
    shape = lib.banks["shapes"]["shapes"][cast.type]
    subjects: set[str] = set()
    chosen: list[Beat] = []
    for group in shape["groups"]:
        if not cast.traits.issuperset(group.get("if", ())):
            continue
        beats: list[Beat] = []
        for phase, amount in group.items():
            if phase not in ("shuffle", "if"):
                beats += _take(
                    pool.get(phase, []), _trimmed(shape, phase, amount, cast), subjects, rng
                )
        if group.get("shuffle"):
            rng.shuffle(beats)
        chosen += beats
    marked: set[str] = set()
    ways = [_way(beat.talk, marked, rng) for beat in chosen]
    scenes = [Scene(beat, {}, *way) for beat, way in zip(chosen, ways, strict=True)]
    kept = _spared(scenes, lib.banks["shapes"])
    for scene in kept:
        scene.slots = {**cast.slots, **draw_all(lib, scene.beat.slots, cast.slots, cast.taken, rng)}
    return kept


def _way(talk: list[str], marked: set[str], rng: Random) -> tuple[list[str], list[str]]:
    """One of the ways, rather one that has a mark which no way so far has: now, and later.

    marked: the marks so far, added to.
    """
    for mark in MARKS:
        able = [way for way in talk if mark in _read(way).marks]
        if mark not in marked and able and rng.random() < _SOUGHT:
            talk = able
            break
    way = _read(rng.choice(talk or [""]))
    marked.update(way.marks)
    return way.now, way.later


class _Way(NamedTuple):
    """A way of the talk."""

    now: list[str]
    later: list[str]
    marks: frozenset[str]


@cache
def _read(way: str) -> _Way:
    lines = [line.strip() for line in way.splitlines() if line.strip()]
    cut = lines.index(LATER) if LATER in lines else len(lines)
    tags = [tag for line in lines for tag in split_tags(line)[1]]
    marks = frozenset(mark for mark in MARKS if any(tag.endswith(mark) for tag in tags))
    return _Way(lines[:cut], lines[cut + 1 :], marks)


def _spared(scenes: list[Scene], shapes: dict[str, Any]) -> list[Scene]:
    """Without the scenes that can be spared most, as long as there are too many facts or lines."""
    kept = list(scenes)
    spare = [s for phase in shapes["spare"] for s in _extra(scenes, phase, shapes["never_without"])]
    while spare and (
        sum(len(s.facts) for s in kept) > shapes["most_facts"]
        or sum(len(s.now) + len(s.later) for s in kept) > shapes["most_lines"]
    ):
        given_up = spare.pop(0)
        kept = [s for s in kept if s is not given_up]
    return kept


def _extra(scenes: list[Scene], phase: str, never_without: list[str]) -> list[Scene]:
    """The scenes of a phase, the last one first; all but the first of a phase that must be."""
    found = [s for s in scenes if s.beat.phase == phase]
    return found[: 0 if phase in never_without else None : -1] if found else []


def _trimmed(
    shape: dict[str, Any], phase: str, amount: int | list[int], cast: Cast
) -> int | list[int]:
    """How many beats of a phase, fewer where the session is short."""
    return shape.get("short", {}).get(phase, amount) if "short_session" in cast.traits else amount


def _take(
    able: list[tuple[Beat, float]], amount: int | list[int], subjects: set[str], rng: Random
) -> list[Beat]:
    count = amount if isinstance(amount, int) else rng.randint(*amount)
    taken: list[Beat] = []
    left = able
    while len(taken) < count:
        left = [pair for pair in left if subjects.isdisjoint(pair[0].about)]
        if not left:
            break
        beat = rng.choices(left, [weight for _, weight in left])[0][0]
        left = [pair for pair in left if pair[0] is not beat]
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
