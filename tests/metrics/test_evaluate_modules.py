"""Metrics as `evaluate` modules, loaded from their path, with no way to the network."""

from __future__ import annotations

import json
import sys
from math import isnan

import pytest

from notebench.errors import NotebenchError
from notebench.metrics import families, metric_path
from notebench.metrics.evaluating import UNVERIFIED, score
from notebench.records import ClaimFinding, FactFinding
from notebench.verifiers.base import claims


class ByWord:
    """A verifier for tests: a sentence is unfaithful if it says "never", a fact omitted if odd."""

    name, version = "by-word", "1"

    def verify(self, session, draft):
        for c in claims(draft):
            yield ClaimFinding(
                draft_id=draft.draft_id, section=c.section, start=c.start, end=c.end, text=c.text,
                verdict="unsupported" if "never" in c.text else "supported", verifier="by-word@1",
            )  # fmt: skip
        for i, fact in enumerate(session.facts or []):
            yield FactFinding(
                draft_id=draft.draft_id, fact_id=fact.id, verifier="by-word@1",
                verdict="omitted" if i % 2 else "conveyed",
            )  # fmt: skip


@pytest.fixture
def load(tmp_path, monkeypatch):
    """`evaluate.load` with all of its caches, and what it imports, kept to this test."""
    import evaluate

    def forget():
        for name in [n for n in sys.modules if n.split(".")[0] == "evaluate_modules"]:
            del sys.modules[name]

    forget()
    monkeypatch.setattr(evaluate.config, "HF_MODULES_CACHE", tmp_path / "modules")
    monkeypatch.setattr(sys, "path", sys.path[:])
    yield lambda name: evaluate.load(metric_path(name), cache_dir=str(tmp_path / "cache"))
    assert (tmp_path / "modules").is_dir()
    forget()


def test_hallucination_from_a_text_and_a_draft(load, hand_session, hand_draft):
    session = hand_session.model_dump_json()
    note = "S: Client slept. Client never slept.\nP: Return."
    result = load("hallucination").compute(
        predictions=[note, hand_draft.model_dump_json()],
        references=[session, session],
        verifier=ByWord(),
    )
    assert result["hallucination"] == pytest.approx(1 / 6)
    assert result["tallies"]["hallucination"] == [1, 6]
    assert result["notes"] == 2


@pytest.mark.parametrize("family", families())
def test_every_module_loads_and_computes(load, family, hand_session):
    result = load(family).compute(
        predictions=["S: Slept four hours.\nP: Rise at 6:30."],
        references=[hand_session.model_dump_json()],
        verifier=ByWord(),
    )
    assert result["notes"] == 1
    values = {k: v for k, v in result.items() if k not in {"notes", "tallies"}}
    assert values and all(isinstance(v, float) for v in values.values())


def test_rouge_of_two_texts(load):
    result = load("overlap").compute(
        predictions=["client slept well"], references=["client slept badly"]
    )
    assert result["overlap.rouge1"] == pytest.approx(2 / 3)
    assert result["overlap.rougeL"] == pytest.approx(2 / 3)


def test_what_cannot_be_measured_is_nan(make_session):
    session = make_session(facts=None, references=[]).model_dump_json()
    for family in ("omission", "overlap", "restraint"):
        result = score(family, ["S: Slept."], [session], verifier=ByWord())
        assert isnan(result[f"{family}.rouge1" if family == "overlap" else family])
        assert result["tallies"] == {}


@pytest.mark.parametrize(
    ("note", "session", "where"),
    [
        ("", None, r"predictions\[0\]"),
        ('{"draft_id": ', None, r"predictions\[0\]"),
        ("S: Slept.", "not a session", r"references\[0\]"),
        ("S: Slept.", "[]", r"references\[0\]"),
        ("S: Slept.", json.dumps({"session_id": "x"}), r"references\[0\]"),
    ],
)
def test_bad_input_names_the_place(note, session, where, hand_session):
    with pytest.raises(NotebenchError, match=where):
        score("hallucination", [note], [session or hand_session.model_dump_json()])


def test_only_families_without_findings_take_a_plain_reference():
    assert set(families()) > UNVERIFIED
    for family in families():
        if family in UNVERIFIED:
            assert score(family, ["S: Slept."], ["S: Slept."])["notes"] == 1
        else:
            with pytest.raises(NotebenchError, match="references"):
                score(family, ["S: Slept."], ["S: Slept."])


def test_the_local_verifier_is_the_default(hand_session):
    note = "S: Client sleeps about four hours a night.\nP: Client will start sertraline 50 mg."
    result = score("unscored", [note], [hand_session.model_dump_json()])
    sentences, facts = 2, len(hand_session.facts)
    assert result["tallies"]["unscored"][1] == sentences + facts
