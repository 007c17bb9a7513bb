"""Reading and writing records: JSON Lines and Parquet, atomic, errors with file, line and field."""

from __future__ import annotations

import codecs
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from .errors import NotebenchError
from .records import SCHEMA_VERSION, Draft, Session, Tally

if TYPE_CHECKING:
    import pandas as pd

R = TypeVar("R")

TALLY_COLUMNS = list(Tally.model_fields)
_ONE_OBJECT = "each line must be one JSON object"


@contextmanager
def atomic(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file that appears under its name only when the block ends without an error."""
    target = Path(path)
    with writable(target):
        special = target.exists() and not (target.is_file() or target.is_dir())
    if special:  # a pipe or a terminal
        with target.open("wb") as stream:
            yield stream
        return
    with writable(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name[:99]}.", suffix=".part"
        )
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        umask = os.umask(0)
        os.umask(umask)
        with writable(target):
            Path(name).chmod(0o666 & ~umask)
            Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def writable(target: Path) -> Iterator[None]:
    """Turn what the system says of a place that can't be written to into a NotebenchError."""
    try:
        yield
    except OSError as error:
        in_the_way = isinstance(error, FileExistsError | NotADirectoryError)
        why = "a file stands where a folder has to be" if in_the_way else error.strerror
        raise NotebenchError(
            f"can't be written ({why})",
            where=str(target),
            mend="name a place in a folder that you may write to",
        ) from error


def write_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write a text file whole or not at all."""
    with atomic(path) as stream:
        stream.write(text.encode())
    return Path(path)


def to_line(record: BaseModel) -> str:
    """One record as a line of JSON, keeping unknown fields.

    Sessions and drafts are written as they were given (a field never set stays away); all other
    records are written with every field.
    """
    as_given = isinstance(record, Session | Draft)
    data: dict[str, Any] = record.model_dump(mode="json", exclude_unset=as_given)
    if as_given:
        data = {"schema_version": SCHEMA_VERSION, **data}
    return json.dumps(data, ensure_ascii=False)


def write_jsonl(path: str | os.PathLike[str], records: Iterable[BaseModel]) -> int:
    """Write records, one a line, whole or not at all; returns how many."""
    n = 0
    with atomic(path) as stream:
        for record in records:
            stream.write(to_line(record).encode() + b"\n")
            n += 1
    return n


def append_jsonl(stream: IO[str], record: BaseModel) -> None:
    """Append one record to an open text stream and flush it, so that a stop loses nothing."""
    stream.write(to_line(record) + "\n")
    stream.flush()


def iter_jsonl(path: str | os.PathLike[str], kind: Any) -> Iterator[Any]:
    """Read records one by one. A malformed line raises NotebenchError with file, line and field."""
    return (record for _, record in _numbered(path, kind))


def read_jsonl(path: str | os.PathLike[str], kind: type[R] | Any) -> list[R]:
    """All records of a file. Ids of sessions and drafts must be unique in it."""
    records: list[R] = []
    seen: dict[str, int] = {}
    key = "session_id" if kind is Session else "draft_id" if kind is Draft else None
    for number, record in _numbered(path, kind):
        if key:
            name = getattr(record, key)
            if name in seen:
                raise NotebenchError(
                    f"field {key}: {name!r} is used twice (first on line {seen[name]})",
                    where=f"{path}, line {number}",
                    mend=f"give each record its own {key}",
                )
            seen[name] = number
        records.append(record)
    if not records and key:
        raise NotebenchError("holds no records", where=str(path), mend=_ONE_OBJECT)
    return records


def _numbered(path: str | os.PathLike[str], kind: Any) -> Iterator[tuple[int, Any]]:
    """Line numbers from 1, and records."""
    source = Path(path)
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    try:
        stream = source.open("rb")
    except OSError as error:
        raise NotebenchError(
            f"can't be read ({error.strerror})", where=str(source), mend="check the path"
        ) from error
    with stream:
        for number, raw in enumerate(stream, 1):
            line = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
            if line := line.strip():
                where = f"{source}, line {number}"
                yield number, _validated(adapter, _upgraded(_parsed(line, where), where), where)


def _parsed(line: bytes, where: str) -> Any:
    try:
        return json.loads(line.decode("utf-8"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise NotebenchError(
            f"not UTF-8 ({error.reason} at byte {error.start})",
            where=where,
            mend="save the file as UTF-8",
        ) from error
    except (ValueError, RecursionError) as error:
        at = (
            f"{error.msg}, column {error.colno}"
            if isinstance(error, json.JSONDecodeError)
            else error
        )
        raise NotebenchError(f"not valid JSON ({at})", where=where, mend=_ONE_OBJECT) from error


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON number; write null where a value is missing")


def _upgraded(data: Any, where: str) -> Any:
    """Bring an older layout up to date; a newer one is refused."""
    if not isinstance(data, dict):
        raise NotebenchError("not a JSON object", where=where, mend=_ONE_OBJECT)
    version = data.get("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise NotebenchError(
            f"field schema_version: {version!r} is not a layout this version reads",
            where=where,
            mend=f"use schema_version {SCHEMA_VERSION}, or a newer notebench",
        )
    return data


def _validated(adapter: TypeAdapter[Any], data: dict[str, Any], where: str) -> Any:
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        name = data.get("draft_id") or data.get("session_id")
        what, mend = explain(error, "field", "see docs/records.md for the record layout")
        raise NotebenchError(
            f"{f'{name!r}, ' if name else ''}{what}", where=where, mend=mend
        ) from error


def explain(error: ValidationError, noun: str, mend: str) -> tuple[str, str]:
    """The first fault as "field x: what is wrong", and how to mend it where the fault says so."""
    first = error.errors(include_url=False)[0]
    what = first["msg"]
    if first["type"] == "value_error":
        what, _, own = what.removeprefix("Value error, ").partition("; ")
        mend = own or mend
    if first["loc"]:
        what = f"{'.'.join(map(str, first['loc']))}: {what}"
    elif first["type"] != "value_error":
        return what, mend
    return f"{noun} {what}", mend


def write_tallies(path: str | os.PathLike[str], tallies: Iterable[Tally]) -> int:
    """Write tallies as one tidy Parquet table; returns the number of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [t.model_dump(include=set(TALLY_COLUMNS)) for t in tallies]
    text = {"session_id", "drafter", "workflow", "format", "section", "stratum", "metric"}
    schema = pa.schema(
        [
            (c, pa.string() if c in text else pa.int64() if c == "sample" else pa.float64())
            for c in TALLY_COLUMNS
        ]
    )
    with atomic(path) as stream:
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), stream)
    return len(rows)


def read_tallies(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Tallies as a DataFrame with the columns of Tally. Raises NotebenchError."""
    import pandas as pd

    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise NotebenchError(
            f"holds no tallies that can be read ({str(error).splitlines()[0]})",
            where=str(path),
            mend="run the study again into the same folder, or notebench rescore it",
        ) from error
