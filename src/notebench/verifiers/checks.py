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
from .index import Evidence, Passage, SessionIndex, around
from .lexicon import cues
from .terms import Reading, read


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
    known = view.index.mentions
    missing = [n for n in view.numbers if not _any(n, known)]
    return float(bool(missing)), _words({n.text for n in missing})


@check
def number_far(view: View) -> tuple[float, str]:
    """A number that stands in the source, and not near what the claim is about."""
    known = view.index.mentions
    far = [n for n in view.numbers if _any(n, known) and not _any(n, view.near_values)]
    return float(bool(far)), _words({n.text for n in far})


@check
def number_context(view: View) -> tuple[float, str]:
    """How little the words around a number are those around it in the source."""
    worst, where = 0.0, ""
    for number in view.numbers:
        context = around(view.claim, number, 32)
        spots = [m for v in number.values for m in view.index.mentions.get(round(v, 3), ())]
        if context and spots:
            gap = 1 - max(view.index.cover(context, m.around) for m in spots)
            if gap > worst:
                worst, where = gap, number.text
    return worst, where


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


def _flipped(view: View, claimed: frozenset[str], denied: bool) -> frozenset[str]:
    """Words the claim has with one polarity and every near passage with the other."""
    keys = set()
    for key in claimed:
        holders = [p for p in view.closest if key in p.keys]
        against = [p for p in holders if key in (p.affirmed if denied else p.denied)]
        agreeing = [p for p in holders if key in (p.denied if denied else p.affirmed)]
        if against and not agreeing:
            keys.add(key)
    return frozenset(keys)


@check
def denied_here(view: View) -> tuple[float, str]:
    """What the claim denies, the session affirms."""
    keys = _flipped(view, view.claim.denied, denied=True)
    return _share(view, keys), _words(keys)


@check
def affirmed_here(view: View) -> tuple[float, str]:
    """What the claim affirms, the session denies."""
    keys = _flipped(view, view.claim.affirmed, denied=False)
    return _share(view, keys), _words(keys)


def _share(view: View, keys: frozenset[str]) -> float:
    whole = view.index.total(view.claim.keys)
    return view.index.total(keys) / whole if whole else 0.0


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
    """Words that the note of the session before holds and today's source does not."""
    index = view.index
    only = view.claim.keys & index.prior_keys - view.evidence.keys
    best = max(view.evidence.scores.get(s, 0.0) for s in ("talk", "notes", "fact", "prior"))
    lead = view.evidence.scores.get("prior", 0.0) - max(
        view.evidence.scores.get(s, 0.0) for s in ("talk", "notes", "fact")
    )
    return max(0.0, lead, _share(view, only) if best else 0.0), _words(only)


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
    hedged = [p for p in view.closest if p.hedged]
    firm = bool(cues().lists["firm"].search(view.claim.low))
    return len(hedged) / max(1, len(view.closest)) * (1.0 if firm else 0.4), ""


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
def person_absent(view: View) -> tuple[float, str]:
    """Somebody whom the passages near the claim do not name."""
    named = view.claim.people - _SELF
    near = frozenset().union(*(p.people for p in view.evidence.all)) if view.evidence.all else named
    speakers = {_plain(t.speaker) for t in view.index.session.transcript}
    missing = named - near - speakers
    return (len(missing) / len(named) if named else 0.0), _words(missing)


@check
def person_lost(view: View) -> tuple[float, str]:
    """The nearest fact is about somebody whom the claim leaves out."""
    if not view.evidence.facts:
        return 0.0, ""
    about = view.evidence.facts[0]
    opening = read(about.readings[0].text[:40]).people - _SELF
    missing = opening - view.claim.people
    weight = view.evidence.scores.get("fact", 0.0)
    return (weight if missing else 0.0), _words(missing)


@check
def time_absent(view: View) -> tuple[float, str]:
    """A word of time that does not stand near."""
    near = " ".join(p.low for p in view.evidence.all)
    missing = {w for words in view.claim.times.values() for w in words if w not in near}
    total = sum(len(words) for words in view.claim.times.values())
    return (len(missing) / total if total else 0.0), _words(missing)


@check
def time_clash(view: View) -> tuple[float, str]:
    """Another day, month or time of day than the nearest passages name."""
    for kind, claimed in sorted(view.claim.times.items()):
        for passage in view.closest:
            said = frozenset().union(*(r.times.get(kind, frozenset()) for r in passage.readings))
            if said and not claimed & said:
                return 1.0, f"{_words(claimed)} against {_words(said)}"
    return 0.0, ""
