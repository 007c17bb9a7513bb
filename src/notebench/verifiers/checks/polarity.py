"""Checks of polarity: what is denied and what is affirmed."""

from __future__ import annotations

from ..passages import Passage, Unit
from ..terms import scaffold
from .view import View, check, listed


def _hold(unit: Unit, anchor: Passage) -> bool:
    """Whether a passage holds at least half of the clause's content words."""
    content = unit.claim.keys - scaffold()
    return 2 * len(content & anchor.keys) >= len(content) > 0


def _flipped(
    unit: Unit, claimed: frozenset[str], denied: bool, near: tuple[Passage, ...]
) -> frozenset[str]:
    """Words of the clause that an anchor has with the other polarity, and nothing near with its."""
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
    settled = view.evidence.facts + view.evidence.notes or view.evidence.talk
    for unit in view.evidence.units:
        shared = frozenset(k for a in unit.anchors for k in a.keys & unit.claim.keys) - scaffold()
        # the whole sentence decides what is negated: a clause may have lost its "denies"
        claimed = (view.claim.denied if denied else view.claim.affirmed) & unit.claim.keys
        keys = _flipped(unit, claimed, denied, settled)
        if keys and shared:
            cover = max(view.index.cover(unit.claim.keys, a.keys) for a in unit.anchors)
            share = cover * view.index.total(keys) / view.index.total(shared)
            if share > worst:
                worst, words = share, listed(keys)
    return worst, words


@check
def denied_here(view: View) -> tuple[float, str]:
    """What the claim denies, the session affirms."""
    return _polarity(view, denied=True)


@check
def affirmed_here(view: View) -> tuple[float, str]:
    """What the claim affirms, the session denies."""
    return _polarity(view, denied=False)


@check
def risk_flipped(view: View) -> tuple[float, str]:
    """A risk that the claim affirms and the session only denies, or the other way round."""
    stated, known = view.claim.risks, view.index.risks
    flipped = {
        topic
        for topic, denied in stated
        if (topic, not denied) not in stated
        and (topic, denied) not in known
        and (topic, not denied) in known
    }
    return float(bool(flipped)), listed(t.replace("_", " ") for t in flipped)
