"""Labelled drafts in the challenge layout: sessions.jsonl, drafts.jsonl, labels.jsonl in a folder.

A label line is {"draft_id", "style", "sentences": [{"section", "text", "label", "error_type"}],
"due": [fact ids], "omitted": [fact ids]}; label is supported, contradicted, fabricated, inference
or uncheckable. Every draft carries its `sentences`, one label each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import NotebenchError
from ..formats import plain
from ..records import Draft, Session
from ..storage import read_jsonl
from ..text import content_words

WRONG_LABELS = frozenset({"contradicted", "fabricated", "inference"})
CLEAN = "clean"


@dataclass(frozen=True)
class Labelled:
    """A draft with its session and what its labels say."""

    session: Session
    draft: Draft
    style: str
    labels: tuple[dict[str, Any], ...]
    """One for each sentence, in order."""
    due: tuple[str, ...]
    omitted: frozenset[str]


def load_challenge(path: str | Path, only: Iterable[str] | None = None) -> list[Labelled]:
    """Labelled drafts of a folder, those of some sessions only if asked.

    Raises NotebenchError where a file is missing or a label names what does not exist.
    """
    folder = Path(path)
    for name in ("sessions.jsonl", "drafts.jsonl", "labels.jsonl"):
        if not (folder / name).is_file():
            raise NotebenchError(
                f"there is no {name}", where=str(folder), mend="give the challenge folder"
            )
    wanted = None if only is None else set(only)
    stored: list[Session] = read_jsonl(folder / "sessions.jsonl", Session)
    sessions = {s.session_id: s for s in stored}
    written: list[Draft] = read_jsonl(folder / "drafts.jsonl", Draft)
    drafts = {d.draft_id: d for d in written}
    found = []
    lines = (folder / "labels.jsonl").read_text("utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            where = f"{folder / 'labels.jsonl'}:{number}"
            made = _labelled(line, where, sessions, drafts)
            if wanted is None or made.session.session_id in wanted:
                found.append(made)
    return found


def _labelled(
    line: str, where: str, sessions: dict[str, Session], drafts: dict[str, Draft]
) -> Labelled:
    mend = "mend that line of labels.jsonl"
    try:
        data = json.loads(line)
        draft = drafts[data["draft_id"]]
        session = sessions[draft.session_id]
        labels, omitted = tuple(data["sentences"]), frozenset(data["omitted"])
        due, style = tuple(data["due"]), str(data["style"])
    except json.JSONDecodeError as error:
        raise NotebenchError(f"not JSON: {error}", where=where, mend=mend) from None
    except (KeyError, TypeError) as error:
        raise NotebenchError(f"missing or unknown: {error}", where=where, mend=mend) from None
    if len(labels) != len(draft.sentences or []):
        raise NotebenchError(
            f"{len(labels)} labels for {len(draft.sentences or [])} sentences",
            where=where,
            mend="give one label to each sentence of the draft",
        )
    return Labelled(session, draft, style, labels, due, omitted)


def uncovered(text: str, by: set[str]) -> float:
    """Share (0-1) of a text's content words that others lack: the word-coverage baseline."""
    words = content_words(text)
    return sum(w not in by for w in words) / len(words) if words else 0.0


def source_words(session: Session) -> set[str]:
    """Content words of the transcript and the rough notes."""
    said = "\n".join(t.text for t in session.transcript)
    return set(content_words(f"{said}\n{session.rough_notes or ''}"))


def note_words(draft: Draft) -> set[str]:
    """Content words of a note."""
    return set(content_words(draft.text or plain(draft.sections)))
