"""Names, meanings, selection and the page made from them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import notebench.metrics as metrics
from notebench.errors import UnknownName
from notebench.metrics import docs
from notebench.metrics.base import stratum

REPO = Path(__file__).resolve().parents[2]
FULL = {
    "claims": [
        ("S", "supported", {"facts": ["F0"]}),
        ("P", "unsupported"),
        ("A", "supported", {"facts": ["F4"], "text": "Possible loss of the job."}),
    ],
    "facts": [
        ("risk", "must", "conveyed"),
        ("goal", "should", "omitted"),
        ("goal", "generalise", "omitted"),
        ("event", "exclude", "omitted"),
        (
            "event",
            "should",
            "conveyed",
            {
                "statement": "The job may be lost.",
                "attributes": {"certainty": "possible"},
            },
        ),
    ],  # fmt: skip
    "session": {
        "references": [
            {
                "format": "SOAP",
                "sections": [{"name": "S", "text": "Slept badly."}],
                "conveys": ["F0", "F1"],
            }
        ],
        "prior_note": "Slept well.",
        "scenario": {"problem": "ocd", "session_type": "crisis", "complexity": ["b", "a"]},
    },
}


def run_of(make, n):
    """The same note of n clients, in turn polished and written from the talk."""
    cases = []
    for i in range(n):
        session = {**FULL["session"], "session_id": f"s{i // 2}"}
        given = {"session_id": f"s{i // 2}", "workflow": ("polish", "scribe")[i % 2]}
        cases.append(make(**{**FULL, "session": session}, **given))
    return cases


def test_every_known_metric_occurs_and_every_one_that_occurs_is_known(make):
    found = {t.metric for t in metrics.tally(run_of(make, 4))}
    assert found == set(metrics.names())


def test_tallies_stand_case_by_case_whoever_counts_them(make):
    cases = run_of(make, 4)
    order = [t.session_id for t in metrics.tally(cases)]
    assert order == sorted(order)
    assert metrics.tally(cases) == metrics.tally(iter(cases))


def test_a_corpus_metric_from_another_package(make, monkeypatch):
    def crowd(cases):
        """How many notes there are."""
        for case in cases:
            yield [case.tally("crowd", len(cases), 1)]

    monkeypatch.setitem(metrics.corpus_registry._loaded, "crowd", crowd)
    assert metrics.info("crowd").definition == "How many notes there are."
    assert [t.amount for t in metrics.tally(run_of(make, 3), ["crowd"])] == [3, 3, 3]
    assert metrics.tally([], ["crowd"]) == []


def test_rows_are_additive_parts_never_totals(make):
    rows = [(t.metric, t.section) for t in metrics.tally([make(**FULL)])]
    assert len(rows) == len(set(rows))
    for metric in {m for m, _ in rows}:
        sections = {s for m, s in rows if m == metric}
        assert sections == {""} or "" not in sections


def test_tallies_carry_the_stratum(make):
    case = make(**FULL)
    assert stratum(case.session) == "ocd/crisis/a+b"
    assert {t.stratum for t in metrics.tally([case])} == {"ocd/crisis/a+b"}


def test_selection_by_family_and_by_single_metric(make):
    case = make(**FULL)
    only = metrics.tally([case], ["omission.must", "restraint"])
    assert {t.metric for t in only} == {"omission.must", "restraint"}
    both = metrics.tally([case], ["omission.must", "omission"])
    assert {t.metric for t in both} == {
        "omission", "omission.must", "omission.should", "omission.generalise",
    }  # fmt: skip
    assert metrics.tally([case], []) == [] == metrics.tally([])


@pytest.mark.parametrize("name", ["omision", "omission.mst", "overlap.bleu", "/tmp/x", "..", ""])
def test_unknown_names_are_refused_everywhere(make, name):
    for call in (metrics.info, metrics.metric_path, lambda n: metrics.tally([], [n])):
        with pytest.raises(UnknownName, match="mend:"):
            call(name)


def test_the_nearest_name_is_suggested():
    with pytest.raises(UnknownName, match="'omission'"):
        metrics.info("omision")


def test_a_metric_from_another_package(make, monkeypatch):
    def shouting(case):
        """Sections in capitals."""
        yield case.tally("shouting", 0, len(case.draft.sections))

    monkeypatch.setitem(metrics.registry._loaded, "shouting", shouting)
    assert metrics.info("shouting").definition == "Sections in capitals."
    assert "shouting" in metrics.names()
    assert [t.out_of for t in metrics.tally([make()], ["shouting"])] == [4]
    with pytest.raises(UnknownName, match="no evaluate module"):
        metrics.metric_path("shouting")


def test_every_builtin_family_has_a_thin_module_of_its_own():
    for family in metrics.families():
        path = Path(metrics.metric_path(family))
        assert path.is_absolute() and path.stem == family
        body = ast.parse(path.read_text("utf-8")).body
        assert len(body) == 3  # docstring, import, class
        assert f'module("{family}")' in path.read_text("utf-8")


def test_the_page_is_up_to_date():
    page = (REPO / "docs" / "metrics.md").read_text("utf-8")
    assert page == docs.markdown(), "run: python -m notebench.metrics.docs docs/metrics.md"


def test_the_page_names_every_metric_type_and_parameter():
    from notebench import taxonomy
    from notebench.metrics.effort import parameters

    page = docs.markdown()
    for name in metrics.names():
        assert f"\n### {name}\n" in page
    for name in [*taxonomy.types(), *parameters()]:
        assert f"| `{name}` |" in page
