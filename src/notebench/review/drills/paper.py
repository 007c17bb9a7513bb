"""A drill on paper: worksheets without answers, and all notes with what is wrong in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...formats import get
from ...html import Html, tag, words
from ...printing import to_pdf
from ...records import Draft, Session
from ...storage import write_text
from ..choices import choices
from ..document import document
from .answers import told, where_told
from .design import Sheet
from .items import Notes
from .plan import Plan, content

Keys = Mapping[str, Mapping[str, Any]]


def write(
    folder: Path, plan: Plan, given: Sequence[Sheet], notes: Notes, keys: Keys, pdf: bool
) -> list[Path]:
    """A worksheet for each set, and the answers; as PDF too where asked."""
    first: dict[int, Sheet] = {}
    for sheet in given:
        first.setdefault(sheet.set, sheet)
    made = {f"worksheet-{n + 1}": _worksheet(plan, first[n], notes, keys) for n in sorted(first)}
    made["answers"] = _answers(plan, given, notes, keys)
    written = []
    for name, page in made.items():
        written.append(write_text(folder / f"{name}.html", page))
        if pdf:
            written.append(to_pdf(page, folder / f"{name}.pdf"))
    return written


def printable(title: str, body: Sequence[Html | None]) -> str:
    """A page that loads nothing and runs nothing, for the screen and for paper."""
    return document(title, body, "paper.css")


def _worksheet(plan: Plan, sheet: Sheet, notes: Notes, keys: Keys) -> str:
    page, paper = content()["page"], content()["paper"]
    body = [
        tag("h1", plan.title),
        tag("p", page["intro"]),
        tag("p", paper["how"]),
        tag("ul", *(tag("li", tag("b", m["key"]), f" {m['label']}: {m['hint']}")
                    for m in choices()["marks"]), class_="marks"),
        tag("p", "; ".join(f"{s['key']} {s['label'].lower()}: {s['hint']}"
                           for s in choices()["severities"])),
        tag("p", "Name: ", tag("span", class_="blank"), " Date: ", tag("span", class_="blank")),
    ]  # fmt: skip
    for number, place in enumerate(sheet.places, 1):
        draft = notes.drafts[place.position, place.slot, place.style]
        session = notes.sessions[place.position]
        steps = content()["checklist"] if plan.checklist or place.arm.checklist else []
        note = tag("section", tag("h2", f"Note {number}"),
            tag("ul", *(tag("li", "☐ ", s["text"]) for s in steps)) if steps else None,
            *_note(draft, keys[draft.draft_id]),
            tag("p", "What the note leaves out:"), *(tag("p", class_="line") for _ in range(3)),
            tag("p", page["confidence"], " ", tag("span", class_="blank short"), " %"),
            tag("p", "Minutes: ", tag("span", class_="blank short")), class_="sheet")  # fmt: skip
        source = _session(session, number)
        body += (
            [tag("p", paper["own_first"]), source, note]
            if place.arm.write == "before"
            else [note, source]
        )
    return printable(plan.title, body)


def _note(
    draft: Draft, key: Mapping[str, Any], wrong: Mapping[int, int] | None = None
) -> list[Html]:
    """A note with its sentences numbered. wrong: numbers of errors by sentence."""
    titles = {s.name: s.title for s in get(draft.format).sections}
    parts = []
    for name in dict.fromkeys(s["section"] for s in key["sentences"]):
        lines = [
            tag("li",
                tag("mark", s["text"], " ", tag("b", f"[{wrong[n]}]"))
                if wrong and n in wrong else s["text"],
                value=str(n + 1))
            for n, s in enumerate(key["sentences"]) if s["section"] == name
        ]  # fmt: skip
        parts += [tag("h3", titles.get(name, name)), tag("ol", *lines, class_="note")]
    return parts


def _session(session: Session, number: int) -> Html:
    rough = [line for line in (session.rough_notes or "").splitlines() if line.strip()]
    return tag("section", tag("h2", f"The session of note {number}"),
        tag("ol", *(tag("li", tag("b", t.speaker), " ", t.text, value=str(t.turn))
                    for t in session.transcript), class_="talk") if session.transcript else None,
        tag("p", "; ".join(f"{words(k)}: {v}" for k, v in session.chart.items() if v)),
        tag("h3", "Rough notes") if rough else None,
        tag("ul", *(tag("li", line) for line in rough)) if rough else None,
        class_="session")  # fmt: skip


def _answers(plan: Plan, given: Sequence[Sheet], notes: Notes, keys: Keys) -> str:
    seen: dict[str, list[str]] = {}
    for sheet in given:
        for n, place in enumerate(sheet.places, 1):
            draft = notes.drafts[place.position, place.slot, place.style]
            seen.setdefault(draft.draft_id, []).append(
                f"{sheet.reviewer or 'everybody'} as note {n}"
            )
    body = [
        tag("h1", f"Answers: {plan.title}"),
        tag("p", plan.about) if plan.about else None,
        tag("p", content()["paper"]["answers"]),
    ]  # fmt: skip
    done = set()
    for (position, _, style), draft in sorted(notes.drafts.items()):
        if draft.draft_id in done:
            continue
        done.add(draft.draft_id)
        key = keys[draft.draft_id]
        wrong = {
            e["sentence"]: n for n, e in enumerate(key["errors"], 1) if e["sentence"] is not None
        }
        session = notes.sessions[position]
        about = [
            words(str(session.scenario.get("problem") or "")),
            words(style),
            f"session {draft.session_id}",
        ]
        body += [tag("section", tag("h2", f"Note {len(done)}"),
            tag("p", " · ".join(a for a in about if a)),
            tag("p", f"Shown to {'; '.join(seen[draft.draft_id])}"),
            *_note(draft, key, wrong),
            *([tag("h3", "What is wrong"), tag("ol", *(_error(e) for e in key["errors"]))]
              if key["errors"] else [tag("p", tag("b", "Nothing is wrong with this note."))]),
            class_="sheet")]  # fmt: skip
    return printable(f"Answers: {plan.title}", body)


def _error(error: Mapping[str, Any]) -> Html:
    said = (
        ("Left out: " + error["left_out"])
        if error["left_out"]
        else f"In the note: {error['after']}"
    )
    turns = ", ".join(map(str, error["turns"]))
    hard = "" if error["difficulty"] is None else f"; difficulty {error['difficulty']:.2f}"
    return tag("li",
        tag("p", tag("b", told(error)), f" ({error['severity']}{hard})"), tag("p", said),
        tag("p", f"It should say: {error['before']}")
        if error["before"] and not error["left_out"] else None,
        tag("p", f"{where_told(error)}: turn {turns}") if turns else None,
    )  # fmt: skip
