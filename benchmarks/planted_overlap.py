"""Whether counting words finds planted errors: AUROC of word coverage, type by type.

    python benchmarks/planted_overlap.py [--sessions N] [--seed S] [--format SOAP]

For each session and error type the saboteur plants one error, if the note takes it. The score of a
sentence is the share of its content words that stand neither in the transcript nor in the rough
notes; AUROC compares planted sentences with those left untouched in the same notes (0.5: counting
words can't tell them apart). Intervals resample whole sessions. Omissions leave no sentence to score.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from notebench import taxonomy
from notebench.adapters.challenge import source_words, uncovered
from notebench.adapters.measures import Interval, Rated, auroc, with_interval
from notebench.drafters.base import Task
from notebench.drafters.saboteur import Saboteur
from notebench.errors import NotebenchError
from notebench.records import Draft, Session
from notebench.sessions import generate
from notebench.text import split_sentences

SEED, COUNT = 920_000, 120  # sessions that no wording was written for
CONTRADICTIONS = (
    "negation_flip", "wrong_person", "wrong_value", "wrong_time", "severity_shift",
    "certainty_shift",
)  # fmt: skip
"""Types that say otherwise what the session says."""
RESAMPLES = 500


class Overlap(NamedTuple):
    """What became of one error type, or of several together."""

    name: str
    planted: int
    """Errors planted, at most one a session."""
    sessions: int
    """Sessions in which it was tried."""
    auroc: Interval


def overlaps(sessions: Sequence[Session], format: str = "SOAP") -> list[Overlap]:
    """A row for each type of the taxonomy, then one for the contradictions pooled."""
    rows, pool, total = [], [], 0
    for kind in taxonomy.types():
        rated, count = _rated(kind, sessions, format)
        rows.append(Overlap(kind, count, len(sessions), _measured(rated)))
        if kind in CONTRADICTIONS:
            pool, total = pool + rated, total + count
    tried = len(sessions) * len(CONTRADICTIONS)
    return [*rows, Overlap("contradictions, pooled", total, tried, _measured(pool))]


def _rated(kind: str, sessions: Iterable[Session], format: str) -> tuple[list[Rated], int]:
    saboteur = Saboteur(options={"errors": 1, "types": [kind]})
    rated: list[Rated] = []
    count = 0
    for session in sessions:
        try:
            draft = saboteur.draft(Task(session, "polish", format))
        except NotebenchError:  # nothing in this note takes it
            continue
        count += 1
        rated += _sentences(session, draft)
    return rated, count


def _sentences(session: Session, draft: Draft) -> Iterable[Rated]:
    words = source_words(session)
    places = {(e["section"], e["start"]) for e in draft.provenance["planted"]}
    for section in draft.sections:
        for span in split_sentences(section.text):
            bad = (section.name, span.start) in places
            yield Rated(session.session_id, uncovered(span.text, words), bad)


def _measured(rated: Sequence[Rated]) -> Interval:
    return with_interval(rated, auroc, resamples=RESAMPLES)


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--format", default="SOAP")
    given = parser.parse_args()
    sessions = list(generate(given.sessions, seed=given.seed, formats=[given.format]))
    print("| planted error | planted | of sessions | AUROC of absent words (95% interval) |")
    print("|---|---|---|---|")
    for row in overlaps(sessions, given.format):
        print(f"| {row.name} | {row.planted} | {row.sessions} | {row.auroc} |")


if __name__ == "__main__":
    main()
