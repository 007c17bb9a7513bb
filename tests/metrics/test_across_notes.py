"""Metrics that look across notes: gap, padding, homogenisation; and shards of them."""

from __future__ import annotations

import pytest

from notebench import sessions
from notebench.drafters.base import Task
from notebench.drafters.reference import Reference
from notebench.drafters.saboteur import Saboteur
from notebench.metrics import tally
from notebench.metrics.base import Case, client_of
from notebench.metrics.gap import ranks, standings
from notebench.metrics.twins import twins
from notebench.verifiers import make as make_verifier

GOOD = "The client reported that she slept badly."
BAD = "client client slept the and"
STOCK = "Continue to support client and monitor progress."


def judged(make, name, text, verdicts, **draft):
    """A note of one section about the session of that name. verdicts: (verdict, severity)."""
    claims = [
        ("S", verdict, {"severity": severity} if severity else {}) for verdict, severity in verdicts
    ]
    note = {"session_id": name, "sections": [{"name": "S", "text": text}], **draft}
    return make(claims, session={"session_id": name, "facts": None}, **note)


OK, MINOR, MAJOR = ("supported", None), ("unsupported", "minor"), ("unsupported", "major")


@pytest.fixture
def crowd(make):
    """Four notes: well written and true, well written and wrong, badly written, unscored."""
    return [
        judged(make, "a", GOOD, [OK, OK]),
        judged(make, "b", GOOD, [OK, MAJOR]),
        judged(make, "c", BAD, [OK, OK]),
        judged(make, "d", BAD, [OK, MINOR]),
        judged(make, "e", GOOD, [("unscored", None)]),
    ]


def found(cases, metric):
    """{session: amount / out_of} of a metric."""
    tallies = [t for t in tally(cases, [metric]) if t.metric == metric]
    return {t.session_id: t.amount / t.out_of for t in tallies}


def test_gap_is_rank_by_polish_less_rank_by_accuracy(crowd):
    # polish: a = b (5/6), c = d (1/6); accuracy: a = c (5/6), b = d (1/6)
    assert found(crowd, "gap") == pytest.approx({"a": 0, "b": 2 / 3, "c": -2 / 3, "d": 0})


def test_polished_but_wrong_needs_both(crowd):
    # notes level with the last of the top quarter are in it
    assert found(crowd, "gap.polished_but_wrong") == {"a": 0, "b": 1, "c": 0, "d": 0}
    assert found(crowd, "gap.wrong_if_polished") == {"a": 0, "b": 1}


def test_a_minor_error_is_not_polished_but_wrong(make, crowd):
    crowd[1] = judged(make, "b", GOOD, [OK, MINOR])
    assert found(crowd, "gap.polished_but_wrong")["b"] == 0


def test_fewer_than_four_scored_notes_have_no_quarter(crowd):
    assert standings(crowd[:3] + crowd[4:]) == [None] * 4
    assert found(crowd[:3] + crowd[4:], "gap") == {}


@pytest.mark.parametrize(
    ("values", "expected"),
    [([3, 1, 2], [1, 0, 0.5]), ([1, 1], [0.5, 0.5]), ([7], [0]), ([], [])],
)
def test_ranks(values, expected):
    assert ranks(values) == expected


@pytest.mark.parametrize(
    ("sentences", "clients", "expected"),
    [
        (["continue weekly sessions", "continue weekly sessions"], "ab", [1, 1]),
        (["continue weekly sessions", "sessions weekly continue"], "ab", [1, 1]),
        (["continue weekly sessions", "continue weekly sessions"], "aa", [0, 0]),
        (["phq-9 was 14", "phq-9 was 9"], "ab", [0, 0]),
        (["phq-9 was 14", "phq-9 was 14"], "ab", [1, 1]),
        (["slept badly", "ate badly"], "ab", [0, 0]),
        (["carry on", "carry on", "carry on", "carry on"], "abcc", [2, 2, 2, 2]),
        (["", ""], "ab", [0, 0]),
        ([], "", []),
    ],
)
def test_twins_count_other_clients(sentences, clients, expected):
    assert twins([s.split() for s in sentences], list(clients)) == expected


SPECIFIC = "Dispute with the landlord over a broken boiler."


@pytest.mark.parametrize(
    ("sentence", "elsewhere", "claim", "generic"),
    [
        (SPECIFIC, "Slept badly.", {}, 0),
        (SPECIFIC, SPECIFIC, {}, 1),  # the same of another client
        (SPECIFIC, SPECIFIC, {"facts": ["F0"]}, 0),  # but a fact of this one
        (
            "Things were looked at.",
            "Things were looked at.",
            {"facts": ["F0"]},
            1,
        ),  # tied, not told
        (SPECIFIC, "Slept badly.", {"error_type": "boilerplate"}, 1),
        (STOCK, "Slept badly.", {}, 1),  # the bank alone
        ("PHQ-9 was 14.", "PHQ-9 was 9.", {}, 0),  # another score
        ("Next steps:", "Next steps:", {}, 0),  # a heading
    ],
)
def test_what_fits_any_client(make, sentence, elsewhere, claim, generic):
    def case(name, text, extra):
        fact = ("event", "must", "conveyed", {"statement": "A landlord left the boiler broken."})
        return make(
            [("S", "supported", {"text": text, **extra})], [fact], session={"session_id": name},
            session_id=name, sections=[{"name": "S", "text": text}],
        )  # fmt: skip

    cases = [case("a", sentence, claim), case("b", elsewhere, {})]
    assert found(cases, "padding.generic")["a"] == generic
    assert found(cases, "padding")["a"] == generic


def test_notes_of_one_client_are_no_evidence_of_padding(make):
    def case(name):
        chart = {"chart": {"client_id": "one"}, "session_id": name, "facts": None}
        return make(session=chart, session_id=name, sections=[{"name": "S", "text": SPECIFIC}])

    cases = [case("a"), case("b")]
    assert {client_of(c.session) for c in cases} == {"one"}
    assert set(found(cases, "padding").values()) == {0}
    assert found(cases, "homogenisation.content") == {}


def test_repetition_is_padding(make, count):
    case = make(sections=[{"name": "S", "text": f"{SPECIFIC} {SPECIFIC} {GOOD}"}])
    assert count(case, "padding") == {"padding": (8, 8 + 8 + 7), "padding.generic": (0, 3)}


@pytest.fixture(scope="module")
def study():
    """Notes of 8 clients by the clinician and with boilerplate planted, judged."""
    verifier = make_verifier("local")
    made = {}
    stock = Saboteur("saboteur", {"errors": 4, "types": ["boilerplate"]})
    for drafter in (Reference(), stock):
        cases = []
        for session in sessions(n=8, seed=4):
            draft = drafter.draft(Task(session, "polish", "SOAP", seed=1))
            cases.append(Case(session, draft, tuple(verifier.verify(session, draft))))
        made[drafter.name] = cases
    return made


def rate(cases, metric):
    tallies = [t for t in tally(cases, [metric]) if t.metric == metric]
    return sum(t.amount for t in tallies) / sum(t.out_of for t in tallies)


def test_detail_is_not_padding_and_boilerplate_is(study):
    assert rate(study["reference"], "padding") < 0.05
    planted = sum(len(c.draft.provenance["planted"]) for c in study["saboteur"])
    generic = sum(t.amount for t in tally(study["saboteur"], ["padding.generic"]))
    alone = sum(t.amount for t in tally(study["reference"], ["padding.generic"]))
    assert generic - alone > 0.8 * planted


def with_text(case, extra):
    """The note with one more sentence in each section."""
    sections = [s.model_copy(update={"text": f"{s.text} {extra}"}) for s in case.draft.sections]
    return Case(case.session, case.draft.model_copy(update={"sections": sections}))


@pytest.mark.parametrize("view", ["content", "style"])
def test_the_same_boilerplate_in_all_notes_makes_them_alike(study, view):
    cases = study["reference"]
    assert rate(cases, f"homogenisation.{view}_excess") == pytest.approx(0, abs=1e-12)
    alike = [with_text(c, f"{STOCK} Client was, as ever, engaged and receptive.") for c in cases]
    assert rate(alike, f"homogenisation.{view}_excess") > 0.02
    assert rate(alike, f"homogenisation.{view}") > rate(cases, f"homogenisation.{view}")


def test_without_the_clinicians_notes_there_is_no_excess(study):
    bare = [
        Case(c.session.model_copy(update={"references": []}), c.draft) for c in study["reference"]
    ]
    names = {t.metric for t in tally(bare, ["homogenisation"])}
    assert names == {"homogenisation.content", "homogenisation.style"}


def test_the_order_of_notes_does_not_matter(study):
    cases = [*study["reference"], *study["saboteur"]]

    def by_note(cases):
        names = ["gap", "padding", "homogenisation"]
        return {
            (t.session_id, t.drafter, t.metric): (round(t.amount, 9), t.out_of)
            for t in tally(cases, names)
        }

    assert by_note(cases) == by_note(cases[::-1])
