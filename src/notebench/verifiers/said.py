"""What was said, asked, seen and done in a session, whatever a claim is about."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property

from ..text import split_sentences
from .derived import dates
from .lexicon import cues
from .passages import (
    Mention,
    Passage,
    answer,
    clauses,
    passage_of,
    surroundings,
)
from .statements import Statement, statements
from .terms import read
from .weighed import Weighed

_NAME = re.compile(r"(?<=[a-z,] )([A-Z][a-z]{2,20})\b")
_SMALL = re.compile(r"\b[a-z]{3,20}\b")
_ACTION = re.compile(r"[(\[*]([^()\[\]*]{3,60})[)\]*]")


class Said(Weighed):
    """What a session holds as a whole: numbers, people, risks, techniques, statements."""

    @cached_property
    def mentions(self) -> list[Mention]:
        """Numbers of today's source, each with the words around it."""
        found: list[Mention] = []
        previous: frozenset[str] = frozenset()
        for passage in self.passages:
            if passage.source == "talk":
                continue
            reading = passage.readings[0]
            told = [(r, n) for r in passage.readings for n in r.numbers]
            for held, number in told:
                around = surroundings(held, number)
                if passage.source == "turn":  # a bare answer takes the words of its question
                    around = dict.fromkeys(sorted(previous), 0.4) | around
                found.append(Mention(number, around))
            previous = reading.keys if passage.source == "turn" else frozenset()
        return found

    @cached_property
    def today_parts(self) -> list[Passage]:
        """Sentences of the talk, and sentences and clauses of rough notes and facts."""
        found = []
        for passage in self.passages:
            reading = passage.readings[0]
            if passage.source == "turn":
                found += [passage_of("turn", s.text) for s in split_sentences(reading.text)]
            if passage.source in ("turn", "notes", "fact"):
                found.append(passage)
            if passage.source in ("notes", "fact"):
                found += [passage_of(passage.source, c.text) for c in clauses(reading)]
        return found

    @cached_property
    def prior_parts(self) -> list[Passage]:
        """Sentences and clauses of the prior note."""
        return [
            passage_of("prior", part.text)
            for p in self.prior
            for part in (p.readings[0], *clauses(p.readings[0]))
        ]

    @cached_property
    def values(self) -> frozenset[float]:
        """Values of the numbers in today's source, and dates that follow from its date."""
        said = (v for p in self.passages for n in p.numbers for v in n.values)
        return frozenset(round(v, 3) for v in said) | self.dates

    @cached_property
    def dates(self) -> frozenset[float]:
        """Calendar days that the source does not name and that follow from it."""
        named = {w for p in self.passages for w in p.times.get("weekday", ())}
        return dates(self.session, named)

    @cached_property
    def _mentions_by_word(self) -> dict[str, list[tuple[int, float]]]:
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, mention in enumerate(self.mentions):
            for key, near in mention.around.items():
                found[key].append((at, near))
        return found

    def fits(self, around: dict[str, float]) -> list[tuple[float, Mention]]:
        """How far (0-1) the words around a claim's number stand around each number of the source.

        Numbers that share no word with it are left out.
        """
        whole = sum(self.weight(k) * near for k, near in around.items())
        shared: dict[int, float] = defaultdict(float)
        for key, near in around.items():
            weight = self.weight(key)
            for at, there in self._mentions_by_word.get(key, ()):
                shared[at] += weight * min(near, there)
        return [(shared[at] / whole, self.mentions[at]) for at in sorted(shared)]

    @cached_property
    def prior_values(self) -> frozenset[float]:
        """Values of the numbers in the prior note."""
        return frozenset(round(v, 3) for p in self.prior for n in p.numbers for v in n.values)

    @cached_property
    def low(self) -> str:
        """Today's whole source in lower case: talk, notes, chart, facts."""
        return "\n".join(p.low for p in self.passages if p.source != "talk")

    @cached_property
    def seen_low(self) -> str:
        """What somebody saw: rough notes, observations among the facts, actions in brackets."""
        parts = [p.low for p in self.passages if p.source == "notes"]
        parts += [
            p.low for p in self.passages if p.fact is not None and p.fact.kind == "observation"
        ]
        for turn in self.session.transcript:
            parts += [m[1].lower() for m in _ACTION.finditer(turn.text)]
        return "\n".join(parts)

    @cached_property
    def seen_keys(self) -> frozenset[str]:
        """Words of what somebody saw."""
        return read(self.seen_low).keys

    @cached_property
    def people(self) -> frozenset[str]:
        """Relations that today's source names, and the broader words for them."""
        named = frozenset().union(*(p.people for p in self.passages))
        return named | frozenset(b for b, narrow in cues().broader.items() if named & narrow)

    @cached_property
    def names(self) -> frozenset[str]:
        """Given names and surnames in the talk and facts: capitals inside a sentence."""
        texts = [t.text for t in self.session.transcript]
        texts += [f.statement for f in self.session.facts or []]
        found = {m[1].lower() for text in texts for m in _NAME.finditer(text)}
        common = {m[0] for text in texts for m in _SMALL.finditer(text)}
        times = {w for words in read(" ".join(sorted(found))).times.values() for w in words}
        return frozenset(found - common - times)

    @cached_property
    def risk_raised(self) -> frozenset[str]:
        """Topics of risk that today's source names."""
        return cues().topics("risk", self.low)

    @cached_property
    def statements(self) -> list[Statement]:
        """What today's source affirms and denies."""
        return statements(self.passages)

    @cached_property
    def risks(self) -> frozenset[tuple[str, bool]]:
        """Topics of risk that facts, rough notes and answers speak of, with whether denied."""
        found: set[tuple[str, bool]] = set()
        for told in (self._risks_of("fact"), self._risks_of("notes", "chart"), self._risks_said):
            known = {topic for topic, _ in found}  # a fact or rough note settles its topic
            found |= {risk for risk in told if risk[0] not in known}
        return frozenset(found)

    def _risks_of(self, *sources: str) -> set[tuple[str, bool]]:
        told = [p for p in self.passages if p.source in sources]
        return {risk for p in told for r in p.readings for risk in r.risks}

    @property
    def _risks_said(self) -> set[tuple[str, bool]]:
        found: set[tuple[str, bool]] = set()
        turns = [p.readings[0] for p in self.passages if p.source == "turn"]
        for asked, given in zip(turns, turns[1:], strict=False):
            reply = answer(given.low)
            if "?" in asked.text and reply:
                found |= {(topic, reply == "no") for topic, _ in asked.risks}
            elif "?" not in given.text:
                found |= given.risks
        return found

    @cached_property
    def interventions(self) -> frozenset[str]:
        """Techniques that today's source names."""
        return cues().topics("interventions", self.low)
