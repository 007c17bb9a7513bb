"""Cutting a text into as many sentences as somebody else counted in it."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..text import split_sentences

_STOPS = re.compile(r"""(?<=[.!?])["'”’)\]]*\s+""")
_BEFORE_CAPITAL = re.compile(r"""(?<=[.!?])["'”’)\]]*\s+(?=["'“‘(\[]?[A-Z0-9])""")
_LINES = re.compile(r"\s*\n\s*")
_ANYWHERE = re.compile(r"""(?<=[.!?])["'”’)\]]*\s+|(?<=[a-z)][.!?])(?=[A-Z])|\s*\n\s*""")
_CLAUSES = re.compile(r"""(?<=[.!?;])["'”’)\]]*\s+|\s*\n\s*""")


def cut(text: str, n: int) -> list[str] | None:
    """The n sentences of a text, or None where no plain way of cutting gives that many.

    Splitters differ over line breaks, list numbers, abbreviations and stops without a space; the
    ways are tried from the likeliest on, and the first that gives n is taken.
    """
    for way in _WAYS:
        sentences = [piece for piece in way(text) if piece.strip()]
        if len(sentences) == n:
            return sentences
    return None


def _at(pattern: re.Pattern[str]) -> Callable[[str], list[str]]:
    """Cut where a pattern matches; closing quotes stay with the sentence before."""

    def pieces(text: str) -> list[str]:
        cuts = [0]
        for match in pattern.finditer(text):
            gap = match[0]
            cuts.append(match.start() + len(gap) - len(gap.lstrip("\"'”’)]")))
        return [text[a:b].strip() for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]

    return pieces


def _ours(text: str) -> list[str]:
    return [span.text for span in split_sentences(text)]


def _one_line(text: str) -> list[str]:
    """As ours, but without regard to lines: each piece is found again in the text."""
    flat = re.sub(r"\s", " ", text)
    return [text[span.start : span.end] for span in split_sentences(flat)]


_WAYS: tuple[Callable[[str], list[str]], ...] = (
    _ours, _one_line, _at(_BEFORE_CAPITAL), _at(_STOPS), _at(_LINES), _at(_ANYWHERE),
    _at(_CLAUSES), lambda text: [text.strip()],
)  # fmt: skip
