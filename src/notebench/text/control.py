"""Characters that no record may hold and no page can show."""

from __future__ import annotations

import re

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters but tab and line ends, and halves of surrogate pairs."""


def replaced(text: str) -> tuple[str, int]:
    """The text with each such character as U+FFFD, and how many there were."""
    return CONTROL.subn("\N{REPLACEMENT CHARACTER}", text)
