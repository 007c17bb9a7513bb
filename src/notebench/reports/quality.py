"""How good the verifier is: errors planted on purpose, and the sentences left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..metrics.base import Case
from ..records import WRONG, ClaimFinding
from ..storage import TALLY_COLUMNS
from .content import label
from .data import RunData

if TYPE_CHECKING:
    import pandas as pd

ALL, UNTOUCHED = "(all)", "(untouched)"


@dataclass(frozen=True)
class Planted:
    """One planted error and what became of it."""

    error_type: str
    severity: str
    section: str
    before: str
    after: str
    flagged: bool | None
    """Whether the verifier flagged it; None: it could not decide."""


def planted(case: Case) -> list[Planted]:
    """The errors planted in a draft, each with whether the verifier flagged it.

    An error in a sentence counts as flagged where a sentence that it touches got a wrong verdict;
    a sentence taken out, where a finding says that a fact it held is omitted or distorted.
    """
    fates = {f.fact_id: f.verdict for f in case.facts}
    found = []
    for error in entries(case):
        kind = str(error.get("error_type") or "unnamed")
        if error.get("start") is None:
            verdicts = [str(fates.get(f, "unscored")) for f in error.get("facts") or []]
            wrong = {"omitted", "distorted"}
        else:
            verdicts = [str(c.verdict) for c in case.claims if _touches(c, error)]
            wrong = set(WRONG)
        found.append(
            Planted(
                kind, str(error.get("severity") or ""), str(error.get("section") or ""),
                str(error.get("before") or ""), str(error.get("after") or ""),
                _flagged(verdicts, wrong),
            )
        )  # fmt: skip
    return found


def untouched(case: Case) -> list[ClaimFinding]:
    """Findings about the sentences of a sabotaged note in which nothing was planted."""
    return [c for c in case.claims if not any(_touches(c, error) for error in entries(case))]


def quality_rows(run: RunData) -> pd.DataFrame:
    """Sensitivity over all and by error type, and the false-alarm rate.

    Columns: what, measure, estimate, low, high, sessions, amount (flagged), out_of (decided),
    undecided, method. No rows where nothing was planted.
    """
    import pandas as pd

    cases = [c for c in run.cases if entries(c)]
    columns = ["what", "measure", "estimate", "low", "high", "sessions", "amount", "out_of",
               "undecided", "method"]  # fmt: skip
    if not cases:
        return pd.DataFrame(columns=columns)
    errors = [(c, p.error_type, p.flagged) for c in cases for p in planted(c)]
    alone = [
        (c, UNTOUCHED, None if f.verdict == "unscored" else f.verdict in WRONG)
        for c in cases
        for f in untouched(c)
        if f.verdict != "uncheckable"
    ]
    data = _shares(run, [*errors, *((c, ALL, flag) for c, _, flag in errors), *alone])
    names = {ALL: "All planted errors", UNTOUCHED: "Untouched sentences"}
    data["what"] = [names.get(str(g)) or label("types", str(g)) for g in data["group"]]
    data["measure"] = ["false alarms" if g == UNTOUCHED else "sensitivity" for g in data["group"]]
    data["place"] = [{ALL: 0, UNTOUCHED: 2}.get(str(g), 1) for g in data["group"]]
    return data.sort_values(["place", "estimate", "what"], ignore_index=True)[columns]


def _shares(run: RunData, outcomes: list[tuple[Case, str, bool | None]]) -> pd.DataFrame:
    """Share flagged of the decided ones by group, with undecided ones counted beside them."""
    import pandas as pd

    # counted as shares of sentences, so that shares of 0 and 1 get their interval as well
    rows = [
        {
            **case.tally("hallucination", bool(flag), flag is not None).model_dump(),
            "group": group,
            "undecided": int(flag is None),
        }
        for case, group, flag in outcomes
    ]
    table = pd.DataFrame(rows, columns=[*TALLY_COLUMNS, "group", "undecided"])
    undecided = table.groupby("group")["undecided"].sum()
    data = run.estimate("hallucination", ("group",), table)
    return data.assign(undecided=data["group"].map(undecided))


def entries(case: Case) -> list[dict[str, Any]]:
    """What provenance says was planted; an entry that is no such thing is passed over."""
    given = case.draft.provenance.get("planted")
    return [
        e
        for e in (given if isinstance(given, list) else [])
        if isinstance(e, dict) and all(isinstance(e.get(k), int | None) for k in ("start", "end"))
    ]


def _touches(claim: ClaimFinding, error: dict[str, Any]) -> bool:
    start, end = error.get("start"), error.get("end")
    if claim.section != error.get("section") or start is None or end is None:
        return False
    return bool(claim.start < max(end, start + 1) and start < claim.end)


def _flagged(verdicts: list[str], wrong: set[str]) -> bool | None:
    decided = [v for v in verdicts if v != "unscored"]
    return any(v in wrong for v in decided) if decided else None
