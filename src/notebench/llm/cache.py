"""Answers kept in a small SQLite file, so that asking the same thing again calls nothing.

The file is made readable for its owner alone, since answers may hold what a client said.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from dataclasses import asdict
from pathlib import Path

from ..errors import NotebenchError
from .messages import Completion

MIGRATIONS = (
    "CREATE TABLE answers (key TEXT PRIMARY KEY, completion TEXT NOT NULL) WITHOUT ROWID",
)
"""Numbered from 1, applied in order, never changed once released."""

_WAIT_S = 30.0


def default_path() -> Path:
    """NOTEBENCH_CACHE_DIR/answers.sqlite, or the same file in the user's cache folder."""
    if named := os.environ.get("NOTEBENCH_CACHE_DIR"):
        return Path(named).expanduser() / "answers.sqlite"
    from platformdirs import user_cache_path

    return user_cache_path("notebench") / "answers.sqlite"


class AnswerCache:
    """A cache of completions by key, safe across threads and processes; opened on first use.

    path: the file; by default `default_path()`. Raises NotebenchError where the file is no cache
    of this kind or can't be written.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = Path(path) if path is not None else default_path()
        self._lock = threading.Lock()
        self._open: tuple[int, sqlite3.Connection] | None = None

    def get(self, key: str) -> Completion | None:
        """The kept completion, marked as cached, or None."""
        with self._lock:
            row = self._query("SELECT completion FROM answers WHERE key = ?", key)
        return Completion(**{**json.loads(row[0]), "cached": True}) if row else None

    def put(self, key: str, completion: Completion) -> Completion:
        """Keep a completion, and return the one that is kept: the first under its key stays."""
        text = json.dumps(asdict(completion), ensure_ascii=False)
        with self._lock:
            self._query("INSERT OR IGNORE INTO answers VALUES (?, ?)", key, text)
        return self.get(key) or completion

    def close(self) -> None:
        """Close the file; it opens again on the next use."""
        with self._lock:
            if self._open and self._open[0] == os.getpid():
                self._open[1].close()
            self._open = None

    def __len__(self) -> int:
        with self._lock:
            return int(self._query("SELECT count(*) FROM answers")[0])

    def _query(self, statement: str, *values: str) -> tuple:
        try:
            return self._connection().execute(statement, values).fetchone() or ()
        except (sqlite3.Error, OSError) as error:
            raise NotebenchError(
                f"the answer cache can't be used ({error})",
                where=str(self.path),
                mend="move the file away, or name another folder in NOTEBENCH_CACHE_DIR",
            ) from error

    def _connection(self) -> sqlite3.Connection:
        # A connection must not cross a fork: a child opens its own.
        if self._open is None or self._open[0] != os.getpid():
            self._open = os.getpid(), _connect(self.path)
        return self._open[1]


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite's side files get this mode too
    connection = sqlite3.connect(
        path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the newest layout; two processes may try at once."""
    connection.execute("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY)")
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = _version(connection)
        if done > len(MIGRATIONS):
            raise sqlite3.DatabaseError(f"its layout {done} is of a newer notebench")
        for number, statement in enumerate(MIGRATIONS[done:], done + 1):
            connection.execute(statement)
            connection.execute("INSERT INTO migrations VALUES (?)", (number,))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(number), 0) FROM migrations").fetchone()[0])
