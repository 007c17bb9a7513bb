"""How far people agree with each other and with verifiers, finding by finding.

Findings tile a draft in the same way whoever gave them, so a sentence is known by its draft,
section and offsets, and a fact by its draft and id. What somebody left unscored is no rating.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

from .. import taxonomy
from ..records import WRONG, ClaimFinding, FactFinding
from .agreement import Ratings, agreement_interval, alpha_interval, kappa_interval
from .intervals import Interval

if TYPE_CHECKING:
    import pandas as pd

Finding = ClaimFinding | FactFinding
By = Mapping[str, Iterable[Finding]]
Key = tuple[str, ...]
"""Draft, section and offsets of a sentence; draft and id of a fact."""

ALL = "(all)"
COLUMNS = ["what", "section", "between", "measure", *Interval._fields, "items", "sessions"]


def wrong(finding: Finding) -> Any:
    """1 where a sentence is said to be wrong, 0 where right; None for a fact or undecided."""
    if isinstance(finding, FactFinding) or finding.verdict in ("unscored", "uncheckable"):
        return None
    return int(finding.verdict in WRONG)


def verdict(finding: Finding) -> Any:
    """The verdict on a sentence; None for a fact or undecided."""
    return finding.verdict if isinstance(finding, ClaimFinding) and _scored(finding) else None


def severity(finding: Finding) -> Any:
    """The severity of a sentence said to be wrong; None where none was given."""
    return finding.severity if isinstance(finding, ClaimFinding) and wrong(finding) else None


def fate(finding: Finding) -> Any:
    """The verdict on a fact; None for a sentence or undecided."""
    return finding.verdict if isinstance(finding, FactFinding) and _scored(finding) else None


def agreement(
    people: By, session_of: Mapping[str, str], verifiers: By | None = None, **options: Any
) -> pd.DataFrame:
    """Agreement among people, and of each with each verifier, on what both rated.

    people, verifiers: findings by name. session_of: the session of each draft. options: conf,
    n_boot, seed. Rows: right or wrong, verdict, severity (of sentences that several call wrong) and
    facts, over all sections ("(all)") and by section; between everybody (Krippendorff's alpha), and
    between two (Cohen's kappa). Columns: what, section, between, measure, estimate, low, high,
    items rated by both or more, sessions.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    if len(people) > 1:
        rows += _together(people, session_of, options)
    pairs: list[tuple[str, str, By]] = [(a, b, people) for a, b in combinations(people, 2)]
    pairs += [(a, b, {**people, **(verifiers or {})}) for b in verifiers or {} for a in people]
    for a, b, source in pairs:
        for what, of in (("right or wrong", wrong), ("facts", fate)):
            items = _items({n: source[n] for n in (a, b)}, of)
            if items:
                rows += _measured(what, ALL, items, session_of, options, pair=(a, b))
    return pd.DataFrame(rows, columns=COLUMNS)


def _together(people: By, session_of: Mapping[str, str], options: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    measures: list[tuple[str, Callable[[Finding], Any]]] = [
        ("right or wrong", wrong), ("verdict", verdict), ("severity", severity), ("facts", fate),
    ]  # fmt: skip
    for what, of in measures:
        items = _items(people, of)
        sections = sorted({key[1] for key in items}) if of in (wrong, verdict) else []
        for section in (ALL, *sections):
            part = {k: v for k, v in items.items() if section in (ALL, k[1])}
            if part:
                rows += _measured(what, section, part, session_of, options)
    return rows


def _measured(
    what: str,
    section: str,
    items: Mapping[Key, Mapping[str, Any]],
    session_of: Mapping[str, str],
    options: Any,
    pair: tuple[str, str] | None = None,
) -> list[dict[str, Any]]:
    ratings: Ratings = list(items.values())
    sessions = [session_of[key[0]] for key in items]
    if pair:
        name, first = "kappa", kappa_interval(ratings, sessions, *pair, **options)
    elif what == "severity":
        name = "alpha, ordinal"
        first = alpha_interval(ratings, sessions, "ordinal", taxonomy.LEVELS, **options)
    else:
        name, first = "alpha", alpha_interval(ratings, sessions, **options)
    found = {name: first, "same": agreement_interval(ratings, sessions, **options)}
    between = " and ".join(pair) if pair else "everybody"
    shared = {"what": what, "section": section, "between": between, "items": len(items)}
    return [
        {**shared, "measure": name, **interval._asdict(), "sessions": len(set(sessions))}
        for name, interval in found.items()
    ]


def _items(by: By, of: Callable[[Finding], Any]) -> dict[Key, dict[str, Any]]:
    """What each said of the things that at least two of them rated."""
    items: dict[Key, dict[str, Any]] = {}
    for name, findings in by.items():
        for finding in findings:
            if (value := of(finding)) is not None:
                items.setdefault(key_of(finding), {})[name] = value
    return {key: given for key, given in items.items() if len(given) > 1}


def key_of(finding: Finding) -> Key:
    """What tells a sentence or a fact from all others of a run."""
    if isinstance(finding, FactFinding):
        return finding.draft_id, finding.fact_id
    return finding.draft_id, finding.section, str(finding.start), str(finding.end)


def disagreements(people: By, decided: Iterable[Finding] = ()) -> list[dict[str, Finding]]:
    """What each said of the sentences and facts on which people differ, by rater, in order.

    Two who call a sentence wrong agree, in whichever way they call it so. decided: an adjudicator's
    findings; what they scored is left out.
    """
    done = {key_of(f) for f in decided if _scored(f)}
    said: dict[Key, dict[str, Finding]] = {}
    for name, findings in people.items():
        for finding in findings:
            if _scored(finding) and key_of(finding) not in done:
                said.setdefault(key_of(finding), {})[name] = finding
    return [each for each in said.values() if len(_sides(each.values())) > 1]


def _sides(findings: Iterable[Finding]) -> set[str]:
    return {"wrong" if f.verdict in WRONG else f.verdict for f in findings}


def _scored(finding: Finding) -> bool:
    return finding.verdict != "unscored"
