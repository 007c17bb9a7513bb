"""Whether the note alone answers what a colleague must know months later.

The questions are data (cold_reader.yaml), each tied to facts of a session. They are asked of the
note's findings, not of a person: a question counts as answered where the facts that it needs are
conveyed, as answered wrongly where one of them is distorted or the note gives a false answer. Where
one fact is answer enough, one that is conveyed outweighs those that are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from ..records import WRONG, ClaimFinding, Fact, Tally
from .base import Case
from .checklist.spec import Selector
from .ledger import DUE, shown

Answer = Literal["answered", "wrong", "unanswerable", "undecided"]


@dataclass(frozen=True)
class Question:
    """One question of the bank."""

    id: str
    ask: str
    facts: Selector
    levels: tuple[str, ...]
    need: Literal["all", "any"]
    errors: frozenset[str]

    def rests_on(self, case: Case) -> list[Fact]:
        """The facts of a session that answer it."""
        facts = case.session.facts or []
        return [f for f in facts if f.disclosure in self.levels and self.facts.takes(f)]


@dataclass(frozen=True)
class Reading:
    """One question asked of one note."""

    question: Question
    answer: Answer
    facts: tuple[Fact, ...]
    """What the answer rests on; empty where the session has none and the note a false one."""
    missing: tuple[Fact, ...] = ()
    """Of these, those that the note leaves out."""
    untrue: tuple[str, ...] = ()
    """Facts got wrong, and sentences that give a false answer."""
    knowable: bool = True
    """Whether the drafter was shown enough to answer it."""


@cache
def questions() -> tuple[Question, ...]:
    """The bank, in order."""
    data = yaml.safe_load(files(__package__).joinpath("cold_reader.yaml").read_text("utf-8"))
    return tuple(
        Question(
            id=q["id"], ask=q["ask"], facts=Selector.of(q["facts"]), need=q["need"],
            levels=tuple(q.get("levels", DUE)), errors=frozenset(q["errors"]),
        )
        for q in data["questions"]
    )  # fmt: skip


def ask(case: Case) -> list[Reading]:
    """Every question that a note can be asked, with what became of it; none without facts."""
    if not case.session.facts:
        return []
    readings = (_asked(case, question) for question in questions())
    return [r for r in readings if r is not None]


def cold_reader(case: Case) -> Iterator[Tally]:
    """Questions answered, answered wrongly, and not answerable; the section holds their id."""
    for reading in ask(case):
        if reading.answer == "undecided":
            continue
        name = reading.question.id
        for answer in ("answered", "wrong", "unanswerable"):
            yield case.tally(f"cold_reader.{answer}", reading.answer == answer, 1, name)
        if reading.knowable:
            lost = reading.answer == "unanswerable"
            yield case.tally("cold_reader.left_out", lost, 1, name)


def _asked(case: Case, question: Question) -> Reading | None:
    facts = question.rests_on(case)
    fates = {f.fact_id: f.verdict for f in case.facts}
    distorted = [f.statement for f in facts if fates.get(f.id) == "distorted"]
    untrue = (*distorted, *(c.text for c in _false_answers(case, question)))
    if not facts and not untrue:
        return None
    missing = tuple(f for f in facts if fates.get(f.id) == "omitted")
    known = {f.id for f in shown(case)}
    enough = any if question.need == "any" else all
    return Reading(
        question, _answer(question, [str(fates.get(f.id, "unscored")) for f in facts], untrue),
        tuple(facts), missing, untrue, enough(f.id in known for f in facts),
    )  # fmt: skip


def _false_answers(case: Case, question: Question) -> list[ClaimFinding]:
    return [c for c in case.claims if c.verdict in WRONG and c.error_type in question.errors]


def _answer(question: Question, fates: Sequence[str], untrue: Sequence[str]) -> Answer:
    if question.need == "any" and "conveyed" in fates:
        return "answered"
    if untrue:
        return "wrong"
    if question.need == "any":
        return "undecided" if "unscored" in fates else "unanswerable"
    if "omitted" in fates:
        return "unanswerable"
    return "undecided" if "unscored" in fates else "answered"
