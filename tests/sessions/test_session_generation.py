"""Sessions: invariants over fresh seeds, determinism, variety, errors."""

from __future__ import annotations

import re
from collections import Counter
from statistics import median

import pytest

from notebench.errors import UnknownName
from notebench.records import Session
from notebench.sessions import check, generate, problems
from notebench.sessions.topics import mentioned
from notebench.storage import to_line
from notebench.text.numbers import numbers
from notebench.text.tokens import count_words

RISK = {"suicidal_ideation", "homicidal_ideation", "self_harm"}


@pytest.fixture(scope="module")
def many() -> list[Session]:
    return list(generate(300, seed=90210))


def words(session: Session) -> int:
    return sum(count_words(t.text) for t in session.transcript)


def test_every_invariant_holds_over_fresh_seeds(many: list[Session]) -> None:
    broken = {s.session_id: found for s in many if (found := check(s))}
    assert not broken


@pytest.mark.parametrize("problem", problems())
def test_every_problem_holds_by_itself(problem: str) -> None:
    for session in generate(12, seed=404, problem=problem):
        assert session.scenario["problem"] == problem
        assert check(session) == []


def test_there_are_enough_problems_types_and_flags(many: list[Session]) -> None:
    assert len(problems()) >= 8
    assert {s.scenario["problem"] for s in many} == set(problems())
    types = Counter(s.scenario["session_type"] for s in many)
    assert set(types) == {"routine", "intake", "crisis", "termination"}
    assert {"in_person", "telehealth_video"} == {s.chart["setting"] for s in many}
    flags = Counter(f for s in many for f in s.scenario["complexity"])
    assert all(flags[f] >= 10 for f in ("elevated_risk", "trauma", "legal_scrutiny"))


def test_sizes_are_those_of_sessions_and_notes(many: list[Session]) -> None:
    assert all(40 <= len(s.transcript) <= 112 for s in many)
    assert all(550 <= words(s) <= 1600 for s in many)
    assert median(words(s) for s in many) >= 700
    assert all(22 <= len(s.facts or []) <= 50 for s in many)
    for session in many:
        bullets = (session.rough_notes or "").splitlines()
        assert 10 <= len(bullets) <= 16
        assert all(b.startswith("- ") for b in bullets)
        for note in session.references:
            assert 110 <= sum(count_words(s.text) for s in note.sections) <= 265


def test_turns_alternate_and_none_is_empty(many: list[Session]) -> None:
    for session in many:
        speakers = [t.speaker for t in session.transcript]
        assert all(a != b for a, b in zip(speakers, speakers[1:], strict=False))
        assert all(t.text.strip() for t in session.transcript)
        assert [t.turn for t in session.transcript] == list(range(1, len(speakers) + 1))


def test_nothing_of_the_template_language_is_left(many: list[Session]) -> None:
    for session in many:
        texts = [t.text for t in session.transcript]
        texts += [session.rough_notes or "", session.prior_note or ""]
        texts += [s.text for n in session.references for s in n.sections]
        texts += [f.statement for f in session.facts or []]
        for text in texts:
            assert not re.search(r"[{}|\[\]#]|//", text), text


def test_what_was_not_raised_is_not_spoken_of(many: list[Session]) -> None:
    unasked = [s for s in many if set(s.not_assessed) >= RISK]
    asked = [s for s in many if "suicidal_ideation" not in s.not_assessed]
    assert len(unasked) >= 30 and len(asked) >= 30
    for session in unasked:
        everything = " ".join(
            [t.text for t in session.transcript]
            + [session.rough_notes or ""]
            + [s.text for n in session.references for s in n.sections]
        )
        assert not any(mentioned(topic, everything) for topic in RISK)
        assert not any(f.kind == "risk" for f in session.facts or [])
    for session in asked:
        assert any(f.kind == "risk" for f in session.facts or [])


def test_elevated_risk_has_its_screen(many: list[Session]) -> None:
    risky = [s for s in many if "elevated_risk" in s.scenario["complexity"]]
    for session in risky:
        facts = {
            f.attributes.get("name"): f
            for f in session.facts or []
            if f.kind == "risk" and f.source != "prior_note"
        }
        assert facts["passive suicidal ideation"].attributes["certainty"] == "endorsed"
        assert facts["active suicidal ideation"].attributes["certainty"] == "denied"
        assert "suicide risk level" in facts
        assert all(facts[n].disclosure == "must" for n in facts)


def test_numbers_are_spoken_in_talk_and_written_in_notes(many: list[Session]) -> None:
    for session in many:
        assert not re.search(r"\d", " ".join(t.text for t in session.transcript))
        note = session.references[0]
        total = next(f for f in session.facts or [] if f.kind == "measure")
        text = " ".join(s.text for s in note.sections)
        assert total.attributes["value"] in {n.value for n in numbers(text)}


def test_the_hard_parts_are_there(many: list[Session]) -> None:
    def share(test) -> float:  # type: ignore[no-untyped-def]
        return sum(map(test, many)) / len(many)

    def has(**attributes: str):  # type: ignore[no-untyped-def]
        return lambda s: any(
            all(f.attributes.get(k) == v for k, v in attributes.items()) for f in s.facts
        )

    assert share(lambda s: any(", no, " in t.text for t in s.transcript)) > 0.4
    assert share(has(certainty="denied")) > 0.9
    assert share(has(certainty="unanswered")) > 0.3
    assert share(lambda s: any(f.kind == "third_party" for f in s.facts)) > 0.6
    assert share(lambda s: any(f.disclosure == "exclude" for f in s.facts)) == 1
    assert share(lambda s: any(f.disclosure == "generalise" for f in s.facts)) > 0.9
    assert share(lambda s: any(f.attributes.get("name") == "trivia" for f in s.facts)) > 0.8


def test_who_could_see_what_is_known(many: list[Session]) -> None:
    for session in many:
        facts = session.facts or []
        only_rough = [f for f in facts if f.seen_in == ["rough_notes"]]
        assert len([f for f in only_rough if f.kind == "observation"]) >= 2
        unjotted = [f for f in facts if f.seen_in == ["transcript"]]
        assert unjotted, "some of what was said never reaches the rough notes"
        stale = [f for f in facts if f.source == "prior_note"]
        assert stale and all(f.attributes["when"] == "last session" for f in stale)


def test_same_seed_same_bytes_and_no_session_leans_on_the_count() -> None:
    whole = [to_line(s) for s in generate(12, seed=5)]
    assert whole == [to_line(s) for s in generate(12, seed=5)]
    assert whole[:4] == [to_line(s) for s in generate(4, seed=5)]
    assert whole != [to_line(s) for s in generate(12, seed=6)]


def test_ids_are_unique_and_begin_with_the_problem() -> None:
    ids = [s.session_id for s in generate(40, seed=2)]
    assert len(set(ids)) == 40
    assert next(iter(generate(1, 2, problem="insomnia"))).session_id == "ins-0001"


def test_formats_do_not_change_the_session() -> None:
    one = next(iter(generate(1, 8, formats=["GIRP"])))
    three = next(iter(generate(1, 8)))
    assert [n.format for n in one.references] == ["GIRP"]
    assert [n.format for n in three.references] == ["SOAP", "DAP", "BIRP"]
    assert one.transcript == three.transcript
    assert check(one) == []


@pytest.mark.parametrize("format", ["PIRP", "narrative", "girp"])
def test_other_formats_hold_too(format: str) -> None:
    for session in generate(9, 3, formats=[format]):
        assert check(session) == []


def test_recognition_noise_touches_the_transcript_alone() -> None:
    clean = list(generate(9, 4))
    noisy = list(generate(9, 4, noise="asr"))
    assert [to_line(s) for s in noisy] == [to_line(s) for s in generate(9, 4, noise="asr")]
    for a, b in zip(clean, noisy, strict=True):
        assert a.facts == b.facts and a.references == b.references
        assert b.scenario["noise"] == "asr" and a.scenario["noise"] is None
        changed = sum(x.text != y.text for x, y in zip(a.transcript, b.transcript, strict=True))
        assert 0.2 < changed / len(a.transcript) < 0.95
        assert check(b) == []


def test_names_that_do_not_exist_are_reported_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="insomnia"):
        generate(1, 1, problem="insomnai")
    with pytest.raises(UnknownName, match="SOAP"):
        generate(1, 1, formats=["SOPA"])
    with pytest.raises(UnknownName, match="asr"):
        generate(1, 1, noise="rain")
