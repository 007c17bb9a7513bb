"""Errors made of the note's own sentences: said again, said otherwise, or in the wrong section."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ...formats import Format
from ...records import Fact
from ..placing import kind_of
from .edits import edits
from .page import Change, Page
from .truth import Truth, share, stems

Planter = Callable[[str, Page, Truth, Format, random.Random], Iterator[Change]]

OPPOSING = ("negation_flip", "wrong_value", "wrong_time")
"""Rewritings that contradict the sentence that they are made of."""
NEW = 0.8
"""Share of words from which a statement only repeats the sentence's own wording."""


def contradicted(
    error_type: str, page: Page, truth: Truth, format: Format, rng: random.Random
) -> Iterator[Change]:
    """A sentence that says the opposite of one that stays, after it in the same section."""
    for rewriting in rng.sample(OPPOSING, k=len(OPPOSING)):
        for change in edits(rewriting, page, truth, rng):
            last = len(page.sections[change.section])
            at = rng.randint(change.at + 1, last)
            yield replace(change, error_type=error_type, at=at, adds=True)


def repeated(
    error_type: str, page: Page, truth: Truth, format: Format, rng: random.Random
) -> Iterator[Change]:
    """The same fact a second time: in the ledger's words where they differ, else in the note's."""
    for section, at, text, facts in _shuffled(page, truth, rng):
        said = [f.statement for f in facts if f.disclosure in ("must", "should")]
        fresh = [s for s in said if not s.startswith("A goal") and share(text, stems(s)) < NEW]
        place = rng.randint(at + 1, len(page.sections[section]))
        yield Change(
            error_type, section, place, rng.choice(fresh) if fresh else text, adds=True,
            facts=tuple(f.id for f in facts), kinds=_kinds(facts, text),
        )  # fmt: skip


def misplaced(
    error_type: str, page: Page, truth: Truth, format: Format, rng: random.Random
) -> Iterator[Change]:
    """A sentence moved to a section in which the format has none of what it conveys."""
    for section, at, text, facts in _shuffled(page, truth, rng):
        kinds = _kinds(facts, text)
        allowed = {name for kind in kinds for name in format.allowed(kind)}
        allowed |= {name for f in facts for name in f.sections.get(format.name, ())}
        for wrong in sorted(set(page.sections) - allowed - {section}):
            yield Change(
                error_type, wrong, rng.randint(0, len(page.sections[wrong])), text, adds=True,
                moved_from=(section, at), facts=tuple(f.id for f in facts), kinds=kinds,
            )  # fmt: skip


def _shuffled(
    page: Page, truth: Truth, rng: random.Random
) -> Iterator[tuple[str, int, str, list[Fact]]]:
    sentences = page.untouched()
    rng.shuffle(sentences)
    for section, at, text in sentences:
        yield section, at, text, truth.conveyed(text)


def _kinds(facts: Sequence[Fact], text: str) -> tuple[str, ...]:
    return tuple(f.kind for f in facts) or (kind_of(text),)
