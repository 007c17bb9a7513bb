"""Whether counting words finds planted errors: AUROC of word coverage, type by type.

    python benchmarks/planted_overlap.py [--sessions N] [--seed S] [--format SOAP]

For each session and error type the saboteur plants one error, if the note takes it. The score of a
sentence is the share of its content words that stand neither in the transcript nor in the rough
notes; AUROC compares planted sentences with those left untouched in the same notes (0.5: counting
words can't tell them apart). Intervals resample whole sessions. Omissions leave no sentence to
score.
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
POOLED = "contradictions, pooled"
RESAMPLES = 500


class Overlap(NamedTuple):
    """What became of one error type, or of several together."""

    name: str
    planted: int
    """Errors planted, at most one a session."""
    sessions: int
    """Errors tried: one a session and type."""
    auroc: Interval


def overlaps(sessions: Sequence[Session], format: str = "SOAP") -> list[Overlap]:
    """A row for each type of the taxonomy, then one for the contradictions pooled."""
    rated = {kind: _rated(kind, sessions, format) for kind in taxonomy.types()}
    rows = [_row(kind, [found], sessions) for kind, found in rated.items()]
    return [*rows, _row(POOLED, [rated[kind] for kind in CONTRADICTIONS], sessions)]


def contradictions(sessions: Sequence[Session], format: str = "SOAP") -> Overlap:
    """The contradictions pooled."""
    return _row(POOLED, [_rated(kind, sessions, format) for kind in CONTRADICTIONS], sessions)


def _row(name: str, parts: Sequence[list[Rated]], sessions: Sequence[Session]) -> Overlap:
    rated = [r for part in parts for r in part]
    planted = sum(len({r.group for r in part}) for part in parts)
    measured = with_interval(rated, auroc, resamples=RESAMPLES)
    return Overlap(name, planted, len(sessions) * len(parts), measured)


def _rated(kind: str, sessions: Iterable[Session], format: str) -> list[Rated]:
    """Sentences of the notes that take an error of that type."""
    saboteur = Saboteur(options={"errors": 1, "types": [kind]})
    rated: list[Rated] = []
    for session in sessions:
        try:
            draft = saboteur.draft(Task(session, "polish", format))
        except NotebenchError:  # nothing in this note takes it
            continue
        rated += _sentences(session, draft)
    return rated


def _sentences(session: Session, draft: Draft) -> Iterable[Rated]:
    words = source_words(session)
    places = {(e["section"], e["start"]) for e in draft.provenance["planted"]}
    for section in draft.sections:
        for span in split_sentences(section.text):
            bad = (section.name, span.start) in places
            yield Rated(session.session_id, uncovered(span.text, words), bad)


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--format", default="SOAP")
    given = parser.parse_args()
    sessions = list(generate(given.sessions, seed=given.seed, formats=[given.format]))
    print("| planted error | planted | of | AUROC of absent words (95% interval) |")
    print("|---|---|---|---|")
    for row in overlaps(sessions, given.format):
        print(f"| {row.name} | {row.planted} | {row.sessions} | {row.auroc} |")


if __name__ == "__main__":
    main()
