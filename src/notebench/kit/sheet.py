"""The sheet that notes are pasted into, as CSV and XLSX, and back from it to drafts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pydantic import ValidationError

from .. import formats
from ..errors import NotebenchError, UnknownName
from ..records import Draft, Session, content_hash
from ..registry import suggest
from ..sheets import cells as read_cells
from ..sheets import unguarded, write_csv
from ..storage import atomic, explain

COLUMNS = ("session_id", "format", "product", "version", "date", "note")
"""Columns of a sheet; date: when the product was tried, YYYY-MM-DD."""
_WIDTHS = (18, 11, 18, 12, 13, 90)


@dataclass(frozen=True)
class Collected:
    """The notes of a sheet."""

    drafts: list[Draft]
    empty: int
    """Lines without a note."""


def write_sheets(sessions: Sequence[Session], out: Path) -> list[Path]:
    """notes.csv, and notes.xlsx where openpyxl is installed: a line a session, to be filled in."""
    rows = [[s.session_id, _format(s), "", "", "", ""] for s in sessions]
    sheets = [write_csv(out / "notes.csv", [COLUMNS, *rows])]
    if find_spec("openpyxl"):
        sheets.append(_write_xlsx(rows, out / "notes.xlsx"))
    return sheets


def _format(session: Session) -> str:
    return session.references[0].format if session.references else "SOAP"


def _write_xlsx(rows: Iterable[Sequence[str]], target: Path) -> Path:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = "notes"
    for number, row in enumerate([COLUMNS, *rows], 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, value or None)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.font = Font(bold=number == 1)
            if value:
                cell.data_type = "s"  # never a formula
            if number > 1 and column > 1:
                cell.number_format = "@"  # what is pasted stays text, dates too
    for letter, width in zip("ABCDEF", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "B2"
    choice = DataValidation(type="list", formula1=f'"{",".join(formats.names())}"')
    choice.add("B2:B1000")
    sheet.add_data_validation(choice)
    with atomic(target) as stream:
        book.save(stream)
    return target


def refuse_filled(out: Path) -> None:
    """Raises NotebenchError where a sheet in the folder holds notes that would be lost."""
    for path in (out / "notes.csv", out / "notes.xlsx"):
        if path.is_file() and any(row["note"].strip() for _, row in _rows(path)):
            raise NotebenchError(
                "holds notes already, and a new kit would begin an empty sheet",
                where=str(path),
                mend="name another folder, or move the sheet away",
            )


def collect(path: Path, sessions: Sequence[Session]) -> Collected:
    """Drafts from a filled-in sheet (.csv or .xlsx), by the drafter `import:<product>`.

    Raises NotebenchError with the file and line for a session that is not among the sessions, a
    format that there is not, a product that is not named, and where there is no note at all.
    """
    known = {s.session_id for s in sessions}
    drafts: list[Draft] = []
    empty = 0
    for line, row in _rows(path):
        if row["note"].strip():
            drafts.append(_draft(row, f"{path}, line {line}", known, drafts))
        else:
            empty += 1
    if not drafts:
        raise NotebenchError(
            "holds no note", where=str(path), mend="paste the notes into its column 'note'"
        )
    return Collected(drafts, empty)


def _draft(row: dict[str, str], where: str, known: set[str], before: Sequence[Draft]) -> Draft:
    if row["session_id"] not in known:
        raise UnknownName(
            f"no session is called {row['session_id']!r}",
            where=where,
            mend=suggest(row["session_id"], known),
        )
    if not row["product"]:
        raise NotebenchError(
            "column product: the note's product is not named", where=where, mend="fill it in"
        )
    try:
        format = formats.get(row["format"]).name
    except UnknownName as error:
        raise UnknownName(f"column format: {error.what}", where=where, mend=error.mend) from error
    drafter = f"import:{row['product']}"
    same = (row["session_id"], drafter, format)
    sample = sum((d.session_id, d.drafter, d.format) == same for d in before)
    try:
        return Draft(
            draft_id=f"d-{content_hash(*same, sample, row['note'], length=16)}",
            session_id=row["session_id"], drafter=drafter, format=format, sample=sample,
            text=row["note"],
            provenance={
                "product": row["product"], "version": row["version"], "date": row["date"],
                "inputs": ["transcript"],
            },
        )  # fmt: skip
    except ValidationError as error:
        what, mend = explain(error, "the note", "paste it again as plain text")
        raise NotebenchError(what, where=where, mend=mend) from error


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines of a sheet with their numbers, from 2: line 1 names the columns."""
    table = read_cells(path)
    head = [cell.strip().lower() for cell in next(table, [])]
    missing = [c for c in COLUMNS if c not in head and c not in ("version", "date")]
    if missing:
        raise NotebenchError(
            f"has no column {missing[0]!r}",
            where=str(path),
            mend=f"its first line must name the columns: {', '.join(COLUMNS)}",
        )
    for number, cells in enumerate(table, 2):
        if any(cell.strip() for cell in cells):
            row = dict(zip(head, cells, strict=False))
            yield number, {c: _cell(c, row.get(c, "")) for c in COLUMNS}


def _cell(column: str, value: str) -> str:
    return value if column == "note" else unguarded(value.strip())
