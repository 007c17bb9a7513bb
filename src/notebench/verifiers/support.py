"""How far a claim rests on something said in one place.

Common words scattered over sixty turns are no evidence: what counts is what one or two passages
hold together, which words are left over, and whether those are the ones that carry the sentence.
"""

from __future__ import annotations

from collections.abc import Iterable

from .checks import View
from .checks.view import among
from .lexicon import cues
from .passages import Passage
from .terms import Term, read, scaffold

_LOST = 5  # words without a source at which `lost` is full
_RUN = 4  # words in a row without a source at which `stretch` is full
_STRANGERS = 4  # words that the session never uses at which `strange` is full
_ENOUGH = 1.5  # informative words found, rare ones counting 1, from which a claim is not thin


def support(view: View) -> dict[str, float]:
    """Features from 0 (rests on the session) to 1 (rests on nothing)."""
    claim = view.claim
    vouched = _vouched(view)
    held = _two_best(view) | vouched
    content = [t for t in claim.terms if t.key not in scaffold()]
    found = [t for t in content if t.key in held]
    lost = {t.key for t in content if t.key not in held}
    apart = _apart(view, held)
    alone = min((_apart(view, p.keys | vouched) for p in view.evidence.all), default=1.0)
    return {
        "apart": apart,
        "apart_mostly": max(0.0, apart - 0.5) * 2,
        "alone": alone,
        "clause_alone": _worst_clause(view, vouched),
        "lost": min(1.0, len(lost) / _LOST),
        "lost_wholly": min(1.0, len(lost) / _LOST) * alone,
        "stretch": min(1.0, _longest_run(content, held) / _RUN),
        "strange": min(1.0, _strangers(view) / _STRANGERS),
        "rare_missed": _rare_missed(view, held),
        "thin": _thin(view, found),
        "padding": 1 - len(found) / len(claim.terms) if len(claim.terms) > 2 else 0.0,
        "repeats": _repeats(claim.terms),
    }


def _apart(view: View, held: frozenset[str]) -> float:
    """Weighted share of the claim's words and numbers that those words and the evidence lack."""
    index, worth = view.index, view.index.most / 2
    near = sum(among(n, view.near_values) for n in view.numbers)
    whole = index.total(view.claim.keys) + worth * len(view.numbers)
    return 1 - (index.total(view.claim.keys & held) + worth * near) / whole if whole else 0.0


def _vouched(view: View) -> frozenset[str]:
    """Words for a topic that the session knows in other words: a risk, a technique, a relative."""
    low, found = view.claim.low, set()
    for topic, _ in view.claim.risks & view.index.risks:
        found |= _words_for("risk", topic, low)
    for topic in cues().topics("interventions", low) & view.index.interventions:
        found |= _words_for("interventions", topic, low)
    for person in view.claim.people & view.index.people:
        found |= _words_for("people", person, low)
    return frozenset(found)


def _words_for(group: str, topic: str, low: str) -> set[str]:
    return {k for m in cues().groups[group][topic].finditer(low) for k in read(m[0]).keys}


def _two_best(view: View) -> frozenset[str]:
    """Words of the passage that holds most of the claim, and of the one that adds most to it."""
    first = _fullest(view, view.evidence.all, view.claim.keys)
    return first | _fullest(view, view.evidence.all, view.claim.keys - first)


def _fullest(view: View, passages: Iterable[Passage], keys: frozenset[str]) -> frozenset[str]:
    best: frozenset[str] = frozenset()
    most = 0.0
    for passage in passages:
        weight = view.index.total(passage.keys & keys)
        if weight > most:
            best, most = passage.keys, weight
    return best


def _worst_clause(view: View, vouched: frozenset[str]) -> float:
    """Share of the clause that fares worst which no single passage holds, over one half."""
    cover = view.index.cover
    left = [
        1 - cover(u.claim.keys, vouched | _fullest(view, view.evidence.all, u.claim.keys))
        for u in view.evidence.units
        if u.claim.keys - scaffold()
    ]
    return max(0.0, max(left, default=0.0) - 0.5) * 2


def _longest_run(content: list[Term], held: frozenset[str]) -> int:
    longest = run = 0
    for term in content:
        run = 0 if term.key in held else run + 1
        longest = max(longest, run)
    return longest


def _strangers(view: View) -> int:
    missing = view.claim.keys - view.index.keys - scaffold()
    return sum(not view.index.nearly(key) for key in missing)


def _rare_missed(view: View, held: frozenset[str]) -> float:
    """Share of the claim's weightiest words, by weight, that the two best passages lack."""
    ranked = sorted(view.claim.keys - scaffold(), key=lambda k: (-view.index.weight(k), k))
    top = frozenset(ranked[: max(2, len(ranked) // 2)])
    return 1 - view.index.cover(top, held) if top else 0.0


def informative(view: View, keys: Iterable[str]) -> float:
    """How many informative words these are: one that the session says once counts about 1."""
    most = view.index.most
    content = frozenset(keys) - scaffold()
    return sum(view.index.weight(key) / most for key in sorted(content))


def _thin(view: View, found: list[Term]) -> float:
    said = informative(view, (t.key for t in found))
    said += sum(among(n, view.near_values) for n in view.claim.numbers)
    return max(0.0, 1 - said / _ENOUGH)


def _repeats(terms: tuple[Term, ...]) -> float:
    """Share of the words that only say again what the sentence has said: a loop, not a note."""
    if len(terms) < 4:
        return 0.0
    return 1 - len({t.key for t in terms}) / len(terms)
