"""The three kinds of notes of a session: shorthand, the last session's note, and the references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from .. import formats
from ..records import Note, Section
from ..text.tokens import count_words
from .cast import Cast
from .ledger import Entry, sentence
from .plot import Scene, holds
from .scenarios import Library, When, split_tags
from .template import render

BULLETS = (10, 16)
"""Fewest and most bullets of rough notes."""
_DROPPED = {"must": 0.06, "should": 0.25, "optional": 0.5, "generalise": 0.3, "exclude": 0.5}


def rough_notes(cast: Cast, entries: list[Entry], rng: Random) -> str:
    """Jottings of one or two facts each, laid out in the clinician's way.

    Some facts never get there; those that do are marked as seen in the rough notes.
    """
    able = [e for e in entries if e.spec.rough]
    kept = [
        e
        for e in able
        if e.spec.source != "transcript" or rng.random() >= _DROPPED.get(e.spec.disclosure, 0)
    ]
    left = [e for e in able if e not in kept]
    while left and len(kept) < BULLETS[0]:
        kept.append(left.pop(rng.randrange(len(left))))
    kept.sort(key=lambda e: (e.scene, e.evidence))
    bullets: list[list[Entry]] = []
    for entry in kept:
        near = bullets and len(bullets[-1]) == 1 and bullets[-1][0].scene == entry.scene
        if near and rng.random() < 0.6 and len(kept) > BULLETS[0] + 2:
            bullets[-1].append(entry)
        else:
            bullets.append([entry])
    _shorten(bullets, rng.randint(BULLETS[0] + 2, BULLETS[1]), rng)
    for entry in (e for bullet in bullets for e in bullet):
        entry.seen.add("rough_notes")
    style = cast.clinician["rough"]
    jotted = [style["within"].join(e.worded(e.spec.rough, rng) for e in b) for b in bullets]
    return style["between"].join(f"{style['mark']}{_abbreviated(j, style)}" for j in jotted)


def _abbreviated(text: str, style: dict[str, Any]) -> str:
    """In the clinician's own abbreviations."""
    for word, short in style["abbreviations"].items():
        text = re.sub(rf"\b{word}\b", short, text)
    return text


def _shorten(bullets: list[list[Entry]], most: int, rng: Random) -> None:
    """Merge neighbours, then drop what matters least, until there are few enough bullets."""
    while len(bullets) > most:
        pairs = [
            i
            for i, (a, b) in enumerate(zip(bullets, bullets[1:], strict=False))
            if len(a) == len(b) == 1
        ]
        if pairs:
            at = rng.choice(pairs)
            bullets[at] += bullets.pop(at + 1)
            continue
        spare = [b for b in bullets if all(e.spec.source == "transcript" for e in b)]
        bullets.remove(min(spare, key=lambda b: sum(e.spec.disclosure == "must" for e in b)))


def prior_note(lib: Library, cast: Cast, stale: list[Entry], rng: Random) -> str:
    """The note of the session before, true of that day only."""
    bank = lib.banks["prior"]["lines"]
    first, *rest = [b for b in bank if holds(When.model_validate(b.get("when", {})), cast)]
    lines = [first, *(b for b in rest if rng.random() < b.get("share", 1))]
    text = [render(rng.choice(b["ways"].splitlines()), cast.slots, rng) for b in lines]
    middle = [e.worded(e.spec.note, rng) for e in stale]
    return " ".join(sentence(t) for t in [text[0], *middle, *text[1:]] if t)


@dataclass(frozen=True, eq=False)
class _Sentence:
    text: str
    entries: tuple[Entry, ...]

    @cached_property
    def words(self) -> int:
        return count_words(self.text)

    @property
    def due(self) -> bool:
        return any(e.spec.disclosure in ("must", "generalise") for e in self.entries)


def reference(
    lib: Library, cast: Cast, scenes: list[Scene], entries: list[Entry], format: str, rng: Random
) -> Note:
    """A restrained note in one format, in the clinician's way; `conveys` names what it holds."""
    style = cast.clinician["note"]
    form = formats.get(format)
    able = [e for e in entries if _notable(e, rng)]
    homes = {e.id: _home(lib, e, form) for e in able}
    kept = _within(_sentences(scenes, able, homes, style, rng), rng.randint(*style["words"]), rng)
    kept.sort(key=lambda s: (homes[s.entries[0].id][0], s.entries[0].scene))
    sections = [
        Section(
            name=spec.name,
            text=" ".join(s.text for s in kept if homes[s.entries[0].id][1] == spec.name),
        )
        for spec in form.sections
    ]
    conveys = sorted({e.id for s in kept for e in s.entries})
    return Note.model_validate({"format": form.name, "sections": sections, "conveys": conveys})


def _notable(entry: Entry, rng: Random) -> bool:
    if not entry.spec.note or entry.stale:
        return False
    return entry.spec.disclosure != "optional" or rng.random() < 0.12


def _home(lib: Library, entry: Entry, form: formats.Format) -> tuple[int, str]:
    """Rank of the fact's part of the note, and the section that the format has for it."""
    placing = lib.banks["placing"]
    part = entry.spec.part or placing["kinds"][entry.spec.kind]
    allowed = form.allowed(entry.spec.kind) or [form.sections[0].name]
    wanted = placing["sections"].get(form.name, {}).get(part)
    return placing["parts"].index(part), wanted if wanted in allowed else allowed[0]


def _sentences(
    scenes: list[Scene], able: list[Entry], homes: dict[str, tuple[int, str]],
    style: dict[str, Any], rng: Random,
) -> list[_Sentence]:  # fmt: skip
    """A sentence for each fact, or for several at once where the library has one."""
    out: list[_Sentence] = []
    for number, scene in enumerate(scenes):
        left = {e.tag: e for e in able if e.scene == number}
        for line in rng.sample(scene.beat.joint, k=len(scene.beat.joint)):
            text, tags = split_tags(line)
            together = [left[tag] for tag in tags if tag in left]
            same = len({homes[e.id][1] for e in together}) == 1
            if len(together) == len(tags) and same and rng.random() < style["joins"]:
                out.append(_Sentence(sentence(render(text, scene.slots, rng)), tuple(together)))
                left = {tag: e for tag, e in left.items() if tag not in tags}
        out += [_Sentence(_worded(e, style, rng), (e,)) for e in left.values()]
    return out


def _worded(entry: Entry, style: dict[str, Any], rng: Random) -> str:
    """One of the wordings; a terse clinician takes the shorter of two, a full one the longer."""
    way = entry.worded(entry.spec.note, rng)
    if style["length"] == "any":
        return sentence(way)
    chosen = min if style["length"] == "terse" else max
    return sentence(chosen(way, entry.worded(entry.spec.note, rng), key=len))


def _within(sentences: list[_Sentence], limit: int, rng: Random) -> list[_Sentence]:
    """All sentences that are due, and others as long as the note stays within the limit."""
    words = sum(s.words for s in sentences if s.due)
    chosen = {id(s) for s in sentences if s.due}
    for one in rng.sample(sentences, k=len(sentences)):
        if not one.due and words + one.words <= limit:
            chosen.add(id(one))
            words += one.words
    return [s for s in sentences if id(s) in chosen]
