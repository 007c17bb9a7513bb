"""What a judge is shown: the session and the note, as material that can't pass for instructions.

Whatever people or models wrote is kept on lines of its own kind: turns behind their number, free
text behind a bar, sentences and facts as JSON. So no text can fake another line, and the markers
around it hold a code that no text can know, since it is a hash of all of it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..formats import sections_of
from ..records import Draft, Session


def record_of(session: Session, rng: random.Random | None = None) -> str:
    """The session as a judge reads it: talk, rough notes, chart, note of the session before.

    rng shuffles the order of these parts, since models heed what stands first and last.
    """
    parts = [
        ["TRANSCRIPT", *(f"[{t.turn}] {t.speaker}: {line(t.text)}" for t in session.transcript)]
    ]
    if session.rough_notes:
        parts.append(["CLINICIAN'S ROUGH NOTES", *barred(session.rough_notes)])
    if session.chart:
        parts.append(["CHART", *(f"{k}: {line(str(v))}" for k, v in session.chart.items())])
    if session.prior_note:
        head = "NOTE OF THE SESSION BEFORE (true of last time only)"
        parts.append([head, *barred(session.prior_note)])
    if rng is not None:
        rng.shuffle(parts)
    return "\n\n".join("\n".join(part) for part in parts)


def note_of(draft: Draft) -> str:
    """A note as a judge reads it."""
    return "\n".join(shown for s in sections_of(draft) for shown in [f"{s.name}:", *barred(s.text)])


def listed(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences or facts, numbered from 1, each as one line of JSON."""
    return [
        json.dumps({"id": n, **entry}, ensure_ascii=False) for n, entry in enumerate(entries, 1)
    ]


def barred(text: str) -> Iterable[str]:
    """The lines of a text, each behind a bar."""
    return (f"| {part}" for part in text.splitlines())


def line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())
