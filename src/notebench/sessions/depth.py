"""What every session should hold, so that each way in which notes go wrong can show.

A session's own facts say how much of each there is; the least amounts stand in
shared/depth.yaml. Source: the strata and traps of domain.md, section 5, as this project has them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..records import Session
from ..text.tokens import count_words
from .ledger import MOST_STALE, Entry
from .loading import library
from .talk import Line


def depth(session: Session) -> list[str]:
    """What a session falls short of, each in one sentence; empty: it has all."""
    facts = [(f.disclosure, f.kind, f.source, f.attributes) for f in session.facts or []]
    words = sum(count_words(t.text) for t in session.transcript)
    return _short(facts, len(session.transcript), words)


def gaps(entries: Sequence[Entry], lines: Sequence[Line]) -> list[str]:
    """The same of a session in the making, whose stale facts are not drawn yet."""
    facts: list[tuple[str, str, str, dict[str, Any]]] = []
    for entry in entries:
        spec = entry.spec
        marks = {"corrected": "!" in entry.marks, "revised": "~" in entry.marks}
        facts.append((spec.disclosure, spec.kind, spec.source, {**spec.attributes, **marks}))
    stale = [entry.spec.kind for entry in entries if entry.spec.stale]
    facts += [("optional", kind, "prior_note", {}) for kind in stale[:MOST_STALE]]
    return _short(facts, len(lines), sum(len(line.text.split()) for line in lines))


_Fact = tuple[str, str, str, dict[str, Any]]
_HELD_BACK = ("exclude", "generalise", "psychotherapy_note_only")
_COUNTS: dict[str, Callable[[_Fact], bool]] = {
    "restraint": lambda f: f[0] in _HELD_BACK,
    "negatives": lambda f: f[3].get("certainty") == "denied",
    "numbers": lambda f: f[3].get("value") is not None and f[2] == "transcript",
    "corrected": lambda f: bool(f[3].get("corrected")),
    "revised": lambda f: bool(f[3].get("revised")),
    "stale": lambda f: f[2] == "prior_note",
    "noted_only": lambda f: f[1] == "observation" and f[2] == "rough_notes",
    "unanswered": lambda f: f[3].get("certainty") == "unanswered",
    "third_person": lambda f: f[1] == "third_party" or f[3].get("who") not in (None, "client"),
}


def _short(facts: Sequence[_Fact], turns: int, words: int) -> list[str]:
    least = library().banks["depth"]
    held = {name: sum(map(counts, facts)) for name, counts in _COUNTS.items()}
    held |= {"facts": len(facts), "turns": turns, "words": words}
    out = []
    for name, (low, high) in least.items():
        if not low <= held[name] <= high:
            out.append(f"{name}: {held[name]}, where {low} to {high} are wanted")
    return out
