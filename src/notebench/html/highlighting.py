"""How verdicts are shown: words and signs for them, and marks on the text that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .markup import Html, escape, join, tag, words


@dataclass(frozen=True)
class Verdict:
    """How a verdict is shown: never by colour alone."""

    label: str
    """Words for it."""
    icon: str
    """Sign before the words."""
    meaning: str
    """What it says, in a sentence."""


VERDICTS = {
    "supported": Verdict("supported", "✓", "The session says so."),
    "contradicted": Verdict("contradicted", "✗", "The session says otherwise."),
    "unsupported": Verdict("not in the session", "+", "Nothing in the session says so."),
    "inferred": Verdict("concluded, not said", "≈", "Nobody drew this conclusion."),
    "uncheckable": Verdict("not checkable", "–", "There is nothing in it to check."),
    "unscored": Verdict("undecided", "?", "The verifier could not decide."),
    "planted": Verdict("planted error", "!", "An error put there on purpose."),
}
"""Verdicts of sentences. Their order is the order of a legend."""

WRONG = ("contradicted", "unsupported", "inferred")  # as records.WRONG, a layer above
_FLAGGED = (*WRONG, "unscored")
_RANK = {name: rank for rank, name in enumerate((*_FLAGGED, "uncheckable", "supported", "planted"))}


@dataclass(frozen=True)
class Mark:
    """A stretch of text to be marked, at half-open offsets."""

    start: int
    end: int
    kind: str
    """Its verdict: a key of VERDICTS."""
    label: object = ""
    """What is shown after its last character, such as the words of its verdict."""
    title: str = ""
    """What is shown on hovering."""
    data: Mapping[str, str] = field(default_factory=dict)
    """data-* attributes, for scripts."""


def segments(text: str, marks: Sequence[Mark]) -> list[tuple[str, tuple[Mark, ...]]]:
    """The text cut at every edge of every mark, each piece with the marks that cover it.

    The pieces joined are the text. Marks may touch, overlap, nest or reach past the text.
    """
    edges = {0, len(text)}
    for mark in marks:
        edges |= {min(max(mark.start, 0), len(text)), min(max(mark.end, 0), len(text))}
    cuts = sorted(edges)
    return [
        (text[a:b], tuple(m for m in marks if m.start <= a and b <= m.end))
        for a, b in zip(cuts, cuts[1:], strict=False)
    ]


def highlight(text: str, marks: Sequence[Mark]) -> Html:
    """The text with its marks as flat <mark> elements, and each mark's label after its end."""
    ends = [min(m.end, len(text)) for m in marks]
    parts: list[Html] = []
    at = 0
    for piece, covering in segments(text, marks):
        at += len(piece)
        parts.append(_marked(piece, covering))
        parts += [
            tag("span", mark.label, class_=f"nb-tag nb-{mark.kind}")
            for mark, end in zip(marks, ends, strict=True)
            if end == at and mark in covering and mark.label
        ]
    return join(parts)


def _marked(piece: str, covering: tuple[Mark, ...]) -> Html:
    if not covering:
        return escape(piece)
    first = min(covering, key=lambda m: _RANK.get(m.kind, len(_RANK)))
    kinds = dict.fromkeys(f"nb-{m.kind}" for m in covering)
    data = {f"data_{key}": value for key, value in first.data.items()}
    title = "\n".join(m.title for m in covering if m.title)
    return tag("mark", piece, class_=" ".join(["nb-m", *kinds]), title=title or None, **data)


def verdict_words(finding: Any) -> str:
    """A claim finding's verdict in words: sign, verdict, severity."""
    shown = VERDICTS.get(finding.verdict) or Verdict(str(finding.verdict), "?", "")
    severity = f" · {finding.severity}" if finding.severity else ""
    return f"{shown.icon} {shown.label}{severity}"


def explain(finding: Any) -> str:
    """A claim finding in full sentences, for a tooltip."""
    shown = VERDICTS.get(finding.verdict)
    kind = f": {words(finding.error_type)}" if finding.error_type else ""
    parts = [f"{verdict_words(finding)}{kind}."]
    parts.append(finding.reason or (shown.meaning if shown else ""))
    if finding.evidence:
        word = "Turn" if len(finding.evidence) == 1 else "Turns"
        parts.append(f"{word} {', '.join(map(str, finding.evidence))}.")
    if finding.p_unfaithful is not None:
        parts.append(f"Probability of being wrong {finding.p_unfaithful:.2f} ({finding.verifier}).")
    return " ".join(p for p in parts if p)


def claim_marks(findings: Iterable[Any], section: str, **data: str) -> list[Mark]:
    """Marks of the claim findings of one section; only flagged sentences carry a label."""
    return [
        Mark(
            f.start, f.end, f.verdict,
            label=verdict_words(f) if f.verdict in _FLAGGED else "", title=explain(f),
            data={**data, "evidence": " ".join(map(str, f.evidence))},
        )
        for f in findings
        if f.kind == "claim" and f.section == section
    ]  # fmt: skip
