"""The shipped corpus: equal to a fresh generation, loadable offline, described as it is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from notebench.records import Session
from notebench.sessions import check, composition, cover, generate_cover, split_of
from notebench.sessions.cover import unmet
from notebench.sessions.loading import library
from notebench.storage import read_jsonl, write_jsonl

FOLDER = Path(__file__).parents[2] / "data" / "synthetic"
SPLITS = ("train", "dev", "test")
FORMATS = ("SOAP", "DAP", "BIRP", "GIRP", "PIRP", "narrative")


@pytest.fixture(scope="module")
def splits() -> dict[str, list[Session]]:
    return {name: read_jsonl(FOLDER / f"{name}.jsonl", Session) for name in SPLITS}


@pytest.fixture(scope="module")
def corpus(splits: dict[str, list[Session]]) -> list[Session]:
    return [s for name in SPLITS for s in splits[name]]


def test_the_corpus_is_what_its_seed_gives(tmp_path: Path) -> None:
    fresh = list(generate_cover(7, formats=FORMATS))
    for name in SPLITS:
        file = tmp_path / f"{name}.jsonl"
        write_jsonl(file, (s for s in fresh if split_of(s) == name))
        assert file.read_bytes() == (FOLDER / f"{name}.jsonl").read_bytes(), "run `make corpus`"


def test_the_corpus_holds(corpus: list[Session]) -> None:
    assert len(corpus) >= 110
    assert [found for s in corpus for found in check(s)] == []


def test_every_pair_of_strata_is_met() -> None:
    assert unmet(cover(7)) == []
    fewer = cover(7, 20)
    assert len(fewer) == 20 and unmet(fewer)
    assert cover(7)[:20] == fewer


def test_no_problem_is_in_two_splits(splits: dict[str, list[Session]]) -> None:
    problems = [{s.scenario["problem"] for s in splits[name]} for name in SPLITS]
    assert not problems[0] & problems[1] and not (problems[0] | problems[1]) & problems[2]
    assert set.union(*problems) == set(library().problems)
    assert len({s.session_id for held in splits.values() for s in held}) == sum(
        map(len, splits.values())
    )


def test_the_card_tells_what_is_in_it(corpus: list[Session]) -> None:
    card = (FOLDER / "README.md").read_text("utf-8")
    table = re.search(r"<!-- composition -->\n(.*?)\n<!-- end -->", card, re.DOTALL)
    assert table and table[1] == composition(corpus)


def test_datasets_loads_the_folder_offline(
    tmp_path: Path, splits: dict[str, list[Session]]
) -> None:
    script = (
        "import datasets, sys\n"
        f"d = datasets.load_dataset({str(FOLDER)!r}, cache_dir={str(tmp_path)!r})\n"
        "assert d['train'].features == d['dev'].features == d['test'].features\n"
        "row, d = d['train'][0], d['train']\n"
        "print(len(d), row['session_id'], len(row['facts']), row['transcript'][0]['speaker'])\n"
    )
    environment = {
        **os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(tmp_path)
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    held = splits["train"]
    speaker, facts = held[0].transcript[0].speaker, len(held[0].facts or [])
    assert done.stdout.split() == [str(len(held)), held[0].session_id, str(facts), speaker]
