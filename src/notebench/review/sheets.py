"""Tables of other people, read by names of columns that may be written in many ways."""

from __future__ import annotations

import csv
import io
import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from ..errors import NotebenchError

csv.field_size_limit(10_000_000)
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Sheet:
    """A table read once: rows by our names of columns, with the line each one starts on."""

    path: Path
    columns: dict[str, str]
    """Our name of a column to its name in the file."""
    rows: tuple[tuple[int, dict[str, str]], ...]
    borrowed: bool
    """Whether the header came from another file."""
    decimal: str = "."
    """The sign before a number's decimals: a comma where semicolons part the cells."""

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        return iter(self.rows)

    def remarks(self, used: int) -> Iterator[str]:
        """That rows had to be left out, where they had to."""
        if used < len(self.rows):
            yield f"{self.path.name}: {len(self.rows) - used} rows without a time are left out"


def read_sheet(
    path: Path, layout: str, needed: Sequence[str] = (), header: Path | None = None
) -> Sheet:
    """Read a CSV or TSV by the names of a layout in timed.toml.

    header: a file that holds the header where the table has none. Raises NotebenchError for a file
    that is no such table, or that lacks a needed column.
    """
    lines, parted = _lines(path)
    if not lines:
        raise NotebenchError("an empty file", where=str(path), mend="check the path")
    known = _aliases()[layout]
    names, borrowed = lines[0][1], False
    columns = _columns(names, known)
    if len(columns) < 2 and header:
        names, borrowed = _lines(header)[0][0][1], True
        columns = _columns(names, known)
    if missing := [n for n in needed if n not in columns]:
        raise NotebenchError(
            f"no column for {', '.join(missing)}; it has {', '.join(map(repr, names))}",
            where=str(path),
            mend="names that are understood: " + "; ".join(", ".join(known[m]) for m in missing),
        )
    places = {ours: names.index(theirs) for ours, theirs in columns.items()}
    body = lines if borrowed else lines[1:]
    rows = tuple(
        (number_, {ours: cells[i] if i < len(cells) else "" for ours, i in places.items()})
        for number_, cells in body
        if any(cell.strip() for cell in cells)
    )
    return Sheet(path, columns, rows, borrowed, "," if parted == ";" else ".")


def understood(path: Path, layout: str) -> dict[str, str]:
    """Our names of the columns in a file's first line to its own, as far as a layout has them."""
    lines, _ = _lines(path)
    return _columns(lines[0][1], _aliases()[layout]) if lines else {}


def number(text: str, sheet: Sheet, line: int, column: str, clock: bool = False) -> float | None:
    """The number in a cell; None where it is empty. clock: 1:35 counts as well.

    Raises NotebenchError for anything else, and for what is below 0.
    """
    plain = text.strip()
    if plain.lower() in ("", "na", "nan", "n/a", "none", "null"):
        return None
    if clock and (parts := _CLOCK.fullmatch(plain)):
        return int(parts[1] or 0) * 3600 + int(parts[2]) * 60 + float(parts[3])
    try:
        value = float(plain.removesuffix("s").strip().replace(sheet.decimal, "."))
    except ValueError:
        value = math.nan
    if not (0 <= value < math.inf):
        raise NotebenchError(
            f"column {sheet.columns[column]!r}: {plain!r} is not a number of 0 or more",
            where=f"{sheet.path}:{line}",
            mend="write a plain number, or leave it empty",
        )
    return value


def _columns(names: Sequence[str], known: dict[str, list[str]]) -> dict[str, str]:
    """Our names to theirs. Among several of theirs the first understood one counts."""
    plain = {re.sub(r"[^a-z0-9]+", "", n.lower()): n for n in reversed(names)}
    return {
        ours: plain[next(a for a in aliases if a in plain)]
        for ours, aliases in known.items()
        if any(a in plain for a in aliases)
    }


def _lines(path: Path) -> tuple[list[tuple[int, list[str]]], str]:
    """Rows with the line they start on, and what parts their cells.

    Tabs or semicolons where the first line has them (and, for the latter, no comma), else commas.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise NotebenchError(
            f"can't be read ({error.strerror})", where=str(path), mend="check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise NotebenchError(
            f"can't be read as UTF-8 text ({error})", where=str(path),
            mend="save it as CSV in UTF-8",
        ) from error  # fmt: skip
    first = text.partition("\n")[0]
    parted = "\t" if "\t" in first else ";" if ";" in first and "," not in first else ","
    stream = io.StringIO(text, newline="")
    # In logs a quotation mark is a character like any other: fields hold no tabs or line ends.
    reader = (
        csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        if parted == "\t"
        else csv.reader(stream, delimiter=parted)
    )
    rows, start = [], 1
    try:
        for cells in reader:
            rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise NotebenchError(
            f"not a table ({error})", where=f"{path}:{start}", mend="check the file"
        ) from error
    return [row for row in rows if row[1]], parted


@cache
def _aliases() -> dict[str, dict[str, list[str]]]:
    data: dict[str, dict[str, list[str]]] = tomllib.loads(
        files(__package__).joinpath("timed.toml").read_text("utf-8")
    )
    return data
