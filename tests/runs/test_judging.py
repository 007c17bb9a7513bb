"""Judging: several notes at once where a verifier can, in order all the same, and stoppable."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from notebench.errors import BudgetExceeded, NotebenchError
from notebench.records import ClaimFinding, Draft
from notebench.runs.judging import models_in, verify
from notebench.runs.progress import progress_bar
from notebench.verifiers.base import claims

SILENT = progress_bar(False)


class Slow:
    """A verifier that waits in each note until as many others are in work as it was told."""

    name, version = "slow", "1"

    def __init__(self, parallel: bool, together: int = 1) -> None:
        self.parallel = parallel
        self.seen: list[str] = []
        self.threads: set[int] = set()
        self._barrier = threading.Barrier(together)

    def verify(self, session: Any, draft: Draft) -> list[Any]:
        self.seen.append(draft.draft_id)
        self.threads.add(threading.get_ident())
        self._barrier.wait(5)
        if "broken" in draft.draft_id:
            raise BudgetExceeded("nothing left")
        return [
            ClaimFinding(draft_id=draft.draft_id, section=c.section, start=c.start, end=c.end,
                         text=c.text, verdict="supported", p_unfaithful=0.1, verifier="slow@1")
            for c in claims(draft)
        ]  # fmt: skip


class Lingering(Slow):
    """Takes long enough over each note for a stop to come before the last one."""

    def verify(self, session: Any, draft: Draft) -> list[Any]:
        time.sleep(0.02)
        return super().verify(session, draft)


@pytest.fixture
def notes(make_draft: Any) -> list[Draft]:
    return [make_draft(draft_id=f"d-{n:02}") for n in range(12)]


def order(findings: list[Any]) -> list[str]:
    return list(dict.fromkeys(f.draft_id for f in findings))


def test_notes_are_judged_at_once_and_come_in_order(hand_session: Any, notes: list[Draft]) -> None:
    verifier = Slow(parallel=True, together=3)  # three must be in work at the same time
    findings, failed = verify(verifier, [hand_session], notes, SILENT, 3)
    assert order(findings) == [d.draft_id for d in notes] and not failed
    assert len(verifier.threads) == 3


@pytest.mark.parametrize(("parallel", "concurrency"), [(False, 4), (True, 1)])
def test_one_at_a_time_otherwise(
    parallel: bool, concurrency: int, hand_session: Any, notes: list[Draft]
) -> None:
    verifier = Slow(parallel)
    verify(verifier, [hand_session], notes, SILENT, concurrency)
    assert verifier.threads == {threading.get_ident()}
    assert verifier.seen == [d.draft_id for d in notes]


def test_one_failing_note_does_not_end_the_others(
    hand_session: Any, notes: list[Draft], make_draft: Any
) -> None:
    given = [*notes[:2], make_draft(draft_id="broken"), *notes[2:]]
    findings, failed = verify(Slow(True), [hand_session], given, SILENT, 3)
    assert order(findings) == [d.draft_id for d in given]
    assert [(d.draft_id, str(e)) for d, e in failed] == [("broken", "nothing left")]
    assert {f.verdict for f in findings if f.draft_id == "broken"} == {"unscored"}


def test_a_stop_ends_the_notes_that_wait(hand_session: Any, notes: list[Draft]) -> None:
    def bar(items: Any, **_: Any) -> Any:
        yield next(items)
        raise KeyboardInterrupt

    verifier, before = Lingering(True), threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        verify(verifier, [hand_session], notes * 20, bar, 2)
    assert len(verifier.seen) < len(notes) * 20
    assert threading.active_count() == before


def test_a_draft_without_its_session_is_refused_before_any_is_judged(
    hand_session: Any, notes: list[Draft], make_draft: Any
) -> None:
    verifier = Slow(False)
    with pytest.raises(NotebenchError, match="its session 'gone' is not among"):
        verify(verifier, [hand_session], [*notes, make_draft(session_id="gone")], SILENT)
    assert verifier.seen == []


def test_the_model_of_a_draft_is_told_rather_than_its_label(make_draft: Any) -> None:
    labelled = make_draft(draft_id="a", drafter="mine", provenance={"model": "openai/gpt-x"})
    plain = make_draft(draft_id="b", drafter="reference", provenance={})
    assert models_in([labelled, plain, labelled]) == ["openai/gpt-x", "reference"]
