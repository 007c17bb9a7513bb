"""Modelled review time of a draft, and the errors left afterwards: both rest on `effort`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .. import taxonomy
from ..formats import sections_of
from ..records import WRONG, Tally
from .base import Case
from .effort import Load, Number, defaults, seconds, writing
from .faithfulness import grade
from .ledger import due, withheld
from .verbosity import reference_words, repeats, sentences_of, words_of


class Risk(NamedTuple):
    """Weights of a draft's errors, in minor errors, before anyone reviews it."""

    wrong: Number
    missing: Number

    def left(self, detection: Number, omission_detection: Number) -> Number:
        """What is left when a reviewer notices that share of wrong sentences."""
        return self.wrong * (1 - detection) + self.missing * (1 - detection * omission_detection)


def load(case: Case) -> Load | None:
    """What this draft gives a reviewer to do; None where none of its sentences was scored.

    Unscored sentences are read and looked up like others, and edited like none. Without facts
    (omission can't be measured) the time for adding them is left out.
    """
    verdicts = [c.verdict for c in case.claims]
    if all(v == "unscored" for v in verdicts):
        return None
    sentences = sentences_of(case.draft)
    put_in = sum(v != "omitted" for _, v in withheld(case))
    return Load(
        words=words_of(sections_of(case.draft)),
        sentences=len(sentences),
        unsupported=verdicts.count("unsupported") + verdicts.count("inferred"),
        contradicted=verdicts.count("contradicted"),
        omitted=sum(v == "omitted" for _, v in due(case)),
        trims=len(repeats(sentences)) + put_in,
    )


def risk(case: Case) -> Risk:
    """Weights of what is wrong and what is missing."""
    weights, flags = taxonomy.weights(), taxonomy.flags(case.session)
    # Without type or severity an error counts as major, the middle of the scale.
    wrong = sum(weights[grade(c, flags) or "major"] for c in case.claims if c.verdict in WRONG)
    missing = sum(
        weights[taxonomy.severity(taxonomy.omission_of(f.kind).name, stratum_flags=flags)]
        for f, v in due(case)
        if v == "omitted"
    )
    return Risk(wrong, missing)


def words_by_hand(case: Case) -> int | None:
    """Words of the clinician's note; None without such a note."""
    return reference_words(case.session, case.draft.format) or None


def saves_writing(case: Case) -> bool:
    """Whether the draft stands in for writing: not the clinician's own note, nor a polished one."""
    return case.draft.drafter != "reference" and case.draft.workflow != "polish"


def review_time(case: Case) -> Iterator[Tally]:
    """Modelled seconds of review, of writing by hand, and the difference.

    No saving is given for a note that the clinician wrote: the reference, or a draft that polishes
    the clinician's own.
    """
    work, words, p = load(case), words_by_hand(case), defaults()
    time = seconds(work, p) if work else None
    if time is not None:
        yield case.tally("review_time", time, 1)
    if words is None:
        return
    manual = writing(words, p)
    yield case.tally("review_time.by_hand", manual, 1)
    if time is not None and saves_writing(case):
        yield case.tally("review_time.net_saved", manual - time, 1)


def residual_risk(case: Case) -> Iterator[Tally]:
    """Weighted errors expected to be left after review: by a diligent and an everyday reviewer."""
    if load(case) is None:
        return
    errors, p = risk(case), defaults()
    for name, d in (
        ("residual_risk", p["detection"]),
        ("residual_risk.in_practice", p["detection_in_practice"]),
    ):
        yield case.tally(name, errors.left(d, p["omission_detection"]), 1)
