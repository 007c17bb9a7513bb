"""Checks for what nobody raised, saw, did, planned or said today."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from ..lexicon import cues
from ..passages import clauses
from ..terms import read, scaffold
from .view import View, check, listed

_RESTATES = 0.5  # share of a claim that a fact must hold for the claim to restate it


def _restated(view: View) -> frozenset[str]:
    """Topics of risk whose words a fact has that holds most of the claim: pills as a means, say."""
    return frozenset(
        topic
        for fact in view.evidence.facts
        if view.index.cover(view.claim.keys, fact.keys) >= _RESTATES
        for reading in fact.readings
        for topic, _ in reading.risks
    )


@check
def not_assessed(view: View) -> tuple[float, str]:
    """A statement or denial about a topic that the session lists as never assessed."""
    topics = [
        t.replace("_", " ").replace("-", " ").lower() for t in view.index.session.not_assessed
    ]
    barred = frozenset().union(*(cues().topics("risk", t) for t in topics))
    found = set(barred & {topic for topic, _ in view.claim.risks}) - _restated(view)
    found |= {t for t in topics if read(t).keys and read(t).keys <= view.claim.denied}
    return float(bool(found)), listed(t.replace("_", " ") for t in found)


@check
def risk_unasked(view: View) -> tuple[float, str]:
    """A statement or denial about a risk that nobody raised."""
    missing = {topic for topic, _ in view.claim.risks} - view.index.risk_raised
    return float(bool(missing)), listed(t.replace("_", " ") for t in missing)


@check
def observation_unseen(view: View) -> tuple[float, str]:
    """How the client looked or behaved, without a record by somebody who saw it."""
    named = cues().found("observation", view.claim.low)
    if not named:
        return 0.0, ""
    seen = view.index.seen_keys
    unseen = [n for n in named if not read(n).keys <= seen]
    rest = 1 - view.index.cover(view.claim.keys, seen | view.evidence.keys)
    return len(unseen) / len(named) * rest, listed(set(unseen))


_TECHNIQUES = frozenset(("intervention", "plan", "homework", "response"))


@check
def intervention_undone(view: View) -> tuple[float, str]:
    """A technique that the session does not show."""
    named = cues().topics("interventions", view.claim.low)
    missing = named - view.index.interventions
    if not missing:
        return 0.0, ""
    rest = 1 - max(
        (
            view.index.cover(view.claim.keys, fact.keys)
            for fact in view.evidence.facts
            if fact.fact is not None and fact.fact.kind not in _TECHNIQUES
        ),
        default=0.0,
    )  # a claim that restates a fact of another kind names no technique: exposure to a quarrel
    worth = 1.0 if rest > 1 - _RESTATES else rest
    return worth * len(missing) / len(named), listed(t.replace("_", " ") for t in missing)


@check
def plan_unsourced(view: View) -> tuple[float, str]:
    """An element of the plan with little behind it."""
    planned = view.section.upper().startswith("P") or bool(
        cues().lists["plan"].search(view.claim.low)
    )
    return (view.novelty if planned else 0.0), ""


@check
def diagnosis_unsourced(view: View) -> tuple[float, str]:
    """A diagnosis that the source does not name."""
    named = cues().found("diagnoses", view.claim.low)
    missing = [d for d in named if not read(d).keys <= view.index.keys]
    return float(bool(missing)), listed(set(missing))


@check
def inference_made(view: View) -> tuple[float, str]:
    """Wording that draws a conclusion, with little behind it."""
    named = [
        m[0]
        for m in cues().lists["inference"].finditer(view.claim.low)
        if not any(start <= m.start() < end for start, end in view.claim.negated)
    ]
    return (view.novelty if named else 0.0), listed(set(named))


@check
def boilerplate_phrase(view: View) -> tuple[float, str]:
    """A stock phrase that would fit any client."""
    named = set(cues().found("boilerplate", view.claim.low))
    stock = [n for n in named if n not in view.index.low]
    return min(1.0, len(stock) / 2), listed(stock)


@check
def from_prior(view: View) -> tuple[float, str]:
    """Liker to a sentence of the note of the session before than to anything of today."""
    index = view.index
    worst = 0.0
    for part in (view.claim, *clauses(view.claim)):
        if len(part.keys) + len(part.values) < 3:
            continue
        before = index.likeness(part, index.prior_parts)
        if before > max(0.5, worst):
            worst = max(worst, before - index.likeness(part, index.today_parts))
    return worst, ""


@check
def prior_words(view: View) -> tuple[float, str]:
    """Words that the note of the session before holds and today's source does not."""
    only = view.claim.keys & view.index.prior_keys - view.index.keys
    whole = view.index.total(view.claim.keys)
    return (view.index.total(only) / whole if whole else 0.0), listed(only)


_CAPITAL = re.compile(r"(?<=[a-z,;] )([A-Z][a-z]{2,20})\b")


@check
def name_unsaid(view: View) -> tuple[float, str]:
    """A name, a word with a capital inside a sentence, that the session never uses."""
    times = {w for words in view.claim.times.values() for w in words}
    named = {m[1] for m in _CAPITAL.finditer(view.claim.text)}
    missing = {
        name
        for name in named
        if (keys := read(name).keys)
        and not keys & view.index.keys
        and not view.index.nearly(next(iter(keys)))
        and name.lower() not in times
        and not keys <= scaffold()
    }
    return min(1.0, len(missing) / 2), listed(missing)


_QUOTED = re.compile(r"[\"“]([^\"“”]{4,300})[\"”]")


@check
def quote_unsaid(view: View) -> tuple[float, str]:
    """Quotation marks around words that nobody said."""
    for match in _QUOTED.finditer(view.claim.text):
        quoted = " ".join(re.findall(r"[\w']+", match[1].lower().replace("’", "'")))
        if len(quoted.split()) < 2:
            continue
        if max((fuzz.partial_ratio(quoted, p.low) for p in view.index.passages), default=0) < 85:
            return 1.0, match[1]
    return 0.0, ""
