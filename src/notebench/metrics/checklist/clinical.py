"""Readers of measures, medicines and risk, where the words around a value decide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ...records import Fact
from ...text.numbers import Number, numbers
from ...verifiers.terms import read
from . import frame
from .conditions import drug_facts, measures_today
from .found import ABSENT, Found, by_words, judged
from .note import Line, View
from .spec import Element, spec

_ITEM = re.compile(r"\bitem\b|\bquestion\b", re.IGNORECASE)
_NO_SCORE = re.compile(r"(?:/|out of|\bby)\s*$", re.IGNORECASE)
"""Before a figure that is a range's end or a change and no score."""
_COUNTED = ("number", "ordinal")
_MADE_UP = "fabricated_"
"""Start of the names of errors that say of something that there was no such thing."""


def measure(view: View, element: Element) -> Found:
    """Totals: each that is due named, in range, with today's value, and none that was not taken."""
    due, seen, untrue = measures_today(view), set(), []
    listed = view.session.facts is not None
    for name, line, scores in _scores(view):
        seen.add(name)
        values = [v for n in scores for v in n.values]
        span = spec().measures[name][1]
        fact = due.get(name)
        if span and not span[0] <= scores[0].value <= span[1]:
            untrue.append(f"{name} goes from {span[0]:g} to {span[1]:g}: {line.text}")
        elif fact and not _holds(fact, values):
            untrue.append(f"{fact.statement} The note says: {line.text}")
        elif listed and not fact and not spec().measures[name][0].search(view.sources):
            untrue.append(f"No {name} was taken: {line.text}")
    if not untrue:
        wrong = [f for f in due.values() if view.fates.get(f.id) == "distorted"]
        untrue += [f"Not as it was: {f.statement}" for f in wrong]
    present = bool(seen) and seen >= set(due)
    return judged(present, untrue, True if due else None)


def _scores(view: View) -> Iterator[tuple[str, Line, list[Number]]]:
    """Each measure that a sentence names with a score, and the scores there."""
    for line in view.lines:
        if _ITEM.search(line.text):
            continue
        for name, (named, _) in spec().measures.items():
            if not (match := named.search(line.text)):
                continue
            found = [
                n
                for n in numbers(line.text)
                if n.kind in _COUNTED
                and not match.start() <= n.start < match.end()
                and not _NO_SCORE.search(line.text[max(0, n.start - 9) : n.start])
            ]
            # the score beside the name first: after it, else before it
            found.sort(key=lambda n: (n.start < match.end(), abs(n.start - match.end())))
            if found:
                yield name, line, found


def _holds(fact: Fact, values: list[float]) -> bool:
    value = fact.attributes.get("value")
    return not isinstance(value, int | float) or any(abs(v - value) < 1e-6 for v in values)


def technique(view: View, element: Element) -> Found:
    """As by words, but a technique that the session's own facts or modality name is not made up.

    A verifier may not know that a name ("relapse prevention") is what the session says in other
    words, and call it fabricated. Then it is undecided; with any other error the finding stands.
    """
    if element.words is None:
        return by_words(view, element)
    facts = view.carriers(element.facts)
    told = [str(view.session.scenario.get("modality") or "").replace("_", " ")]
    told += [text for f in facts for text in (f.statement, f.generalised) if text]
    held = {name.lower() for text in told for name in element.words.findall(text)}
    lines = []
    for line in view.lines:
        named = {name.lower() for name in element.words.findall(line.text)}
        unsure = (line.error or "").startswith(_MADE_UP) and named and named <= held
        lines.append(replace(line, right=None) if unsure else line)
    return by_words(view, element, lines)


def measure_date(view: View, element: Element) -> Found:
    """When it was taken: in words, or by the note's own date of service."""
    lines = [line for _, line, _ in _scores(view) if element.shows(line.text)]
    if lines:
        wrong = [n.text for n in lines if n.right is False]
        return judged(True, wrong, True if measures_today(view) else _verdict(lines))
    dated = next(e for c in spec().checks if c.id == "02_date" for e in c.elements)
    return frame.date(view, dated)


def medication(view: View, element: Element) -> Found:
    """Names of medicines: all that are due, and none that nobody mentioned."""
    named = {m.lower() for m in spec().drug.findall(view.text)}
    if not named:
        return ABSENT
    due = {_name(f) for f in drug_facts(view) if f.disclosure in ("must", "should")}
    mentioned = {m.lower() for m in spec().drug.findall(view.sources)}
    against = bool(view.session.facts or view.session.transcript or view.session.rough_notes)
    unheard = sorted(named - mentioned) if against else []
    untrue = [f"Nobody spoke of {name}." for name in unheard]
    return judged(due <= named, untrue, True if against else None)


def dose(view: View, element: Element) -> Found:
    """A dose beside each medicine that has one, as it was reported."""
    facts = [
        f
        for f in view.carriers(element.facts)
        if isinstance(f.attributes.get("value"), int | float)
    ]
    given = [
        (line, n) for line in view.lines for n in numbers(line.text) if n.unit == "mg"
    ]  # fmt: skip
    if not given:
        return ABSENT
    known = {
        float(f.attributes[k]) for f in facts for k in ("value", "previous") if f.attributes.get(k)
    }
    due = {float(f.attributes["value"]) for f in facts}
    untrue = [line.text for line, n in given if known and not known & set(n.values)]
    untrue += (
        []
        if untrue or not known or due & {v for _, n in given for v in n.values}
        else [given[0][0].text]
    )
    right = True if known else _verdict([line for line, _ in given])
    return judged(True, untrue, right)


def _verdict(lines: list[Line]) -> bool | None:
    told = [n.right for n in lines if n.right is not None]
    return all(told) if told else None


def _name(fact: Fact) -> str:
    return str(fact.attributes.get("name")).lower()


def risk(view: View, element: Element) -> Found:
    """A statement on danger, and no word on a danger that nobody asked about."""
    untrue = [
        f"{topic.replace('_', ' ').capitalize()} was not asked about: {line.text}"
        for line in view.lines
        for topic, denied in sorted(read(line.text).risks)
        if topic in spec().dangers or (denied and topic in spec().denials)
        if _unasked(view, topic)
    ]
    found = by_words(view, element)
    if found.right is False and not untrue:
        return found
    return judged(found.present, untrue, found.right)


def _unasked(view: View, topic: str) -> bool:
    """Whether nobody raised a topic: as the session says, else as far as its words show."""
    s = view.session
    if s.facts is not None or s.not_assessed:
        return any(name.startswith(topic) for name in s.not_assessed)
    heard = bool(s.transcript or s.rough_notes)
    return heard and topic not in {t for t, _ in read(view.sources).risks}
