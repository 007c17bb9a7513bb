"""The part of a session, or of a note, that bears on one sentence: short enough for a small model.

Picked by shared words and numbers, rare ones first, each further piece for what the ones before it
lack. In talk a question comes with its answer and a short answer with its question.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..records import Section, Session
from ..text import split_sentences
from ..text.tokens import count_words
from .derived import with_weekdays
from .terms import read

_WORDS = {"talk": 55, "notes": 24, "chart": 8, "prior": 8, "note": 50}
"""Words of each source from which on nothing is added to an excerpt."""
_LONG_TURN = 35
"""Words above which a turn is cut into its sentences."""
_SHORT_ANSWER = 20
"""Words up to which an answer needs its question to be understood."""
_SAID_AGAIN = 0.2
"""What a word counts that a picked piece holds already; a new one counts up to 1."""
_NUMBER = 1.5
"""What a shared number counts against a word as rare."""
_LEAST = 0.25
"""What a further piece must add to be picked."""


@dataclass(frozen=True)
class Piece:
    """A turn of the talk, or a sentence."""

    source: str
    """talk, notes, chart or prior; or note: the one that is judged."""
    text: str
    """Its words; of a turn, after who said them."""
    turn: int | None = None
    """Number of the turn."""
    held: frozenset[str | float] = frozenset()
    """Common forms of its content words, and its numbers."""


@dataclass(frozen=True)
class Excerpt:
    """Pieces by source, each source in its own order."""

    talk: list[str] = field(default_factory=list)
    """Turns, or sentences of long ones."""
    notes: list[str] = field(default_factory=list)
    """The clinician's rough notes."""
    chart: list[str] = field(default_factory=list)
    """Entries of the chart."""
    prior: list[str] = field(default_factory=list)
    """The note of the session before: true of last time only."""
    note: list[str] = field(default_factory=list)
    """Sentences of the note that is judged."""
    turns: list[int] = field(default_factory=list)
    """Numbers of the turns that `talk` shows."""


class Excerpts:
    """Pieces laid out so that excerpts can be taken from them."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = list(pieces)
        count = Counter(held for p in self._pieces for held in p.held)
        most = math.log(1 + len(self._pieces)) or 1.0
        self._weights = {h: math.log(1 + len(self._pieces) / n) / most for h, n in count.items()}
        self._places = {id(p): at for at, p in enumerate(self._pieces)}

    @classmethod
    def of_session(cls, session: Session) -> Excerpts:
        """Excerpts of what a session said and wrote down; never of its ledger of facts."""
        return cls([*_talk(session), *_written(session)])

    @classmethod
    def of_note(cls, sections: Iterable[Section]) -> Excerpts:
        """Excerpts of a note."""
        return cls(
            _piece("note", f"({s.name}) ", " ".join(sentence.text.split()))
            for s in sections
            for sentence in split_sentences(s.text)
        )

    def near(self, text: str) -> Excerpt:
        """What bears on a text; empty where nothing shares a word with it."""
        wanted, places = _held(text), set[int]()
        for source in _WORDS:
            for at in self._pick(source, wanted):
                places |= {at, *self._partner(at)} if source == "talk" else {at}
        found = Excerpt()
        for at in sorted(places):
            piece = self._pieces[at]
            getattr(found, piece.source).append(piece.text)
            if piece.turn is not None and piece.turn not in found.turns:
                found.turns.append(piece.turn)
        return found

    def _pick(self, source: str, wanted: frozenset[str | float]) -> list[int]:
        """Places of the best pieces of a source, best first."""
        left = [p for p in self._pieces if p.source == source and p.held & wanted]
        picked: list[int] = []
        told: set[str | float] = set()
        used = 0
        while left and used < _WORDS[source]:
            worth = [self._worth(p.held & wanted, told) for p in left]
            at = max(range(len(left)), key=lambda i: (worth[i], -i))
            if picked and worth[at] < _LEAST:
                break
            best = left.pop(at)
            picked.append(self._places[id(best)])
            told |= best.held
            used += count_words(best.text)
        return picked

    def _worth(self, shared: Iterable[str | float], told: set[str | float]) -> float:
        # sorted, since the order of a sum bears on its last digit
        return sum(
            self._weights[held]
            * (_NUMBER if isinstance(held, float) else 1.0)
            * (_SAID_AGAIN if held in told else 1.0)
            for held in sorted(shared, key=str)
        )

    def _partner(self, at: int) -> Sequence[int]:
        """The place of the answer to a question, or of the question before a short answer."""
        here, talk = self._pieces[at], [p.source == "talk" for p in self._pieces]
        if here.text.endswith("?"):
            return [at + 1] if at + 1 < len(talk) and talk[at + 1] else []
        asked = at > 0 and talk[at - 1] and self._pieces[at - 1].text.endswith("?")
        return [at - 1] if asked and count_words(here.text) <= _SHORT_ANSWER else []


def _held(text: str) -> frozenset[str | float]:
    reading = read(text)
    return frozenset(reading.keys) | frozenset(reading.values)


def _piece(source: str, before: str, text: str, turn: int | None = None) -> Piece:
    return Piece(source, before + text, turn, _held(text))


def _talk(session: Session) -> Iterator[Piece]:
    for turn in session.transcript:
        text = " ".join(turn.text.split())
        cut = count_words(text) > _LONG_TURN
        for part in [s.text for s in split_sentences(text)] if cut else [text]:
            yield _piece("talk", f"{turn.speaker}: ", part, turn.turn)


def _written(session: Session) -> Iterator[Piece]:
    for source, text in (("notes", session.rough_notes), ("prior", session.prior_note)):
        for sentence in split_sentences(text or ""):
            yield _piece(source, "", " ".join(sentence.text.lstrip("*- ").split()))
    for name, value in session.chart.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        yield _piece("chart", "", with_weekdays(f"{name.replace('_', ' ')}: {shown}"))
