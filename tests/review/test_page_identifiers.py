"""Counts of identifiers in what was sent."""

from __future__ import annotations

import pytest

from handmade import session_data
from notebench.records import Session
from notebench.review.identifiers import identifier_counts

SESSION = Session.model_validate(session_data())


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Wren slept. Wren woke.", {"names": 2}),
        ("She met Clyde at the lake.", {"possible_names": 1}),
        ("Next session on Monday in March.", {}),
        ("Seen 2026-03-02, 3/2/26 and March 2, 2026.", {"dates": 3}),
        ("Call (555) 010-1234 or 555-010-9999.", {"phones": 2}),
        ("Mail a.b@example.org, see www.example.org/x", {"mails": 1, "links": 1}),
        ("SSN 123-45-6789, MRN: 00123456", {"numbers": 2}),
        ("Lives at 12 Elm Street, MA 02139.", {"possible_names": 1, "addresses": 2}),
        ("A 92-year-old, and an 88-year-old.", {"old_ages": 1}),
        ("PHQ-9 total 19, up from 17; 50 mg; 10:00 to 10:50.", {}),
    ],
)
def test_identifiers_are_counted(text: str, counts: dict[str, int]) -> None:
    assert identifier_counts(text, SESSION) == counts


def test_patterns_are_quick_on_long_lines() -> None:
    for piece in ("1-", "A ", "a.b@", "555 ", "www.", "12 Elm "):
        identifier_counts(piece * 20_000, SESSION)
