"""Whether a draft made from the clinician's text still says what the clinician said."""

from __future__ import annotations

from collections.abc import Iterator

from .. import formats
from ..records import WRONG, Fact, FactVerdict, Tally
from .base import Case
from .conformity import section_name
from .ledger import WITHHELD, scored
from .own_text import own_text, stated

SAFETY = ("risk", "protective")
"""Kinds of facts about danger and safety."""
FORMULATION = ("diagnosis", "goal", "response")
"""Kinds of facts that hold the clinician's judgement: what it is, what for, where it goes."""
TENTATIVE = ("hypothesis", "possible")
"""Certainties with which clinicians mark their own reading of things."""


def meaning(case: Case) -> Iterator[Tally]:
    """Facts of the clinician's text that were lost or altered, and what was added.

    For the workflows that rewrite such a text (polish, organise), where it is known what it states.
    """
    own = own_text(case)
    if own is None or not own.given or own.facts is None:
        return
    ids = {f.id for f in stated(case, own)}
    known = [(f, v) for f, v in scored(case) if f.disclosure not in WITHHELD]
    said = [(f, v) for f, v in known if f.id in ids]
    yield from _kept(case, "meaning", said)
    yield from _kept(case, "meaning.risk", [(f, v) for f, v in said if f.kind in SAFETY])
    yield from _kept(case, "meaning.formulation", [(f, v) for f, v in said if formulation(f)])
    there = [f.id for f, v in known if v == "conveyed"]
    if there:
        yield case.tally("meaning.added", sum(i not in ids for i in there), len(there))
    yield from _judgement_added(case)


def formulation(fact: Fact) -> bool:
    """Whether a fact holds the clinician's judgement."""
    return fact.kind in FORMULATION or fact.attributes.get("certainty") in TENTATIVE


def _kept(case: Case, name: str, facts: list[tuple[Fact, FactVerdict]]) -> Iterator[Tally]:
    """Changed (lost or altered), lost and altered facts out of those stated."""
    verdicts = [v for _, v in facts]
    if verdicts:
        lost, altered = verdicts.count("omitted"), verdicts.count("distorted")
        joint = "_" if "." in name else "."
        yield case.tally(name, lost + altered, len(verdicts))
        yield case.tally(f"{name}{joint}lost", lost, len(verdicts))
        yield case.tally(f"{name}{joint}altered", altered, len(verdicts))


def _judgement_added(case: Case) -> Iterator[Tally]:
    """Sentences that are not borne out, of those where the format has the assessment."""
    form = formats.get(case.draft.format)
    places = set(form.allowed("diagnosis"))
    if len(places) == len(form.sections):  # prose without headings has no place for it
        return
    wrong = [c.verdict in WRONG for c in case.scored if section_name(form, c.section) in places]
    if wrong:
        yield case.tally("meaning.formulation_added", sum(wrong), len(wrong))
