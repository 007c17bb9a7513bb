"""Whether notes about different clients grow alike, beside the clinicians' own notes of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..formats import plain, sections_of
from ..records import Tally
from ..text import content_words
from ..text.tokens import STOPWORDS
from .base import Case, client_of

if TYPE_CHECKING:
    import numpy as np

_PIECE = re.compile(r"[^\W\d_]+(?:['’-][^\W_]+)*|\d[\w.,:/-]*|[^\w\s]|\n")
_RUN = 3
"""Pieces in a row that make an element of style; assumed."""


def content(text: str) -> Counter[str]:
    """Words that carry content, figures left out: those differ between clients anyhow."""
    return Counter(w for w in content_words(text) if not w[0].isdigit())


def style(text: str) -> Counter[str]:
    """How it is built: runs of three function words, marks and blanks for all other words."""
    pieces = [_shape(p) for p in _PIECE.findall(text)]
    return Counter(" ".join(pieces[i : i + _RUN]) for i in range(len(pieces) - _RUN + 1))


def _shape(piece: str) -> str:
    low = piece.lower()
    if low in STOPWORDS or not piece[0].isalnum():
        return low
    return "#" if piece[0].isdigit() else "_"


VIEWS: dict[str, Callable[[str], Counter[str]]] = {"content": content, "style": style}


def homogenisation(cases: Sequence[Case]) -> Iterator[list[Tally]]:
    """For each note, how like it is to the same drafter's notes about other clients.

    `homogenisation.<view>` is the mean cosine, `homogenisation.<view>_excess` the mean over the
    same pairs of that less the likeness of the clinicians' notes. Notes are compared within
    drafter, workflow and format. None for a note that has no other to be compared with.
    """
    groups: dict[tuple[str, str, str], list[int]] = {}
    for i, case in enumerate(cases):
        d = case.draft
        groups.setdefault((d.drafter, d.workflow, d.format.lower()), []).append(i)
    found: list[list[Tally]] = [[] for _ in cases]
    for members in groups.values():
        own = [cases[i] for i in members]
        if len({client_of(c.session) for c in own}) > 1:
            for name, view in VIEWS.items():
                for i, tallies in zip(members, _group(own, name, view), strict=True):
                    found[i] += tallies
    yield from found


def _group(
    cases: Sequence[Case], name: str, view: Callable[[str], Counter[str]]
) -> Iterator[list[Tally]]:
    import numpy as np

    clients = [client_of(c.session) for c in cases]
    others = np.array([[a != b for b in clients] for a in clients])
    alike = likeness(view(plain(sections_of(c.draft))) for c in cases)
    notes = [c.session.reference(c.draft.format) for c in cases]
    beside = likeness(view(plain(n.sections)) if n else Counter() for n in notes)
    noted = np.array([n is not None for n in notes])
    for i, case in enumerate(cases):
        pairs, both = others[i], others[i] & noted
        if not pairs.any():
            yield []
            continue
        own = [case.tally(f"homogenisation.{name}", alike[i][pairs].mean(), 1)]
        if noted[i] and both.any():
            excess = (alike[i] - beside[i])[both].mean()
            own.append(case.tally(f"homogenisation.{name}_excess", excess, 1))
        yield own


def likeness(bags: Iterable[Mapping[str, int]]) -> np.ndarray[Any, Any]:
    """(n, n): cosine of every two bags of counts; 0 where one is empty."""
    import numpy as np
    from scipy.sparse import csr_matrix

    columns: dict[str, int] = {}
    data, index, ends = [], [], [0]
    for bag in bags:
        norm = sum(n * n for n in bag.values()) ** 0.5
        for word, n in bag.items():
            index.append(columns.setdefault(word, len(columns)))
            data.append(n / norm)
        ends.append(len(index))
    matrix = csr_matrix((data, index, ends), shape=(len(ends) - 1, max(1, len(columns))))
    return np.clip((matrix @ matrix.T).toarray(), 0.0, 1.0)
