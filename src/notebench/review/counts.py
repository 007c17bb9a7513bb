"""Notes described by counts alone: reading the table, and the estimates' table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import NotebenchError
from ..metrics.effort import Load
from ..stats import Interval
from ..storage import write_text
from .model import Model
from .sheets import number, read_sheet

NEEDED = ("note_id", "incorrect", "omitted")


class Counted(NamedTuple):
    """A note by its counts."""

    note_id: str
    work: Load


def read_counts(path: str | Path) -> list[Counted]:
    """A table with note_id, incorrect and omitted, and words, claims and transcript_words or not.

    The three may be empty in some rows. Counts may be means, and so decimal. Errors are taken as
    found by people: all of them are mended. Raises NotebenchError with file, line and column.
    """
    sheet = read_sheet(Path(path), "counts", needed=NEEDED)
    found = []
    for line, row in sheet:
        if not row["note_id"].strip():
            raise NotebenchError(
                "column 'note_id' is empty", where=f"{path}:{line}", mend="name the note"
            )
        count: dict[str, float | None] = {
            c: number(row[c], sheet, line, c)
            for c in ("words", "claims", "incorrect", "omitted", "transcript_words")
            if c in row
        }
        for name in NEEDED[1:]:
            if count[name] is None:
                raise NotebenchError(
                    f"column {name!r} is empty", where=f"{path}:{line}",
                    mend="write 0 where there was none, or leave the note out",
                )  # fmt: skip
        work = Load(
            words=count.get("words"), sentences=count.get("claims"), unsupported=0,
            contradicted=count["incorrect"], omitted=count["omitted"], trims=0,
            transcript_words=count.get("transcript_words"), counted=True,
        )  # fmt: skip
        found.append(Counted(row["note_id"].strip(), work))
    if not found:
        raise NotebenchError("no note in it", where=str(path), mend="give one row a note")
    return found


def estimates(model: Model, notes: Sequence[Counted]) -> list[tuple[str, Interval]]:
    """Modelled seconds of each note, with the interval of one review by someone nobody knows."""
    return [(note.note_id, model.estimate(note.work)) for note in notes]


def write_estimates(path: str | Path, rows: Sequence[tuple[str, Interval]]) -> Path:
    """Write note_id, seconds, low, high."""
    stream = io.StringIO()
    out = csv.writer(stream, lineterminator="\n")
    out.writerow(["note_id", "seconds", "low", "high"])
    out.writerows([name, *(f"{value:.3f}" for value in found)] for name, found in rows)
    return write_text(path, stream.getvalue())
