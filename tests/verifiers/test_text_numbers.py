"""Numbers in digits and in speech."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebench.text.numbers import numbers

VALUES = [
    ("Nineteen today, it was 17.", [19, 17]),
    ("twenty-one and thirty three", [21, 33]),
    ("on the one-fifty, now three hundred", [150, 300]),
    ("a hundred and fifty", [150]),
    ("two thousand three hundred", [2300]),
    ("nineteen ninety-one", [1991]),
    ("call nine-eight-eight", [988]),
    ("half past two, quarter to nine, 2:30 p.m., 14:30", [2.5, 8.75, 2.5, 2.5]),
    ("lights out at ten thirty", [10.5]),
    ("at 4 p.m. or 10a", [4, 10]),
    ("point five, seven point five, 7.5, .5", [0.5, 7.5, 7.5, 0.5]),
    ("two and a half hours, an hour and a half", [2.5, 1.5]),
    ("two thirds, three-quarters, half, 1½", [2 / 3, 0.75, 0.5, 1.5]),
    ("once, twice, a dozen, half a dozen", [1, 2, 12, 6]),
    ("$1,200 and 50% and fifty percent", [1200, 50, 50]),
    ("March 2, 2026-03-02", [302, 302]),
    ("5-10, 190-2", [5, 10, 190, 192]),
    ("the thirty-fourth, 21st, third", [34, 21, 3]),
    ("150→300, x3, 5h, 3/7, 2/4 walks", [150, 300, 3, 5, 3, 2, 4]),
    ("PHQ-9, GAD7, B12, F41.1, DSM-5, s9", []),
    ("that one, no one, another one, one another", []),
    ("PHQ-9 19 (17), item 9 = 1", [19, 17, 9, 1]),
    ("the seconds after, a second, the second of May", [2]),
]


@pytest.mark.parametrize(("text", "values"), VALUES)
def test_values(text, values):
    assert [n.value for n in numbers(text)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "taken_back"),
    [
        ("three, no, four", ["three"]),
        ("Two nights. Well. Three, with Sunday.", ["Two"]),
        ("I had 2, sorry, make it 5", ["2"]),
        ("three or four", []),
        ("no more than two, four at most", []),
    ],
)
def test_corrections(text, taken_back):
    assert [n.text for n in numbers(text) if n.retracted] == taken_back


@pytest.mark.parametrize(
    ("text", "unit"),
    [("7.5 mg", "mg"), ("45-minute", "minute"), ("3 nights", "day"), ("2x", "time"), ("5", None)],
)
def test_units(text, unit):
    assert numbers(text)[0].unit == unit


def test_two_readings_are_both_kept():
    [number] = numbers("one-fifty")
    assert set(number.values) == {150, 1 + 50 / 60}


def test_item_of_a_questionnaire_is_marked():
    assert [n.kind for n in numbers("item 9 = 1, #9")] == ["item", "number", "item"]


_PIECES = st.lists(
    st.sampled_from(
        "one two twenty fifty hundred thousand and a half past no well , . - / : 5 10 3.5 % $ mg "
        "p.m. '91 ½ 2026-03-02 March PHQ-9 x3 point third once \n é".split(" ")
    ),
    max_size=25,
)


@given(_PIECES.map(" ".join) | _PIECES.map("".join) | st.text(max_size=80))
def test_offsets_are_exact_ordered_and_apart(text):
    found = numbers(text)
    for number in found:
        assert text[number.start : number.end] == number.text
        assert number.text == number.text.strip()
        assert number.value >= 0
    for left, right in zip(found, found[1:], strict=False):
        assert left.end <= right.start
    assert numbers(text) == found


@given(st.integers(0, 9999))
def test_figures_are_read(value):
    [number] = numbers(f"about {value} of them")
    assert value in number.values
