"""Marking a drill: from result files and a key to tables and reports."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import NotebenchError
from ...stats.intervals import Interval
from ...storage import write_text
from .experiments import Compared, compare
from .items import People
from .marking import Marked, MarkedNote, mark, read_key
from .measures import TRAITS, measured, reliability, span, strata
from .signal import mean_of


@dataclass(frozen=True)
class Scored:
    """A marked drill."""

    key: dict[str, Any]
    marked: tuple[Marked, ...]
    """Participants, by name."""
    by_reviewer: dict[str, dict[str, Interval]]
    """Every measure of each."""
    group: dict[str, Interval]
    """Mean of each measure over participants, with Student's interval."""
    compared: Compared | None
    """The experiment, where it was asked for."""

    @property
    def notes(self) -> list[MarkedNote]:
        """All notes that were done."""
        return [n for m in self.marked for n in m.notes]

    def strata(self, trait: str) -> list[dict[str, Any]]:
        """Errors by a trait (measures.TRAITS), over all participants: found, d'."""
        return strata(self.notes, TRAITS[trait])

    def reliability(self) -> list[dict[str, Any]]:
        """How often nothing serious was overlooked, by how sure people were."""
        return reliability(self.notes)

    def errors(self) -> list[dict[str, Any]]:
        """Each error with how many people saw and missed it."""
        return _errors(self.notes)

    def write(self, out: Path) -> Path:
        """Write reports and tables into a folder; returns the report on the group."""
        from .report import group_page, trainee_page

        pages = [f"trainee-{_file(m, self.marked)}" for m in self.marked]
        for one, name, page in zip(self.marked, self.by_reviewer, pages, strict=True):
            write_text(out / f"{page}.html", trainee_page(self, name, one))
        for name, rows in self._tables().items():
            write_text(out / f"{name}.csv", _csv(rows))
        summary = json.dumps(self._summary(), ensure_ascii=False, indent=1)
        write_text(out / "summary.json", summary + "\n")
        return write_text(out / "group.html", group_page(self, pages))

    def _tables(self) -> dict[str, list[dict[str, Any]]]:
        tables = {
            "participants": [
                {"reviewer": name, "measure": measure, **_ends(value)}
                for name, values in self.by_reviewer.items()
                for measure, value in values.items()
            ],
            "notes": [_note_row(m, n) for m in self.marked for n in m.notes],
            "trials": [_trial_row(m, n, t) for m in self.marked for n in m.notes for t in n.trials],
            "errors": self.errors(),
            "by_trait": [
                {"trait": trait, "name": r["name"], "hits": r["hits"], "errors": r["errors"],
                 **_ends(r["found"], "found_"), **_ends(r["d"], "d_"), **_ends(r["c"], "c_")}
                for trait in TRAITS for r in self.strata(trait)
            ],
        }  # fmt: skip
        if self.compared:
            tables["experiment"] = [
                {"measure": c.measure, **_ends(c.first, "first_"), **_ends(c.last, "last_"),
                 **_ends(c.difference, "difference_"), "p": _number(c.p),
                 "least_p": _number(c.least_p),
                 "reviewers": c.reviewers, "how": c.how}
                for c in self.compared.rows
            ]  # fmt: skip
        return tables

    def _summary(self) -> dict[str, Any]:
        from ... import __version__

        return {
            "notebench": __version__, "title": self.key["title"], "seed": self.key["seed"],
            "participants": len(self.marked), "notes": len(self.notes),
            "unfinished": {m.reviewer: m.unfinished for m in self.marked if m.unfinished},
            "group": {k: _ends(v) for k, v in self.group.items()},
            "by_reviewer": {r: {k: _ends(v) for k, v in values.items()}
                            for r, values in self.by_reviewer.items()},
            "reliability": [{**r, "said": _number(r["said"]), "true": _ends(r["true"])}
                            for r in self.reliability()],
            "experiment": None if self.compared is None else {
                "question": self.compared.question, "first": self.compared.first,
                "last": self.compared.last, "by_error": _ends(self.compared.by_error),
                "errors": self.compared.errors,
            },
        }  # fmt: skip


def score(paths: Sequence[Path], key: Path, *, experiment: bool = False) -> Scored:
    """Mark result files with the key of their drill. Raises NotebenchError for foreign files."""
    known = read_key(key)
    marked = [m for m in mark(paths, known) if m.notes]
    names = [_name(m, marked) for m in marked]
    by_reviewer = {name: measured(m.notes) for name, m in zip(names, marked, strict=True)}
    group = {
        name: mean_of([v[name].estimate for v in by_reviewer.values()]).within(*span(name))
        for name in next(iter(by_reviewer.values()))
    }
    compared = compare(marked, known) if experiment else None
    return Scored(known, tuple(marked), by_reviewer, group, compared)


def read_people(path: Path) -> People:
    """How many people missed each error, from the errors.csv that marking wrote."""
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
        found: dict[str, tuple[int, int]] = {}
        for row in rows:
            missed, of = found.get(row["known_as"], (0, 0))
            found[row["known_as"]] = (missed + int(row["missed"]), of + int(row["people"]))
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise NotebenchError(
            f"no table of errors ({error!r})", where=str(path),
            mend="give the errors.csv that notebench drill score wrote",
        ) from error  # fmt: skip
    return found


def _name(one: Marked, all_: Sequence[Marked]) -> str:
    """The reviewer's name; with the set where two pages came back under the same."""
    twice = sum(m.reviewer == one.reviewer for m in all_) > 1
    return f"{one.reviewer} (set {one.set + 1})" if twice else one.reviewer


def _file(one: Marked, all_: Sequence[Marked]) -> str:
    from .build import file_name

    name = file_name(_name(one, all_))
    same = [m for m in all_ if file_name(_name(m, all_)) == name]
    return f"{name}-{same.index(one) + 1}" if len(same) > 1 else name


def _errors(notes: Iterable[MarkedNote]) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for note in notes:
        for trial in note.errors:
            error = trial.error or {}
            row = rows.setdefault((note.draft_id, error["id"]), {
                "known_as": error["known_as"], "draft_id": note.draft_id, "error": error["id"],
                "error_type": error["error_type"], "severity": error["severity"],
                "section": error["section"], "style": note.key["style"],
                "difficulty": error["difficulty"], "people": 0, "missed": 0,
            })  # fmt: skip
            row["people"] += 1
            row["missed"] += not trial.marked
    return [rows[k] for k in sorted(rows)]


def _note_row(one: Marked, note: MarkedNote) -> dict[str, Any]:
    return {
        "reviewer": one.reviewer, "order": note.order, "block": note.block, "arm": note.arm,
        "draft_id": note.draft_id, "style": note.key["style"], "errors": len(note.errors),
        "found": sum(t.marked for t in note.errors), "right": len(note.right),
        "false_alarms": sum(t.marked for t in note.right), "strays": note.strays,
        "seconds": note.seconds, "confidence": note.confidence, "clear": note.clear,
        "timed_out": note.timed_out,
    }  # fmt: skip


def _trial_row(one: Marked, note: MarkedNote, trial: Any) -> dict[str, Any]:
    error = trial.error or {}
    return {
        "reviewer": one.reviewer, "order": note.order, "arm": note.arm, "draft_id": note.draft_id,
        "kind": trial.kind, "section": trial.section, "error": error.get("id"),
        "error_type": error.get("error_type"), "severity": error.get("severity"),
        "difficulty": error.get("difficulty"), "marked": trial.marked, "named": trial.named,
    }  # fmt: skip


def _ends(value: Interval, before: str = "") -> dict[str, float | None]:
    return {
        f"{before}estimate": _number(value.estimate), f"{before}low": _number(value.low),
        f"{before}high": _number(value.high),
    }  # fmt: skip


def _number(value: float) -> float | None:
    return None if value != value else round(value, 6)


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    if not rows:
        return ""
    stream = io.StringIO(newline="")
    out = csv.writer(stream, lineterminator="\n")
    out.writerow(rows[0])
    out.writerows([_plain(v) for v in row.values()] for row in rows)
    return stream.getvalue()


def _plain(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in "=+@" or (text[:1] == "-" and not _is_number(text)) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
