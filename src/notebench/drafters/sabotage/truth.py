"""What a session holds: the facts that a sentence conveys, and whether a thing was mentioned."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property, lru_cache

from ...records import Fact, Note, Session
from ...text import content_words, split_sentences, tokens
from ...text.numbers import Number, numbers
from ..placing import data

CONVEYS = 0.5
"""Share of a fact's words that a sentence must hold to count as conveying it."""
CONVEYS_KNOWN = 0.3
"""The same for the best sentence where the note is known to convey the fact somewhere."""
GONE = 0.34
"""Share of a fact's words below which the rest of a note does not convey it."""


class Truth:
    """The ledger of a session, every word in it, and the clinician's note being changed.

    A note may name the facts that it holds in a field `conveys` (generated sessions' do).
    """

    def __init__(self, session: Session, note: Note) -> None:
        self.session = session
        self._conveys = None if note.conveys is None else frozenset(note.conveys)
        sentences = [s.text for part in note.sections for s in split_sentences(part.text)]
        self._near: dict[tuple[str, ...], str] = {}
        self._best = {f.id: _best(f, sentences) for f in self.noted()}

    def noted(self) -> list[Fact]:
        """Facts that the note may convey."""
        facts = self.session.facts or []
        return [f for f in facts if self._conveys is None or f.id in self._conveys]

    def strange(self, text: str) -> float:
        """Share of a text's content words that are in neither transcript nor rough notes."""
        words = content_words(text)
        return sum(w not in self.words for w in words) / len(words) if words else 0.0

    @cached_property
    def text(self) -> str:
        """Everything that is said or written of the session, in lower case."""
        s = self.session
        parts = [t.text for t in s.transcript] + [f.statement for f in s.facts or []]
        parts += [s.rough_notes or "", s.prior_note or "", str(s.chart), str(s.scenario)]
        parts += [section.text for note in s.references for section in note.sections]
        return "\n".join(parts).lower().replace("’", "'")

    def mentions(self, topics: Iterable[str], facts: Sequence[Fact] = ()) -> bool:
        """Whether any of those regular expressions is found at the start of a word.

        facts: looked for where those come up only; else anywhere in the session.
        """
        near = self.near(facts)
        return any(re.search(rf"(?<!\w)(?:{t})", near, re.IGNORECASE) for t in topics)

    def near(self, facts: Sequence[Fact]) -> str:
        """What is said where those facts come up, in lower case; everything, where none is given.

        Their statements and turns, those of facts of the same name, and what last time's note has
        of the same kind: what would make a changed sentence true after all.
        """
        if not facts:
            return self.text
        key = tuple(f.id for f in facts)
        if key not in self._near:
            self._near[key] = self._spoken(facts)
        return self._near[key]

    def _spoken(self, facts: Sequence[Fact]) -> str:
        names = {f.attributes.get("name") for f in facts} - {None}
        kinds = {f.kind for f in facts if f.source != "chart"}
        akin = [
            f
            for f in self.session.facts or []
            if f.attributes.get("name") in names or (f.source == "prior_note" and f.kind in kinds)
        ]
        turns = {at for f in [*facts, *akin] for at in f.evidence}
        parts = [f"{f.statement} {list(f.attributes.values())}" for f in [*facts, *akin]]
        parts += [t.text for t in self.session.transcript if t.turn in turns]
        return "\n".join(parts).lower().replace("’", "'")

    def values(self, unit: str | None, facts: Sequence[Fact] = ()) -> set[float]:
        """Every number in it, in figures or in words, of that unit; None: whatever the unit.

        facts: only numbers that stand near those, whatever the unit.
        """
        if facts:
            return {value for n in numbers(self.near(facts)) for value in n.values}
        return {
            value for n in self._numbers if unit is None or n.unit == unit for value in n.values
        }

    @cached_property
    def words(self) -> frozenset[str]:
        """Content words of the transcript and the rough notes."""
        said = " ".join(t.text for t in self.session.transcript)
        return frozenset(content_words(f"{said} {self.session.rough_notes or ''}"))

    def people(self) -> list[str]:
        """Whoever is spoken of in the session or was there, in words that a note would use."""
        who = data("edits")["wrong_person"]
        there = {p.role.lower() for p in self.session.participants}
        return [p for p in who["people"] if p in self.words or p in there]

    @cached_property
    def _numbers(self) -> list[Number]:
        return numbers(self.text)

    def conveyed(self, sentence: str) -> list[Fact]:
        """Facts that a sentence of the note conveys, as far as shared words tell."""
        words = stems(sentence)
        least = CONVEYS if self._conveys is None else CONVEYS_KNOWN
        return [
            f
            for f in self.noted()
            if (held := share(f.statement, words)) >= CONVEYS
            or (held >= least and self._best[f.id] == sentence)
        ]

    def only_in(self, sentence: str, rest: str, due: Collection[str] = ("must",)) -> list[Fact]:
        """Facts of those levels of disclosure that the sentence conveys and the rest does not."""
        words = stems(rest)
        return [
            f
            for f in self.conveyed(sentence)
            if f.disclosure in due and share(f.statement, words) <= GONE
        ]

    def last_time(self, sentence: str) -> Fact | None:
        """The fact of the session before that the sentence conveys best, if any."""
        stale = [f for f in self.session.facts or [] if f.source == "prior_note"]
        words = stems(sentence)
        best = max(stale, key=lambda f: share(f.statement, words), default=None)
        return best if best and share(best.statement, words) >= CONVEYS_KNOWN else None

    def true_today(self, sentence: str, most: float, earlier: re.Pattern[str]) -> bool:
        """Whether one thing true of today holds more than that share of the sentence's words, and
        all its numbers. earlier: comparisons with an earlier time, which do not count."""
        s = self.session
        said = [f.statement for f in s.facts or [] if f.source != "prior_note"]
        said += [turn.text for turn in s.transcript]
        said += [section.text for note in s.references for section in note.sections]
        figures = {n.value for n in numbers(sentence)}
        for text in (earlier.sub("", whole) for whole in said):
            held = {value for n in numbers(text) for value in n.values}
            if share(sentence, stems(text)) > most and figures <= held:
                return True
        return False


_CAPITALISED = re.compile(
    r"\b(?!(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"\w+day|The|Asked|Homework|Client)\b)[A-Z][a-z]+"
)


def named(fact: Fact, session: Session) -> bool:
    """Whether a fact's statement gives a name away that is not of somebody who took part."""
    own = {w for p in session.participants for w in (p.name or "").split()}
    said = " ".join(t.text for t in session.transcript)
    for match in _CAPITALISED.finditer(fact.statement):
        # any sentence begins with a capital
        sure = match.start() > 0 or re.search(rf"[a-z,] {match[0]}\b", said)
        if sure and match[0] not in own:
            return True
    return False


def _best(fact: Fact, sentences: list[str]) -> str:
    return max(sentences, key=lambda s: share(fact.statement, stems(s)), default="")


@lru_cache(maxsize=8192)
def stems(text: str) -> frozenset[str]:
    """Content words cut to five letters, and figures: a crude match across inflections."""
    figures = {t.low for t in tokens(text) if t.low[0].isdigit()}
    return frozenset({w.removesuffix("'s")[:5] for w in content_words(text)} | figures)


def share(text: str, words: frozenset[str]) -> float:
    """Share of the stems of a text that are among those words; 0 for a text without any."""
    own = stems(text)
    return len(own & words) / len(own) if own else 0.0
