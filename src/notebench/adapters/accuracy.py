"""Counts of how a verifier does on labelled data, as `verifiers.accuracy` keeps them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..records import WRONG, ClaimFinding, FactFinding
from ..storage import write_text
from ..verifiers.base import Verifier, label_of
from .labelled import LEFT_OUT, WRONG_LABELS, Labelled, LabelledSet

ABOUT = (
    "How verifiers did on labelled data, session by session: [wrong and flagged, wrong and not "
    "flagged, right and not flagged, right and flagged]. Claims: sentences, flagged as not borne "
    "out. Facts: flagged as omitted. Written by benchmarks/validation_page.py --accuracy."
)
Tallied = dict[str, dict[str, list[int]]]
"""By kind (claims, facts) and session: the four counts."""


def count(data: LabelledSet, verifier: Verifier) -> Tallied:
    """The four counts of each session of a data set, for sentences and for facts.

    None of known mismatches, which are no sample of what people call wrong or left out.
    """
    tallied: Tallied = {"claims": {}, "facts": {}}
    for item in data.items:
        findings = list(verifier.verify(item.session, item.draft))  # it may be a generator
        of_claims = findings
        if item.labels and not data.ledger_for_claims:
            bare = item.session.model_copy(update={"facts": None})
            of_claims = verifier.verify(bare, item.draft)
        for kind, table, outcomes in (
            ("claims", "wrong", _claims(item, of_claims)),
            ("facts", "omitted", _facts(item, findings)),
        ):
            if table in data.mismatches:
                continue
            for bad, flagged in outcomes:
                row = tallied[kind].setdefault(item.session.session_id, [0, 0, 0, 0])
                row[(0 if flagged else 1) if bad else (3 if flagged else 2)] += 1
    return tallied


def _claims(
    item: Labelled, findings: Iterable[ClaimFinding | FactFinding]
) -> Iterable[tuple[bool, bool]]:
    """Whether each sentence is wrong, and whether it was flagged."""
    claims = [f for f in findings if isinstance(f, ClaimFinding)]
    for label, finding in zip(item.labels, claims if item.labels else [], strict=True):
        told, found = label.get("label"), finding.verdict
        if told is not None and told not in LEFT_OUT and found not in ("unscored", "uncheckable"):
            yield told in WRONG_LABELS, found in WRONG


def _facts(
    item: Labelled, findings: Iterable[ClaimFinding | FactFinding]
) -> Iterable[tuple[bool, bool]]:
    """Whether each due fact is omitted, and whether it was said to be."""
    found = {f.fact_id: f.verdict for f in findings if isinstance(f, FactFinding)}
    for fact in item.due:
        if (verdict := found.get(fact, "unscored")) != "unscored":
            yield fact in item.omitted, verdict == "omitted"


def keep(path: Path, verifier: Verifier, tallied: Mapping[str, Tallied]) -> Path:
    """Write a verifier's counts, by data set, into a file, beside those of others."""
    data: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    stored = {**data.get("verifiers", {}), label_of(verifier): tallied}
    text = json.dumps({"about": ABOUT, "verifiers": dict(sorted(stored.items()))}, indent=1)
    return write_text(path, _compact(text) + "\n")


def _compact(text: str) -> str:
    """Lists of numbers on one line each."""
    return re.sub(r"\[\s+([\d,\s]+?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)
