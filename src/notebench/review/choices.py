"""What a person can say on the review page: marks, weights, topics, audiences; kept as data."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from .. import taxonomy
from ..html import words
from ..records import Draft, Session
from ..verifiers.base import Claim
from ..verifiers.lexicon import cues, matcher


@cache
def choices() -> dict[str, Any]:
    """Everything in choices.toml; error types of marks carry their words from the taxonomy."""
    data = _read("choices")
    for mark in data["marks"]:
        mark.setdefault("weighed", True)
        mark["types"] = [
            {"name": name, "label": f"{words(name)}: {taxonomy.get(name).description.lower()}"}
            for name in mark["types"]
        ]
    return data


@cache
def _patterns() -> dict[str, Any]:
    return {topic: matcher(phrases) for topic, phrases in _read("topics").items()}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def topics(claim: Claim, planned: frozenset[str], diagnosis: str) -> list[str]:
    """What a sentence has to be confirmed for: risk, diagnosis, medication, plan.

    planned: sections that are the plan's own. diagnosis: that of the chart. Words decide, so some
    sentences are missed and some are taken without need; the page lets the person change it.
    """
    low = claim.text.lower()
    found = {
        "risk": bool(cues().topics("risk", low) or _patterns()["risk"].search(low)),
        "diagnosis": bool(cues().found("diagnoses", low)) or bool(diagnosis and diagnosis in low),
        "medication": bool(_patterns()["medication"].search(low)),
        "plan": claim.section in planned or bool(_patterns()["plan"].search(low)),
    }
    return [topic["id"] for topic in choices()["topics"] if found[topic["id"]]]


def about(session: Session, draft: Draft, blind: bool) -> list[tuple[str, str]]:
    """The line under a note's title; nothing in it tells the drafter where that is hidden."""
    scenario = session.scenario
    told = [("Session", words(str(scenario.get("session_type") or ""))), ("Format", draft.format)]
    if not blind:
        told += [("Written by", draft.drafter), ("From", MATERIAL[draft.workflow])]
    return [(label, value) for label, value in told if value]


MATERIAL = {
    "scribe": "the transcript",
    "organise": "the clinician's rough notes",
    "polish": "the clinician's own draft",
}
"""What a drafter was given in each workflow, in words."""
