"""The kept counts of how accurate verifiers are, and how they are made."""

from __future__ import annotations

import json

from notebench.adapters.accuracy import count, keep
from notebench.adapters.labelled import Labelled, LabelledSet
from notebench.records import ClaimFinding, FactFinding
from notebench.verifiers import accuracy
from notebench.verifiers.base import claims


class Fixed:
    """Gives the verdicts it was made with."""

    name, version = "fixed", "7"

    def __init__(self, of_claims, of_facts):
        self.of_claims, self.of_facts = of_claims, of_facts

    def verify(self, session, draft):
        for claim, verdict in zip(claims(draft), self.of_claims, strict=True):
            yield ClaimFinding(
                draft_id=draft.draft_id, section=claim.section, start=claim.start, end=claim.end,
                text=claim.text, verdict=verdict, verifier="fixed@7",
            )  # fmt: skip
        for fact, verdict in zip(session.facts, self.of_facts, strict=True):
            yield FactFinding(
                draft_id=draft.draft_id, fact_id=fact.id, verdict=verdict, verifier="fixed@7"
            )


class Listed(Fixed):
    def verify(self, session, draft):
        return list(super().verify(session, draft))


def labelled(session, draft, *labels):
    items = Labelled(
        session, draft, labels=tuple({"label": label} for label in labels),
        due=("F01", "F02", "F03"), omitted=frozenset({"F01", "F03"}),
    )  # fmt: skip
    return LabelledSet("made", (items,))


def test_counts_are_as_metrics_count(hand_session, hand_draft):
    verifier = Listed(["inferred", "supported", "supported"], ["omitted", "omitted", "unscored"])
    data = labelled(hand_session, hand_draft, "fabricated", "supported", "contradicted")
    assert count(data, verifier) == {
        "claims": {"hand-01": [1, 1, 1, 0]}, "facts": {"hand-01": [1, 0, 0, 1]},
    }  # fmt: skip


def test_what_either_side_left_open_is_not_counted(hand_session, hand_draft):
    verifier = Listed(["uncheckable", "unsupported", "unscored"], ["conveyed"] * 3)
    data = labelled(hand_session, hand_draft, "supported", "uncheckable", "supported")
    assert count(data, verifier)["claims"] == {}


def test_kept_counts_are_found_again_and_replace_only_their_own(tmp_path, hand_session, hand_draft):
    path = tmp_path / "accuracy.json"
    verifier = Listed(["inferred", "supported", "supported"], ["omitted", "omitted", "distorted"])
    data = labelled(hand_session, hand_draft, "fabricated", "supported", "contradicted")
    path.write_text(json.dumps({"verifiers": {"other@1": {"made": {"claims": {}, "facts": {}}}}}))
    keep(path, verifier, {"made": count(data, verifier)})
    assert list(json.loads(path.read_text())["verifiers"]) == ["fixed@7", "other@1"]
    (found,) = accuracy.known("fixed@7", path)
    assert (found.data, found.table("hallucination")) == ("made", [(1, 1, 1, 0)])
    assert found.shares("hallucination") == (0.5, 1.0)
    assert found.shares("omission") == (0.5, 0.0)
    assert accuracy.known("nobody@1", path) == []


def test_the_kept_file_holds_counts_and_no_text():
    stored = accuracy._stored(None)
    assert any(label.startswith("local@") for label in stored)
    for by_data in stored.values():
        for data in by_data.values():
            for kind in ("claims", "facts"):
                for row in data[kind].values():
                    assert len(row) == 4 and all(type(n) is int and n >= 0 for n in row)
