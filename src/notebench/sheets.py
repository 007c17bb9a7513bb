"""Cells of spreadsheets, CSV and XLSX, as people save them, and cells that stay text."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from .errors import NotebenchError
from .storage import write_text

_STRAY = re.compile("[\udc80-\udcff]")
_FORMULA = ("=", "+", "-", "@", "\t")
"""A spreadsheet takes a cell that begins with one of these for a formula."""


def decoded(data: bytes) -> str:
    """Text of a file: UTF-8 or UTF-16 by its mark, else UTF-8, stray bytes as Windows-1252.

    So are saved the sheets of most spreadsheet programs, also those that somebody pasted into.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    text = data.decode("utf-8-sig", errors="surrogateescape")
    return _STRAY.sub(lambda m: bytes([ord(m[0]) - 0xDC00]).decode("cp1252", "replace"), text)


def cells(path: Path) -> Iterator[list[str]]:
    """Rows of a .xlsx or, whatever else the file is called, of CSV (comma, semicolon or tab).

    Raises NotebenchError where the file can't be read.
    """
    return _xlsx_cells(path) if path.suffix.lower() == ".xlsx" else _csv_cells(path)


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """Write rows as CSV that spreadsheet programs open as text."""
    text = io.StringIO()
    csv.writer(text).writerows([guarded(c) for c in row] for row in rows)
    # Spreadsheet programs know UTF-8 by this mark, and else spoil every accent.
    return write_text(path, f"\ufeff{text.getvalue()}")


def guarded(cell: str) -> str:
    """The cell with an apostrophe before it where it would else be taken for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """The cell without that apostrophe."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell


def _csv_cells(path: Path) -> Iterator[list[str]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error.strerror) from error
    text = decoded(data)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(1_000_000)
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _xlsx_cells(path: Path) -> Iterator[list[str]]:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise NotebenchError(
            "reading XLSX needs the package openpyxl, which is not installed",
            where=str(path),
            mend="pip install openpyxl, or save the sheet as CSV",
        ) from error
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    except OSError as error:
        raise _unreadable(path, error.strerror) from error
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise _unreadable(path, "it is no XLSX file") from error
    yield from ([_text(cell) for cell in row] for row in rows)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return cell.date().isoformat() if hasattr(cell, "date") else str(cell)


def _unreadable(path: Path, why: str | None) -> NotebenchError:
    return NotebenchError(f"can't be read ({why})", where=str(path), mend="check the path")
