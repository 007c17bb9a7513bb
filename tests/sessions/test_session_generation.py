"""Sessions: invariants over fresh seeds, determinism, variety, errors."""

from __future__ import annotations

import re
from collections import Counter
from statistics import mean

import pytest

from notebench.errors import UnknownName
from notebench.records import Session
from notebench.sessions import check, depth, generate, problems, realism
from notebench.sessions.loading import library
from notebench.sessions.topics import mentioned
from notebench.storage import to_line
from notebench.text.numbers import numbers
from notebench.text.tokens import count_words

RISK = {"suicidal_ideation", "homicidal_ideation", "self_harm"}


@pytest.fixture(scope="module")
def many() -> list[Session]:
    return list(generate(500, seed=0))


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
    assert len(problems()) == 15
    assert {s.scenario["problem"] for s in many} == set(problems())
    types = {"routine", "intake", "crisis", "termination", "court_mandated"}
    assert {s.scenario["session_type"] for s in many} == types
    assert {s.chart["setting"] for s in many} == {
        "in_person", "telehealth_video", "telehealth_audio"
    }  # fmt: skip
    flags = Counter(f for s in many for f in s.scenario["complexity"])
    assert set(flags) == {
        "elevated_risk", "trauma", "legal_scrutiny", "interpreter", "short_session",
        "change_of_scope", "couple", "family", "minor_with_guardian",
    }  # fmt: skip
    levels = Counter(s.scenario["c_ssrs"] for s in many)
    assert set(levels) == {None, 0, 1, 2, 3, 4, 5}
    speakers = {t.speaker for s in many for t in s.transcript}
    assert speakers == {"client", "clinician", "partner", "parent", "interpreter"}


def test_every_problem_has_two_kinds_of_treatment_with_their_own_work() -> None:
    lib = library()
    for problem in lib.problems.values():
        assert len(problem.modalities) >= 2, problem.problem
        for modality in problem.modalities:
            mine = [
                b for b in problem.beats
                if b.phase == "work" and (not b.when.modality or modality in b.when.modality)
            ]  # fmt: skip
            assert mine, (problem.problem, modality)


def test_sizes_are_those_of_sessions_and_notes(many: list[Session]) -> None:
    for session in many:
        assert 45 <= len(session.transcript) <= 120
        assert 800 <= words(session) <= 2500
        assert 25 <= len(session.facts or []) <= 45
        assert 40 <= count_words(session.rough_notes or "") <= 320
        for note in session.references:
            assert 75 <= sum(count_words(s.text) for s in note.sections) <= 420


def test_a_clinician_keeps_a_manner(many: list[Session]) -> None:
    """The same clinician's jottings are laid out alike, and differ from others'."""
    marks: dict[str, set[str]] = {}
    for session in many:
        name = next(p.name for p in session.participants if p.role == "clinician")
        first = re.match(r"\W*", session.rough_notes or "")
        marks.setdefault(name or "", set()).add(first[0] if first else "")
    assert len(marks) >= 12
    known = {c["id"]: c["rough"]["mark"] for c in library().banks["clinicians"]["clinicians"]}
    assert len(set(known.values())) >= 4
    for name, found in marks.items():
        assert all(f.startswith(known[name]) for f in found)


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
            assert not re.search(r"[{}|\[\]]|//|#[a-z]|---", text), text


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
    assert len(risky) >= 30
    for session in risky:
        assert 1 <= session.scenario["c_ssrs"] <= 5
        facts = [f for f in session.facts or [] if f.kind == "risk" and f.source != "prior_note"]
        assert any(f.disclosure == "must" for f in facts)
        assert any("level" in str(f.attributes.get("name")) for f in facts), session.session_id
    for session in many:
        if session.scenario["c_ssrs"] == 0:
            found = [f for f in session.facts or [] if "suicid" in f.statement.lower()]
            assert any(f.attributes.get("certainty") == "denied" for f in found)


def test_numbers_are_spoken_in_talk_and_written_in_notes(many: list[Session]) -> None:
    for session in many:
        assert not re.search(r"\d", " ".join(t.text for t in session.transcript))
        note = session.references[0]
        total = next(
            f for f in session.facts or []
            if f.kind == "measure" and f.disclosure == "must" and f.source == "transcript"
        )  # fmt: skip
        text = " ".join(s.text for s in note.sections)
        assert total.attributes["value"] in {n.value for n in numbers(text)}


def test_every_session_has_what_makes_notes_go_wrong(many: list[Session]) -> None:
    assert {s.session_id: d for s in many if (d := depth(s))} == {}


def test_sessions_hardly_repeat_each_other(many: list[Session]) -> None:
    overlaps = realism.Overlaps(many)
    same, across = overlaps.same(), overlaps.across()
    assert mean(same) <= 0.05
    assert mean(across) <= 0.01
    assert realism.most_shared_turns(many) <= 3


def test_turns_are_as_long_as_those_of_real_sessions(many: list[Session]) -> None:
    for role, target in realism.TARGETS.items():
        found = realism.turn_lengths(many, role)
        for value, wanted in zip(found, target, strict=True):
            assert abs(value / wanted - 1) <= 0.25, (role, found)


def test_who_could_see_what_is_known(many: list[Session]) -> None:
    for session in many:
        facts = session.facts or []
        only_rough = [f for f in facts if f.seen_in == ["rough_notes"]]
        assert any(f.kind == "observation" for f in only_rough)
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
        assert changed / len(a.transcript) > 0.2
        assert check(b) == []


def test_names_that_do_not_exist_are_reported_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="insomnia"):
        generate(1, 1, problem="insomnai")
    with pytest.raises(UnknownName, match="SOAP"):
        generate(1, 1, formats=["SOPA"])
    with pytest.raises(UnknownName, match="asr"):
        generate(1, 1, noise="rain")
    with pytest.raises(UnknownName, match="interpreter"):
        generate(1, 1, complexity=["interpretr"])
    with pytest.raises(UnknownName, match="crisis"):
        generate(1, 1, session_type="crises")
    with pytest.raises(UnknownName, match="cbt"):
        generate(1, 1, modality="cbtt")


@pytest.mark.parametrize(
    ("wanted", "flag"),
    [("minor_with_guardian", "parent"), ("interpreter", "interpreter"), ("family", "parent")],
)
def test_whoever_is_asked_for_speaks(wanted: str, flag: str) -> None:
    problem = "adolescent" if flag == "parent" else None
    for session in generate(6, 77, problem=problem, complexity=[wanted]):
        assert wanted in session.scenario["complexity"]
        assert any(t.speaker == flag for t in session.transcript)
        assert flag in {p.role for p in session.participants}
        assert check(session) == []


def test_what_is_asked_for_is_had() -> None:
    made = list(
        generate(8, 3, session_type="crisis", setting="telehealth_audio", complexity=["trauma"])
    )
    for session in made:
        assert session.scenario["session_type"] == "crisis"
        assert session.chart["setting"] == "telehealth_audio"
        assert set(session.scenario["complexity"]) - {"couple", "trauma"} == {"elevated_risk"}
