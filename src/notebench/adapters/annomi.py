"""AnnoMI: transcripts of motivational-interviewing demonstrations, in their published CSV.

Wu et al. 2022, "Anno-MI: A dataset of expert-annotated counselling dialogues". One row an
utterance and annotator: transcript_id, utterance_id, interlocutor (therapist, client),
utterance_text, topic, and more. Rows of further annotators repeat an utterance and are read once.
"""

from __future__ import annotations

import csv
from pathlib import Path

from ..errors import NotebenchError
from ..records import Session, Turn

_ROLES = {"therapist": "clinician", "client": "client"}
_COLUMNS = ("transcript_id", "utterance_id", "interlocutor", "utterance_text")


def load_sessions(path: str | Path) -> list[Session]:
    """The demonstrations as sessions: transcripts alone, without facts.

    path: the CSV, or a folder that holds one whose name begins with AnnoMI. Raises NotebenchError
    where there is none or it lacks a column.
    """
    file = _found(Path(path))
    talks: dict[str, dict[int, tuple[str, str]]] = {}
    topics: dict[str, str] = {}
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        if missing := [c for c in _COLUMNS if c not in (rows.fieldnames or ())]:
            raise NotebenchError(
                f"there is no column {missing[0]!r}",
                where=str(file),
                mend=f"give AnnoMI's CSV as it was published, with {', '.join(_COLUMNS)}",
            )
        for row in rows:
            talk = talks.setdefault(row["transcript_id"], {})
            speaker = _ROLES.get(row["interlocutor"].strip().lower(), "client")
            talk.setdefault(int(row["utterance_id"]), (speaker, row["utterance_text"].strip()))
            topics.setdefault(row["transcript_id"], (row.get("topic") or "").strip())
    return [_session(name, talk, topics[name]) for name, talk in talks.items()]


def _session(name: str, talk: dict[int, tuple[str, str]], topic: str) -> Session:
    said = [talk[number] for number in sorted(talk) if talk[number][1]]
    return Session(
        session_id=f"annomi-{name}",
        scenario={"problem": topic or "unknown", "modality": "motivational_interviewing"},
        transcript=[
            Turn(turn=number, speaker=speaker, text=text)
            for number, (speaker, text) in enumerate(said, 1)
        ],
    )


def _found(path: Path) -> Path:
    if path.is_file():
        return path
    for file in sorted(path.glob("**/AnnoMI*.csv")):
        return file
    raise NotebenchError(
        "there is no AnnoMI CSV", where=str(path), mend="give AnnoMI-full.csv or AnnoMI-simple.csv"
    )
