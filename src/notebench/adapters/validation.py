"""How well a verifier agrees with labels: on challenge drafts, and on people's labels.

Intervals are 95%, from resampling whole sessions. What a verifier could not decide is counted and
left out of the measures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal, get_args

from ..errors import NotebenchError, UnknownName
from ..records import WRONG, ClaimFinding, FactFinding
from ..registry import suggest
from ..verifiers import make
from ..verifiers.base import Verifier, label_of
from .challenge import (
    CLEAN,
    WRONG_LABELS,
    Labelled,
    load_challenge,
    note_words,
    source_words,
    uncovered,
)
from .measures import (
    Interval,
    Rated,
    auroc,
    balanced_accuracy,
    calibration_error,
    caught,
    flagged,
    with_interval,
)
from .primock57 import load_statements

Split = Literal["report", "tune", "all"]
TUNE = tuple(f"challenge-{n}" for n in ("02", "06", "09", "13", "18", "22"))
"""Sessions that the local verifier was fitted on; benchmarks/challenge_split.toml says the same."""


@dataclass
class Ratings:
    """Everything rated in one validation."""

    claims: list[Rated] = field(default_factory=list)
    claim_types: list[str] = field(default_factory=list)
    claim_baseline: list[Rated] = field(default_factory=list)
    clean: list[Rated] = field(default_factory=list)
    facts: list[Rated] = field(default_factory=list)
    fact_baseline: list[Rated] = field(default_factory=list)
    unscored: int = 0
    flagged_claims: list[tuple[Rated, bool]] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One measure of a verifier beside the word-coverage baseline."""

    measure: str
    verifier: Interval
    baseline: Interval | None
    n: int
    bad: int


@dataclass(frozen=True)
class ValidationResult:
    """Measures of a verifier on labelled drafts."""

    verifier: str
    data: str
    sessions: int
    drafts: int
    rows: tuple[Row, ...]
    by_type: tuple[tuple[str, int, float, float], ...]
    """(error type, sentences, AUROC against all right sentences, share caught)."""
    unscored: int

    def row(self, measure: str) -> Row:
        """The row of that measure. Raises KeyError."""
        found = next((r for r in self.rows if r.measure == measure), None)
        if found is None:
            raise KeyError(measure)
        return found

    def to_markdown(self) -> str:
        """The result as Markdown tables."""
        lines = [
            f"{self.verifier} on {self.data}: {self.sessions} sessions, {self.drafts} drafts, "
            f"{self.unscored} findings unscored. 95% intervals in brackets, sessions resampled.",
            "",
            "| measure | verifier | word coverage | n | of them bad |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {r.measure} | {r.verifier} | {r.baseline or ''} | {r.n} | {r.bad} |"
            for r in self.rows
        ]
        if self.by_type:
            lines += ["", "| error type | sentences | AUROC | caught |", "|---|---|---|---|"]
            lines += [f"| {t} | {n} | {a:.2f} | {c:.0%} |" for t, n, a, c in self.by_type]
        return "\n".join(lines) + "\n"


def validate_challenge(
    path: str | Path, verifier: str | Verifier = "local", split: Split = "report"
) -> ValidationResult:
    """Measures of a verifier on the challenge drafts of a folder.

    split: `report` leaves out the sessions that the local verifier was fitted on, `tune` takes
    only them. Raises NotebenchError for a folder or split that does not exist.
    """
    _check_split(split)
    items = [
        item
        for item in load_challenge(path)
        if split == "all" or (item.session.session_id in TUNE) == (split == "tune")
    ]
    if not items:
        raise NotebenchError(f"no draft belongs to the split {split!r}", where=str(path))
    return _validated(items, verifier, f"challenge/{split}")


def validate_primock57(
    path: str | Path, verifier: str | Verifier = "local", split: Split = "report"
) -> ValidationResult:
    """Measures of a verifier on note statements of PriMock57 that a clinician marked.

    No verifier was fitted on them, so every split is the whole. Raises NotebenchError.
    """
    _check_split(split)
    return _validated(load_statements(path), verifier, "primock57")


DATASETS: dict[str, Callable[..., ValidationResult]] = {
    "challenge": validate_challenge,
    "primock57": validate_primock57,
}
"""Labelled data by name: a function of the folder, and of `verifier` and `split`."""


def _check_split(split: str) -> None:
    if split not in get_args(Split):
        raise UnknownName(f"no split is called {split!r}", mend=suggest(split, get_args(Split)))


def _validated(items: Sequence[Labelled], verifier: str | Verifier, data: str) -> ValidationResult:
    judge = make(verifier) if isinstance(verifier, str) else verifier
    ratings = Ratings()
    for item in items:
        rate(item, judge, ratings)
    return summarise(ratings, items, label_of(judge), data)


def rate(item: Labelled, verifier: Verifier, into: Ratings) -> None:
    """Judge one labelled draft and note down how each sentence and each due fact was rated."""
    findings = verifier.verify(item.session, item.draft)
    claims = [f for f in findings if isinstance(f, ClaimFinding)]
    facts = {f.fact_id: f for f in findings if isinstance(f, FactFinding)}
    source, group = source_words(item.session), item.session.session_id
    for label, finding in zip(item.labels, claims, strict=True):
        if label["label"] == "uncheckable":
            continue
        bad = label["label"] in WRONG_LABELS
        if finding.p_unfaithful is None:
            into.unscored += 1
            continue
        rated = Rated(group, finding.p_unfaithful, bad)
        into.claims.append(rated)
        into.claim_types.append(label["error_type"] or "" if bad else "")
        into.claim_baseline.append(Rated(group, uncovered(label["text"], source), bad))
        into.flagged_claims.append((rated, finding.verdict in WRONG))
        if item.style == CLEAN:
            into.clean.append(Rated(group, float(finding.verdict in WRONG), bad))
    note = note_words(item.draft)
    statements = {f.id: f.statement for f in item.session.facts or []}
    for fact_id in item.due:
        found, bad = facts.get(fact_id), fact_id in item.omitted
        if found is None or found.p_omitted is None:
            into.unscored += 1
            continue
        into.facts.append(Rated(group, found.p_omitted, bad))
        into.fact_baseline.append(Rated(group, uncovered(statements[fact_id], note), bad))


def summarise(
    ratings: Ratings, items: Sequence[Labelled], verifier: str, data: str
) -> ValidationResult:
    """The measures over everything rated."""
    as_flags = [Rated(r.group, float(f), r.bad) for r, f in ratings.flagged_claims]
    claims, facts = ratings.claims, ratings.facts
    accuracy = partial(balanced_accuracy, threshold=0.5)
    rows = [
        _row("AUROC, wrong sentences", auroc, claims, ratings.claim_baseline),
        _row("AUROC, omitted facts", auroc, facts, ratings.fact_baseline),
        _row("wrong sentences caught", partial(caught, threshold=0.5), as_flags),
        _row("right sentences flagged", partial(flagged, threshold=0.5), as_flags),
        _row("sentences of clean drafts flagged", partial(flagged, threshold=0.5), ratings.clean),
        _row("balanced accuracy, sentences", accuracy, as_flags),
        _row("balanced accuracy, facts", accuracy, facts),
        _row("calibration error, sentences", calibration_error, claims),
        _row("calibration error, facts", calibration_error, facts),
    ]
    rows = [r for r in rows if r.n]
    return ValidationResult(
        verifier, data, len({i.session.session_id for i in items}), len(items), tuple(rows),
        tuple(_by_type(ratings)), ratings.unscored,
    )  # fmt: skip


def _row(
    name: str,
    measure: Callable[[Sequence[Rated]], float],
    rated: Sequence[Rated],
    baseline: Sequence[Rated] | None = None,
) -> Row:
    beside = with_interval(baseline, measure) if baseline else None
    return Row(name, with_interval(rated, measure), beside, len(rated), sum(r.bad for r in rated))


def _by_type(ratings: Ratings) -> list[tuple[str, int, float, float]]:
    right = [r for r in ratings.claims if not r.bad]
    grouped: dict[str, list[tuple[Rated, bool]]] = defaultdict(list)
    for kind, pair in zip(ratings.claim_types, ratings.flagged_claims, strict=True):
        if kind:
            grouped[kind].append(pair)
    return [
        (kind, len(pairs), auroc([*right, *(r for r, _ in pairs)]),
         sum(f for _, f in pairs) / len(pairs))
        for kind, pairs in sorted(grouped.items(), key=lambda g: (-len(g[1]), g[0]))
    ]  # fmt: skip
