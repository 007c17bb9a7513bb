"""Sentences left out without which a note no longer conveys something."""

from __future__ import annotations

import random
from collections.abc import Iterator

from ... import taxonomy
from ...formats import Format
from .page import Change, Page
from .truth import Truth

ANY = "omission"
"""Leaving out whatever a note must have; the record has the type in the taxonomy."""
KINDS = tuple(name for name, kind in taxonomy.types().items() if kind.omits)
"""The omissions of the taxonomy."""
_NEVER_MUST = ("omission_of_strength", "omission_of_background")
"""What they leave out is seldom a must: a fact that a note should have counts too."""


def omissions(
    error_type: str, page: Page, truth: Truth, format: Format, rng: random.Random
) -> Iterator[Change]:
    """Sentences in random order whose loss is an omission of that type."""
    standing = page.untouched()
    rng.shuffle(standing)
    due = ("must", "should") if error_type in _NEVER_MUST else ("must",)
    for section, at, text in standing:
        rest = " ".join(
            s.text
            for name, held in page.sections.items()
            for place, s in enumerate(held)
            if (name, place) != (section, at)
        )
        lost = truth.only_in(text, rest, due)
        if not lost:
            continue
        kinds = tuple(f.kind for f in lost)
        worst = max(
            (taxonomy.omission_of(k) for k in kinds),
            key=lambda t: taxonomy.LEVELS.index(t.severity),
        )
        if error_type in (ANY, worst.name):
            yield Change(
                worst.name, section, at, None, facts=tuple(f.id for f in lost), kinds=kinds
            )
