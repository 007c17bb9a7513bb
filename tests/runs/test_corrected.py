"""Corrected rates of a run: by a verifier's accuracy, and with people's labels on some notes."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from notebench.errors import UnknownName
from notebench.metrics.base import Case
from notebench.records import ClaimFinding, Draft, FactFinding, Session
from notebench.runs.corrected import PEOPLE, UNKNOWN, corrected, label_counts
from notebench.verifiers.accuracy import Accuracy
from notebench.verifiers.base import claims
from notebench.verifiers.ratings import Mark, Ratings

GOOD = Accuracy(
    "labelled", {f"x{i}": (9, 1, 28, 2) for i in range(12)},
    {f"x{i}": (8, 2, 19, 1) for i in range(12)},
)  # fmt: skip


@pytest.fixture
def study(
    make_session: Callable[..., Session], make_draft: Callable[..., Draft]
) -> tuple[list[Case], Ratings]:
    """40 sessions with a note of ten sentences, three in ten of them wrong; 20 notes were read.

    The verifier flags nine in ten of the wrong and one in ten of the right.
    """
    draw = random.Random(8)
    cases, ratings = [], Ratings()
    for s in range(40):
        session = make_session(session_id=f"s{s}")
        text = " ".join(f"Sentence number {n}." for n in range(10))
        draft = make_draft(
            draft_id=f"d{s}", session_id=f"s{s}", sections=[{"name": "S", "text": text}],
            provenance={"inputs": ["transcript"]},
        )  # fmt: skip
        findings: list[ClaimFinding | FactFinding] = []
        for claim in claims(draft):
            wrong = draw.random() < 0.3
            flagged = draw.random() < (0.9 if wrong else 0.1)
            findings.append(
                ClaimFinding(
                    draft_id=f"d{s}", section="S", start=claim.start, end=claim.end,
                    text=claim.text, verdict="unsupported" if flagged else "supported",
                    p_unfaithful=0.8 if flagged else 0.1, verifier="made-up@1",
                )
            )  # fmt: skip
            if s < 20 and wrong:
                ratings.marks.append(
                    Mark(f"d{s}", "anna", "contradicted", "here", "S", claim.start, claim.end)
                )
        if s < 20:
            ratings.read.add((f"d{s}", "anna"))
        for number, fact in enumerate(session.facts or []):
            gone = number == s % 3
            findings.append(
                FactFinding(draft_id=f"d{s}", fact_id=fact.id, p_omitted=0.9 if gone else 0.2,
                            verdict="omitted" if gone else "conveyed", verifier="made-up@1")
            )  # fmt: skip
        cases.append(Case(session, draft, tuple(findings)))
    return cases, ratings


def by_kind(table, metric="hallucination"):
    return {r["kind"]: r for r in table[table["metric"] == metric].to_dict("records")}


def test_a_rate_comes_raw_corrected_and_with_labels(study):
    cases, ratings = study
    rows = by_kind(corrected(cases, ratings=ratings, known=[GOOD]))
    truth = 0.3
    flagged = [f.verdict == "unsupported" for c in cases for f in c.claims]
    assert rows["raw"]["estimate"] == pytest.approx(sum(flagged) / len(flagged))
    for kind in ("corrected", "labels"):
        assert rows[kind]["low"] < truth < rows[kind]["high"]
        assert rows[kind]["high"] - rows[kind]["low"] < 0.2
    assert rows["corrected"]["data"] == "labelled"
    assert (rows["labels"]["labels"], rows["labels"]["sessions"]) == (200, 20)
    assert rows["labels"]["weight"] > 0.5


def test_omissions_are_corrected_by_what_is_known_of_facts(study):
    cases, _ = study
    rows = by_kind(corrected(cases, ["omission"], known=[GOOD]), "omission")
    raw, sensitivity, specificity = rows["raw"]["estimate"], 0.8, 0.95
    assert rows["corrected"]["estimate"] == pytest.approx(
        (raw + specificity - 1) / (sensitivity + specificity - 1)
    )
    assert "labels" not in rows


def test_a_note_that_was_not_read_as_a_whole_gives_no_labels(study):
    cases, ratings = study
    ratings.read = {pair for pair in ratings.read if pair[0] != "d3"}
    counts = label_counts("hallucination", cases, ratings)
    assert counts is not None
    assert counts[:, 0].sum() == 190
    ratings.read.clear()
    assert label_counts("hallucination", cases, ratings) is None
    assert "labels" not in by_kind(corrected(cases, ratings=ratings, known=[GOOD]))


def test_what_people_called_uncheckable_is_neither(study):
    cases, ratings = study
    first = claims(cases[0].draft)[0]
    ratings.marks = [m for m in ratings.marks if (m.draft_id, m.start) != ("d0", first.start)]
    ratings.marks.append(Mark("d0", "anna", "uncheckable", "here", "S", first.start, first.end))
    counts = label_counts("hallucination", cases, ratings)
    assert (counts[:, 0].sum(), counts[:, 2].sum(), counts[:, 4].sum()) == (199, 200, 400)


def test_an_unknown_verifier_and_people_are_not_corrected(study):
    cases, ratings = study
    assert by_kind(corrected(cases))["corrected"]["why"] == UNKNOWN
    human = [
        Case(
            c.session,
            c.draft,
            tuple(f.model_copy(update={"verifier": "human@anna"}) for f in c.findings),
        )
        for c in cases
    ]
    rows = by_kind(corrected(human, ratings=ratings))
    assert rows["corrected"]["why"] == PEOPLE
    assert "labels" not in rows


def test_other_metrics_are_refused(study):
    with pytest.raises(UnknownName, match="'verbosity' can't be corrected"):
        corrected(study[0], ["verbosity"])


def test_no_case_gives_no_row():
    assert corrected([]).empty
