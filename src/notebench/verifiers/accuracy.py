"""How accurate verifiers were found to be on labelled data: counts, kept in accuracy.json.

`benchmarks/validation_page.py --accuracy` writes them. They hold no text: for each verifier, data
set and session, how many wrong and right things were flagged and left alone, counted as the metrics
count (what the verifier called uncheckable or left unscored is in neither).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

KINDS = {"hallucination": "claims", "omission": "facts"}
"""The counts that bear on a metric."""
Counts = Mapping[str, tuple[int, int, int, int]]
"""By session: true positives, false negatives, true negatives, false positives."""


@dataclass(frozen=True)
class Accuracy:
    """Counts of one verifier on one data set."""

    data: str
    """Name of the data set, and its split after a slash."""
    claims: Counts
    """Of sentences: wrong ones are the positives."""
    facts: Counts
    """Of facts: omitted ones are the positives."""

    def table(self, metric: str) -> list[tuple[int, int, int, int]]:
        """Counts that bear on a metric (hallucination or omission), a row a session."""
        return list(getattr(self, KINDS[metric]).values())

    def shares(self, metric: str) -> tuple[float, float]:
        """Sensitivity and specificity; NaN where nothing was wrong, or nothing right."""
        tp, fn, tn, fp = (sum(c) for c in zip(*self.table(metric), strict=True))
        nan = float("nan")
        return tp / (tp + fn) if tp + fn else nan, tn / (tn + fp) if tn + fp else nan


def known(verifier: str, path: Path | None = None) -> list[Accuracy]:
    """What is known of that verifier (name@version), a data set each; empty where nothing is."""
    return [
        Accuracy(data, *(_counts(found.get(kind, {})) for kind in ("claims", "facts")))
        for data, found in _stored(path).get(verifier, {}).items()
    ]


def _counts(raw: Mapping[str, list[int]]) -> Counts:
    return {session: (tp, fn, tn, fp) for session, (tp, fn, tn, fp) in sorted(raw.items())}


@cache
def _stored(path: Path | None) -> Mapping[str, Mapping[str, Any]]:
    source = path or files(__package__) / "accuracy.json"
    return dict(json.loads(source.read_text("utf-8"))["verifiers"])
