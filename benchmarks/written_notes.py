"""Sentences of notes written for fitting: small ledgers with true and wrong sentences about them.

Those in `written/reader/` train the local verifier's reader; those in `written/weights/`, and a
fifth of the others, the weights that are put on what it says. For each small session a text file
holds facts (`f kind: statement`), rough notes (`n`), the note of the session before (`p`), turns of
talk (`t c:` clinician, `t p:` client), topics that nobody raised (`na`), true sentences (`+`) and
wrong ones (`- error_type: sentence`). They were written by language models under a brief, for this
project: no sentence stands in the labelled data that verifiers are reported on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from notebench.records import Fact, Session, Turn

HERE = Path(__file__).parent / "written"
READER, WEIGHTS = HERE / "reader", HERE / "weights"


class Written(NamedTuple):
    """A small session with sentences about it: text and error type, None where it is true."""

    session: Session
    sentences: list[tuple[str, str | None]]


def written(folder: Path = READER) -> Iterator[Written]:
    """Every small session of the folder's files, in order."""
    for path in sorted(folder.glob("*.txt")):
        for block in path.read_text("utf-8").split("\n== "):
            yield _one(block.removeprefix("== "))


LEFT_OUT = 5
"""Every n-th small session is kept from the reader's training."""


def unread_by_the_reader() -> list[Written]:
    """The small sessions that the reader is not trained on."""
    by_name = sorted(written(), key=lambda w: w.session.session_id)
    return [*by_name[LEFT_OUT - 1 :: LEFT_OUT], *written(WEIGHTS)]


def _one(block: str) -> Written:
    head, *lines = block.strip().splitlines()
    name, problem = head.split()
    facts: list[Fact] = []
    turns: list[Turn] = []
    sentences: list[tuple[str, str | None]] = []
    rest: dict[str, str] = {}
    for line in lines:
        mark, _, text = line.partition(" ")
        kind, _, told = text.partition(": ")
        if mark == "f":
            facts.append(Fact(id=f"F{len(facts) + 1:02}", kind=kind, statement=told))
        elif mark == "t":
            speaker = {"c": "clinician", "p": "client"}[kind]
            turns.append(Turn(turn=len(turns) + 1, speaker=speaker, text=told))
        elif mark == "+":
            sentences.append((text, None))
        elif mark == "-":
            sentences.append((told, kind))
        else:
            rest[mark] = text
    session = Session(
        session_id=name,
        scenario={"problem": problem},
        rough_notes=rest.get("n") or None,
        prior_note=rest.get("p") or None,
        transcript=turns,
        facts=facts or None,
        not_assessed=[t for t in rest.get("na", "").split(", ") if t],
    )
    return Written(session, sentences)
