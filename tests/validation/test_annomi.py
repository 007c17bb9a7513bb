"""AnnoMI's published CSV is read: one turn an utterance, whoever annotated it."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebench.adapters.annomi import load_sessions
from notebench.errors import NotebenchError

HEAD = "transcript_id,mi_quality,topic,utterance_id,interlocutor,utterance_text,annotator_id"


def write(folder: Path, *rows: str, head: str = HEAD) -> Path:
    file = folder / "AnnoMI-full.csv"
    file.write_text("\n".join([head, *rows]), "utf-8")
    return file


def test_utterances_become_turns_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        "0,high,smoking cessation,1,client,Not much.,3",
        '0,high,smoking cessation,0,therapist,"So, how was it?",3',
        '0,high,smoking cessation,0,therapist,"So, how was it?",4',
        "0,high,smoking cessation,2,therapist,,3",
        "7,low,reducing alcohol,0,therapist,Come in.,1",
    )
    first, second = load_sessions(tmp_path)
    assert [(t.turn, t.speaker, t.text) for t in first.transcript] == [
        (1, "clinician", "So, how was it?"), (2, "client", "Not much."),
    ]  # fmt: skip
    assert first.scenario["problem"] == "smoking cessation"
    assert second.session_id == "annomi-7"


def test_a_missing_column_and_a_missing_file_are_named(tmp_path: Path) -> None:
    file = write(tmp_path, "0,x", head="transcript_id,utterance_text")
    with pytest.raises(NotebenchError, match="utterance_id"):
        load_sessions(file)
    with pytest.raises(NotebenchError, match=r"no AnnoMI\*.csv.*no such file"):
        load_sessions(tmp_path / "nowhere")
