"""What must hold in a session whose truth is known: broken invariants, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from .. import formats
from ..errors import UnknownName
from ..formats import plain
from ..records import Fact, Session, Turn
from ..text.numbers import numbers
from ..text.tokens import content_words
from .loading import library
from .topics import mentioned

_RISK = ("suicidal_ideation", "homicidal_ideation", "self_harm")
_SHARED_WORDS = 8
"""A run of this many words in both a reference and a turn is a copied sentence."""


def check(session: Session) -> list[str]:
    """Broken invariants of a session, each in one sentence; empty: none is broken.

    Evidence is not read where the transcript carries recognition noise. What a session does not
    have (facts, references, a measure) is not asked for.
    """
    return [
        *_evidence(session), *_disclosure(session), *_unasked(session), *_time(session),
        *_measures(session), *_sections(session), *_copied(session),
    ]  # fmt: skip


def _evidence(session: Session) -> Iterator[str]:
    turns = session.turns()
    noisy = bool(session.scenario.get("noise"))
    ids = [f.id for f in session.facts or []]
    if len(set(ids)) != len(ids):
        yield "two facts have the same id"
    for fact in session.facts or []:
        if fact.source != "transcript":
            if fact.evidence:
                yield f"{fact.id} is from {fact.source}, and names evidence turns"
            continue
        if not fact.evidence:
            yield f"{fact.id} is from the transcript, and names no evidence turn"
        elif not noisy:
            yield from _carried(fact, turns)


def _carried(fact: Fact, turns: dict[int, Turn]) -> Iterator[str]:
    """The fact's numbers are in its evidence, and some of its words in or right beside it."""
    due = _due_values(fact)
    for value in sorted(due - _values(_said(turns, fact.evidence))):
        yield f"{fact.id}: the number {value:g} is not in turns {fact.evidence} ({fact.statement})"
    near = {e + step for e in fact.evidence for step in (-1, 0, 1)}
    if not due and not _words_of(fact) & _stems(_said(turns, near)):
        yield f"{fact.id}: no word of it is in turns {fact.evidence} ({fact.statement})"


def _said(turns: dict[int, Turn], numbers: Iterable[int]) -> str:
    return " ".join(turns[n].text for n in sorted(numbers) if n in turns)


@cache
def _values(text: str) -> frozenset[float]:
    return frozenset(v for n in numbers(text) for v in n.values)


def _due_values(fact: Fact) -> set[float]:
    named = [fact.attributes.get(key) for key in ("value", "previous")]
    given = {float(v) for v in named if isinstance(v, int | float)}
    return given | {n.value for n in numbers(fact.statement) if any(map(str.isdigit, n.text))}


def _words_of(fact: Fact) -> frozenset[str]:
    """Beginnings of the words that speak of a fact: its statement's, its name's, its cues."""
    return _stems(" ".join([fact.statement, str(fact.attributes.get("name", "")), *fact.cues]))


@cache
def _stems(text: str) -> frozenset[str]:
    return frozenset(word.rstrip("s")[:5] for word in content_words(text))


def _disclosure(session: Session) -> Iterator[str]:
    for note in session.references:
        text = plain(note.sections)
        held = set(note.conveys or [])
        for fact in session.facts or []:
            where = f"the {note.format} reference"
            if fact.disclosure == "must" and fact.source != "prior_note":
                if held and fact.id not in held:
                    yield f"{fact.id}: must be in {where} and is not"
                value = fact.attributes.get("value")
                if isinstance(value, int | float) and float(value) not in _values(text):
                    yield f"{fact.id}: its value {value:g} is not in {where}"
                if not _words_of(fact) & _stems(text):
                    yield f"{fact.id}: no word of it is in {where} ({fact.statement})"
            if fact.disclosure in ("exclude", "psychotherapy_note_only") and fact.id in held:
                yield f"{fact.id}: is {fact.disclosure}, and {where} holds it"
            for trace in fact.traces:
                if re.search(rf"\b{re.escape(trace)}(?:'?s)?\b", text, re.IGNORECASE):
                    yield f"{fact.id}: {where} gives away {trace!r}"


def _unasked(session: Session) -> Iterator[str]:
    places = [(f"turn {t.turn}", t.text) for t in session.transcript]
    places.append(("the rough notes", session.rough_notes or ""))
    places += [(f"the {n.format} reference", plain(n.sections)) for n in session.references]
    for topic in session.not_assessed:
        for where, text in places:
            if found := mentioned(topic, text):
                yield f"{topic} is said not to have been raised, and {where} says {found[0]!r}"
    unasked = set(_RISK) <= set(session.not_assessed)
    if unasked and any(f.kind == "risk" for f in session.facts or []):
        yield "there are facts about risk, and no topic of risk was raised"


def _time(session: Session) -> Iterator[str]:
    chart = session.chart
    if not {"start", "stop"} <= chart.keys():
        return
    minutes = _minutes(chart["stop"]) - _minutes(chart["start"])
    if minutes <= 0:
        yield f"the session stops at {chart['stop']}, which is not after {chart['start']}"
    if chart.get("minutes", minutes) != minutes:
        yield f"the chart says {chart['minutes']} minutes, start and stop say {minutes}"
    codes = library().banks["shapes"]["cpt"]
    if (cpt := chart.get("cpt")) in codes:
        low, high = codes[cpt]
        if not low <= minutes <= high:
            yield f"CPT {cpt} takes {low}-{high} minutes, the session {minutes}"


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _measures(session: Session) -> Iterator[str]:
    known = library().banks["measures"]
    seen: dict[tuple[str, str], float] = {}
    for fact in session.facts or []:
        name = str(fact.attributes.get("name"))
        if fact.kind != "measure" or name not in known:
            continue
        low, high = known[name]["range"]
        for key in ("value", "previous"):
            value = fact.attributes.get(key)
            if not isinstance(value, int | float):
                continue
            if not low <= value <= high:
                yield f"{fact.id}: {name} of {value:g} is outside {low}-{high}"
            if seen.setdefault((name, key), value) != value:
                yield f"{fact.id}: {name} has two {key}s, {seen[name, key]:g} and {value:g}"


def _sections(session: Session) -> Iterator[str]:
    for note in session.references:
        try:
            form = formats.get(note.format)
        except UnknownName:
            yield f"no note format is called {note.format!r}"
            continue
        names = [s.name for s in form.sections]
        for section in note.sections:
            if section.name not in names:
                yield f"{note.format} has no section {section.name!r}"
            if not section.text.strip():
                yield f"section {section.name} of the {note.format} reference is empty"
        for fact in session.facts or []:
            if odd := set(fact.sections.get(note.format, [])) - set(names):
                yield f"{fact.id}: {note.format} has no section {sorted(odd)[0]!r}"


def _copied(session: Session) -> Iterator[str]:
    said = {run for turn in session.transcript for run in _runs(turn.text)}
    for note in session.references:
        if both := sorted(said & _runs(plain(note.sections))):
            yield f"the {note.format} reference copies the transcript: {' '.join(both[0])!r}"


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[\w']+", text.lower())
    return {tuple(words[i : i + _SHARED_WORDS]) for i in range(len(words) - _SHARED_WORDS + 1)}
