"""A session laid out for look-up: which passages bear on a claim, and what was said at all.

Built once for a session and kept (by content), since many drafts are judged against the same one.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from rapidfuzz import fuzz, process

from ..records import Session
from ..text import split_sentences
from .derived import dates, with_weekdays
from .lexicon import cues
from .passages import (
    Evidence,
    Mention,
    Passage,
    Unit,
    answer,
    clauses,
    fact_passage,
    flat,
    joined,
    passage_of,
    postings,
    surroundings,
    turn_passage,
)
from .terms import Reading, read, scaffold

_SCAFFOLD_WEIGHT = 0.25
ANCHORED = 0.34
"""Share of a clause's words that a passage must hold for the two to be about the same thing."""
_NAME = re.compile(r"(?<=[a-z,] )([A-Z][a-z]{2,20})\b")
_SMALL = re.compile(r"\b[a-z]{3,20}\b")
_ACTION = re.compile(r"[(\[*]([^()\[\]*]{3,60})[)\]*]")


class SessionIndex:
    """Everything about a session that checks ask for."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.passages: list[Passage] = []
        self._lay_out(session)
        self.prior = [
            passage_of("prior", s.text) for s in split_sentences(session.prior_note or "")
        ]
        self.by_turn = {p.turns[0]: p for p in self.passages if p.source == "turn"}
        self._postings = postings(self.passages)
        self._facts = [p for p in self.passages if p.fact is not None]
        self._fact_postings = postings(self._facts)
        self.keys = frozenset(self._postings)
        self.prior_keys = frozenset(k for p in self.prior for k in p.keys)
        self._weights = self._weigh()
        self._vocabulary = sorted(self.keys)
        self._nearly: dict[str, bool] = {}

    def _lay_out(self, session: Session) -> None:
        add = self.passages.append
        turns = [turn_passage(t) for t in session.transcript]
        answers = [answer(p.readings[0].low) for p in turns]
        for i, passage in enumerate(turns):
            add(passage)
            for width in (2, 3):
                if i + width <= len(turns):
                    add(joined(turns[i : i + width], answers[i : i + width]))
        for span in split_sentences(session.rough_notes or ""):
            add(passage_of("notes", span.text))
        for name, value in session.chart.items():
            add(passage_of("chart", with_weekdays(f"{name.replace('_', ' ')}: {flat(value)}")))
        for fact in session.facts or []:
            add(fact_passage(fact))

    def _weigh(self) -> dict[str, float]:
        """Rare words weigh most; words that any note is written with weigh little."""
        count: Counter[str] = Counter()
        units = [p for p in self.passages if p.source != "talk"]
        for passage in units:
            count.update(passage.keys)
        total = len(units) + 1
        return {
            k: math.log(1 + total / (1 + n)) * (_SCAFFOLD_WEIGHT if k in scaffold() else 1.0)
            for k, n in count.items()
        }

    @cached_property
    def most(self) -> float:
        """Weight of the rarest words, and of words that the session does not use."""
        return max(self._weights.values(), default=1.0)

    def weight(self, key: str) -> float:
        """Weight of a word."""
        found = self._weights.get(key)
        if found is not None:
            return found
        return self.most * (_SCAFFOLD_WEIGHT if key in scaffold() else 1.0)

    def total(self, keys: Iterable[str]) -> float:
        """Sum of the weights of some words."""
        return sum(self.weight(k) for k in keys)

    def cover(self, keys: frozenset[str], by: frozenset[str]) -> float:
        """Weighted share (0-1) of the words that others hold; 1 for no words."""
        whole = self.total(keys)
        return self.total(keys & by) / whole if whole else 1.0

    def near(self, claim: Reading) -> Evidence:
        """The passages nearest to a claim: to the whole of it, then to each of its clauses."""
        whole = self._nearest(claim)
        parts = [(c, self._nearest(c, 1)) for c in clauses(claim)]
        everything = (whole, *(e for _, e in parts))

        def merged(source: str) -> tuple[Passage, ...]:
            found = [p for e in everything for p in getattr(e, source)]
            return tuple({id(p): p for p in found}.values())

        units = tuple(self._unit(c, e) for c, e in parts or [(claim, whole)])
        return Evidence(
            merged("talk"), merged("notes"), merged("facts"), whole.chart, whole.scores, units
        )

    def _unit(self, claim: Reading, evidence: Evidence) -> Unit:
        """Anchor a clause: its best passages, with the talk that a fact rests on."""
        found: list[Passage] = []
        for passage in (*evidence.facts[:1], *evidence.talk[:1], *evidence.notes[:1]):
            if self.cover(claim.keys, passage.keys) >= ANCHORED:
                found.append(passage)
                if passage.fact is not None:
                    found += [self.by_turn[t] for t in passage.turns]
        return Unit(claim, tuple(found))

    def _nearest(self, claim: Reading, most: int = 3) -> Evidence:
        scored = self._scores(claim, self.passages, self._postings)
        best: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for at, score in scored.items():
            source = self.passages[at].source
            best["talk" if source == "turn" else source].append((-score, at))
        for ranked in best.values():
            ranked.sort()
        scores = {source: -ranked[0][0] for source, ranked in best.items()}
        pick = {
            source: self._pick(best.get(source, []), min(limit, most))
            for source, limit in (("talk", 3), ("notes", 2), ("fact", 3), ("chart", 1))
        }
        return Evidence(pick["talk"], pick["notes"], pick["fact"], pick["chart"], scores)

    def likeness(self, claim: Reading, passages: Iterable[Passage]) -> float:
        """Greatest weighted cosine (0-1) between a claim and passages; long ones gain nothing."""
        return max((self._cosine(claim, p) for p in passages), default=0.0)

    def _cosine(self, claim: Reading, passage: Passage) -> float:
        shared = self.total(claim.keys & passage.keys) + len(claim.values & passage.values)
        if not shared:
            return 0.0
        return shared / math.sqrt(self._size(claim) * self._size(passage))

    def _size(self, held: Reading | Passage) -> float:
        return self.total(held.keys) + len(held.values)

    def fact_likenesses(self, claim: Reading) -> dict[str, float]:
        """Likeness of a claim to every fact that it shares a word with, by the fact's id."""
        places = sorted({at for key in claim.keys for at in self._fact_postings.get(key, ())})
        return {
            p.fact.id: self._cosine(claim, p)
            for p in (self._facts[at] for at in places)
            if p.fact is not None
        }

    def _pick(self, ranked: Sequence[tuple[float, int]], limit: int) -> tuple[Passage, ...]:
        chosen: list[Passage] = []
        for score, at in ranked:
            if len(chosen) == limit or (chosen and -score < 0.5 * -ranked[0][0]):
                break
            passage = self.passages[at]
            if not any(passage.turns and set(passage.turns) & set(c.turns) for c in chosen) or (
                passage.source == "fact"
            ):
                chosen.append(passage)
        return tuple(chosen)

    def _scores(
        self, claim: Reading, passages: list[Passage], postings: dict[str, list[int]]
    ) -> dict[int, float]:
        whole = self.total(claim.keys) or 1.0
        scores: dict[int, float] = defaultdict(float)
        for key in sorted(claim.keys):
            share = self.weight(key) / whole
            for at in postings.get(key, ()):
                scores[at] += share
        values = claim.values
        for at in scores:
            passage = passages[at]
            if values and any(round(n.value, 3) in values for n in passage.numbers):
                scores[at] += 0.1
            scores[at] -= 0.03 * max(0, len(passage.turns) - 1) if passage.fact is None else 0.0
        return scores

    def nearly(self, key: str) -> bool:
        """Whether a word of the source differs from this one by a letter or so (a misspelling)."""
        if key not in self._nearly:
            self._nearly[key] = len(key) > 4 and (
                process.extractOne(key, self._vocabulary, scorer=fuzz.ratio, score_cutoff=82)
                is not None
            )
        return self._nearly[key]

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
    def risks(self) -> frozenset[tuple[str, bool]]:
        """Topics of risk that facts, rough notes and answers speak of, with whether denied."""
        told = [p for p in self.passages if p.source in ("fact", "notes", "chart")]
        found = {risk for p in told for r in p.readings for risk in r.risks}
        turns = [p.readings[0] for p in self.passages if p.source == "turn"]
        for asked, given in zip(turns, turns[1:], strict=False):
            reply = answer(given.low)
            if "?" in asked.text and reply:
                found |= {(topic, reply == "no") for topic, _ in asked.risks}
            elif "?" not in given.text:
                found |= given.risks
        return frozenset(found)

    @cached_property
    def interventions(self) -> frozenset[str]:
        """Techniques that today's source names."""
        return cues().topics("interventions", self.low)

    @property
    def usable(self) -> bool:
        """Whether the source holds any words to judge by."""
        return bool(self.keys) or any(p.numbers for p in self.passages)
