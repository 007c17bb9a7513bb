"""References hold what they must, and nothing that they must not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ... import formats
from ...errors import UnknownName
from ...formats import plain
from ...records import Session
from ...text.numbers import numbers
from ..topics import mentioned
from .reading import due_values, stems, values, words_of

_RISK = ("suicidal_ideation", "homicidal_ideation", "self_harm")
_BOUNDS = {0.0, 7.0, 10.0, 100.0}
"""Ends of rating scales and days of a week, which stand in notes beside a fact's number."""
_SHARED_WORDS = 8
"""A run of this many words in both a reference and a turn is a copied sentence."""


def broken(session: Session) -> Iterator[str]:
    """What the references leave out, give away, invent, misplace or copy."""
    yield from disclosed(session)
    yield from _unasked(session)
    yield from _invented(session)
    yield from _sections(session)
    yield from _copied(session)


def disclosed(session: Session) -> Iterator[str]:
    """What the references leave out of what they must hold, and hold of what they must not."""
    for note in session.references:
        text = plain(note.sections)
        low = text.lower()
        held = set(note.conveys or [])
        for fact in session.facts or []:
            where = f"the {note.format} reference"
            if fact.disclosure == "must" and fact.source != "prior_note":
                if held and fact.id not in held:
                    yield f"{fact.id}: must be in {where} and is not"
                value = fact.attributes.get("value")
                if isinstance(value, int | float) and not _holds(text, value):
                    yield f"{fact.id}: its value {value:g} is not in {where}"
                if not words_of(fact) & stems(text):
                    yield f"{fact.id}: no word of it is in {where} ({fact.statement})"
            if fact.disclosure in ("exclude", "psychotherapy_note_only") and fact.id in held:
                yield f"{fact.id}: is {fact.disclosure}, and {where} holds it"
            for trace in fact.traces:
                found = trace.lower() in low
                if found and re.search(rf"\b{re.escape(trace)}(?:'?s)?\b", text, re.IGNORECASE):
                    yield f"{fact.id}: {where} gives away {trace!r}"


def _holds(text: str, value: float) -> bool:
    """Whether a number stands in a text: in figures, which is quickly seen, or in any other way."""
    figures = re.search(rf"(?<![\d.,]){value:g}(?!\d|[.,]\d)", text)
    return bool(figures) or float(value) in values(text)


def _unasked(session: Session) -> Iterator[str]:
    places = [(f"turn {t.turn}", t.text) for t in session.transcript]
    places.append(("the rough notes", session.rough_notes or ""))
    places += [(f"the {n.format} reference", plain(n.sections)) for n in session.references]
    for topic in session.not_assessed:
        for where, text in places:
            if found := mentioned(topic, text):
                yield f"{topic} is said not to have been raised, and {where} says {found!r}"
    unasked = set(_RISK) <= set(session.not_assessed)
    if unasked and any(f.kind == "risk" for f in session.facts or []):
        yield "there are facts about risk, and no topic of risk was raised"


def _invented(session: Session) -> Iterator[str]:
    """Every number of a reference is a number of the ledger or of the chart."""
    if session.facts is None:
        return
    chart = " ".join(str(v) for v in session.chart.values())
    known = set(values(f"{chart} {session.scenario.get('c_ssrs')}")) | _BOUNDS
    for fact in session.facts:
        known |= (due := due_values(fact))
        known |= {abs(a - b) for a in due for b in due}
        for text in (fact.statement, fact.generalised or "", *map(str, fact.attributes.values())):
            known |= values(text)
    for note in session.references:
        for number in numbers(plain(note.sections)):
            digits = any(map(str.isdigit, number.text))
            if digits and not known & set(number.values):
                yield f"the {note.format} reference has the number {number.text}, the ledger not"


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
