"""What a language model is given in each workflow: a text, and the short units it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import NotebenchError
from ..formats import get
from ..records import Session, Turn, content_hash
from ..text import Span, split_sentences
from ..text.sentences import bullet_width
from .base import INPUTS, Task


@dataclass(frozen=True)
class Unit:
    """One short piece of the material, and the section it stood in, where it is from a note."""

    text: str
    section: str | None = None


@dataclass(frozen=True)
class Material:
    """What the model is given."""

    source: str
    """transcript, rough_notes, or note:<format> for the clinician's own note."""
    text: str
    """The source as one text."""
    units: tuple[Unit, ...]
    """The source in short pieces, in order."""
    chart: str
    """The chart as lines `name: value`; empty where the workflow or the session has none."""
    inputs: tuple[str, ...]
    """What it shows, of the names in base.INPUTS, with the chart."""

    def whole(self) -> str:
        """The chart and the source."""
        if not self.chart:
            return self.text
        return f"Chart:\n{self.chart}\n\n{_title(self.source)}:\n{self.text}"

    def marks(self) -> tuple[str, str]:
        """Marks around the source that it can't hold itself: they carry its hash."""
        name = f"material-{content_hash(self.whole(), length=8)}"
        return f"<{name}>", f"</{name}>"


def material_of(task: Task, turns: int) -> Material:
    """The material of a task. turns: how many turns of talk make a unit.

    `polish` rewrites the clinician's own note: the one in the asked format, else in another, else
    the rough notes. Raises NotebenchError where the session lacks what the workflow needs.
    """
    session = task.session
    if task.workflow == "polish" and session.references:
        return _own_note(task)
    if task.workflow == "scribe" and session.transcript:
        talk = [_spoken(turn) for turn in session.transcript]
        units = ["\n".join(group) for group in _groups(talk, turns)]
        return _made(task, "transcript", "\n".join(talk), units)
    notes = (session.rough_notes or "").strip()
    if task.workflow != "scribe" and notes:
        return _made(task, "rough_notes", notes, bullets(notes))
    needs = {"scribe": "a transcript", "organise": "rough notes", "polish": "a note to rewrite"}
    raise NotebenchError(
        f"the workflow {task.workflow!r} needs {needs[task.workflow]}, and there is none",
        where=f"session {session.session_id}",
        mend="add it to the session, or use another workflow",
    )


def bullets(notes: str) -> list[str]:
    """Bullets and sentences of rough notes, list marks taken off."""
    found = (s.text[_mark(s, notes) :].strip() for s in split_sentences(notes))
    return [text for text in found if text]


def _mark(sentence: Span, notes: str) -> int:
    """Width of the list mark that a sentence opens with; a dash inside a line is none."""
    starts_line = notes[: sentence.start].rstrip(" \t")[-1:] in ("", "\n", "\r")
    return bullet_width(sentence.text) if starts_line else 0


def _made(task: Task, source: str, text: str, units: Iterable[str]) -> Material:
    chart = _chart(task.session)
    inputs = tuple(i for i in INPUTS[task.workflow] if i == source or (chart and i == "chart"))
    return Material(source, text, tuple(Unit(u) for u in units), chart, inputs)


def _own_note(task: Task) -> Material:
    format, session = get(task.format), task.session
    note = session.reference(format.name) or session.references[0]
    same = note.format.lower() == format.name.lower()
    units = [
        Unit(span.text, part.name if same else None)
        for part in note.sections
        for span in split_sentences(part.text)
    ]
    text = get(note.format).join(note.sections)
    return Material(f"note:{note.format}", text, tuple(units), "", INPUTS["polish"])


def _spoken(turn: Turn) -> str:
    return f"{turn.speaker.capitalize()}: {turn.text}"


def _groups(lines: Sequence[str], size: int) -> list[Sequence[str]]:
    return [lines[at : at + size] for at in range(0, len(lines), size)]


def _chart(session: Session) -> str:
    return "\n".join(_chart_lines(session.chart))


def _chart_lines(chart: Mapping[str, Any]) -> Iterable[str]:
    for name, value in chart.items():
        shown = "; ".join(map(str, value)) if isinstance(value, list | tuple) else value
        if shown not in (None, ""):
            yield f"{name.replace('_', ' ')}: {shown}"


def _title(source: str) -> str:
    return {"transcript": "Transcript", "rough_notes": "Rough notes"}.get(source, "Note")
