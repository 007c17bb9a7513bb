"""Words and figures with offsets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebench.text import content_words, tokens
from notebench.text.tokens import count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PHQ-9 was 14, up from 11.", ["phq-9", "was", "14", "up", "from", "11"]),
        ("Client’s mood isn't low.", ["client's", "mood", "isn't", "low"]),
        ("50 mg b.i.d., 2.5 h, 6:30, 5/7, 40%", ["50", "mg", "b", "i", "d", "2.5", "h", "6:30",
                                                 "5/7", "40%"]),
        ("well-being – self-harm", ["well-being", "self-harm"]),
        ("Été, größer, naïve", ["été", "größer", "naïve"]),
        ("snake_case and 🙂", ["snake", "case", "and"]),
        ("", []),
    ],
)  # fmt: skip
def test_words(text: str, words: list[str]) -> None:
    assert [t.low for t in tokens(text)] == words
    assert count_words(text) == len(words)


@given(st.text(max_size=80))
def test_offsets_are_exact_and_ordered(text: str) -> None:
    last = 0
    for start, end, word, _ in tokens(text):
        assert last <= start < end
        assert text[start:end] == word
        last = end


def test_content_words_leave_out_what_carries_none() -> None:
    assert content_words("The client reports that she slept badly, and slept little.") == [
        "slept", "badly", "slept", "little",
    ]  # fmt: skip
