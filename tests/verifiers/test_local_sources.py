"""What counts as a source: attributes, the chart, dates and figures that follow from them."""

import pytest
from small_sessions import build_draft, build_session

from notebench.records import WRONG, Fact
from notebench.verifiers import make
from notebench.verifiers.derived import combined, dates, with_weekdays
from notebench.verifiers.terms import read


@pytest.fixture
def dated():
    """A session with a date, whose next appointment only an attribute gives."""
    facts = [
        Fact(
            id="F1", kind="logistics", statement="The next session is on Tuesday at ten.",
            evidence=[13], attributes={"name": "next session", "when": "2026-03-10 10:00"},
        ),
        Fact(
            id="F2", kind="relationship", statement="On a walk with Ilse the client cried.",
            generalised="Confided in a friend and was tearful.", disclosure="generalise",
        ),
    ]  # fmt: skip
    return build_session(facts=facts, chart={"date": "2026-03-03"})


def verdict(session, text, section="P"):
    return make("local").verify(session, build_draft(text, section=section))[0]


def test_an_attribute_is_a_source_of_dates_and_times(dated):
    assert verdict(dated, "Next session Tuesday (2026-03-10) at 10:00.").verdict == "supported"
    wrong = verdict(dated, "Next session Tuesday (2026-08-25) at 10:00.")
    assert (wrong.verdict in WRONG, wrong.error_type) == (True, "wrong_value")


def test_a_generalised_wording_is_a_source(dated):
    found = verdict(dated, "Confided in a friend and was tearful.", "S")
    assert (found.verdict, found.facts) == ("supported", ["F2"])


def test_dates_follow_from_the_date_of_the_session(dated):
    assert {310.0, 317.0} <= dates(dated, [])
    assert 306.0 in dates(dated, ["friday"]) and 306.0 not in dates(dated, [])
    assert dates(build_session(), ["friday"]) == frozenset()
    assert dates(build_session(chart={"date": "2026-13-40"}), []) == frozenset()


def test_weekdays_are_written_after_dates():
    assert with_weekdays("when: 2026-03-10 10:00") == "when: 2026-03-10 (Tuesday) 10:00"
    assert with_weekdays("when: 2026-13-40") == "when: 2026-13-40"


def test_differences_sums_and_shares_are_known():
    assert {2.0, 44.0, 91.0} <= combined([read("AUDIT 23, was 21").numbers])


@pytest.mark.parametrize("text", ["988 given.", "Denied suicidal thoughts.", "Worry log kept."])
def test_every_sentence_that_conveys_a_fact_names_one(text):
    session = build_session(rough_notes="Crisis line 988 given. Denies SI. Worry log 4 days.")
    found = verdict(session, text, "S")
    assert found.verdict == "supported"
    assert found.facts or text.startswith("988")
