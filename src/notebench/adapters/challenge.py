"""Labelled drafts in the challenge layout: sessions.jsonl, drafts.jsonl, labels.jsonl in a folder.

A label line is {"draft_id", "style", "sentences": [{"section", "text", "label", "error_type"}],
"due": [fact ids], "omitted": [fact ids]}; label is supported, contradicted, fabricated, inference
or uncheckable. Every draft carries its `sentences`, one label each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ..errors import NotebenchError
from ..records import Draft, Session
from ..storage import read_jsonl
from .baselines import source_words, uncovered
from .labelled import WRONG_LABELS, Labelled, LabelledSet
from .reading import find

__all__ = ["WRONG_LABELS", "Labelled", "load", "load_challenge", "source_words", "uncovered"]

TUNE = tuple(f"challenge-{n}" for n in ("02", "06", "09", "13", "18", "22"))
"""Sessions that the local verifier was fitted on; benchmarks/challenge_split.toml says the same."""


def load(path: str | Path, split: str = "report") -> LabelledSet:
    """The drafts of a split: `report` leaves out TUNE, `tune` takes only it, or `all`.

    Raises NotebenchError.
    """
    items = [
        item
        for item in load_challenge(path)
        if split == "all" or (item.session.session_id in TUNE) == (split == "tune")
    ]
    if not items:
        raise NotebenchError(f"no draft belongs to the split {split!r}", where=str(path))
    return LabelledSet("challenge", tuple(items))


def load_challenge(path: str | Path, only: Iterable[str] | None = None) -> list[Labelled]:
    """Labelled drafts of a folder, those of some sessions only if asked.

    Raises NotebenchError where a file is missing or a label names what does not exist.
    """
    folder = find(path, ["labels.jsonl"], "give the challenge folder").parent
    for name in ("sessions.jsonl", "drafts.jsonl"):
        find(folder, [name], "give the challenge folder")
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
