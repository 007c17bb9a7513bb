"""The answer key of a note: what was planted, where it stands, what the session says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ... import taxonomy
from ...html import words
from ...records import ClaimFinding, Draft, FactFinding, Session, content_hash
from ...text import content_words
from ...verifiers.base import Claim, claims
from ..choices import choices, topics
from ..closest import Closest, passages

Findings = Sequence[ClaimFinding | FactFinding]
_STEM = 5
_TWICE = ("repetition", "internal_contradiction")
"""Errors that two sentences make together: naming either of them finds it."""
_ALIKE = 0.3
"""Least share of words that the other sentence of such a pair holds. Assumed."""


def stems(text: str) -> list[str]:
    """First letters of the words that carry meaning, each once, sorted."""
    return sorted({w if w[0].isdigit() else w[:_STEM] for w in content_words(text)})


def key_of(session: Session, draft: Draft, findings: Findings) -> dict[str, Any]:
    """What marking needs to know of a note: its sentences and its errors."""
    cut = claims(draft)
    return {
        "session_id": draft.session_id,
        "problem": str(session.scenario.get("problem") or ""),
        "format": draft.format,
        "sentences": [
            {"section": c.section, "start": c.start, "end": c.end, "text": c.text} for c in cut
        ],
        "errors": [
            _error(n, planted, session, draft, findings)
            for n, planted in enumerate(draft.provenance.get("planted", ()), 1)
        ],
    }


def known_as(session_id: str, planted: Mapping[str, Any], style: str) -> str:
    """A name for an error that stays the same wherever it is planted again, in the same style."""
    after = planted.get("written", planted["after"])
    key = (session_id, planted["error_type"], planted["before"], after, style)
    return content_hash(*key, length=12)


def _error(
    number: int, planted: Mapping[str, Any], session: Session, draft: Draft, findings: Findings
) -> dict[str, Any]:
    cut, style = claims(draft), draft.provenance.get("style", "as_written")
    facts = [f for f in session.facts or [] if f.id in planted["facts"]]
    at = next(
        (n for n, c in enumerate(cut)
         if (c.section, c.start) == (planted["section"], planted["start"])), None,
    )  # fmt: skip
    p = doubt(planted, findings)
    return {
        "id": f"e{number}",
        "known_as": known_as(session.session_id, planted, style),
        "error_type": planted["error_type"], "severity": planted["severity"],
        "about": _about(planted),
        "section": planted["section"], "sentence": at, "also": _also(planted, at, cut),
        "before": planted["before"], "after": planted["after"],
        "left_out": planted["before"] if at is None else None,
        "facts": [f.statement for f in facts],
        "words": stems(" ".join([planted["before"] or "", *(f.statement for f in facts)])),
        "tell": _tell(planted, session),
        "turns": _turns(planted, facts, session), "closest": not facts,
        "p": p, "difficulty": None if p is None else round(1 - p, 3),
    }  # fmt: skip


def _about(planted: Mapping[str, Any]) -> list[str]:
    """Topics that it touches, by its words: risk, diagnosis, medication, plan."""
    text = " ".join(planted[k] for k in ("before", "after") if planted[k])
    found = topics(Claim(planted["section"], 0, len(text), text), frozenset(), "")
    return sorted({*found, *(["risk"] if planted["error_type"].endswith("_risk") else [])})


def doubt(planted: Mapping[str, Any], findings: Findings) -> float | None:
    """How sure the verifier is that something is wrong there (0-1); None where it did not say."""
    if planted["start"] is not None:
        found = [
            f.p_unfaithful for f in findings
            if isinstance(f, ClaimFinding)
            and (f.section, f.start) == (planted["section"], planted["start"])
        ]  # fmt: skip
    else:
        found = [
            f.p_omitted for f in findings
            if isinstance(f, FactFinding) and f.fact_id in planted["facts"]
        ]  # fmt: skip
    said = [p for p in found if p is not None]
    return round(max(said), 3) if said else None


def _also(planted: Mapping[str, Any], at: int | None, cut: list[Claim]) -> list[int]:
    """The other sentence of an error that two make together."""
    if at is None or planted["error_type"] not in _TWICE:
        return []
    near = Closest({str(n): c.text for n, c in enumerate(cut) if n != at})
    return [int(n) for n in near.to(cut[at].text, most=1, floor=_ALIKE)]


def _tell(planted: Mapping[str, Any], session: Session) -> list[str]:
    """Words that only the planted error brought in: who has them got them from the draft."""
    if planted["after"] is None:
        return []
    known = " ".join([*(t.text for t in session.transcript), session.rough_notes or ""])
    own = set(stems(known)) | set(stems(planted["before"] or ""))
    return [s for s in stems(planted.get("written", planted["after"])) if s not in own]


def _turns(planted: Mapping[str, Any], facts: Sequence[Any], session: Session) -> list[int]:
    """Turns that hold the truth: those of its facts, else the closest by words."""
    held = sorted({t for f in facts for t in f.evidence or ()})
    if held or not session.transcript:
        return held
    near = Closest(passages([(t.turn, t.text) for t in session.transcript], []))
    said = planted["before"] or planted["after"] or ""
    return sorted(int(name[1:]) for name in near.to(said, most=2))


def kind_for(error_type: str) -> str | None:
    """Kind of mark that an error of that type asks for; None for what is left out."""
    return next(
        (m["id"] for m in choices()["marks"]
         if any(t["name"] == error_type for t in m["types"])), None,
    )  # fmt: skip


def told(error: Mapping[str, Any]) -> str:
    """What is wrong, in words."""
    kind = taxonomy.get(error["error_type"])
    return f"{words(kind.name)}: {kind.description.lower()}"


def where_told(error: Mapping[str, Any]) -> str:
    """What its turns are."""
    return "Closest in the session" if error["closest"] else "In the session"


def feedback(key: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the page shows of a note's errors once the note is done."""
    return [
        {
            "n": e["sentence"], "also": e["also"], "told": told(e), "severity": e["severity"],
            "section": e["section"], "left_out": e["left_out"],
            "before": None if e["left_out"] else e["before"],
            "facts": e["facts"], "turns": e["turns"], "closest": e["closest"], "words": e["words"],
        }
        for e in key["errors"]
    ]  # fmt: skip
