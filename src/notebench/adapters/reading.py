"""Reading other people's files: found wherever they lie in a folder, with plain errors."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import NotebenchError
from ..records import Turn
from ..sheets import decoded
from ..text.control import CONTROL

_ROLES = {
    "doctor": "clinician", "doc": "clinician", "therapist": "clinician", "clinician": "clinician",
    "physician": "clinician", "patient": "client", "client": "client",
}  # fmt: skip
_ESCAPED = re.compile(r"(?<!\\)\\u00(?:0[0-8bBcCeEfF]|1[0-9a-fA-F]|7[fF])")
_LINE = re.compile(r"\s*(?:\[(?P<tag>[A-Za-z_ ]{1,30})\]|(?P<name>[A-Z]\w*)\s*:)")


def find(path: str | Path, patterns: Sequence[str], mend: str, beside: Sequence[str] = ()) -> Path:
    """The first file that fits the earliest pattern: the path itself, or anywhere below it.

    beside: patterns to look for in the two folders around the path, if nothing was found. Raises
    NotebenchError that says what was looked for and what is there.
    """
    found = find_all(path, patterns)
    if not found and Path(path).exists():
        around = Path(path).resolve().parents[:2]
        found = [f for at in around for p in beside for f in sorted(at.glob(p)) if f.is_file()]
    if not found:
        raise missing(path, " or ".join(patterns), mend)
    return found[0]


def find_all(path: str | Path, patterns: Sequence[str]) -> list[Path]:
    """All files that fit the earliest pattern that any fits, in either case, in order of paths."""
    place = Path(path)
    if place.is_file():
        there = [place]
    else:  # folders that can't be read, or are gone by now, hold nothing
        there = [Path(at, name) for at, _, names in os.walk(place) for name in names]
    for pattern in patterns:
        if files := sorted(f for f in there if _fits(f, pattern)):
            return files
    return []


def _fits(file: Path, pattern: str) -> bool:
    """Whether the end of a path fits a pattern, in either case."""
    return PurePosixPath(file.as_posix().lower()).match(pattern.lower())


def missing(path: str | Path, what: str, mend: str) -> NotebenchError:
    """The error for what was looked for and not found, saying what is there instead."""
    return NotebenchError(f"there is no {what} ({_there(Path(path))})", where=str(path), mend=mend)


def _there(place: Path) -> str:
    if not place.exists():
        return "no such file or folder"
    if place.is_file():
        return "a file of another kind"
    names = sorted(p.name + ("/" if p.is_dir() else "") for p in place.iterdir())
    shown = ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
    return f"there: {shown}" if names else "an empty folder"


def read_text(file: Path) -> str:
    """A text file, as `sheets.decoded` reads it; control characters, which no record takes, become
    spaces."""
    return CONTROL.sub(" ", decoded(file.read_bytes()))


def read_csv(file: Path, columns: Iterable[str]) -> list[dict[str, str]]:
    """Rows of a CSV, its headings in lower case and trimmed; a cell that is not there is "".

    Empty rows at the end, as spreadsheets leave them, are none. Raises NotebenchError where one of
    the columns (in lower case) is missing.
    """
    with io.StringIO(read_text(file), newline="") as stream:
        reader = csv.DictReader(stream)
        names = [(n or "").strip().lower() for n in reader.fieldnames or ()]
        if missing := [c for c in columns if c not in names]:
            raise NotebenchError(
                f"there is no column {missing[0]!r}; its columns are {', '.join(names) or 'none'}",
                where=str(file),
                mend="give the file as it was published",
            )
        rows = [
            {
                n: (v if isinstance(v, str) else "")
                for n, v in zip(names, row.values(), strict=False)
            }
            for row in reader
        ]
    while rows and not any(v.strip() for v in rows[-1].values()):
        rows.pop()
    return rows


def read_json(file: Path) -> Any:
    """What a JSON file holds. Raises NotebenchError where it is not JSON."""
    try:
        return json.loads(_ESCAPED.sub(" ", read_text(file)))
    except json.JSONDecodeError as error:
        raise NotebenchError(
            f"not JSON: {error.msg}",
            where=f"{file}:{error.lineno}",
            mend="give the file as it was published",
        ) from None


def role(speaker: str) -> str:
    """A speaker's role here: clinician, client, or the name in lower case for any other."""
    name = speaker.strip().lower().replace(" ", "_")
    return _ROLES.get(name, name)


def turns(dialogue: str) -> list[Turn]:
    """Turns of a talk written as lines that begin with "Doctor:" or "[doctor]".

    A line without a speaker goes on with the turn before; before any, it is the clinician's.
    """
    said: list[tuple[str, str]] = []
    for line in dialogue.splitlines():
        if not line.strip():
            continue
        match = _LINE.match(line)
        if match:
            said.append((role(match["tag"] or match["name"]), line[match.end() :].strip()))
        elif said:
            said[-1] = (said[-1][0], f"{said[-1][1]} {line.strip()}")
        else:
            said.append(("clinician", line.strip()))
    kept = [(speaker, " ".join(text.split())) for speaker, text in said if text.strip()]
    return [Turn(turn=n, speaker=speaker, text=text) for n, (speaker, text) in enumerate(kept, 1)]
