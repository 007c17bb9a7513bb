"""Sentences that a session does not hold, of several kinds, for fitting and measuring verifiers.

Sentences of another session count only where no sentence or fact of this session is nearly the
same: many sessions end with the same kind of plan, and that would be true here too.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from rapidfuzz import fuzz

from notebench.records import Note, Session
from notebench.text import content_words, split_sentences

FORMATS = ("SOAP", "DAP", "BIRP")
KINDS = (
    "same problem",
    "other problem",
    "other talk",
    "half true",
    "scattered",
    "offtopic",
    "vague",
)
_ALIKE = 75  # token-set likeness (0-100) from which a sentence may be true of this session too
_SHORT = 3  # content words under which a sentence of another session is not used
_CLAUSE = re.compile(r"(?<=[a-z])(?:;|,| and| with) (?=[a-z])")


class Stray(NamedTuple):
    """A sentence without a source, with the section it is put in."""

    kind: str
    section: str
    text: str


def sentences(note: Note) -> Iterator[tuple[str, str]]:
    """Section and text of every sentence of a note."""
    for section in note.sections:
        for span in split_sentences(section.text):
            yield section.name, span.text


@cache
def _words() -> dict[str, Any]:
    text = (Path(__file__).parent / "offtopic.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def strays(
    session: Session, others: Sequence[Session], split: str, most: int, rng: random.Random
) -> list[Stray]:
    """Up to `most` sentences of each kind for a session. split: the word lists, fit or report."""
    known = [text for note in session.references for _, text in sentences(note)]
    known += [w for f in session.facts or [] for w in (f.statement, f.generalised) if w]
    problem = session.scenario.get("problem")
    same = [o for o in others if o.scenario.get("problem") == problem and o is not session]
    rest = [o for o in others if o.scenario.get("problem") != problem]
    lists = _words()[split]
    made = {
        "same problem": [s for o in same for s in _noted(o)],
        "other problem": [s for o in rest for s in _noted(o)],
        "other talk": [s for o in rest for s in _said(o)],
        "offtopic": [(rng.choice("SOAP"), text) for text in lists["offtopic"]],
        "vague": [(rng.choice("SOAP"), text) for text in lists["vague"]],
    }
    found = []
    for kind, candidates in made.items():
        rng.shuffle(candidates)
        fresh = (c for c in candidates if kind == "vague" or _foreign(c[1], known))
        found += [Stray(kind, *c) for c, _ in zip(fresh, range(most), strict=False)]
    found += _half_true(session, found, most, rng)
    return found + _scattered(session, lists["frames"], most, rng)


def _noted(session: Session) -> list[tuple[str, str]]:
    return [s for note in session.references for s in sentences(note)]


def _said(session: Session) -> list[tuple[str, str]]:
    return [
        ("S", span.text)
        for turn in session.transcript
        if turn.speaker == "client"
        for span in split_sentences(turn.text)
    ]


def _foreign(text: str, known: Sequence[str]) -> bool:
    words = content_words(text)
    return len(words) >= _SHORT and all(fuzz.token_set_ratio(text, k) < _ALIKE for k in known)


def _half_true(
    session: Session, foreign: Sequence[Stray], most: int, rng: random.Random
) -> list[Stray]:
    """The first clause of a true sentence with the last clause, or the whole, of a foreign one."""
    true = [s for note in session.references for s in sentences(note)]
    wrong = [s.text for s in foreign if s.kind in ("other problem", "same problem")]
    if not true or not wrong:
        return []
    made = []
    for _ in range(most):
        section, text = rng.choice(true)
        other = rng.choice(wrong)
        tail = _CLAUSE.split(other)[-1] if rng.random() < 0.5 else other
        tail = other if len(content_words(tail)) < _SHORT else tail
        head = _CLAUSE.split(text)[0].rstrip(" .")
        made.append(Stray("half true", section, f"{head}, and {tail[0].lower()}{tail[1:]}"))
    return made


def _scattered(
    session: Session, frames: Sequence[str], most: int, rng: random.Random
) -> list[Stray]:
    """Words of turns that lie far apart in a sentence that nobody said."""
    told = [sorted(w for w in content_words(t.text) if len(w) > 4) for t in session.transcript]
    turns = [words for words in told if words]
    if len(turns) < 8:
        return []
    made = []
    for _ in range(most):
        start = rng.randrange(len(turns))
        words = [rng.choice(turns[(start + i * len(turns) // 4) % len(turns)]) for i in range(4)]
        text = rng.choice(frames).format(**dict(zip("abcd", words, strict=True)))
        made.append(Stray("scattered", rng.choice("SOAP"), text))
    return made
