"""Rates of a run beside what they come to when the verifier's own mistakes are allowed for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import UnknownName
from ..metrics import tally
from ..metrics.base import Case
from ..metrics.ledger import DUE, shown
from ..records import WRONG, ClaimFinding, FactFinding
from ..registry import suggest
from ..stats import estimate
from ..stats.correction import prediction_powered, rogan_gladen
from ..verifiers import accuracy
from ..verifiers.accuracy import KINDS, Accuracy
from ..verifiers.human import combined
from ..verifiers.ratings import PREFIX, Ratings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COLUMNS = (
    "metric", "drafter", "workflow", "kind", "data", "estimate", "low", "high", "sessions",
    "labels", "weight", "why",
)  # fmt: skip
UNKNOWN = "this verifier's accuracy was not measured on labelled data"
PEOPLE = "people judged these notes"
Outcome = tuple[bool | None, float | None]
"""Whether a sentence or fact is bad, and the probability of it; None where that was not decided."""


def corrected(
    cases: Iterable[Case],
    metrics: Sequence[str] = tuple(KINDS),
    *,
    ratings: Ratings | None = None,
    known: Sequence[Accuracy] | None = None,
    conf: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Rates of each drafter and workflow: raw, corrected, and with people's labels.

    metrics: hallucination, omission. ratings: what people said of some of the notes. known: the
    verifier's accuracy; by default what is kept of it. Columns: metric, drafter, workflow, kind,
    data, estimate, low, high, sessions, labels, weight, why. kind: raw; corrected (a row for each
    data set that the accuracy comes from, named in `data`); labels (people's, with the verifier's
    findings on all notes; labels: how many, weight: how much of the verifier's is used). why: why a
    rate could not be corrected. See docs/correction.md for what each rests on.
    """
    import pandas as pd

    for metric in metrics:
        if metric not in KINDS:
            raise UnknownName(f"{metric!r} can't be corrected", mend=suggest(metric, KINDS))
    held = list(cases)
    rows = [row for metric in metrics for row in _rows(metric, held, ratings, known, conf, seed)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(
    metric: str,
    cases: Sequence[Case],
    ratings: Ratings | None,
    known: Sequence[Accuracy] | None,
    conf: float,
    seed: int,
) -> Iterator[dict[str, Any]]:
    """All rows of one metric, drafter by drafter."""
    import pandas as pd

    tallies = pd.DataFrame([t.model_dump() for t in tally(cases, [metric]) if t.metric == metric])
    if tallies.empty:
        return
    judges = {f.verifier for case in cases for f in case.findings}
    by_people = any(judge.startswith(PREFIX) for judge in judges)
    cells = ["drafter", "workflow"]
    sums = tallies.groupby([*cells, "session_id"], sort=True)[["amount", "out_of"]].sum()
    for raw in estimate(tallies, metric, cells, conf, seed=seed).to_dict("records"):
        cell = {"metric": metric, **{c: raw[c] for c in cells}}
        yield {
            **cell,
            "kind": "raw",
            **{k: raw[k] for k in ("estimate", "low", "high", "sessions")},
        }
        here = sums.loc[raw["drafter"], raw["workflow"]].to_numpy(dtype=float)
        for row in _by_accuracy(metric, here, judges, known, conf):
            yield {**cell, "kind": "corrected", "sessions": raw["sessions"], **row}
        own = [c for c in cases if (c.draft.drafter, c.draft.workflow) == tuple(cell.values())[1:]]
        if ratings and not by_people:
            yield from (
                {**cell, "kind": "labels", **row} for row in _by_labels(metric, own, ratings, conf)
            )


def _by_accuracy(
    metric: str,
    sums: np.ndarray,
    judges: set[str],
    known: Sequence[Accuracy] | None,
    conf: float,
) -> Iterator[dict[str, Any]]:
    """The rate corrected by what is known of the verifier on each data set."""
    import numpy as np

    sums = sums[sums[:, 1] > 0]
    if any(judge.startswith(PREFIX) for judge in judges):
        yield {"why": PEOPLE}
        return
    if known is None:
        known = accuracy.known(next(iter(judges))) if len(judges) == 1 else []
    measured = [k for k in known if k.table(metric)]
    if not measured:
        yield {"why": UNKNOWN}
    for one in measured:
        found = rogan_gladen(sums, np.array(one.table(metric), dtype=float), conf)
        yield {"data": one.data, **found._asdict()}


def _by_labels(
    metric: str, cases: Sequence[Case], ratings: Ratings, conf: float
) -> Iterator[dict[str, Any]]:
    """The rate from people's labels on some of the notes and the verifier's findings on all."""
    import numpy as np

    counts = label_counts(metric, cases, ratings)
    if counts is None:
        return
    found = prediction_powered(counts, conf)
    yield {
        **found._asdict(),
        "sessions": int((counts[:, 0] > 0).sum()),
        "why": "" if np.isfinite(found.low) else "labels of a single session",
    }


def label_counts(metric: str, cases: Sequence[Case], ratings: Ratings) -> np.ndarray | None:
    """Counts as `prediction_powered` takes them, a row a session; None where nothing is labelled.

    A note counts as labelled where people rated all of its sentences (for omission: all of its due
    facts): of notes in which somebody marked only what struck them, nothing can be inferred.
    """
    import numpy as np

    outcomes = [(case, _outcomes(metric, case)) for case in cases]
    scores = [p for _, of in outcomes for _, p in of.values() if p is not None]
    middle = float(np.mean(scores)) if scores else 0.0  # says nothing, where the verifier did not
    rows: dict[str, np.ndarray] = {}
    for case, of in outcomes:
        row = rows.setdefault(case.session.session_id, np.zeros(6))
        score = sum(middle if p is None else p for _, p in of.values())
        row[4:] += len(of), score
        said = _labelled(metric, case, ratings)
        if said is not None and of:
            told = [bad for bad in said if bad is not None]
            row[:4] += len(told), sum(told), len(of), score
    table = np.array([rows[name] for name in sorted(rows)])
    return table if len(table) and table[:, 0].any() else None


def _labelled(metric: str, case: Case, ratings: Ratings) -> list[bool | None] | None:
    """What people said of everything in a note; None where they did not rate all of it."""
    if case.draft.draft_id not in ratings.drafts:
        return None
    findings = tuple(combined(case.session, case.draft, ratings))
    said = _outcomes(metric, Case(case.session, case.draft, findings))
    rated = {_key(f) for f in findings if getattr(f, "votes", None)}
    return [bad for bad, _ in said.values()] if rated.issuperset(said) else None


def _outcomes(metric: str, case: Case) -> Mapping[Any, Outcome]:
    """Every sentence of a note, or every fact due in it, with what was found."""
    if metric == "hallucination":
        undecided = ("unscored", "uncheckable")
        return {
            _key(c): (None, None)
            if c.verdict in undecided
            else (c.verdict in WRONG, c.p_unfaithful)
            for c in case.claims
        }
    due = {f.id for f in shown(case) if f.disclosure in DUE}
    return {
        _key(f): (None, None) if f.verdict == "unscored" else (f.verdict == "omitted", f.p_omitted)
        for f in case.facts
        if f.fact_id in due
    }


def _key(finding: ClaimFinding | FactFinding) -> Any:
    if isinstance(finding, FactFinding):
        return finding.fact_id
    return finding.section, finding.start, finding.end
