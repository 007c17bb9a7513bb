"""AnnoMI: transcripts of motivational-interviewing demonstrations, in their published CSV.

Wu et al. 2022, "Anno-MI: A dataset of expert-annotated counselling dialogues" (github
uccollab/AnnoMI: AnnoMI-full.csv, AnnoMI-simple.csv). One row an utterance and annotator:
transcript_id, utterance_id, interlocutor (therapist, client), utterance_text, topic, and more. Rows
of further annotators repeat an utterance and are read once; utterance_id gives the order.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import NotebenchError
from ..records import Session, Turn
from .reading import find, find_all, read_csv, read_text, role

_NAMES = ("AnnoMI*.csv", "anno*.csv", "dataset.csv")
_COLUMNS = ("transcript_id", "utterance_id", "interlocutor", "utterance_text")


def load_sessions(path: str | Path) -> list[Session]:
    """The demonstrations as sessions: transcripts alone, without facts.

    path: the CSV, or a folder that holds one, below it or beside it. Raises NotebenchError where
    there is none or it lacks a column.
    """
    file = _file(path)
    talks: dict[str, dict[float, tuple[str, str]]] = {}
    topics: dict[str, str] = {}
    for number, row in enumerate(read_csv(file, _COLUMNS), 2):
        name = row["transcript_id"].strip().removesuffix(".0")
        try:
            order = float(row["utterance_id"])
        except ValueError:
            raise NotebenchError(
                f"utterance_id {row['utterance_id']!r} is no number",
                where=f"{file}, row {number}",
                mend="give the file as it was published",
            ) from None
        said = (role(row["interlocutor"]), row["utterance_text"].strip())
        talks.setdefault(name, {}).setdefault(order, said)
        topics.setdefault(name, row.get("topic", "").strip())
    return [_session(name, talk, topics[name]) for name, talk in talks.items() if any(
        text for _, text in talk.values())]  # fmt: skip


def _file(path: str | Path) -> Path:
    """The CSV, told by its name or, under another name, by its columns."""
    if not find_all(path, _NAMES):
        for file in find_all(path, ["*.csv"]):
            if {"transcript_id", "utterance_text"} <= set(_head(file)):
                return file
    return find(
        path, _NAMES, "put AnnoMI-full.csv, as published, into the folder or beside it",
        beside=("[Aa]nno*.csv", "[Aa]nno*/**/*.csv"),
    )  # fmt: skip


def _head(file: Path) -> list[str]:
    first = read_text(file).partition("\n")[0]
    return [name.strip().strip('"').lower() for name in first.split(",")]


def _session(name: str, talk: dict[float, tuple[str, str]], topic: str) -> Session:
    said = [talk[number] for number in sorted(talk) if talk[number][1]]
    return Session(
        session_id=f"annomi-{name}",
        scenario={"problem": topic or "unknown", "modality": "motivational_interviewing"},
        transcript=[
            Turn(turn=number, speaker=speaker or "client", text=text)
            for number, (speaker, text) in enumerate(said, 1)
        ],
    )
