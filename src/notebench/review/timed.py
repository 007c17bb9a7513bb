"""Timed reviews in the layouts they are published in: one row a review.

Columns of every table: reviewer, note (what was reviewed), group (what is held out together: a
consultation, a document, a session), seconds, and the features that the layout offers (FEATURES),
among them edit_distance, which no estimate uses and baselines do. Column names of other people's
files are data (timed.toml).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import NotebenchError, UnknownName
from ..registry import suggest
from ..text.tokens import count_words, tokens
from .sheets import Sheet, number, read_sheet, understood

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("reviewer", "note", "group", "seconds")
_TAG = re.compile(r"<(/?)\s*([A-Za-z][\w-]*)[^<>]*?(/?)>")
_ITEM = re.compile(r"^\s*([!\-\u2013\u2022*])\s*\S")
MILLISECONDS_FROM = 1000
"""Median from which a column just called time is in milliseconds: nobody's segment takes that many
seconds, and none that few milliseconds."""


@dataclass(frozen=True)
class Timed:
    """Timed reviews as read."""

    table: pd.DataFrame
    features: tuple[str, ...]
    """Features that a fit uses unless it is told others."""
    loader: str
    remarks: list[str] = field(default_factory=list)
    """What was left out or taken for something, for whoever reads the result."""


def load_timed(path: str | Path, loader: str | None = None) -> Timed:
    """Timed reviews by the path of a file or folder.

    loader: a name of LOADERS; None: by what is there. Raises NotebenchError naming file, line and
    column, and UnknownName for an unknown loader.
    """
    place = Path(path)
    if not place.exists():
        raise NotebenchError("not found", where=str(path), mend="check the path")
    name = loader or _guess(place)
    if name not in LOADERS:
        raise UnknownName(f"no loader is called {name!r}", mend=suggest(name, LOADERS))
    made = LOADERS[name](place)
    if made.table.empty:
        raise NotebenchError("no timed review in it", where=str(path), mend="check the path")
    return made


def _guess(place: Path) -> str:
    if place.name == "reviews.jsonl" or (place / "reviews.jsonl").is_file():
        return "reviews"
    file = _results(place)
    return "primock57" if file and "incorrect" in understood(file, "primock57") else "postedit-log"


def _results(place: Path) -> Path | None:
    """PriMock57's results.csv: the file itself, in a folder, or in its human_eval_data."""
    around = (place, place / "results.csv", place / "human_eval_data" / "results.csv")
    return next((p for p in around if p.is_file() and p.name.endswith(".csv")), None)


def primock57(place: Path) -> Timed:
    """Human evaluation of PriMock57: seconds in which a clinician post-edited a generated note.

    Statements are counted by their lines: those that begin with ! are critical, with - not. Words
    of the session come from a transcripts.json beside the file or above it, where its
    consultations bear the same names.
    """
    file = _results(place)
    if file is None:
        raise NotebenchError(
            "there is no results.csv", where=str(place),
            mend="give PriMock57's human_eval_data/results.csv or its folder",
        )  # fmt: skip
    sheet = read_sheet(file, "primock57", needed=("reviewer", "consultation", "seconds",
                                                  "incorrect", "omitted"))  # fmt: skip
    said = _transcripts(file)
    rows = []
    for line, row in sheet:
        wrong, missing = statements(row["incorrect"]), statements(row["omitted"])
        seconds = number(row["seconds"], sheet, line, "seconds", clock=True)
        if seconds is None:
            continue
        consultation = row["consultation"].strip()
        rows.append({
            "reviewer": row["reviewer"].strip(),
            "note": f"{consultation}/{row.get('model', '').strip()}",
            "group": consultation, "seconds": seconds,
            "incorrect": sum(wrong), "incorrect_critical": wrong[0],
            "omitted": sum(missing), "omitted_critical": missing[0],
            "transcript_words": said.get(_plain(consultation)),
            **_texts(row),
        })  # fmt: skip
    table, remarks = _frame(rows), list(sheet.remarks(len(rows)))
    features: tuple[str, ...] = ("incorrect", "omitted", "transcript_words")
    if "transcript_words" not in table:
        features = ("incorrect", "omitted", *(c for c in ("words",) if c in table))
        remarks.append("no transcripts.json with these consultations: the draft's length stands in")
    return Timed(table, features, "primock57", remarks)


def statements(cell: str) -> tuple[int, int]:
    """Critical and other statements in a cell, one a line.

    A line without a mark goes on with the statement before it; in a cell without any mark each
    line is a statement.
    """
    lines = [line for line in cell.splitlines() if line.strip() and _plain(line) not in _NOTHING]
    marks = [m[1] for line in lines if (m := _ITEM.match(line))]
    if not marks:
        return 0, len(lines)
    critical = marks.count("!")
    return critical, len(marks) - critical


_NOTHING = frozenset({"", "none", "na", "nil", "nan", "no", "0"})


def _texts(row: Mapping[str, str]) -> dict[str, int]:
    """Words of the draft and words changed in it, as far as its texts are there."""
    draft, edited = row.get("draft", ""), row.get("edited", "")
    found = {"words": count_words(draft)} if draft.strip() else {}
    if draft.strip() and edited.strip():
        found["edit_distance"] = words_changed(draft, edited)
    return found


def words_changed(draft: str, edited: str) -> int:
    """Words inserted or deleted: those inside the marks of the edited text, or by comparison."""
    from rapidfuzz.distance import Levenshtein

    if _TAG.search(edited):
        return _inside(edited)
    before, after = ([t.low for t in tokens(text)] for text in (draft, edited))
    return int(Levenshtein.distance(before, after))


def _inside(text: str) -> int:
    """Words within XML elements, whatever they are called."""
    depth, at, inside = 0, 0, 0
    for tag in _TAG.finditer(text):
        if depth:
            inside += count_words(text[at : tag.start()])
        at = tag.end()
        if not tag[3]:
            depth = max(0, depth + (-1 if tag[1] else 1))
    return inside


def _transcripts(file: Path) -> dict[str, int]:
    """Words of each consultation, from the nearest transcripts.json; empty without one."""
    for folder in list(file.resolve().parents)[:3]:
        for place in (folder, *sorted(folder.glob("primock57*"))):
            if (place / "transcripts.json").is_file():
                entries = json.loads((place / "transcripts.json").read_text("utf-8"))
                return {
                    _plain(str(e["consultation"])): sum(
                        count_words(_TAG.sub(" ", t["text"])) for t in e["turns"]
                    )
                    for e in entries
                }
    return {}


def postedit_log(place: Path) -> Timed:
    """Post-editing logs: one file, or a folder of files, with or without headers.

    A file without its own header takes the folder's file `header`; where the files of a folder
    have no header, each is one editor's. A time just called `time` counts as milliseconds where
    its median is at least 1000. Rows of translation from scratch are left out.
    """
    files = _log_files(place)
    rows: list[dict[str, Any]] = []
    remarks: list[str] = []
    for file in files:
        sheet = read_sheet(file, "postedit-log", needed=(), header=_header(place))
        if not {"seconds", "milliseconds", "unclear"} & set(sheet.columns):
            raise NotebenchError(
                "no column of times", where=str(file),
                mend="name it time, time_s or time_ms; a file without a header needs a file "
                "called header beside it",
            )  # fmt: skip
        one_each = len(files) > 1 and sheet.borrowed
        rows += _log_rows(sheet, editor=file.stem if one_each else None, remarks=remarks)
    table = _frame(rows)
    wanted = ("words", "insertions", "deletions", "substitutions")
    features = tuple(c for c in wanted if c in table) or tuple(
        c for c in ("edit_distance",) if c in table
    )
    return Timed(table, features, "postedit-log", list(dict.fromkeys(remarks)))


def _log_files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    apart = {"header", "readme", "readme.md", "readme.txt", "license", "license.txt"}
    return [
        p for p in sorted(place.iterdir())
        if p.is_file() and p.name.lower() not in apart and p.suffix in ("", ".tsv", ".csv", ".txt")
        and not p.name.startswith(".")
    ]  # fmt: skip


def _header(place: Path) -> Path | None:
    file = (place if place.is_dir() else place.parent) / "header"
    return file if file.is_file() else None


def _log_rows(sheet: Sheet, editor: str | None, remarks: list[str]) -> list[dict[str, Any]]:
    import statistics

    amounts = ("words", "keystrokes", "insertions", "deletions", "substitutions", "shifts")
    rows, times = [], []
    source = next(c for c in ("seconds", "milliseconds", "unclear") if c in sheet.columns)
    tasks = {_is_postediting(row) for _, row in sheet}
    if tasks == {True, False}:
        remarks.append(f"{sheet.path.name}: rows that are no post-editing are left out")
    for line, row in sheet:
        if True in tasks and not _is_postediting(row):
            continue
        time = number(row[source], sheet, line, source)
        if time is None:
            continue
        document = row.get("document", "").strip()
        segment = row.get("segment", "").strip() or str(line)
        found = {c: number(row[c], sheet, line, c) for c in amounts if c in row}
        if "words" not in found and row.get("draft", "").strip():
            found["words"] = count_words(row["draft"])
        edits = [found[c] for c in amounts[2:] if found.get(c) is not None]
        if edits:
            found["edit_distance"] = sum(e for e in edits if e is not None)
        elif row.get("draft") and row.get("edited"):
            found["edit_distance"] = words_changed(row["draft"], row["edited"])
        who = editor or row.get("reviewer", "").strip() or sheet.path.stem
        rows.append({"reviewer": who, "note": f"{document}/{segment}",
                     "group": document or segment, **found})  # fmt: skip
        times.append(time)
    long = source == "unclear" and times and statistics.median(times) >= MILLISECONDS_FROM
    if long:
        remarks.append("the column time was taken for milliseconds")
    scale = 1000 if long or source == "milliseconds" else 1
    remarks += sheet.remarks(len(rows))
    return [row | {"seconds": time / scale} for row, time in zip(rows, times, strict=True)]


def _is_postediting(row: Mapping[str, str]) -> bool:
    return row.get("task", "pe").strip().lower().startswith(("pe", "post"))


def reviews(place: Path) -> Timed:
    """A run's reviews.jsonl, as `notebench review import` writes it, with what each person found.

    Reviews that were not brought to their end are left out. Raises NotebenchError where the run's
    drafts are not beside it.
    """
    from ..runs.folder import RunFolder
    from .reviewed import review_rows

    run = place if place.is_dir() else place.parent
    rows, unfinished = review_rows(RunFolder.open(run))
    remarks = [f"{unfinished} reviews were not finished and are left out"] if unfinished else []
    table = _frame(rows)
    features = tuple(c for c in ("words", "incorrect", "omitted") if c in table)
    return Timed(table, features, "reviews", remarks)


LOADERS: dict[str, Callable[[Path], Timed]] = {
    "primock57": primock57,
    "postedit-log": postedit_log,
    "reviews": reviews,
}
"""Layouts of timed data, by name."""


def _frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The rows; columns that are not known for every row are dropped."""
    import pandas as pd

    table = pd.DataFrame(list(rows))
    whole = [c for c in table.columns if c in KEYS or table[c].notna().all()]
    return table[whole]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())
