"""What people said of drafts, read from files: finding records, or a sheet that somebody filled in.

A rater is an opaque id. Nothing here looks at drafts; `human` lays marks over their sentences.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from .. import taxonomy
from ..errors import NotebenchError
from ..records import ClaimFinding, FactFinding, Record, content_hash
from ..records.base import Name
from ..registry import suggest
from ..sheets import cells, unguarded
from ..storage import iter_jsonl

PREFIX = "human@"
"""Verifiers of this name are people; what follows is the rater's id."""
COLUMNS = (
    "draft_id", "section", "start", "end", "text", "verdict", "error_type", "severity", "fact_id",
    "reason", "rater", "rater_role", "complete",
)  # fmt: skip
"""Columns of a sheet; draft_id, verdict and rater are needed."""
_NEEDED = ("draft_id", "verdict", "rater")


class Read(Record):
    """That a rater read a draft to its end, so that what was left unmarked is right."""

    kind: Literal["read"] = "read"
    """Kind of line."""
    draft_id: Name
    """The draft."""
    verifier: Name
    """human@rater."""


@dataclass(frozen=True)
class Mark:
    """What a person said of a span of a draft, or of a fact."""

    draft_id: str
    rater: str
    verdict: str
    where: str
    """File and line or record, for messages."""
    section: str | None = None
    start: int | None = None
    end: int | None = None
    text: str | None = None
    """The words marked; they find the span where start and end are not given."""
    fact_id: str | None = None
    """The fact it is about; None: it is about a span."""
    error_type: str | None = None
    severity: Any = None
    reason: str | None = None
    evidence: tuple[int, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass
class Ratings:
    """Everything that people said in some files."""

    marks: list[Mark] = field(default_factory=list)
    read: set[tuple[str, str]] = field(default_factory=set)
    """(draft, rater) pairs of drafts read to the end."""
    adjudicators: set[str] = field(default_factory=set)
    """Raters whose word overrides the others'."""

    @property
    def raters(self) -> list[str]:
        """Ids of all raters, sorted."""
        return sorted({m.rater for m in self.marks} | {r for _, r in self.read})

    @property
    def drafts(self) -> list[str]:
        """Ids of all drafts that somebody rated, sorted."""
        return sorted({m.draft_id for m in self.marks} | {d for d, _ in self.read})

    @property
    def digest(self) -> str:
        """Eight characters that change with what anybody said."""
        said = sorted(repr((m.draft_id, m.rater, m)) for m in self.marks)
        return content_hash(said, sorted(self.read), sorted(self.adjudicators), length=8)


def read_ratings(
    paths: Iterable[str | Path], *, adjudicators: Iterable[str] = (), complete: bool = False
) -> Ratings:
    """Ratings of all files: .jsonl of finding records by human@<rater>, else a sheet (CSV, XLSX).

    adjudicators: raters whose word overrides the others', beside those whom a file names as such
    (`rater_role`). complete: every rater read every draft they rated to the end, whatever the files
    say. Raises NotebenchError with file, line and field.
    """
    found = Ratings()
    for path in map(Path, paths):
        if path.suffix.lower() in (".jsonl", ".json", ".ndjson"):
            _add_records(found, iter_jsonl(path, _Line), str(path))
        else:
            _add_sheet(found, path)
    return joined([found], adjudicators=adjudicators, complete=complete)


def joined(
    parts: Iterable[Ratings], *, adjudicators: Iterable[str] = (), complete: bool = False
) -> Ratings:
    """Several ratings as one. Raises NotebenchError where nothing was rated."""
    found = Ratings(adjudicators=set(adjudicators))
    for part in parts:
        found.marks += part.marks
        found.read |= part.read
        found.adjudicators |= part.adjudicators
    if not found.marks and not found.read:
        raise NotebenchError(
            "no person rated anything there",
            mend="fill in the column verdict, or give a file of findings by human@<rater>",
        )
    if unknown := sorted(found.adjudicators.difference(found.raters)):
        raise NotebenchError(
            f"the adjudicator {unknown[0]!r} rated nothing", mend=suggest(unknown[0], found.raters)
        )
    if complete:
        found.read |= {(m.draft_id, m.rater) for m in found.marks}
    return found


_Line = Annotated[ClaimFinding | FactFinding | Read, Field(discriminator="kind")]


def ratings_of(findings: Iterable[ClaimFinding | FactFinding], where: str) -> Ratings:
    """Ratings from finding records by people that are at hand. where: for messages."""
    found = Ratings()
    _add_records(found, findings, where)
    return found


def _add_records(
    into: Ratings, lines: Iterable[ClaimFinding | FactFinding | Read], path: str
) -> None:
    for line in lines:
        where = f"{path}, draft {line.draft_id}"
        rater = rater_of(line.verifier)
        if not rater:
            raise NotebenchError(
                f"field verifier: {line.verifier!r} is no person",
                where=where,
                mend="a rater is called human@ and an id",
            )
        extra = line.model_extra or {}
        if extra.get("rater_role") == "adjudicator":
            into.adjudicators.add(rater)
        if isinstance(line, Read) or extra.get("complete"):
            into.read.add((line.draft_id, rater))
        if not isinstance(line, Read):
            into.marks.append(_of_record(line, rater, where))


def _of_record(line: ClaimFinding | FactFinding, rater: str, where: str) -> Mark:
    if isinstance(line, FactFinding):
        return Mark(
            line.draft_id, rater, line.verdict, f"{where}, fact {line.fact_id}",
            fact_id=line.fact_id, reason=line.reason,
        )  # fmt: skip
    return Mark(
        line.draft_id, rater, line.verdict, f"{where}, section {line.section}, {line.start}",
        section=line.section, start=line.start, end=line.end, text=line.text,
        error_type=line.error_type, severity=line.severity, reason=line.reason,
        evidence=tuple(line.evidence), facts=tuple(line.facts),
    )  # fmt: skip


def rater_of(verifier: str) -> str:
    """The rater's id in a verifier's name; empty where it is no person's."""
    return verifier.removeprefix(PREFIX).partition("#")[0] if verifier.startswith(PREFIX) else ""


def _add_sheet(into: Ratings, path: Path) -> None:
    for where, row in _rows(path):
        if _word("complete", row["complete"] or "no", where) == "yes":
            into.read.add((row["draft_id"], _needed(row, "rater", where)))
        if not row["verdict"]:
            continue  # not filled in yet
        rater = _needed(row, "rater", where)
        if row["rater_role"] and _word("rater_role", row["rater_role"], where) == "adjudicator":
            into.adjudicators.add(rater)
        into.marks.append(_of_row(row, rater, where))


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Lines of a sheet by column, each with where it stands; line 1 names the columns."""
    table = cells(path)
    head = [_column(cell) for cell in next(table, [])]
    for name in _NEEDED:
        if name not in head:
            raise NotebenchError(
                f"has no column {name!r}", where=str(path),
                mend=f"its first line must name the columns, among them {', '.join(_NEEDED)}",
            )  # fmt: skip
    for number, values in enumerate(table, 2):
        if any(value.strip() for value in values):
            given = dict(zip(head, values, strict=False))
            row = {c: unguarded(given.get(c, "").strip()) for c in COLUMNS}
            where = f"{path}, line {number}"
            _needed(row, "draft_id", where)
            yield where, row


def _column(head: str) -> str:
    name = _even(head)
    return next((c for c, others in _words("columns").items() if name in {_even(c), *others}), name)


def _of_row(row: Mapping[str, str], rater: str, where: str) -> Mark:
    about_fact = bool(row["fact_id"]) and not (row["text"] or row["start"])
    verdict = _word("fact" if about_fact else "claim", row["verdict"], where, "verdict")
    reason, severity = row["reason"] or None, row["severity"]
    if about_fact:
        return Mark(row["draft_id"], rater, verdict, where, fact_id=row["fact_id"], reason=reason)
    if not (row["text"] or (row["start"] and row["end"])):
        raise NotebenchError(
            "field text: nothing says which words are meant", where=where,
            mend="give the words, or start and end, or the fact_id of what was left out",
        )  # fmt: skip
    return Mark(
        row["draft_id"], rater, verdict, where, section=row["section"] or None,
        start=_offset(row, "start", where), end=_offset(row, "end", where),
        text=row["text"] or None, error_type=_error_type(row["error_type"], where),
        severity=_word("severity", severity, where) if severity else None, reason=reason,
        facts=(row["fact_id"],) if row["fact_id"] else (),
    )  # fmt: skip


def _offset(row: Mapping[str, str], column: str, where: str) -> int | None:
    value = row[column].removesuffix(".0")
    if value and not value.isdecimal():
        raise NotebenchError(
            f"field {column}: {value!r} is no count of characters", where=where,
            mend="leave it empty and give the words in the column text",
        )  # fmt: skip
    return int(value) if value else None


def _error_type(value: str, where: str) -> str | None:
    name = _even(value).replace(" ", "_")
    if name and name not in taxonomy.types():
        raise NotebenchError(
            f"field error_type: {value!r} is not in the taxonomy", where=where,
            mend=suggest(name, taxonomy.types()),
        )  # fmt: skip
    return name or None


def _needed(row: Mapping[str, str], column: str, where: str) -> str:
    if not row[column]:
        raise NotebenchError(f"field {column}: it is empty", where=where, mend="fill it in")
    return row[column]


def _word(group: str, value: str, where: str, column: str | None = None) -> str:
    """What a word in a sheet stands for. Raises NotebenchError where nothing is known for it."""
    known = _words(group)
    for meaning, words in known.items():
        if _even(value) in words:
            return meaning
    raise NotebenchError(
        f"field {column or group}: {value!r} is not understood", where=where,
        mend=suggest(_even(value), [w for words in known.values() for w in words]),
    )  # fmt: skip


def _even(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").replace("_", " ").replace("-", " ").split())


@cache
def _words(group: str) -> dict[str, Sequence[str]]:
    text = (files(__package__) / "ratings.toml").read_text("utf-8")
    return dict(tomllib.loads(text)[group])
