"""When a check or an element is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable

from ...records import Fact
from .note import View
from .spec import Pattern, Selector, spec

_DRUGS = Selector(frozenset({"medication"}), drugs=True)
_SUBSTANCE = re.compile(r"\bF1\d")
_POSITIVE = re.compile(
    r"ideation|attempt|preparatory|self-harm|intent|plan|wish to die|method", re.I
)
_PAST = ("past", "lifetime", "last session")


def drug_facts(view: View) -> list[Fact]:
    """Facts about named medicines."""
    return view.carriers(_DRUGS)


def instrument(name: str) -> str | None:
    """The measure that a fact's name stands for; None for an item of one, and for others."""
    if "item" in name.lower():
        return None
    return next((n for n, (named, _) in spec().measures.items() if named.match(name)), None)


def measures_today(view: View) -> dict[str, Fact]:
    """Today's totals by measure."""
    found: dict[str, Fact] = {}
    for fact in view.session.facts or []:
        name = instrument(str(fact.attributes.get("name") or ""))
        if fact.kind == "measure" and name and fact.attributes.get("when") != "last session":
            found.setdefault(name, fact)
    return found


def _telehealth(view: View) -> bool:
    """As the chart says; without a chart's word, as the note says itself."""
    if held := str(view.session.chart.get("setting") or ""):
        return held.startswith("telehealth")
    return any(
        words.search(view.text)
        for name, words in spec().settings.items()
        if name.startswith("telehealth")
    )


def _named_anywhere(view: View, pattern: Pattern) -> bool:
    """Where no facts are listed: whether the session or the note names it."""
    return bool(pattern.search(view.sources) or pattern.search(view.text))


def _risk_positive(view: View) -> bool:
    """A danger to the client or to others that is present now."""
    return any(
        f.kind == "risk"
        and f.attributes.get("certainty") in ("endorsed", "present", "affirmed")
        and f.attributes.get("when") not in _PAST
        and _POSITIVE.search(str(f.attributes.get("name") or ""))
        for f in view.session.facts or []
    )


def _medication(view: View) -> bool:
    if view.session.facts is None:
        return _named_anywhere(view, spec().drug)
    return any(f.disclosure in ("must", "should") for f in drug_facts(view))


def _dose(view: View) -> bool:
    listed = view.session.facts is not None
    return not listed or any(f.attributes.get("unit") == "mg" for f in drug_facts(view))


def _measure(view: View) -> bool:
    if view.session.facts is None:
        return any(_named_anywhere(view, named) for named, _ in spec().measures.values())
    return any(f.disclosure in ("must", "should") for f in measures_today(view).values())


def _observation(view: View) -> bool:
    if view.session.facts is None:
        element = next(c for c in spec().checks if c.id == "18_observation").elements[0]
        noted = (view.session.rough_notes or "").splitlines()
        return any(element.shows(t) for t in [*noted, *(n.text for n in view.lines)])
    return any(
        f.kind == "observation" and f.disclosure in ("must", "should", "generalise")
        for f in view.session.facts
    )


def _homework(which: str) -> Callable[[View], bool]:
    def asked(view: View) -> bool:
        if view.session.facts is None:
            return True
        check = next(c for c in spec().checks if c.id == "22_homework")
        element = next(e for e in check.elements if e.id == which)
        return any(f.disclosure in ("must", "should") for f in view.carriers(element.facts))

    return asked


def _comparator(view: View) -> bool:
    facts = view.session.facts or []
    measured = any(f.attributes.get("previous") is not None for f in facts if f.kind == "measure")
    return measured or (not facts and bool(view.session.prior_note))


def _substance(view: View) -> bool:
    named = "substance" in str(view.session.scenario.get("problem") or "").lower()
    return named or bool(_SUBSTANCE.search(str(view.session.chart.get("diagnosis") or "")))


_reviewed, _assigned = _homework("reviewed"), _homework("assigned")

CONDITIONS: dict[str, Callable[[View], bool]] = {
    "always": lambda view: True,
    "telehealth": _telehealth,
    "risk_positive": _risk_positive,
    "medication": _medication,
    "dose": _dose,
    "adherence": _medication,
    "measure": _measure,
    "observation": _observation,
    "homework": lambda view: _reviewed(view) or _assigned(view),
    "homework_reviewed": _reviewed,
    "homework_assigned": _assigned,
    "progress": lambda view: view.session.scenario.get("session_type") != "intake",
    "comparator": _comparator,
    "substance_use": _substance,
    "ai_drafted": lambda view: view.draft.drafter != "reference",
}
"""Conditions by the names that checks.yaml uses."""
