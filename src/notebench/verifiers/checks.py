"""Typed checks of one claim against its evidence: each gives a value from 0 (clean) to 1.

A check sees words only. What its value is worth is learned (local_model.json); what it means to a
reader is in checks.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz

from ..text.numbers import Number
from .index import Evidence, Passage, SessionIndex, Unit, clauses, surroundings
from .lexicon import cues
from .terms import Reading, read, scaffold


@dataclass(frozen=True)
class View:
    """A claim with what bears on it."""

    claim: Reading
    section: str
    evidence: Evidence
    index: SessionIndex

    @cached_property
    def found(self) -> frozenset[str]:
        """Words of the claim that stand anywhere in today's source."""
        return self.claim.keys & self.index.keys

    @cached_property
    def novelty(self) -> float:
        """Weighted share of the claim's words that its evidence does not hold."""
        return 1 - self.index.cover(self.claim.keys, self.evidence.keys)

    @cached_property
    def numbers(self) -> list[Number]:
        """Numbers worth checking: a lone "one", "both" or "first" is not."""
        return [n for n in self.claim.numbers if not _idle(n)]

    @cached_property
    def near_values(self) -> frozenset[float]:
        """Values said in the passages near the claim."""
        return frozenset(
            round(v, 3) for p in self.evidence.all for n in p.numbers for v in n.values
        )

    @cached_property
    def closest(self) -> tuple[Passage, ...]:
        """The best passage of each source."""
        e = self.evidence
        return (*e.facts[:1], *e.talk[:1], *e.notes[:1])


Check = Callable[[View], tuple[float, str]]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Register a check under its function's name."""
    CHECKS[function.__name__] = function
    return function


def run_checks(view: View) -> dict[str, tuple[float, str]]:
    """Value and detail of every check."""
    return {name: function(view) for name, function in CHECKS.items()}


def _idle(number: Number) -> bool:
    return number.kind == "item" or (
        number.text[:1].isalpha()
        and number.value <= 1
        or number.kind == "ordinal" and number.value <= 3
        or number.text.lower() in ("both", "couple", "half")
    )  # fmt: skip


def _any(number: Number, values: object) -> bool:
    return any(round(v, 3) in values for v in number.values)  # type: ignore[operator]


def _words(items: object) -> str:
    return ", ".join(sorted(items))  # type: ignore[call-overload]


# --- numbers


@check
def number_absent(view: View) -> tuple[float, str]:
    """A number that stands nowhere in today's source."""
    missing = [n for n in view.numbers if not _any(n, view.index.values)]
    return float(bool(missing)), _words({n.text for n in missing})


@check
def number_far(view: View) -> tuple[float, str]:
    """A number that stands in the source, and not near what the claim is about."""
    far = [n for n in view.numbers if _any(n, view.index.values) and not _any(n, view.near_values)]
    return float(bool(far)), _words({n.text for n in far})


@check
def number_swapped(view: View) -> tuple[float, str]:
    """Another number of the source stands among the claim's words more fitly than this one."""
    worst, detail = 0.0, ""
    for number in view.numbers:
        around = surroundings(view.claim, number)
        best = {True: 0.0, False: 0.0}
        other = ""
        for mention in view.index.mentions:
            same = bool(set(mention.number.values) & set(number.values))
            if not same and (mention.number.retracted or _idle(mention.number)):
                continue
            fit = view.index.fit(around, mention)
            if fit > best[same]:
                best[same] = fit
                other = other if same else mention.number.text
        if best[False] - best[True] > worst and _any(number, view.index.values):
            worst, detail = best[False] - best[True], f"{number.text} (said: {other})"
    return worst, detail


@check
def number_not_in_fact(view: View) -> tuple[float, str]:
    """The fact that a clause restates has numbers, and not this one."""
    for unit in view.evidence.units:
        fact = next((a for a in unit.anchors if a.fact is not None), None)
        if fact is None or not fact.numbers:
            continue
        said = {
            round(v, 3)
            for p in (*view.evidence.facts, *view.evidence.notes)
            for n in p.numbers
            for v in n.values
        }
        wrong = [n for n in unit.claim.numbers if not _idle(n) and not _any(n, said)]
        if wrong:
            return view.index.cover(unit.claim.keys, fact.keys), _words({n.text for n in wrong})
    return 0.0, ""


@check
def number_retracted(view: View) -> tuple[float, str]:
    """A number that was said and taken back at once."""
    for number in view.numbers:
        near = [n for p in view.evidence.all for n in p.numbers if _any(n, number.values)]
        if near and all(n.retracted for n in near):
            return 1.0, number.text
    return 0.0, ""


@check
def number_prior(view: View) -> tuple[float, str]:
    """A number that only the note of the session before holds near these words."""
    for number in view.numbers:
        if _any(number, view.index.prior_values) and not _any(number, view.near_values):
            return 1.0, number.text
    return 0.0, ""


@check
def unit_clash(view: View) -> tuple[float, str]:
    """The same number beside another unit."""
    for number in view.numbers:
        near = [n for p in view.evidence.all for n in p.numbers if _any(n, number.values)]
        units = {n.unit for n in near if n.unit}
        if number.unit and units and number.unit not in units and all(n.unit for n in near):
            return 1.0, number.text
    return 0.0, ""


# --- polarity


def _hold(unit: Unit, anchor: Passage) -> bool:
    """Whether a passage holds at least half of the clause's content words."""
    content = unit.claim.keys - scaffold()
    return 2 * len(content & anchor.keys) >= len(content) > 0


def _flipped(
    unit: Unit, claimed: frozenset[str], denied: bool, near: tuple[Passage, ...]
) -> frozenset[str]:
    """Words the clause has with one polarity, an anchor with the other, and nothing near with it."""
    keys = set()
    strong = [a for a in unit.anchors if _hold(unit, a)]
    for key in claimed - scaffold():
        against = any(key in (a.affirmed if denied else a.denied) for a in strong)
        agreeing = any(key in (a.denied if denied else a.affirmed) for a in near)
        if against and not agreeing:
            keys.add(key)
    return frozenset(keys)


def _polarity(view: View, denied: bool) -> tuple[float, str]:
    worst, words = 0.0, ""
    for unit in view.evidence.units:
        shared = frozenset(k for a in unit.anchors for k in a.keys & unit.claim.keys) - scaffold()
        # the whole sentence decides what is negated: a clause may have lost its "denies"
        claimed = (view.claim.denied if denied else view.claim.affirmed) & unit.claim.keys
        keys = _flipped(unit, claimed, denied, view.evidence.all)
        if keys and shared:
            cover = max(view.index.cover(unit.claim.keys, a.keys) for a in unit.anchors)
            share = cover * view.index.total(keys) / view.index.total(shared)
            if share > worst:
                worst, words = share, _words(keys)
    return worst, words


@check
def denied_here(view: View) -> tuple[float, str]:
    """What the claim denies, the session affirms."""
    return _polarity(view, denied=True)


@check
def affirmed_here(view: View) -> tuple[float, str]:
    """What the claim affirms, the session denies."""
    return _polarity(view, denied=False)


# --- things nobody raised, saw or did


@check
def risk_unasked(view: View) -> tuple[float, str]:
    """A statement or denial about a risk that nobody raised."""
    named = cues().topics("risk", view.claim.low)
    barred = {_plain(t) for t in view.index.session.not_assessed}
    missing = {t for t in named if t in barred or t not in view.index.risk_raised}
    return float(bool(missing)), _words(t.replace("_", " ") for t in missing)


def _plain(topic: str) -> str:
    return re.sub(r"[\s-]+", "_", topic.strip().lower())


@check
def observation_unseen(view: View) -> tuple[float, str]:
    """How the client looked or behaved, without a record by somebody who saw it."""
    named = cues().found("observation", view.claim.low)
    if not named:
        return 0.0, ""
    seen = view.index.seen_keys
    unseen = [n for n in named if not read(n).keys <= seen]
    rest = 1 - view.index.cover(view.claim.keys, seen | view.evidence.keys)
    return len(unseen) / len(named) * rest, _words(set(unseen))


@check
def intervention_undone(view: View) -> tuple[float, str]:
    """A technique that the session does not show."""
    named = cues().topics("interventions", view.claim.low)
    missing = named - view.index.interventions
    return (len(missing) / len(named) if named else 0.0), _words(
        t.replace("_", " ") for t in missing
    )


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
    return float(bool(missing)), _words(set(missing))


@check
def inference_made(view: View) -> tuple[float, str]:
    """Wording that draws a conclusion, with little behind it."""
    named = cues().found("inference", view.claim.low)
    return (view.novelty if named else 0.0), _words(set(named))


@check
def boilerplate_phrase(view: View) -> tuple[float, str]:
    """A stock phrase that would fit any client."""
    named = set(cues().found("boilerplate", view.claim.low))
    stock = [n for n in named if n not in view.index.low]
    return min(1.0, len(stock) / 2), _words(stock)


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
    return (view.index.total(only) / whole if whole else 0.0), _words(only)


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


# --- how sure, how strong, who, when


@check
def hedge_lost(view: View) -> tuple[float, str]:
    """A maybe of the session written as settled."""
    if view.claim.hedged:
        return 0.0, ""
    firm = bool(cues().lists["firm"].search(view.claim.low))
    open_facts = any(a.hedged for u in view.evidence.units for a in u.anchors if a.fact)
    open_talk = any(a.hedged for u in view.evidence.units for a in u.anchors)
    return (0.6 * open_facts + 0.4 * open_talk) * (1.0 if firm else 0.3), ""


@check
def hedge_gained(view: View) -> tuple[float, str]:
    """A settled thing written as a maybe."""
    return float(view.claim.hedged and not any(p.hedged for p in view.closest)), ""


@check
def degree_unsaid(view: View) -> tuple[float, str]:
    """A word of degree that the session does not use."""
    near = " ".join(p.low for p in view.evidence.all)
    named = {
        w
        for name in ("intensifiers", "softeners", "firm")
        for w in cues().found(name, view.claim.low)
        if w not in near
    }
    return min(1.0, len(named) / 2), _words(named)


_SELF = frozenset(("client", "clinician"))


@check
def person_clash(view: View) -> tuple[float, str]:
    """The passages that a clause restates are about other people."""
    for unit in view.evidence.units:
        named, said = unit.claim.people - _SELF, unit.people - _SELF
        if named and said and unit.anchors and not named & said:
            return 1.0, f"{_words(named)}; the session has {_words(said)}"
    return 0.0, ""


@check
def name_clash(view: View) -> tuple[float, str]:
    """A name that stands elsewhere in the session, where these passages have other names."""
    names = view.index.names
    for unit in view.evidence.units:
        named = {w for w in _NAMELIKE.findall(unit.claim.low) if w in names}
        said = {w for w in _NAMELIKE.findall(unit.low) if w in names}
        if named - said and said - named:
            return 1.0, _words(named - said)
    return 0.0, ""


_NAMELIKE = re.compile(r"[a-z]{3,20}")


_COMPARED = {
    "weekday": ("weekday", "relative"), "month": ("month",), "relative": ("relative",),
    "cadence": ("cadence",),
}  # fmt: skip
"""Kinds of words of time, and the kinds that one of them can be at odds with."""


@check
def time_clash(view: View) -> tuple[float, str]:
    """Another day, month or frequency than the passages that a clause restates."""
    for unit in view.evidence.units:
        for kind, against in _COMPARED.items():
            claimed = unit.claim.times.get(kind, frozenset())
            said = frozenset().union(*(unit.times.get(k, frozenset()) for k in against))
            if claimed and said and not claimed & said:
                return 1.0, f"{_words(claimed)}; the session has {_words(said)}"
    return 0.0, ""


@check
def time_absent(view: View) -> tuple[float, str]:
    """A word of time that stands nowhere near."""
    said = {
        w
        for p in view.evidence.all
        for r in p.readings
        for words in r.times.values()
        for w in words
    }
    named = {w for words in view.claim.times.values() for w in words}
    missing = named - said
    return (len(missing) / len(named) if named else 0.0), _words(missing)
