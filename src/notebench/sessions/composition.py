"""What a set of sessions is made of, counted: the table of the dataset card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median

from ..records import Fact, Session
from ..text.tokens import count_words


def composition(sessions: Iterable[Session]) -> str:
    """A Markdown table of what the sessions hold: strata, sizes, facts by disclosure and kind."""
    given = list(sessions)
    facts = [f for s in given for f in s.facts or []]
    rows: list[tuple[str, str]] = [
        ("sessions", str(len(given))),
        ("problems", _counts(str(s.scenario.get("problem")) for s in given)),
        ("modalities", _counts(str(s.scenario.get("modality")) for s in given)),
        ("session types", _counts(str(s.scenario.get("session_type")) for s in given)),
        ("settings", _counts(str(s.chart.get("setting")) for s in given)),
        ("flags", _counts(c for s in given for c in s.listed("complexity") or ["none"])),
        ("C-SSRS ideation level", _counts(_level(s) for s in given)),
        ("who speaks", _counts(r for s in given for r in {t.speaker for t in s.transcript})),
        (
            "clinicians",
            str(len({p.name for s in given for p in s.participants if p.role == "clinician"})),
        ),
        ("turns a session", _spread([len(s.transcript) for s in given])),
        ("words a transcript", _spread([_words(s) for s in given])),
        ("words a clinician's turn", _spread(_turn_words(given, "clinician"))),
        ("words a client's turn", _spread(_turn_words(given, "client"))),
        ("words of rough notes", _spread([count_words(s.rough_notes or "") for s in given])),
        ("words a reference", _spread(_reference_words(given))),
        ("facts a session", _spread([len(s.facts or []) for s in given])),
        ("facts by disclosure", _counts(f.disclosure for f in facts)),
        ("facts by kind", _counts(f.kind for f in facts)),
        ("facts by source", _counts(f.source for f in facts)),
        ("facts by how they came up", _counts(how for f in facts for how in _came_up(f))),
        ("topics not assessed", _counts(t for s in given for t in s.not_assessed)),
    ]
    return "\n".join(["| what | how many |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)])


def _level(session: Session) -> str:
    level = session.scenario.get("c_ssrs")
    return "not asked" if level is None else str(level)


def _came_up(fact: Fact) -> list[str]:
    certainty = fact.attributes.get("certainty")
    marks = [mark for mark in ("corrected", "revised") if fact.attributes.get(mark)]
    return [*marks, *([str(certainty)] if certainty else [])]


def _counts(values: Iterable[str]) -> str:
    ranked = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count}" for name, count in ranked)


def _spread(values: Sequence[int]) -> str:
    if not values:
        return "none"
    return f"{min(values)} to {max(values)}, median {median(values):g}"


def _words(session: Session) -> int:
    return sum(count_words(t.text) for t in session.transcript)


def _turn_words(sessions: list[Session], speaker: str) -> list[int]:
    turns = [t for s in sessions for t in s.transcript if t.speaker == speaker]
    return [count_words(t.text) for t in turns]


def _reference_words(sessions: list[Session]) -> list[int]:
    notes = [n for s in sessions for n in s.references]
    return [sum(count_words(s.text) for s in n.sections) for n in notes]
