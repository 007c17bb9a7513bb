"""A session laid out for look-up: which passages bear on a claim, and what was said at all.

Built once for a session and kept (by content), since many drafts are judged against the same one.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from ..records import Session, content_hash
from .passages import (
    Evidence,
    Passage,
    Unit,
    clauses,
)
from .said import Said
from .terms import Reading, scaffold
from .weighed import SCAFFOLD_WEIGHT

ANCHORED = 0.34
"""Share of a clause's words that a passage must hold for the two to be about the same thing."""
_KEPT_SESSIONS = 16


class SessionIndex(Said):
    """Everything about a session that checks ask for."""

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

    def fact(self, fact_id: str) -> Passage:
        """The passage of a fact."""
        return self._facts_by_id[fact_id]

    @cached_property
    def _facts_by_id(self) -> dict[str, Passage]:
        return {p.fact.id: p for p in self._facts if p.fact is not None}

    @cached_property
    def _held_by(self) -> Counter[str | float]:
        """How many facts hold a word, or a number."""
        count: Counter[str | float] = Counter()
        for passage in self._facts:
            count.update(passage.keys)
            count.update(passage.values)
        return count

    def among_facts(self, held: str | float) -> float:
        """Weight of a word or number: the fewer facts of the session hold it, the more."""
        rare = math.log(1 + len(self._facts) / (1 + self._held_by[held]))
        return rare * (SCAFFOLD_WEIGHT if held in scaffold() else 1.0)

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


class Indexes:
    """The sessions looked up last, laid out once each."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, SessionIndex] = OrderedDict()

    def of(self, session: Session) -> SessionIndex:
        """A session laid out; what it holds decides, not its id."""
        key = content_hash(session.model_dump(mode="json", exclude={"references"}))
        index = self._kept.get(key)
        if index is None:
            index = self._kept[key] = SessionIndex(session)
            while len(self._kept) > _KEPT_SESSIONS:
                self._kept.popitem(last=False)
        return index
