"""The answer cache: layout, threads, processes, a kill in the middle."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from notebench.errors import NotebenchError
from notebench.llm import cache as module
from notebench.llm.cache import AnswerCache
from notebench.llm.messages import Completion


def made(text: str = "A note – “quoted”.", **more: object) -> Completion:
    given = {
        "finish_reason": "stop", "prompt_tokens": 3, "completion_tokens": 4, "cost_usd": None,
        "latency_s": 0.25, "model": "openai/x", "time": "2026-01-01T00:00:00+00:00",
    }  # fmt: skip
    return Completion(text=text, **{**given, **more})  # type: ignore[arg-type]


def test_a_completion_comes_back_as_it_was(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "deep" / "a.sqlite")
    assert cache.get("k") is None and len(cache) == 0
    cache.put("k", made(first_token={"yes": -0.5}))
    assert cache.get("k") == made(cached=True, first_token={"yes": -0.5})
    cache.close()
    assert cache.get("k") is not None  # opens again


def test_the_first_answer_stays(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "a.sqlite")
    assert cache.put("k", made("first")).text == "first"
    assert cache.put("k", made("second")).text == "first"
    assert len(cache) == 1


@pytest.mark.skipif(os.name == "nt", reason="POSIX file modes")
def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "a.sqlite")
    cache.put("k", made())
    modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in tmp_path.iterdir()}
    assert modes and set(modes.values()) == {0o600}


def test_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTEBENCH_CACHE_DIR", str(tmp_path))
    assert AnswerCache().path == tmp_path / "answers.sqlite"
    monkeypatch.delenv("NOTEBENCH_CACHE_DIR")
    assert AnswerCache().path.parts[-2:] == ("notebench", "answers.sqlite")


def test_making_one_touches_no_file(tmp_path: Path) -> None:
    AnswerCache(tmp_path / "a.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_kind_is_named_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    file.write_text("this is no database, and it is long enough to be read as one" * 20)
    with pytest.raises(NotebenchError, match="a.sqlite.*can't be used(.|\n)*mend"):
        AnswerCache(file).get("k")
    assert file.read_text().startswith("this is no database")


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotebenchError, match="NOTEBENCH_CACHE_DIR"):
        AnswerCache(tmp_path / "file" / "a.sqlite").get("k")


def test_a_newer_layout_is_refused(tmp_path: Path) -> None:
    AnswerCache(tmp_path / "a.sqlite").put("k", made())
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("INSERT INTO migrations VALUES (99)")
    with pytest.raises(NotebenchError, match="newer notebench"):
        AnswerCache(tmp_path / "a.sqlite").get("k")


def test_an_older_layout_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    AnswerCache(tmp_path / "a.sqlite").put("k", made())
    later = (*module.MIGRATIONS, "CREATE TABLE later (x)", "INSERT INTO later VALUES (1)")
    monkeypatch.setattr(module, "MIGRATIONS", later)
    for _ in range(2):
        assert AnswerCache(tmp_path / "a.sqlite").get("k") is not None
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM later").fetchone() == (1,)
        assert connection.execute("SELECT number FROM migrations").fetchall() == [(1,), (2,), (3,)]


def test_a_migration_that_fails_leaves_the_old_layout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    AnswerCache(tmp_path / "a.sqlite").put("k", made())
    with monkeypatch.context() as patch:
        patch.setattr(module, "MIGRATIONS", (*module.MIGRATIONS, "CREATE TABLE t (x)", "NONSENSE"))
        with pytest.raises(NotebenchError, match="NONSENSE"):
            AnswerCache(tmp_path / "a.sqlite").get("k")
    assert AnswerCache(tmp_path / "a.sqlite").get("k") is not None


def test_threads_share_one_cache(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "a.sqlite")

    def work(i: int) -> bool:
        cache.put(f"k{i % 40}", made(f"t{i % 40}"))
        kept = cache.get(f"k{i % 40}")
        return kept is not None and kept.text == f"t{i % 40}"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))
    assert len(cache) == 40


WRITER = """
import sys
from notebench.llm.cache import AnswerCache
from notebench.llm.messages import Completion
cache, mark, n = AnswerCache(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for i in range(n):
    cache.put(f"{mark}{i}", Completion("x" * 2000, "stop", 1, 1, 0.0, 0.1, "m", "t"))
    print(i, flush=True)
"""


def test_processes_share_one_file(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file), mark, "50"], stdout=subprocess.DEVNULL
        )
        for mark in "abc"
    ]
    assert [p.wait(60) for p in running] == [0, 0, 0]
    assert len(AnswerCache(file)) == 150


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_kill_in_the_middle_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), "k", "1000000"], stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    seen = 0
    until = time.monotonic() + 30
    while seen < 30 and time.monotonic() < until:
        seen = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    writer.wait(30)
    cache = AnswerCache(file)
    assert all(cache.get(f"k{i}") for i in range(seen))
    cache.put("after", made())
    cache.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX fork")
def test_a_forked_child_opens_its_own(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "a.sqlite")
    cache.put("parent", made())
    child = os.fork()
    if not child:
        ok = cache.get("parent") is not None
        cache.put("child", made())
        os._exit(0 if ok else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert cache.get("child") is not None
