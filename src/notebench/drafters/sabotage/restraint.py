"""Errors of restraint: what is true of the session, and still not for a progress note."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from ...formats import Format
from ...records import Fact
from ..placing import section_for
from .page import Change, Page
from .truth import Truth, named


def disclosed(
    error_type: str, page: Page, truth: Truth, format: Format, rng: random.Random
) -> Iterator[Change]:
    """A fact told in full that a good note generalises, leaves out or keeps elsewhere.

    It takes the place of the sentence that generalises it, where there is one.
    """
    wanted = DISCLOSED[error_type]
    facts = [f for f in truth.session.facts or [] if wanted(f, truth)]
    rng.shuffle(facts)
    for fact in facts:
        ids, kinds = (fact.id,), (fact.kind,)
        for section, at, text in page.untouched():
            if [f.id for f in truth.conveyed(text)] == [fact.id]:
                yield Change(error_type, section, at, fact.statement, facts=ids, kinds=kinds)
        allowed = [n for n in fact.sections.get(format.name, []) if n in page.sections]
        section = (allowed or [section_for(fact.kind, format)])[0]
        if section in page.sections:
            at = rng.randint(0, len(page.sections[section]))
            yield Change(error_type, section, at, fact.statement, adds=True, facts=ids, kinds=kinds)


def _identifies(fact: Fact, truth: Truth) -> bool:
    return fact.disclosure in ("exclude", "generalise") and named(fact, truth.session)


def _details(fact: Fact, truth: Truth) -> bool:
    return fact.disclosure in ("exclude", "generalise") and not named(fact, truth.session)


def _private(fact: Fact, truth: Truth) -> bool:
    return fact.disclosure == "psychotherapy_note_only"


DISCLOSED: dict[str, Callable[[Fact, Truth], bool]] = {
    "third_party_identifier": _identifies,
    "excess_detail": _details,
    "psychotherapy_note_content": _private,
}
"""Which facts an error of restraint tells."""
