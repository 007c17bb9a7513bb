"""The sentence splitter: a table of cases, and what must hold for any text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from notebench.text import locate, split_sentences
from notebench.text.sentences import bullet_width

CASES = yaml.safe_load((Path(__file__).parent / "cases_sentences.yaml").read_text("utf-8"))

NOTE_TEXT = st.text(
    alphabet=st.sampled_from(list("aIBn1 9.\n\r\t-*•!?…\"'”’)(]:;,/# éß\u00a0\u2003🙂")),
    max_size=80,
) | st.text(max_size=80)


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_case(case: dict) -> None:
    text = case.get("text", " ".join(case.get("cut", [])))
    assert [s.text for s in split_sentences(text)] == case.get("want", case.get("cut"))


@given(NOTE_TEXT)
def test_spans_are_exact_ordered_and_hold_every_character(text: str) -> None:
    spans = split_sentences(text)
    held = [False] * len(text)
    last = 0
    for start, end, piece in spans:
        assert last <= start < end <= len(text)
        assert text[start:end] == piece == piece.strip()
        held[start:end] = [True] * (end - start)
        last = end
    assert all(kept or char.isspace() for kept, char in zip(held, text, strict=True))


@given(st.lists(st.sampled_from([c for c in CASES if "cut" in c]), min_size=1, max_size=4))
def test_cases_in_a_row_are_cut_as_they_are_alone(cases: list[dict]) -> None:
    want = [sentence for case in cases for sentence in case["cut"]]
    assert [s.text for s in split_sentences("\n\n".join(" ".join(c["cut"]) for c in cases))] == want


@given(NOTE_TEXT)
def test_sentences_apart_are_cut_no_further(text: str) -> None:
    """Joined by empty lines, the sentences come out as they went in, unless a neighbour that
    ended them is gone (then they may only be cut where they were)."""
    once = [s.text for s in split_sentences(text)]
    again = [s.text for s in split_sentences("\n\n".join(once))]
    assert "".join("".join(again).split()) == "".join("".join(once).split())
    assert [s.text for s in split_sentences("\n\n".join(again))] == again


@pytest.mark.parametrize(
    "unit",
    [".", "a.", "a. ", ". ", "(((", "\n", " ", "\r\n", "1. ", "- ", '."', ".''''x", "…x", "A. B"],
)  # fmt: skip
def test_hostile_text_takes_linear_time(unit: str) -> None:
    text = (unit * 60_000)[:60_000]
    for hostile in (text, text + "x", "x" + text + " X"):
        began = time.process_time()
        split_sentences(hostile)
        assert time.process_time() - began < 3


def test_locate_finds_a_sentence_whatever_its_line_breaks() -> None:
    text = "Mood low. Sleep\n poor. Mood low."
    assert locate("Sleep poor.", text) == (10, 22, "Sleep\n poor.")
    assert locate("Mood low.", text, 5) == (23, 32, "Mood low.")
    assert locate("Mood high.", text) is None
    assert locate("   ", text.replace("   ", "")) is None


@pytest.mark.parametrize(
    ("sentence", "width"),
    [("- walk", 2), ("•walk", 1), ("12) walk", 4), ("walk - run", 0), ("-5 points", 0)],
)
def test_bullet_width(sentence: str, width: int) -> None:
    assert bullet_width(sentence) == width
