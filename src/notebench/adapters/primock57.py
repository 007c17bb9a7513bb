"""PriMock57: consultations with statements of notes that a clinician marked right or wrong.

Papadopoulos Korfiatis et al. 2022; checklists of Savkov et al. 2022. General-practice video
consultations, not psychotherapy. A folder holds transcripts.json (a list of {"consultation",
"turns": [{"speaker", "text"}]}) and note_statements.csv (consultation, note, statement, label);
statements without a label are left out.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ..errors import NotebenchError
from ..records import Draft, Section, Sentence, Session, Turn
from .challenge import Labelled

_MARKUP = re.compile(r"</?[A-Z]+\s*/?>")
_ROLES = {"doctor": "clinician", "patient": "client"}


def load_sessions(path: str | Path) -> list[Session]:
    """The consultations as sessions, without facts or rough notes."""
    file = _found(Path(path), "transcripts.json")
    return [
        Session(
            session_id=entry["consultation"],
            scenario={"problem": "primary_care", "session_type": "consultation"},
            transcript=list(_turns(entry["turns"])),
        )
        for entry in json.loads(file.read_text("utf-8"))
    ]


def _turns(raw: list[dict[str, str]]) -> Iterator[Turn]:
    number = 0
    for turn in raw:
        text = " ".join(_MARKUP.sub("", turn["text"]).split())
        if text:
            number += 1
            speaker = _ROLES.get(turn["speaker"], turn["speaker"])
            yield Turn(turn=number, speaker=speaker, text=text)


def load_statements(path: str | Path) -> list[Labelled]:
    """Notes as drafts cut into the labelled statements. Raises NotebenchError without the files."""
    sessions = {s.session_id: s for s in load_sessions(path)}
    file = _found(Path(path), "note_statements.csv")
    notes: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["label"] in ("correct", "incorrect") and row["consultation"] in sessions:
                notes[row["consultation"], row["note"]].append(row)
    return [_labelled(sessions[c], note, rows) for (c, note), rows in sorted(notes.items())]


def _labelled(session: Session, note: str, rows: list[dict[str, str]]) -> Labelled:
    texts = [row["statement"].lstrip("↳ ").strip() for row in rows]
    draft = Draft(
        draft_id=f"{session.session_id}-{note}", session_id=session.session_id, drafter="clinician",
        format="narrative", sections=[Section(name="note", text="\n".join(texts))],
        sentences=[Sentence(section="note", text=t) for t in texts],
    )  # fmt: skip
    labels = tuple(
        {
            "section": "note",
            "text": text,
            "label": "supported" if row["label"] == "correct" else "contradicted",
            "error_type": None,
        }
        for text, row in zip(texts, rows, strict=True)
    )
    return Labelled(session, draft, note, labels, (), frozenset())


def _found(folder: Path, name: str) -> Path:
    """The file in the folder or in one of its primock57* subfolders."""
    for place in (folder, *sorted(folder.glob("primock57*"))):
        if (place / name).is_file():
            return place / name
    raise NotebenchError(
        f"there is no {name}",
        where=str(folder),
        mend="give the folder that holds PriMock57's transcripts.json and note_statements.csv",
    )
