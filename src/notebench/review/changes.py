"""What a person changed in a note, word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from ..records import Section

_PIECE = re.compile(r"\s+|\w+|[^\w\s]")


def changes(before: Sequence[Section], after: Mapping[str, str]) -> dict[str, Any]:
    """Sections with their diff, and the share of the final words that stood in the draft.

    A diff is a list of (kept | removed | added, text): kept and removed joined are the text
    before, kept and added the text after.
    """
    sections, kept, final = [], 0, 0
    for section in before:
        new = after.get(section.name, section.text)
        diff = word_diff(section.text, new)
        kept += sum(len(text.split()) for what, text in diff if what == "kept")
        final += len(new.split())
        sections.append({"name": section.name, "before": section.text, "after": new, "diff": diff})
    return {
        "sections": sections,
        "changed": any(s["before"] != s["after"] for s in sections),
        "words_final": final,
        "share_of_draft": min(1.0, kept / final) if final else None,
    }


def word_diff(before: str, after: str) -> list[tuple[str, str]]:
    """The two texts as stretches kept, removed and added, in reading order."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    diff: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            diff.append(("kept", "".join(old[a:b])))
            continue
        if a < b:
            diff.append(("removed", "".join(old[a:b])))
        if c < d:
            diff.append(("added", "".join(new[c:d])))
    return diff
