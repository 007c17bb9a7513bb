"""The error taxonomy."""

from __future__ import annotations

from typing import get_args

import pytest

from notebench import taxonomy
from notebench.errors import UnknownName
from notebench.records import FactKind, Severity


def test_types_are_whole():
    kinds = set(get_args(FactKind))
    for name, kind in taxonomy.types().items():
        assert name == kind.name and kind.description
        assert kind.severity in get_args(Severity)
        assert kind.fault in {"content", "restraint"}
        assert kind.critical_for <= kinds and kind.omits <= kinds


def test_every_kind_of_fact_has_one_way_of_being_left_out():
    for kind in get_args(FactKind):
        assert sum(kind in t.omits for t in taxonomy.types().values()) == 1
        assert kind in taxonomy.omission_of(kind).omits


@pytest.mark.parametrize(
    ("name", "flags", "kinds", "expected"),
    [
        ("boilerplate", [], [], "minor"),
        ("boilerplate", ["crisis"], [], "major"),
        ("fabricated_plan", ["Court-mandated"], [], "critical"),
        ("fabricated_plan", ["minor with guardian", "crisis"], [], "critical"),
        ("fabricated_plan", ["routine", "elevated_risk"], [], "major"),
        ("fabricated_risk", ["crisis"], [], "critical"),
        ("wrong_value", [], ["measure"], "major"),
        ("wrong_value", [], ["measure", "medication"], "critical"),
        ("unsupported_inference", [], ["diagnosis"], "critical"),
        ("omission_of_strength", ["crisis"], [], "major"),
    ],
)
def test_severity(name, flags, kinds, expected):
    assert taxonomy.severity(name, stratum_flags=flags, kinds=kinds) == expected


def test_an_unknown_type_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="'negation_flip'"):
        taxonomy.severity("negation_flips")


def test_flags_of_a_session(make):
    scenario = {"problem": "ocd", "session_type": "crisis", "complexity": ["elevated_risk"]}
    session = make(session={"scenario": scenario}).session
    assert taxonomy.flags(session) == ["ocd", "crisis", "elevated_risk"]
    one = make(session={"scenario": {"complexity": "minor"}}).session
    assert taxonomy.flags(one) == ["minor"]
    assert taxonomy.flags(make().session) == []
