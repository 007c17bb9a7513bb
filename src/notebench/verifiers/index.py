"""A session laid out for look-up: passages of talk, rough notes, chart, facts, and the prior note.

Built once for a session and kept (by content), since many drafts are judged against the same one.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process

from ..records import Fact, Session
from ..text import split_sentences
from ..text.numbers import Number
from .lexicon import cues
from .terms import Reading, read, scaffold

_SCAFFOLD_WEIGHT = 0.25
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
    around: frozenset[str]


@dataclass(frozen=True)
class Evidence:
    """The passages nearest to a claim, best first within each source."""

    talk: tuple[Passage, ...] = ()
    notes: tuple[Passage, ...] = ()
    facts: tuple[Passage, ...] = ()
    chart: tuple[Passage, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    """Best score by source, prior included."""

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
        self._postings = _postings(self.passages)
        self._prior_postings = _postings(self.prior)
        self.keys = frozenset(self._postings)
        self.prior_keys = frozenset(self._prior_postings)
        self._weights = self._weigh()
        self._vocabulary = sorted(self.keys)
        self._nearly: dict[str, bool] = {}

    def _lay_out(self, session: Session) -> None:
        add = self.passages.append
        turns = [_passage("turn", t.text, (t.turn,)) for t in session.transcript]
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
        """The passages nearest to a claim."""
        scored = self._scores(claim, self.passages, self._postings)
        best: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for at, score in scored.items():
            source = self.passages[at].source
            best["talk" if source == "turn" else source].append((-score, at))
        for ranked in best.values():
            ranked.sort()
        prior = self._scores(claim, self.prior, self._prior_postings)
        scores = {source: -ranked[0][0] for source, ranked in best.items()}
        scores["prior"] = max(prior.values(), default=0.0)
        pick = {
            source: self._pick(best.get(source, []), limit)
            for source, limit in (("talk", 3), ("notes", 2), ("fact", 3), ("chart", 1))
        }
        return Evidence(pick["talk"], pick["notes"], pick["fact"], pick["chart"], scores)

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
        values = {v for n in claim.numbers for v in n.values}
        for at in scores:
            passage = passages[at]
            if values and any(n.value in values for n in passage.numbers):
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
    def mentions(self) -> dict[float, list[Mention]]:
        """Numbers of today's source by value, with the words around each."""
        found: dict[float, list[Mention]] = defaultdict(list)
        previous: frozenset[str] = frozenset()
        for passage in self.passages:
            if passage.source == "talk":
                continue
            reading = passage.readings[0]
            extra = previous if passage.source == "turn" else frozenset()
            for number in passage.numbers:
                mention = Mention(number, around(reading, number, 90) | extra)
                for value in number.values:
                    found[round(value, 3)].append(mention)
            previous = reading.keys if passage.source == "turn" else frozenset()
        return found

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


def around(reading: Reading, number: Number, reach: int) -> frozenset[str]:
    """Words within `reach` characters of a number."""
    return frozenset(
        t.key
        for t in reading.terms
        if t.end >= number.start - reach and t.start <= number.end + reach
    )


def _passage(source: str, text: str, turns: tuple[int, ...] = ()) -> Passage:
    reading = read(text)
    return Passage(source, turns, reading.keys, reading.affirmed, reading.denied, (reading,))


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
        asked = "?" in passage.readings[0].text and i + 1 < len(turns)
        if asked and answers[i + 1] == "no":
            denied |= passage.affirmed
            affirmed |= passage.denied
        else:
            affirmed |= passage.affirmed
            denied |= passage.denied
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
