"""What a sentence is read beside: the lines of a session that bear on it most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .index import SessionIndex
from .passages import Evidence, Passage
from .terms import Reading

FACTS, NOTES, TALK = 4, 2, 2
"""Most lines of each source."""
_QUESTION, _TURN = 24, 60  # words kept of the turn before, and of a turn
_BEFORE = 0.25  # likeness from which a line of the note of the session before is shown


def lines_beside(claim: Reading, evidence: Evidence, index: SessionIndex) -> Iterator[str]:
    """Lines of the session, best first: facts, rough notes, chart, last note, turns of talk.

    Lines of the note of the session before begin with "last time:", turns with who speaks. Each is
    looked for when it is asked for: the reader takes the first ones.
    """
    likeness = index.fact_likenesses(claim)
    facts = sorted((p for p in evidence.facts if p.fact), key=lambda p: -likeness.get(_id(p), 0.0))
    ranked = sorted(likeness, key=lambda name: (-likeness[name], name))
    known = {_id(p) for p in facts}
    facts += [index.fact(name) for name in ranked if name not in known]
    yield from (_statement(p) for p in facts[:FACTS])
    yield from (p.readings[0].text for p in evidence.notes[:NOTES])
    yield from (p.readings[0].text[:200] for p in evidence.chart[:1])
    yield from (f"last time: {text}" for text in _before(claim, index))
    yield from _turns(evidence.talk[:TALK], index)


def _id(passage: Passage) -> str:
    return passage.fact.id if passage.fact else ""


def _statement(passage: Passage) -> str:
    fact = passage.fact
    if fact is None:
        return ""
    return f"{fact.statement} ({fact.generalised})" if fact.generalised else fact.statement


def _before(claim: Reading, index: SessionIndex) -> list[str]:
    rated = [(index.likeness(claim, [p]), -i) for i, p in enumerate(index.prior)]
    likest, at = max(rated, default=(0.0, 0))
    return [index.prior[-at].readings[0].text] if likest >= _BEFORE else []


def _turns(talk: Iterable[Passage], index: SessionIndex) -> Iterator[str]:
    """Turns in order, each once, with the end of the question that a turn answers."""
    shown: set[int] = set()
    order = [t.turn for t in index.session.transcript]
    said = {t.turn: t for t in index.session.transcript}
    for passage in talk:
        for turn in passage.turns:
            if turn in shown:
                continue
            at = order.index(turn)
            before = said[order[at - 1]] if at else None
            if before and "?" in before.text and before.turn not in shown:
                yield f"{before.speaker}: {' '.join(before.text.split()[-_QUESTION:])}"
                shown.add(before.turn)
            yield f"{said[turn].speaker}: {' '.join(said[turn].text.split()[:_TURN])}"
            shown.add(turn)
