"""Cases made by hand: each test says what the session holds and what was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from notebench.metrics import Case, tally
from notebench.records import ClaimFinding, Draft, FactFinding, Session

NOTE = [
    {"name": "S", "text": "Client slept badly. PHQ-9 was 14."},
    {"name": "O", "text": "Good eye contact."},
    {"name": "A", "text": "Depression, no change."},
    {"name": "P", "text": "Return in one week."},
]


@pytest.fixture
def make() -> Callable[..., Case]:
    """A case. claims: (section, verdict, extra); facts: (kind, disclosure, verdict, extra)."""

    def build(
        claims: list[tuple[Any, ...]] = [],  # noqa: B006 - never changed
        facts: list[tuple[Any, ...]] | None = None,
        session: dict[str, Any] | None = None,
        **draft: Any,
    ) -> Case:
        ledger, found = [], []
        for i, (kind, disclosure, verdict, *extra) in enumerate(facts or []):
            name = f"F{i}"
            more = extra[0] if extra else {}
            ledger.append(
                {"id": name, "kind": kind, "disclosure": disclosure, "statement": "So.", **more}
            )
            if verdict:
                found.append(
                    FactFinding(draft_id="d", fact_id=name, verdict=verdict, verifier="hand@1")
                )
        given = Session.model_validate(
            {
                "session_id": "s",
                "transcript": [{"turn": 1, "speaker": "client", "text": "I sleep badly."}],
                "facts": None if facts is None else ledger,
                **(session or {}),
            }
        )
        note = {"draft_id": "d", "session_id": "s", "drafter": "x", "sections": NOTE, **draft}
        judged = [
            ClaimFinding(
                draft_id="d", section=section, verdict=verdict, verifier="hand@1",
                **{"start": 0, "end": 3, "text": "So.", **(extra[0] if extra else {})},
            )
            for section, verdict, *extra in claims
        ]  # fmt: skip
        return Case(given, Draft.model_validate(note), (*judged, *found))

    return build


@pytest.fixture
def count() -> Callable[[Case, str], dict[str, Any]]:
    """Tallies of a family as {metric: (amount, out_of)}, or {(metric, section): ...} by section."""

    def run(case: Case, family: str) -> dict[Any, tuple[float, float]]:
        found = {}
        for t in tally([case], [family]):
            key = (t.metric, t.section) if t.section else t.metric
            assert key not in found, "two rows for one thing"
            found[key] = (t.amount, t.out_of)
        return found

    return run
