"""The baseline without a model: picks sentences of the source and places them by cue words.

From rough notes it takes every bullet and sentence as it stands; from a transcript it takes the
sentences with the most cues, as quotations of whoever spoke, up to the length of a usual note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from ..errors import NotebenchError
from ..formats import get
from ..records import Draft, Session, content_hash
from ..text import split_sentences
from ..text.tokens import count_words
from .base import Task
from .made import draft_of
from .material import bullets
from .options import filled
from .placing import data, gathered, kind_of, scores, section_for


class _Pick(NamedTuple):
    at: int
    score: float
    text: str
    kind: str


class Extractive:
    """Copies; it can misplace and leave out, but what it writes stands in the source.

    options: words, the length aimed at (a transcript only).
    """

    workflows: tuple[str, ...] = ("scribe", "organise")
    remote = False

    def __init__(self, name: str = "extractive", options: Mapping[str, Any] | None = None) -> None:
        self.name = name
        self.options = filled(name, options, {"words": data("extractive")["words"]})

    def spec(self) -> dict[str, Any]:
        """Its options and a hash of its cue words."""
        settings = content_hash(data("cues"), data("extractive"), length=12)
        return {"drafter": "extractive", "data": settings, **self.options}

    def draft(self, task: Task) -> Draft:
        """The note. Raises NotebenchError where the session lacks what the workflow needs."""
        source, picks = self._picks(task)
        format = get(task.format)
        placed = [(section_for(p.kind, format), p.text) for p in picks]
        if not placed:
            raise NotebenchError(
                f"nothing in the {source} can be taken into a note",
                where=f"session {task.session.session_id}",
                mend="check that it holds sentences",
            )
        given = task.session.transcript if source == "transcript" else task.session.rough_notes
        return draft_of(
            self, task, gathered(placed, format), inputs=[source], given=given,
            provenance={"strategy": "extract"},
        )  # fmt: skip

    def _picks(self, task: Task) -> tuple[str, list[_Pick]]:
        if task.workflow == "scribe" and task.session.transcript:
            return "transcript", _talk(task.session, self.options["words"])
        if task.workflow == "organise" and (task.session.rough_notes or "").strip():
            return "rough_notes", _bullets(task.session.rough_notes or "")
        needs = "a transcript" if task.workflow == "scribe" else "rough notes"
        raise NotebenchError(
            f"drafter {self.name!r} can't do the workflow {task.workflow!r} here",
            where=f"session {task.session.session_id}",
            mend=f"give the session {needs}, or use one of: {', '.join(self.workflows)}",
        )


def _bullets(notes: str) -> list[_Pick]:
    ended = map(_ended, bullets(notes))
    return [_Pick(i, 1.0, text, kind_of(text)) for i, text in enumerate(ended)]


def _ended(text: str) -> str:
    return text if text[-1] in ".!?…" else text + "."


def _talk(session: Session, words: int) -> list[_Pick]:
    settings = data("extractive")
    found: list[_Pick] = []
    for turn in session.transcript:
        for span in split_sentences(turn.text):
            length = count_words(span.text)
            fits = settings["shortest"] <= length <= settings["longest"]
            weight = sum(scores(span.text).values())
            if fits and weight and not _skip().search(span.text):
                said = settings["said"].format(
                    speaker=turn.speaker.capitalize(), text=_ended(span.text)
                )
                found.append(_Pick(len(found), weight, said, kind_of(span.text)))
    chosen, total = [], 0
    for pick in sorted(found, key=lambda p: (-p.score, p.at)):
        if total >= words:
            break
        chosen.append(pick)
        total += count_words(pick.text)
    return sorted(chosen)


@cache
def _skip() -> re.Pattern[str]:
    return re.compile("|".join(data("extractive")["skip"]), re.IGNORECASE)
