"""A text is cut into as many sentences as somebody counted, whatever splitter they had."""

import pytest

from notebench.adapters.cutting import cut

LIST = "Goals:\n1. Walk daily.\n2. Call Dr. Lund at 3 p.m. on Friday."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("She said no. He left", ["She said no.", "He left"]),
        (LIST, ["Goals:", "1. Walk daily.", "2. Call Dr. Lund at 3 p.m. on Friday."]),
        ("He said \"stop.\" Then left.", ['He said "stop."', "Then left."]),
        ("Client is calm.Client is clean.", ["Client is calm.", "Client is clean."]),
        ("no capital. but a stop.", ["no capital.", "but a stop."]),
        ("Two lines\nwithout stops", ["Two lines", "without stops"]),
        ("One clause; another.", ["One clause;", "another."]),
        ("One. Two. Three.", ["One. Two. Three."]),
        ("A line\nwrapped. Next.", ["A line\nwrapped.", "Next."]),
    ],
)  # fmt: skip
def test_pieces(text, expected):
    found = cut(text, len(expected))
    assert found == expected
    at = 0
    for piece in found:  # each is a slice of the text, in order
        at = text.index(piece, at) + len(piece)


def test_none_where_no_plain_way_gives_that_many():
    assert cut("One. Two.", 5) is None
    assert cut("", 2) is None
