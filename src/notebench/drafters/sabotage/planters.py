"""How each error type of the taxonomy is planted."""

from __future__ import annotations

import random
from collections.abc import Iterator

from ... import taxonomy
from ...formats import Format
from .edits import REWRITES, edits
from .inventions import BANKS, inventions
from .omissions import ANY, KINDS, omissions
from .page import Change, Page
from .repeats import Planter, contradicted, misplaced, repeated
from .restraint import DISCLOSED, disclosed
from .truth import Truth


def _made_up(
    error_type: str, page: Page, truth: Truth, format: Format, rng: random.Random
) -> Iterator[Change]:
    """A sentence rewritten, where there is a rule for it, or one added."""
    if error_type in REWRITES:
        yield from edits(error_type, page, truth, rng)
    if error_type in BANKS:
        yield from inventions(error_type, page, truth, format, rng)


PLANTERS: dict[str, Planter] = {
    **dict.fromkeys([*REWRITES, *BANKS], _made_up),
    **dict.fromkeys(DISCLOSED, disclosed),
    **dict.fromkeys((ANY, *KINDS), omissions),
    "internal_contradiction": contradicted,
    "repetition": repeated,
    "misplaced": misplaced,
}
"""Changes that plant an error, by type: each type of the taxonomy, and any omission."""
TYPES: tuple[str, ...] = tuple(sorted(PLANTERS))
"""Error types that can be planted; `omission` is any omission of a must."""
_TRUE_ALL_THE_SAME = ("repetition", "misplaced")
DEFAULT: tuple[str, ...] = tuple(
    name
    for name in TYPES
    if name == ANY
    or name not in (*KINDS, *_TRUE_ALL_THE_SAME)
    and taxonomy.get(name).fault == "content"
)
"""Types that make a note wrong, which a verifier of what is true and told can be asked to find."""
