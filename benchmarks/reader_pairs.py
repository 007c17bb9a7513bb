"""Labelled pairs to train the local verifier's reader on: a sentence and the lines beside it.

From three sources, none of which any verifier is reported on: notes written for fitting
(written_notes.py), generated sessions with planted errors and sentences of no source, and the test
sets of MTS-Dialog (CC BY 4.0; the validation set, which people scored, is left out), whose
reference summaries are true of their dialogue, with slips made by rule and sentences of other
dialogues as wrong ones.
"""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from unsourced import FORMATS, sentences, strays
from written_notes import LEFT_OUT as WRITTEN_LEFT_OUT
from written_notes import written

from notebench.errors import NotebenchError
from notebench.records import Session, Turn
from notebench.text import split_sentences
from notebench.verifiers.beside import lines_beside
from notebench.verifiers.index import SessionIndex
from notebench.verifiers.terms import read

SEED = 20_000
MTS_FILES = (
    "MTS-Dialog-TestSet-1-MEDIQA-Chat-2023.csv",
    "MTS-Dialog-TestSet-2-MEDIQA-Sum-2023.csv",
)
LEFT_OUT = {"written": WRITTEN_LEFT_OUT, "mts": 8, "generated": 4}
"""Every n-th group of a source is left out of the training."""
_ERRORS = 12  # planted in a note, or as many as it takes
_KEPT = 0.6  # share of sentences that stand as they were beside what an error made of them
_TRUE = 7  # other true sentences of each version of a note
_TYPES = (
    "certainty_shift", "copy_forward", "cross_client", "fabricated_intervention",
    "fabricated_observation", "fabricated_plan", "fabricated_response", "fabricated_risk",
    "fabricated_symptom", "false_quotation", "internal_contradiction", "negation_flip",
    "severity_shift", "unsupported_inference", "wrong_person", "wrong_time", "wrong_value",
    "boilerplate",
)  # fmt: skip
_FOREIGN = 12  # sentences of other dialogues looked at for one that is near and not the same
_ALIKE = 0.6  # likeness from which a sentence of another dialogue may be true of this one


class Pair(NamedTuple):
    """A sentence with the lines beside it, and whether it errs."""

    group: str
    origin: str
    sentence: str
    lines: tuple[str, ...]
    bad: bool
    error_type: str | None = None


def split(pairs: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Pairs to train on, and pairs of the groups left out."""
    every = LEFT_OUT[pairs[0].origin]
    out = set(sorted({p.group for p in pairs})[every - 1 :: every])
    return [p for p in pairs if p.group not in out], [p for p in pairs if p.group in out]


def pair(
    group: str, origin: str, index: SessionIndex, text: str, bad: bool, kind: str | None = None
) -> Pair:
    """A pair with the lines that the verifier would show."""
    reading = read(text)
    lines = tuple(lines_beside(reading, index.near(reading), index))
    return Pair(group, origin, text, lines, bad, kind)


def written_pairs() -> Iterator[Pair]:
    """Of the notes written for fitting."""
    for session, told in written():
        index = SessionIndex(session)
        for text, kind in told:
            yield pair(session.session_id, "written", index, text, kind is not None, kind)


def generated_pairs(count: int) -> Iterator[Pair]:
    """Of generated sessions; every third is read without its ledger of facts.

    Of each: sentences of the clinician's note, as written and reworded, with errors planted in
    them, most beside the sentence as it was; and sentences of no source.
    """
    from notebench.drafters.base import Task
    from notebench.drafters.paraphraser import Paraphraser
    from notebench.sessions import generate

    sessions = list(generate(count, seed=SEED))
    rng = random.Random(SEED)
    for at, session in enumerate(sessions):
        known = session if at % 3 else session.model_copy(update={"facts": None})
        index, format = SessionIndex(known), FORMATS[at // 3 % len(FORMATS)]
        note = session.reference(format)
        if note is None:
            continue
        reworded = Paraphraser().draft(Task(session, "polish", format, seed=SEED))
        again = note.model_copy(update={"sections": reworded.sections})
        told: dict[str, bool] = {}
        for version in (note, again):
            changed = session.model_copy(update={"references": [version]})
            for before, after in _planted(changed, format):
                told[after] = True
                if before and rng.random() < _KEPT:
                    told.setdefault(before, False)
            true = [text for _, text in sentences(version)]
            told |= dict.fromkeys(rng.sample(true, min(_TRUE, len(true))), False)
        near = sessions[max(0, at - 20) : at + 20]
        strange = strays(session, near, "fit", 1, rng)
        told |= {s.text: True for s in strange if s.kind not in ("vague", "offtopic")}
        for text, bad in told.items():
            yield pair(session.session_id, "generated", index, text, bad)


def _planted(session: Session, format: str) -> list[tuple[str, str]]:
    """Sentences before and after an error was planted in them, as many as the note takes."""
    from notebench.drafters.base import Task
    from notebench.drafters.saboteur import Saboteur

    for errors in range(_ERRORS, 2, -3):
        try:
            draft = Saboteur(options={"errors": errors, "types": list(_TYPES)}).draft(
                Task(session, "polish", format, seed=SEED)
            )
        except NotebenchError:
            continue
        return [(e["before"], e["after"]) for e in draft.provenance["planted"] if e["after"]]
    return []


def mts_pairs(folder: Path) -> Iterator[Pair]:
    """Of MTS-Dialog's test sets in `folder`."""
    rng = random.Random(SEED)
    all_of_them = list(dialogues(folder))
    by_header = defaultdict(list)
    for session, header, told in all_of_them:
        by_header[header] += [(session.session_id, text) for text in told]
    for session, header, told in all_of_them:
        index = SessionIndex(session)
        name = session.session_id
        for text in told:
            yield pair(name, "mts", index, text, False)
            slip = slipped(text, rng)
            if slip:
                yield pair(name, "mts", index, slip, True)
        others = [text for other, text in by_header[header] if other != name]
        for _ in range(max(1, len(told) // 2)):
            foreign = rng.sample(others, min(_FOREIGN, len(others)))
            nearest = max(foreign, key=lambda t: _likeness(t, index), default=None)
            if nearest and _likeness(nearest, index) < _ALIKE:
                yield pair(name, "mts", index, nearest, True)


def _likeness(text: str, index: SessionIndex) -> float:
    return index.likeness(read(text), index.passages)


_SPEAKER = re.compile(r"\s*(Doctor|Patient|Guest_\w+)[^:]*:\s*(.+)")


def dialogues(folder: Path) -> Iterator[tuple[Session, str, list[str]]]:
    """Dialogue, header and sentences of the summary of each that has some."""
    for number, name in enumerate(MTS_FILES, 1):
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            for at, row in enumerate(csv.DictReader(file)):
                said = [m for line in row["dialogue"].split("\n") if (m := _SPEAKER.match(line))]
                turns = [
                    Turn(turn=i, speaker="clinician" if m[1] == "Doctor" else "client", text=m[2])
                    for i, m in enumerate(said, 1)
                ]
                told = [s.text for s in split_sentences(row["section_text"])]
                told = [t for t in told if 3 <= len(t.split()) <= 45]
                if len(turns) > 1 and told:
                    session = Session(session_id=f"mts{number}-{at}", transcript=turns)
                    yield session, row["section_header"], told


_TURNED = [
    ("denies", "reports"), ("denied", "reported"), ("reports", "denies"), ("has no", "has"),
    ("no history", "a history"), ("No", "Positive for"), ("is not", "is"), ("does not", "does"),
    ("negative", "positive"), ("positive", "negative"), ("has had", "has not had"),
    ("has a", "does not have a"), ("is", "is not"), ("was", "was not"),
    ("increased", "decreased"), ("improved", "worsened"), ("left", "right"), ("right", "left"),
]  # fmt: skip
_OTHERS = [
    ("mother", "father"), ("father", "mother"), ("brother", "sister"), ("wife", "sister"),
    ("husband", "brother"), ("The patient", "The patient's mother"),
]  # fmt: skip


def slipped(text: str, rng: random.Random) -> str | None:
    """The text with a number, its polarity or a person changed; None where it has none of them."""
    made = []
    numbers = list(re.finditer(r"\b\d+\b", text))
    if numbers:
        at = rng.choice(numbers)
        value = max(1, int(at[0]) + rng.choice([-3, -2, 2, 3, 5]))
        made.append(f"{text[: at.start()]}{value}{text[at.end() :]}")
    for swaps in (_TURNED, _OTHERS):
        for one, other in swaps:
            if re.search(rf"\b{one}\b", text):
                made.append(re.sub(rf"\b{one}\b", other, text, count=1))
                break
    made = [m for m in made if m != text]
    return rng.choice(made) if made else None
