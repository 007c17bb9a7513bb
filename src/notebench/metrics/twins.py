"""Sentences that stand, nearly the same, in notes about different clients."""

from __future__ import annotations

from collections.abc import Sequence

NEAR = 0.85
"""Dice likeness of two sentences' sets of words from which on they are twins; assumed."""
_ROWS = 256
"""Sentences compared at a time with all others: bounds memory."""


def twins(sentences: Sequence[Sequence[str]], clients: Sequence[str]) -> list[int]:
    """For each sentence, given as words, how many other clients have nearly the same one.

    Figures must be the same: another score is another statement. Order of words does not count.
    """
    found = [0] * len(sentences)
    groups: dict[tuple[str, ...], list[int]] = {}
    for i, words in enumerate(sentences):
        figures = tuple(sorted(w for w in words if w[0].isdigit()))
        if words:
            groups.setdefault(figures, []).append(i)
    for members in groups.values():
        if len({clients[i] for i in members}) > 1:
            alike = _alike(
                [frozenset(sentences[i]) for i in members], [clients[i] for i in members]
            )
            for i, n in zip(members, alike, strict=True):
                found[i] = n
    return found


def _alike(bags: Sequence[frozenset[str]], clients: Sequence[str]) -> list[int]:
    import numpy as np
    from scipy.sparse import csr_matrix

    names = {c: k for k, c in enumerate(dict.fromkeys(clients))}
    who = np.array([names[c] for c in clients])
    columns = {w: k for k, w in enumerate(sorted(frozenset().union(*bags)))}
    sizes = np.array([len(b) for b in bags])
    ends = np.concatenate([[0], np.cumsum(sizes)])
    index = [columns[w] for bag in bags for w in sorted(bag)]
    matrix = csr_matrix((np.ones(len(index)), index, ends), shape=(len(bags), len(columns)))
    found: list[int] = []
    for at in range(0, len(bags), _ROWS):
        shared = (matrix[at : at + _ROWS] @ matrix.T).tocoo()
        row = shared.row + at
        near = 2 * shared.data >= NEAR * (sizes[row] + sizes[shared.col])
        near &= who[row] != who[shared.col]
        pairs = np.unique(np.stack([shared.row[near], who[shared.col[near]]]), axis=1)
        found += np.bincount(pairs[0], minlength=min(_ROWS, len(bags) - at)).tolist()
    return found
