"""Building a drill: pages for participants, paper, and the trainer's key, in one folder."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from ...errors import NotebenchError
from ...metrics.base import Case
from ...metrics.polish import whole
from ...printing import need_weasyprint
from ...records import Draft, Session
from ...storage import write_jsonl, write_text
from ..bundle import Bundle, Wanted, make_bundle
from ..page import render
from . import paper
from .answers import feedback
from .design import Place, Sheet, sets_of, sheets, slots
from .items import Notes, People, Workshop
from .plan import Plan, content

LAYOUT = 1
"""Layout of key.json."""
READING_SPEED = 238
"""Words a minute in silent reading (Brysbaert 2019): what a sitting takes at least."""


@dataclass(frozen=True)
class Built:
    """What was written."""

    folder: Path
    """All of it."""
    guide: Path
    """README.txt, for the trainer."""
    pages: tuple[Path, ...]
    """Pages for participants, one file each."""
    key: Path
    """The answer key."""
    papers: tuple[Path, ...]
    """To be printed: worksheets, and answers."""


def build(
    plan: Plan,
    out: Path,
    *,
    reviewers: Sequence[str] = (),
    seed: int = 0,
    sessions: Sequence[Session] | None = None,
    people: People | None = None,
    pdf: bool = False,
) -> Built:
    """Make a drill. The same arguments give the same bytes.

    reviewers: a page for each; none: one page for everybody, who then type their names. sessions:
    known ones with references; None: generated ones. people: misses of earlier drills, for
    difficulty. Raises NotebenchError where the plan can't be met.
    """
    names = [r.strip() for r in reviewers] or [""]
    _distinct(names)
    if pdf:
        need_weasyprint()
    if names == [""] and plan.experiment:
        raise NotebenchError(
            "in an experiment each reviewer gets a page of their own",
            mend="name the reviewers, or say how many there are",
        )
    made, given = slots(plan, seed), sheets(plan, names, seed)
    shop = Workshop(plan, seed, people or {})
    notes = shop.notes(made, given, sessions)
    keys = _keys(shop, notes)
    made_pages = [(sheet, *_page(plan, sheet, notes, keys, seed)) for sheet in given]
    key = {
        "notebench_drill": LAYOUT, "title": plan.title, "seed": seed,
        "plan": plan.model_dump(mode="json"),
        "pages": {b.payload["bundle"]: _entry(s, b, places) for s, b, places in made_pages},
        "notes": keys,
    }  # fmt: skip
    trainer = out / "trainer"
    kept = _kept(trainer / "key.json", _json(key))
    pages = [_send(out, sheet, bundle, plan) for sheet, bundle, _ in made_pages]
    write_jsonl(trainer / "sessions.jsonl", notes.sessions)
    write_jsonl(trainer / "drafts.jsonl", _once(notes.drafts.values()))
    papers = paper.write(trainer, plan, given, notes, keys, pdf)
    guide = write_text(out / "README.txt", _guide(plan, given, pages, notes, out))
    return Built(out, guide, tuple(pages), kept, tuple(papers))


def _kept(path: Path, text: str) -> Path:
    """Write the key; that of another drill is never overwritten, for its results need it."""
    if path.exists() and path.read_text("utf-8") != text:
        raise NotebenchError(
            "there is another drill in this folder already", where=str(path.parent.parent),
            mend="name another folder, or remove that drill if nobody is at work on it",
        )  # fmt: skip
    return write_text(path, text)


def _distinct(names: Sequence[str]) -> None:
    plain = [file_name(n).lower() for n in names]
    for name, short in zip(names, plain, strict=True):
        if plain.count(short) > 1:
            raise NotebenchError(
                f"two reviewers are called {name!r}, or nearly so",
                mend="give each a name of their own",
            )


def file_name(name: str) -> str:
    """A reviewer's name as part of a file's name."""
    return re.sub(r"[^\w-]+", "_", name)[:60] or "everybody"


def _keys(shop: Workshop, notes: Notes) -> dict[str, Any]:
    """The key of each draft, by draft id, with what else is told of it."""
    found: dict[str, Any] = {}
    for (position, _, style), draft in sorted(notes.drafts.items()):
        session = notes.sessions[position]
        score = whole(Case(session, draft))
        found[draft.draft_id] = {
            **shop.key(session, draft), "position": position, "style": style,
            "polish": None if score is None else round(score, 3),
        }  # fmt: skip
    return found


def _page(
    plan: Plan, sheet: Sheet, notes: Notes, keys: dict[str, Any], seed: int
) -> tuple[Bundle, list[tuple[Place, Draft]]]:
    """A sheet's bundle, and its notes in order."""
    places = [(p, notes.drafts[p.position, p.slot, p.style]) for p in sheet.places]
    extras: dict[str, Any] = {}
    for place, draft in places:
        extra: dict[str, Any] = {"write": place.arm.write, "checklist": place.arm.checklist}
        if plan.feedback:
            extra["answers"] = feedback(keys[draft.draft_id])
        extras[draft.draft_id] = {k: v for k, v in extra.items() if v}
    steps = any(p.arm.checklist for p in sheet.places)
    wanted = Wanted(
        reviewer=sheet.reviewer or "everybody", seed=seed, blind=True, mode="drill",
        keep_order=True,
        options={
            "limit_s": plan.limit_s, "feedback": plan.feedback, "ask_name": not sheet.reviewer,
            "everywhere": plan.checklist,
            "checklist": content()["checklist"] if plan.checklist or steps else [],
        },
        words=_words(plan, sheet), extras=extras,
    )  # fmt: skip
    sessions = [notes.sessions[p.position] for p in sheet.places]
    return make_bundle(sessions, [d for _, d in places], wanted), places


def _words(plan: Plan, sheet: Sheet) -> dict[str, Any]:
    """What the page says."""
    page, arms = content()["page"], [p.arm for p in sheet.places]
    said = [page["intro"], page["with_feedback" if plan.feedback else "without_feedback"]]
    if plan.limit_s:
        said.append(page["with_limit"].format(seconds=plan.limit_s))
    said += [
        page[f"write_{when}"] for when in ("before", "after") if any(a.write == when for a in arms)
    ]
    if plan.checklist or any(a.checklist for a in arms):
        said.append(page["with_checklist"])
    return {
        "title": plan.title, "intro": " ".join(said), "steps": page["steps"],
        "confidence": page["confidence"],
    }  # fmt: skip


def _send(out: Path, sheet: Sheet, bundle: Bundle, plan: Plan) -> Path:
    """What goes to a participant."""
    folder = out / "send" / file_name(sheet.reviewer)
    page = write_text(folder / "drill.html", render(bundle.payload))
    minutes = f"{plan.notes} notes; allow {_minutes(bundle)} minutes or more."
    write_text(folder / "READ-ME-FIRST.txt", _text("participant.txt").format(minutes=minutes))
    return page


def _minutes(bundle: Bundle) -> int:
    """What reading all of it once takes, to five minutes."""
    words = sum(
        len(text.split())
        for n in bundle.payload["notes"]
        for text in [t["text"] for t in n["source"]["turns"]] + [s["text"] for s in n["sections"]]
    )
    return max(5, round(words / READING_SPEED / 5) * 5)


def _entry(sheet: Sheet, bundle: Bundle, places: list[tuple[Place, Draft]]) -> dict[str, Any]:
    return {
        "reviewer": sheet.reviewer or None, "set": sheet.set,
        "notes": {
            note: {"draft_id": d.draft_id, "order": n, "block": p.block, "arm": p.arm.id or None,
                   "slot": p.slot}
            for n, (note, (p, d)) in enumerate(zip(bundle.drafts, places, strict=True), 1)
        },
    }  # fmt: skip


def _guide(
    plan: Plan, given: Sequence[Sheet], pages: Sequence[Path], notes: Notes, out: Path
) -> str:
    sent = "\n".join(
        f"   send/{page.parent.name}/  to {s.reviewer or 'everybody'}"
        + (f"  (set {s.set + 1})" if len({g.set for g in given}) > 1 else "")
        for s, page in zip(given, pages, strict=True)
    )
    about = plan.about or "A drill: find the errors that were put into notes on purpose."
    asked = f"\nQuestion: {plan.experiment.question}\n" if plan.experiment else ""
    kept = _text("with_answers.txt" if plan.feedback else "without_answers.txt").rstrip()
    return _text("trainer.txt").format(
        title=plan.title, about=about, asked=asked, sent=sent, kept=kept,
        sets=_balance(plan, given), experiment=" --experiment" if plan.experiment else "",
    )  # fmt: skip


def _balance(plan: Plan, given: Sequence[Sheet]) -> str:
    """That sets do not balance, where an experiment has too few or too many participants."""
    count = sets_of(plan, len(given))
    if not plan.experiment or len(given) % count == 0:
        return ""
    return (
        f"   This experiment has {count} sets. With {len(given)} participants they do not\n"
        f"   balance: give out a multiple of {count} if you can.\n"
    )


def _text(name: str) -> str:
    return files(__package__).joinpath("texts", name).read_text("utf-8")


def _once(drafts: Any) -> list[Draft]:
    return list({d.draft_id: d for d in sorted(drafts, key=lambda d: str(d.draft_id))}.values())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
