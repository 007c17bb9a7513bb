"""How a session and a draft look in a notebook, and the parts of that which reports use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .highlighting import WRONG, claim_marks, highlight
from .markup import Html, css, join, tag, words


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
