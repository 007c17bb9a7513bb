"""The shipped corpus: equal to a fresh generation, loadable offline, described as it is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from notebench.records import Session
from notebench.sessions import check, composition, generate
from notebench.storage import read_jsonl, write_jsonl

FOLDER = Path(__file__).parents[2] / "data" / "synthetic"
CORPUS = FOLDER / "sessions.jsonl"


@pytest.fixture(scope="module")
def corpus() -> list[Session]:
    return read_jsonl(CORPUS, Session)


def test_the_corpus_is_what_its_seed_gives(tmp_path: Path) -> None:
    fresh = tmp_path / "sessions.jsonl"
    assert write_jsonl(fresh, generate(24, seed=7)) == 24
    assert fresh.read_bytes() == CORPUS.read_bytes()


def test_the_corpus_holds(corpus: list[Session]) -> None:
    assert [found for s in corpus for found in check(s)] == []


def test_the_card_tells_what_is_in_it(corpus: list[Session]) -> None:
    card = (FOLDER / "README.md").read_text("utf-8")
    table = re.search(r"<!-- composition -->\n(.*?)\n<!-- end -->", card, re.DOTALL)
    assert table and table[1] == composition(corpus)


def test_datasets_loads_the_folder_offline(tmp_path: Path, corpus: list[Session]) -> None:
    script = (
        "import datasets, sys\n"
        f"d = datasets.load_dataset({str(FOLDER)!r}, split='train', cache_dir={str(tmp_path)!r})\n"
        "row = d[0]\n"
        "print(len(d), row['session_id'], len(row['facts']), row['transcript'][0]['speaker'])\n"
    )
    environment = {
        **os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(tmp_path)
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    first = corpus[0]
    assert done.stdout.split() == [
        "24", first.session_id, str(len(first.facts or [])), first.transcript[0].speaker
    ]  # fmt: skip
