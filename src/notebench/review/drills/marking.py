"""What people marked, held against the key: hits, misses and false alarms, note by note.

Unit: the sentence. A wrong sentence with any mark on it but "can't tell" is a hit, a right one with
such a mark a false alarm. Where two sentences make one error together, either of them finds it and
neither can be a false alarm. What is left out is found by a report of something missing that stands
on one of its turns, or holds enough of its words; other reports are counted as such.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import NotebenchError
from ..results import Mark, Missing, NoteResult, Result, read_result
from .answers import kind_for, stems

LAYOUT = 1
ENOUGH, LEAST = 0.3, 2
"""Share and number of an omission's words that a report must hold. Assumed; as in drill.js."""
CARRIED = 0.5
"""Share of the words only an error brought in, from which one's own note carries it. Assumed."""
SERIOUS = ("major", "critical")
UNDECIDED = "unsure"
"""The kind of mark that decides nothing."""


@dataclass(frozen=True)
class Trial:
    """A sentence, or something left out."""

    kind: str
    """wrong, right or left_out."""
    marked: bool
    """Whether it was marked, or reported missing."""
    section: str
    """Section of the note."""
    error: Mapping[str, Any] | None = None
    """Its entry in the key; None for what is right."""
    named: bool | None = None
    """Whether the kind of mark fits; None where nothing was marked or nothing is wrong."""


@dataclass(frozen=True)
class MarkedNote:
    """A note that was done."""

    draft_id: str
    order: int
    """Place in the sitting, from 1."""
    block: int
    arm: str | None
    key: Mapping[str, Any]
    trials: tuple[Trial, ...]
    seconds: float
    """Active seconds."""
    confidence: float | None
    """How sure they were that nothing serious was overlooked, 0-1."""
    strays: int
    """Reports of something missing that is not among what was left out."""
    untouched: bool
    """Whether nothing was marked and nothing reported."""
    own: str
    """Their own note, where one was asked for."""
    timed_out: bool
    """Whether it was closed because the time was over."""

    @property
    def errors(self) -> list[Trial]:
        """What is wrong, sentences and omissions."""
        return [t for t in self.trials if t.error is not None]

    @property
    def right(self) -> list[Trial]:
        """Sentences that are right."""
        return [t for t in self.trials if t.kind == "right"]

    @property
    def clear(self) -> bool:
        """Whether nothing serious was overlooked."""
        return all(t.marked for t in self.errors if t.error and t.error["severity"] in SERIOUS)

    def alarms(self) -> list[Mapping[str, Any]]:
        """Right sentences that were marked."""
        apart = {n for e in self.key["errors"] for n in (e["sentence"], *e["also"])}
        sentences = [s for n, s in enumerate(self.key["sentences"]) if n not in apart]
        return [s for s, t in zip(sentences, self.right, strict=True) if t.marked]

    def carried(self) -> tuple[int, int]:
        """Planted errors that their own note carries, out of those that words can tell."""
        told = [t.error for t in self.errors if t.error and t.error["tell"]] if self.own else []
        held = set(stems(self.own))
        share = [sum(w in held for w in e["tell"]) / len(e["tell"]) for e in told]
        return sum(s >= CARRIED for s in share), len(told)


@dataclass(frozen=True)
class Marked:
    """One participant."""

    reviewer: str
    set: int
    notes: tuple[MarkedNote, ...]
    """Notes that were done, in order."""
    unfinished: int
    """Notes that were not done; they count for nothing."""


def read_key(path: Path) -> dict[str, Any]:
    """A drill's key. Raises NotebenchError."""
    try:
        key = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise NotebenchError(
            f"can't be read as a key ({error})", where=str(path), mend="give trainer/key.json"
        ) from error
    if not isinstance(key, dict) or key.get("notebench_drill") != LAYOUT:
        raise NotebenchError(
            "not the key of a drill", where=str(path), mend="give trainer/key.json"
        )
    return key


def mark(paths: Sequence[Path], key: Mapping[str, Any]) -> list[Marked]:
    """Results of participants, marked; the latest where somebody sent several of the same page.

    Raises NotebenchError for a file that is none, that is of another drill, or that was changed.
    """
    latest: dict[tuple[str, str], tuple[Result, Path]] = {}
    for path in paths:
        result = read_result(path)
        if result.bundle not in key["pages"]:
            raise NotebenchError(
                "a result of another drill", where=str(path),
                mend="give the key that was written together with the page",
            )  # fmt: skip
        known = (result.bundle, result.reviewer)
        if known not in latest or latest[known][0].saved <= result.saved:
            latest[known] = (result, path)
    marked = [_participant(r, key, path) for r, path in latest.values()]
    if not any(m.notes for m in marked):
        raise NotebenchError(
            "no note was done in any of these files", where=", ".join(map(str, paths)),
            mend="ask participants to press Done on each note and to save then",
        )  # fmt: skip
    return sorted(marked, key=lambda m: (m.reviewer, m.set))


def _participant(result: Result, key: Mapping[str, Any], path: Path) -> Marked:
    page = key["pages"][result.bundle]
    done: list[MarkedNote] = []
    for note in result.notes:
        place = page["notes"].get(note.note)
        if place is None:
            raise NotebenchError(
                f"note {note.note!r} is not on that page", where=str(path),
                mend="ask for the file again: it was changed",
            )  # fmt: skip
        if note.closed:
            done.append(_note(note, place, key["notes"][place["draft_id"]], path))
    done.sort(key=lambda n: n.order)
    return Marked(result.reviewer, page["set"], tuple(done), len(page["notes"]) - len(done))


def _note(
    note: NoteResult, place: Mapping[str, Any], key: Mapping[str, Any], path: Path
) -> MarkedNote:
    by_sentence: dict[int, list[Mark]] = {}
    for one in note.marks:
        if one.kind != UNDECIDED:
            by_sentence.setdefault(_sentence(one, key, path), []).append(one)
    errors, used = key["errors"], set()
    trials: list[Trial] = []
    for error in errors:
        if error["sentence"] is None:
            found = [m.id for m in note.missing if finds(m, error)]
            used.update(found)
            trials.append(Trial("left_out", bool(found), error["section"], error))
            continue
        marks = [m for n in (error["sentence"], *error["also"]) for m in by_sentence.get(n, ())]
        wanted = kind_for(error["error_type"])
        fits = any(m.kind == wanted for m in marks) if marks else None
        trials.append(Trial("wrong", bool(marks), error["section"], error, fits))
    apart = {n for e in errors for n in (e["sentence"], *e["also"])}
    trials += [
        Trial("right", n in by_sentence, s["section"])
        for n, s in enumerate(key["sentences"])
        if n not in apart
    ]
    return MarkedNote(
        draft_id=place["draft_id"], order=place["order"], block=place["block"], arm=place["arm"],
        key=key, trials=tuple(trials), seconds=note.time.active_s,
        confidence=None if note.confidence is None else note.confidence / 100,
        strays=sum(m.id not in used for m in note.missing),
        untouched=not note.marks and not note.missing,
        own=str((note.answers.get("own") or {}).get("text") or ""),
        timed_out=any(entry.get("what") == "time is up" for entry in note.log),
    )  # fmt: skip


def finds(report: Missing, error: Mapping[str, Any]) -> bool:
    """Whether a report of something missing is about what an error left out."""
    if set(report.turns) & set(error["turns"]):
        return True
    shared = len(set(stems(report.text)) & set(error["words"]))
    return shared >= LEAST and shared >= ENOUGH * len(error["words"])


def _sentence(mark: Mark, key: Mapping[str, Any], path: Path) -> int:
    """Number of the sentence that a mark begins in."""
    for n, s in enumerate(key["sentences"]):
        if s["section"] == mark.section and s["start"] <= mark.start < s["end"]:
            at = mark.start - s["start"]
            if s["text"][at : at + len(mark.text)] == mark.text:
                return n
    raise NotebenchError(
        f"a mark on {mark.text[:60]!r} does not stand in the note", where=str(path),
        mend="ask for the file again: it was changed",
    )  # fmt: skip
