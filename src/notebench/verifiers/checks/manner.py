"""Checks of how sure, how strong, who and when."""

from __future__ import annotations

import re

from ..lexicon import cues
from .view import View, check, listed


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
    named: set[str] = set()
    for kind in ("intensifiers", "softeners"):
        if not cues().lists[kind].search(near):  # another word of the same sort says as much
            named |= {w for w in cues().found(kind, view.claim.low) if w not in near}
    return min(1.0, len(named) / 2), listed(named)


_SELF = frozenset(("client", "clinician"))


@check
def person_clash(view: View) -> tuple[float, str]:
    """The passages that a clause restates are about other people."""
    for unit in view.evidence.units:
        named, said = unit.claim.people - _SELF, unit.people - _SELF
        if named and said and unit.anchors and not named & said:
            return 1.0, f"{listed(named)}; the session has {listed(said)}"
    return 0.0, ""


@check
def subject_clash(view: View) -> tuple[float, str]:
    """The fact that the claim begins with is about somebody else."""
    for unit in view.evidence.units[:1]:
        fact = next((a for a in unit.anchors if a.fact is not None), None)
        if fact is None or view.index.cover(unit.claim.keys, fact.keys) < _SAME_THING:
            continue
        ours, theirs = _subject(unit.claim.low), {_subject(r.low) for r in fact.readings}
        if _UNSAID & {ours, *theirs}:  # notes leave themselves out, and the client often
            continue
        told_of = ours == "client" and _SAYS.match(unit.claim.low)
        if told_of and theirs <= unit.claim.people or _PASSIVE.search(fact.low):
            continue
        if ours not in _kin(theirs):
            return 1.0, f"{ours}; the session has {listed(theirs)}"
    return 0.0, ""


_SAYS = re.compile(
    r"(?:the )?(?:client|patient|she|he|they) (?:alluded|spoke|talked|told|described)\b"
)
_PASSIVE = re.compile(r"\b(?:been|was|were|is|are) [\w -]{3,30} by (?:his|her|their|the)\b")
_SAME_THING = 0.5
_UNSAID = frozenset(("", "clinician"))


_OPENING = re.compile(r"^(?:on|in|at|last|this)(?: the)? [\w-]+,? ")
_NEAR_START = 14  # characters within which the subject of a sentence begins: "client's ", "the "


def _subject(low: str) -> str:
    """The person whom a lower-case text is about, where it begins with somebody."""
    low = _OPENING.sub("", low.strip())
    named = [
        (m.start(), who)
        for who, pattern in cues().groups["people"].items()
        for m in pattern.finditer(low, 0, _NEAR_START + 14)
        if m.start() <= _NEAR_START and not low.startswith("'s ", m.end())
    ]
    return min(named)[1] if named else ""


def _kin(people: set[str]) -> frozenset[str]:
    """Those people, and the broader and narrower words for them."""
    near = set(people)
    for broad, narrow in cues().broader.items():
        if broad in people:
            near |= narrow
        if narrow & people:
            near.add(broad)
    return frozenset(near)


@check
def person_unknown(view: View) -> tuple[float, str]:
    """Somebody whom today's source never names."""
    speakers = {t.speaker.lower() for t in view.index.session.transcript}
    missing = view.claim.people - _SELF - view.index.people - speakers
    return float(bool(missing)), listed(missing)


@check
def name_clash(view: View) -> tuple[float, str]:
    """A name that stands elsewhere in the session, where these passages have other names."""
    names = view.index.names
    for unit in view.evidence.units:
        named = {w for w in _NAMELIKE.findall(unit.claim.low) if w in names}
        said = {w for w in _NAMELIKE.findall(unit.low) if w in names}
        if named - said and said - named:
            return 1.0, listed(named - said)
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
                return 1.0, f"{listed(claimed)}; the session has {listed(said)}"
    return 0.0, ""


_FRAME = frozenset(("today", "this week"))
"""When a note speaks of: what it says without a time happened then."""


@check
def time_absent(view: View) -> tuple[float, str]:
    """A word of time that stands nowhere near."""
    said = {w for p in view.evidence.all for words in p.times.values() for w in words}
    named = {w for words in view.claim.times.values() for w in words}
    missing = named - said - _FRAME
    return (len(missing) / len(named) if named else 0.0), listed(missing)
