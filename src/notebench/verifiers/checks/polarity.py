"""Checks of polarity: what is denied and what is affirmed."""

from __future__ import annotations

import re

from ..statements import Part, Statement, parts
from .view import View, check, listed

_ABOUT = 0.6
"""Share of a clause's words that a statement must hold to speak of the same thing."""
_WHOLE = 0.8
"""Share of a clause's words from which all of it counts as reversed."""
_LONE = 0.4
"""What it counts that a clause of one word, among others, is reversed."""


def _reversed(part: Part, told: list[Statement], denied: bool) -> frozenset[str]:
    """Words of a clause that a statement has the other way round, and none its way."""
    claimed = part.denied if denied else part.affirmed
    against = frozenset(k for s in told for k in (s.affirmed if denied else s.denied))
    agreeing = frozenset(k for s in told for k in (s.denied if denied else s.affirmed))
    return claimed & against - agreeing


def _polarity(view: View, denied: bool, asserted: bool = False) -> tuple[float, str]:
    """Greatest share of a clause of the claim that the source has with the other polarity."""
    worst, words = 0.0, ""
    index, stated = view.index, parts(view.claim)
    for part in stated:
        if asserted and not part.asserts:
            continue
        keys = part.affirmed | part.denied
        about = [
            s
            for s in index.statements
            if not keys.isdisjoint(s.keys) and index.cover(keys, s.keys) >= _ABOUT
        ]
        # what a fact or rough note settles, the talk around it does not unsettle
        told = [s for s in about if s.settled] or about
        found = _reversed(part, told, denied)
        share = index.cover(keys, found) * (1.0 if len(keys) > 1 or len(stated) == 1 else _LONE)
        if share > worst:
            worst, words = share, listed(found)
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
def wholly_reversed(view: View) -> tuple[float, str]:
    """What a clause reports or endorses in so many words, the source denies in all its words."""
    share, words = _polarity(view, denied=False, asserted=True)
    return float(share >= _WHOLE), words if share >= _WHOLE else ""


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


_UP = re.compile(
    r"\b(?:up|rose|risen|increased?|increasing|raised?|higher|climbed|gained|worse\w*)\b"
)
_DOWN = re.compile(
    r"\b(?:down|fell|fallen|decreased?|decreasing|reduced|lower(?:ed)?|dropped|lost)\b"
)
_FROM = re.compile(
    r"\bfrom (?:about |around )?(\d+(?:\.\d+)?)(?:[^\d.;,]{0,12}to (\d+(?:\.\d+)?))?"
)
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


@check
def direction_flipped(view: View) -> tuple[float, str]:
    """A rise told as a fall: by the claim's own two numbers, or by those of its fact."""
    low = view.claim.low
    up, down = _UP.search(low), _DOWN.search(low)
    if bool(up) == bool(down):
        return 0.0, ""
    word = up or down
    for match in _FROM.finditer(low):
        before = _FIGURE.findall(_NAMED.sub("", low[max(0, match.start() - 60) : match.start()]))
        after = match[2] or (before[-1] if before else None)
        if after is None or float(after) == float(match[1]):
            continue
        if (float(after) > float(match[1])) != bool(up):
            return 1.0, word[0] if word else ""
    return 0.0, ""


_NAMED = re.compile(r"[a-z]+-\d+")
