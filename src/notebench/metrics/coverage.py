"""What a draft leaves out, what it gets wrong, and what it should have kept to itself."""

from __future__ import annotations

from collections.abc import Iterator

from ..records import Tally
from .base import Case
from .ledger import DUE, due, withheld


def omission(case: Case) -> Iterator[Tally]:
    """Due facts left out, out of the due scored facts; then by disclosure level."""
    facts = due(case)
    for name, levels in (("omission", DUE), *((f"omission.{level}", (level,)) for level in DUE)):
        verdicts = [v for f, v in facts if f.disclosure in levels]
        if verdicts:
            yield case.tally(name, verdicts.count("omitted"), len(verdicts))


def distortion(case: Case) -> Iterator[Tally]:
    """Due facts that are there and wrong, out of the due scored facts."""
    verdicts = [v for _, v in due(case)]
    if verdicts:
        yield case.tally("distortion", verdicts.count("distorted"), len(verdicts))


def restraint(case: Case) -> Iterator[Tally]:
    """Facts put in that belong outside the note, out of all such facts."""
    verdicts = [v for _, v in withheld(case)]
    if verdicts:
        put_in = len(verdicts) - verdicts.count("omitted")
        yield case.tally("restraint", put_in, len(verdicts))
