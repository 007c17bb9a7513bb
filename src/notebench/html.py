"""Records as HTML: escaping, highlighting, and how a session and a draft look in a notebook.

The lowest layer: it knows records only by their fields. Reports use the same escaping and the same
highlighting, so that a note looks alike everywhere and text is escaped in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape as _escape
from importlib.resources import files
from typing import Any

from .text.control import replaced

_VOID = frozenset({"br", "hr", "img", "input", "meta"})


class Html(str):
    """Text that is HTML already. All other text is escaped when it becomes part of a tag."""

    def __html__(self) -> str:
        return str(self)


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

WRONG = ("contradicted", "unsupported", "inferred")
_FLAGGED = (*WRONG, "unscored")
_RANK = {name: rank for rank, name in enumerate(
    ("contradicted", "unsupported", "inferred", "unscored", "uncheckable", "supported", "planted")
)}  # fmt: skip


def escape(value: object) -> Html:
    """Any value as HTML text; characters that no page can show become U+FFFD."""
    if hasattr(value, "__html__"):
        return Html(value.__html__())
    return Html(_escape(replaced(str(value))[0]))


def join(parts: Iterable[object], between: str = "") -> Html:
    """Parts one after the other, escaped where they are not HTML."""
    return Html(str(escape(between)).join(str(escape(p)) for p in parts if p is not None))


def tag(name: str, *children: object, **attributes: object) -> Html:
    """An element. Attributes that are None or False are left out; `data_x` becomes data-x."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}"
        + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


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
    parts = [
        verdict_words(finding) + (f": {words(finding.error_type)}." if finding.error_type else ".")
    ]
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


def words(name: str | None) -> str:
    """A name from the records in plain words: underscores become spaces."""
    return str(name or "").replace("_", " ")


@cache
def css() -> Html:
    """The style sheet that notebooks and reports share."""
    return Html(files(__package__).joinpath("html.css").read_text("utf-8"))


def transcript_html(session: Any, anchor: str = "") -> Html:
    """The talk as a list, each turn with chips for the facts that it conveys.

    anchor: start of the id that each turn gets, so that evidence can link to it.
    """
    chips: dict[int, list[Any]] = {}
    for fact in session.facts or []:
        for turn in fact.evidence:
            chips.setdefault(turn, []).append(fact)
    return tag("ol", *(_turn(t, chips.get(t.turn, []), anchor) for t in session.transcript),
               class_="nb-talk")  # fmt: skip


def _turn(turn: Any, facts: Sequence[Any], anchor: str) -> Html:
    marks = [
        tag("span", f.id, class_=f"nb-chip nb-{f.disclosure}",
            title=f"{f.id}, {words(f.disclosure)}: {f.statement}")
        for f in facts
    ]  # fmt: skip
    return tag(
        "li",
        tag("span", turn.turn, class_="nb-no"),
        tag("span", turn.speaker, class_="nb-who"),
        tag("span", turn.text, *marks, class_="nb-said"),
        id=f"{anchor}{turn.turn}" if anchor else None,
        data_turn=turn.turn,
        class_="nb-clinician" if turn.speaker == "clinician" else None,
    )


def ledger_html(facts: Sequence[Any]) -> Html:
    """The fact ledger as a table."""
    head = ("Fact", "What is true", "Kind", "A good note", "Seen in", "Turns")
    rows = [
        (f.id, f.statement if not f.generalised else f"{f.statement} In a note: {f.generalised}",
         words(f.kind), words(f.disclosure), words(f.source), ", ".join(map(str, f.evidence)))
        for f in facts
    ]  # fmt: skip
    return tag(
        "table",
        tag("caption", f"What is true of the session: {len(rows)} facts"),
        tag("thead", tag("tr", *(tag("th", h, scope="col") for h in head))),
        tag("tbody", *(
            tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:]))
            for row in rows
        )),
        class_="nb-table",
    )  # fmt: skip


def chart_html(session: Any) -> Html:
    """Scenario and chart as a list of terms."""
    pairs = {**session.scenario, **session.chart}
    return tag("dl", *(
        part for key, value in pairs.items() if value not in (None, "", [])
        for part in (tag("dt", words(key)), tag("dd", _value(value)))
    ), class_="nb-chart")  # fmt: skip


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(words(str(v)) for v in value)
    return words(value) if isinstance(value, str) else str(value)


def _fold(title: str, *children: object, open_: bool = False) -> Html:
    return tag("details", tag("summary", title), *children, open=open_)


def session_html(session: Any) -> str:
    """A session as a notebook shows it: chart, talk, notes, fact ledger."""
    parts = [tag("h3", f"Session {session.session_id}"), chart_html(session)]
    if session.transcript:
        title = f"Transcript, {len(session.transcript)} turns"
        parts.append(_fold(title, transcript_html(session), open_=True))
    for title, text in (("Rough notes", session.rough_notes), ("Prior note", session.prior_note)):
        if text:
            parts.append(_fold(title, tag("div", text, class_="nb-text")))
    for note in session.references:
        parts.append(_fold(f"Clinician's note, {note.format}", *_sections(note.sections, ())))
    if session.facts is None:
        parts.append(tag("p", "No fact ledger: what a note leaves out can't be measured."))
    else:
        parts.append(_fold(f"Fact ledger, {len(session.facts)} facts", ledger_html(session.facts)))
    if session.not_assessed:
        topics = ", ".join(words(t) for t in session.not_assessed)
        parts.append(tag("p", f"Nobody raised: {topics}."))
    return _card(parts)


def draft_html(draft: Any, findings: Iterable[Any] = ()) -> str:
    """A draft as a notebook shows it: the note, its sentences marked where findings are given."""
    claims = [f for f in findings if f.kind == "claim"]
    made = f"{draft.drafter}, {draft.workflow}, {draft.format}"
    parts = [tag("h3", f"Draft {draft.draft_id}"),
             tag("p", f"{made}; session {draft.session_id}", class_="nb-sub")]  # fmt: skip
    if draft.sections:
        parts += _sections(draft.sections, claims)
    else:
        parts.append(tag("div", draft.text, class_="nb-text"))
    if claims:
        wrong = sum(f.verdict in WRONG for f in claims)
        unscored = sum(f.verdict == "unscored" for f in claims)
        parts.append(tag("p", f"{wrong} of {len(claims) - unscored} scored sentences flagged; "
                              f"{unscored} undecided.", class_="nb-sub"))  # fmt: skip
    return _card(parts)


def _sections(sections: Sequence[Any], claims: Sequence[Any]) -> list[Html]:
    return [
        part for s in sections for part in (
            tag("h4", s.name),
            tag("div", highlight(s.text, claim_marks(claims, s.name)), class_="nb-text"),
        )
    ]  # fmt: skip


def _card(parts: Iterable[Html]) -> str:
    return str(join([tag("style", css()), tag("div", *parts, class_="nb nb-card")]))
