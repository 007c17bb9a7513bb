"""A session laid out for look-up: passages of talk, rough notes, chart, facts, and the prior note.

Built once for a session and kept (by content), since many drafts are judged against the same one.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from rapidfuzz import fuzz, process

from ..records import Fact, Session, Turn
from ..text import split_sentences
from ..text.numbers import Number
from .lexicon import cues
from .terms import Reading, read, scaffold

_SCAFFOLD_WEIGHT = 0.25
ANCHORED = 0.34
"""Share of a clause's words that a passage must hold for the two to be about the same thing."""
_NAME = re.compile(r"(?<=[a-z,] )([A-Z][a-z]{2,20})\b")
_SMALL = re.compile(r"\b[a-z]{3,20}\b")
_ACTION = re.compile(r"[(\[*]([^()\[\]*]{3,60})[)\]*]")


@dataclass(frozen=True)
class Passage:
    """A piece of the source that a claim may rest on."""

    source: str
    """turn, talk (two or three turns), notes, chart, fact or prior."""
    turns: tuple[int, ...]
    """Turns that it stands in."""
    keys: frozenset[str]
    """Common forms of its content words."""
    affirmed: frozenset[str]
    """Those that stand in it without negation."""
    denied: frozenset[str]
    """Those that stand in it negated, or in a question that was answered with no."""
    readings: tuple[Reading, ...]
    """Its texts."""
    fact: Fact | None = None
    """The fact, where it is one."""

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Numbers said in it."""
        return tuple(n for r in self.readings for n in r.numbers)

    @cached_property
    def people(self) -> frozenset[str]:
        """Relations named in it."""
        return frozenset().union(*(r.people for r in self.readings))

    @cached_property
    def hedged(self) -> bool:
        """Whether it leaves things open."""
        return any(r.hedged for r in self.readings)

    @property
    def low(self) -> str:
        """Its lower-case text."""
        return " ".join(r.low for r in self.readings)


@dataclass(frozen=True)
class Mention:
    """One number in the source with the words around it."""

    number: Number
    around: dict[str, float]
    """Nearness (0-1) by word."""


@dataclass(frozen=True)
class Unit:
    """A claim, or one clause of it, with the single best passage of each source."""

    claim: Reading
    anchors: tuple[Passage, ...]
    """Best fact, talk and rough note, those that hold enough of its words."""

    @cached_property
    def people(self) -> frozenset[str]:
        """Relations that the anchors name."""
        return frozenset().union(*(a.people for a in self.anchors))

    @cached_property
    def low(self) -> str:
        """The anchors' text in lower case."""
        return "\n".join(a.low for a in self.anchors)

    @cached_property
    def times(self) -> dict[str, frozenset[str]]:
        """Words of time in the anchors, by kind."""
        merged: dict[str, frozenset[str]] = {}
        for reading in (r for a in self.anchors for r in a.readings):
            for kind, words in reading.times.items():
                merged[kind] = merged.get(kind, frozenset()) | words
        return merged


@dataclass(frozen=True)
class Evidence:
    """The passages nearest to a claim, best first within each source."""

    talk: tuple[Passage, ...] = ()
    notes: tuple[Passage, ...] = ()
    facts: tuple[Passage, ...] = ()
    chart: tuple[Passage, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    """Best score by source."""
    units: tuple[Unit, ...] = ()
    """The claim clause by clause, each with its anchors."""

    @cached_property
    def all(self) -> tuple[Passage, ...]:
        """Every passage near the claim."""
        return self.facts + self.talk + self.notes + self.chart

    @cached_property
    def keys(self) -> frozenset[str]:
        """Words of all of them."""
        return frozenset().union(*(p.keys for p in self.all))

    @cached_property
    def turns(self) -> list[int]:
        """Turns that bear on the claim, in order."""
        best = [*self.facts[:1], *self.talk[:1]]
        return sorted({t for p in best for t in p.turns})


class SessionIndex:
    """Everything about a session that checks ask for."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.passages: list[Passage] = []
        self._lay_out(session)
        self.prior = [_passage("prior", s.text) for s in split_sentences(session.prior_note or "")]
        self._by_turn = {p.turns[0]: p for p in self.passages if p.source == "turn"}
        self._postings = _postings(self.passages)
        self.keys = frozenset(self._postings)
        self.prior_keys = frozenset(k for p in self.prior for k in p.keys)
        self._weights = self._weigh()
        self._vocabulary = sorted(self.keys)
        self._nearly: dict[str, bool] = {}

    def _lay_out(self, session: Session) -> None:
        add = self.passages.append
        turns = [_turn_passage(t) for t in session.transcript]
        answers = [_answer(p.readings[0].low) for p in turns]
        for i, passage in enumerate(turns):
            add(passage)
            for width in (2, 3):
                if i + width <= len(turns):
                    add(_joined(turns[i : i + width], answers[i : i + width]))
        for span in split_sentences(session.rough_notes or ""):
            add(_passage("notes", span.text))
        for name, value in session.chart.items():
            add(_passage("chart", f"{name.replace('_', ' ')}: {_flat(value)}"))
        for fact in session.facts or []:
            add(_fact_passage(fact))

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
    def _unseen(self) -> float:
        return max(self._weights.values(), default=1.0)

    def weight(self, key: str) -> float:
        """Weight of a word."""
        found = self._weights.get(key)
        if found is not None:
            return found
        return self._unseen * (_SCAFFOLD_WEIGHT if key in scaffold() else 1.0)

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
                    found += [self._by_turn[t] for t in passage.turns]
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
        values = claim.values
        best = 0.0
        for passage in passages:
            theirs = frozenset(round(n.value, 3) for n in passage.numbers)
            shared = self.total(claim.keys & passage.keys) + len(values & theirs)
            size = (self.total(claim.keys) + len(values)) * (self.total(passage.keys) + len(theirs))
            if size:
                best = max(best, shared / math.sqrt(size))
        return best

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
            for number in passage.numbers:
                around = surroundings(reading, number)
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
                found += [_passage("turn", s.text) for s in split_sentences(reading.text)]
            if passage.source in ("turn", "notes", "fact"):
                found.append(passage)
            if passage.source in ("notes", "fact"):
                found += [_passage(passage.source, c.text) for c in clauses(reading)]
        return found

    @cached_property
    def prior_parts(self) -> list[Passage]:
        """Sentences and clauses of the prior note."""
        return [
            _passage("prior", part.text)
            for p in self.prior
            for part in (p.readings[0], *clauses(p.readings[0]))
        ]

    @cached_property
    def values(self) -> frozenset[float]:
        """Values of the numbers in today's source."""
        return frozenset(round(v, 3) for m in self.mentions for v in m.number.values)

    def fit(self, around: dict[str, float], mention: Mention) -> float:
        """How far (0-1) the words around a claim's number stand around a number of the source."""
        whole = sum(self.weight(k) * near for k, near in around.items())
        shared = sum(
            self.weight(k) * min(near, mention.around.get(k, 0.0)) for k, near in around.items()
        )
        return shared / whole if whole else 0.0

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
    def interventions(self) -> frozenset[str]:
        """Techniques that today's source names."""
        return cues().topics("interventions", self.low)

    @property
    def usable(self) -> bool:
        """Whether the source holds any words to judge by."""
        return bool(self.keys) or any(p.numbers for p in self.passages)


_CLAUSE = re.compile(r"[;(){}]|(?<!\d)[,:]|[,:](?!\d)|\s[–—]\s|\band\b|\bbut\b|\bwhile\b|\bwith\b")


def clauses(claim: Reading) -> list[Reading]:
    """Parts of a claim with at least two content words; none where it is all one clause."""
    parts = [read(part) for part in _CLAUSE.split(claim.text)[:40] if part.strip()]
    parts = [p for p in parts if len(p.keys) >= 2]
    return parts if len(parts) > 1 else []


def surroundings(reading: Reading, number: Number, reach: int = 90) -> dict[str, float]:
    """Words within `reach` characters of a number, by nearness: 1 beside it, falling to 0."""
    near: dict[str, float] = {}
    for term in reading.terms:
        gap = max(0, term.start - number.end, number.start - term.end)
        if gap < reach:
            near[term.key] = max(near.get(term.key, 0.0), math.exp(-gap / 25))
    return near


def _passage(source: str, text: str, turns: tuple[int, ...] = ()) -> Passage:
    reading = read(text)
    return Passage(source, turns, reading.keys, reading.affirmed, reading.denied, (reading,))


def _turn_passage(turn: Turn) -> Passage:
    """A turn; what it only asks is neither affirmed nor denied by it."""
    made = _passage("turn", turn.text, (turn.turn,))
    if "?" not in turn.text:
        return made
    told = [read(s.text) for s in split_sentences(turn.text) if not s.text.rstrip().endswith("?")]
    affirmed = frozenset().union(*(r.affirmed for r in told))
    denied = frozenset().union(*(r.denied for r in told)) - affirmed
    return replace(made, affirmed=affirmed, denied=denied)


def _fact_passage(fact: Fact) -> Passage:
    made = _passage("fact", fact.statement, tuple(fact.evidence))
    extra = read(fact.generalised).keys if fact.generalised else frozenset()
    return Passage(
        "fact",
        made.turns,
        made.keys | extra,
        made.affirmed | extra,
        made.denied,
        made.readings,
        fact,
    )


def _answer(low: str) -> str:
    """yes, no or nothing: how a turn answers the question before it."""
    opening = low.lstrip(" .…,-(\"'")[:24]
    for word in ("answers_no", "answers_yes"):
        match = cues().lists[word].match(opening)
        if match:
            return word.removeprefix("answers_")
    return ""


def _joined(turns: Sequence[Passage], answers: Sequence[str]) -> Passage:
    """Turns read together: what a question asks counts as denied when the answer is no."""
    affirmed: set[str] = set()
    denied: set[str] = set()
    for i, passage in enumerate(turns):
        affirmed |= passage.affirmed
        denied |= passage.denied
        asked = passage.keys - passage.affirmed - passage.denied
        if asked and i + 1 < len(turns) and answers[i + 1]:
            (denied if answers[i + 1] == "no" else affirmed).update(asked)
    return Passage(
        "talk",
        tuple(t for p in turns for t in p.turns),
        frozenset().union(*(p.keys for p in turns)),
        frozenset(affirmed),
        frozenset(denied - affirmed),
        tuple(r for p in turns for r in p.readings),
    )


def _postings(passages: Sequence[Passage]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, passage in enumerate(passages):
        for key in sorted(passage.keys):
            found[key].append(at)
    return dict(found)


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{k}: {_flat(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return "; ".join(_flat(v) for v in value)
    return str(value)
