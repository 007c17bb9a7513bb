"""Building drills: designs, what is planted, what the files hold."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from notebench.cli import main
from notebench.errors import MissingDependency, NotebenchError
from notebench.metrics.polish import soundness
from notebench.records import Session
from notebench.review.drills import build, plan_of, presets
from notebench.review.drills.answers import kind_for
from notebench.review.drills.design import sets_of, sheets, slots
from notebench.review.drills.plan import content
from notebench.review.drills.style import polished, rough
from notebench.sessions import generate
from notebench.taxonomy import types


@pytest.fixture(scope="module")
def sessions() -> list[Session]:
    return list(generate(8, seed=5, formats=["SOAP"]))


def _key(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "trainer" / "key.json").read_text("utf-8"))


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("preset", presets())
def test_presets_make_balanced_designs(preset: str) -> None:
    plan = plan_of(preset)
    made = slots(plan, 3)
    assert len(made) == plan.notes
    people = [f"r{i}" for i in range(2 * sets_of(plan, 8))]
    given = sheets(plan, people, 3)
    contents = Counter(
        tuple(sorted((made[p.slot].types, made[p.slot].level) for p in s.places)) for s in given
    )
    assert len(contents) == 1, "every reviewer has the same errors and as many clean notes"
    for sheet in given:
        assert len({p.position for p in sheet.places}) == plan.notes, "no session comes twice"
        assert [p.block for p in sheet.places] == sorted(p.block for p in sheet.places)
    if plan.experiment:
        arms = [a.id for a in plan.experiment.arms]
        for sheet in given:
            assert set(Counter(p.arm.id for p in sheet.places).values()) == {
                plan.notes // len(arms)
            }
        for position in range(plan.notes):
            seen = Counter(p.arm.id for s in given for p in s.places if p.position == position)
            assert set(seen) == set(arms) and len(set(seen.values())) == 1
            assert len({p.slot for s in given for p in s.places if p.position == position}) == 1
        if plan.experiment.by == "note":  # wrong and clean notes, alike under both conditions
            for sheet in given:
                held = [(p.arm.id, made[p.slot].types) for p in sheet.places]
                assert Counter(t for a, t in held if a == arms[0]) == Counter(
                    t for a, t in held if a == arms[1]
                )


def test_rotated_sets_are_a_latin_square() -> None:
    plan = plan_of("test")
    given = sheets(plan, ["a", "b", "c", "d"], 0)
    for slot in range(plan.notes):
        positions = [p.position for s in given for p in s.places if p.slot == slot]
        assert len(set(positions)) == 4, "the same error stands in another session in each set"
    same = sheets(plan_of("test", {"design": "same"}), ["a", "b"], 0)
    assert {(p.position, p.slot) for p in same[0].places} == {
        (p.position, p.slot) for p in same[1].places
    }
    assert [p.position for p in same[0].places] != [p.position for p in same[1].places]


def test_a_drill_is_the_same_to_the_byte(tmp_path: Path, sessions: list[Session]) -> None:
    plan = plan_of(None, {"notes": 4, "clean": 0.25})
    for name in ("one", "two"):
        build(plan, tmp_path / name, reviewers=["anna", "ben"], seed=7, sessions=sessions)
    one, two = _tree(tmp_path / "one"), _tree(tmp_path / "two")
    assert one == two and len(one) > 8
    build(plan, tmp_path / "three", reviewers=["anna", "ben"], seed=8, sessions=sessions)
    assert _tree(tmp_path / "three") != one


def test_what_is_planted_is_what_was_asked_for(tmp_path: Path, sessions: list[Session]) -> None:
    wanted = {
        "notes": 4, "clean": 0.25, "errors": 2, "severities": ["critical"], "sections": ["S", "P"],
        "types": ["fabricated_risk", "negation_flip", "omission_of_risk", "wrong_person"],
    }  # fmt: skip
    made = build(plan_of(None, wanted), tmp_path, reviewers=["anna"], sessions=sessions)
    key = _key(tmp_path)
    notes = list(key["notes"].values())
    assert sorted(len(n["errors"]) for n in notes) == [0, 2, 2, 2]
    for note in notes:
        for e in note["errors"]:
            assert e["severity"] == "critical" and e["section"] in ("S", "P")
            assert e["error_type"] in wanted["types"]
            assert e["difficulty"] is None or 0 <= e["difficulty"] <= 1
            if e["sentence"] is None:
                assert e["left_out"] and e["words"]
            else:
                assert note["sentences"][e["sentence"]]["text"] == e["after"]
    assert made.guide.read_text("utf-8").startswith("Find the errors")


def test_pages_without_feedback_hold_no_answers(tmp_path: Path, sessions: list[Session]) -> None:
    wanted = {
        "notes": 4,
        "clean": 0.25,
        "types": ["wrong_value", "wrong_person", "fabricated_plan"],
    }
    for feedback in (False, True):
        out = tmp_path / str(feedback)
        plan = plan_of(None, {**wanted, "feedback": feedback})
        made = build(plan, out, reviewers=["anna"], sessions=sessions)
        key = _key(out)
        (page,) = made.pages
        text = page.read_text("utf-8")
        payload = json.loads(text.partition('id="payload">')[2].partition("</script>")[0])
        assert all(d not in text for d in key["notes"])
        assert "saboteur" not in text and "planted" not in json.dumps(payload["notes"])
        for draft in key["notes"].values():
            for e in draft["errors"]:
                if e["before"]:
                    assert (e["before"] in json.dumps(payload, ensure_ascii=False)) == feedback
        assert any(n["extra"].get("answers") for n in payload["notes"]) == feedback
        sent = {p.name for p in page.parent.iterdir()}
        assert sent == {"drill.html", "READ-ME-FIRST.txt"}
        assert not list((out / "send").rglob("key*")) and (out / "trainer" / "key.json").exists()
        said = made.guide.read_text("utf-8")
        assert ("stand in the pages" in said) == feedback


def test_polished_and_rough_say_the_same(tmp_path: Path, sessions: list[Session]) -> None:
    plan = plan_of("polished-or-rough", {"notes": 4, "clean": 0.5})
    build(plan, tmp_path, reviewers=["a", "b"], sessions=sessions)
    by_session: dict[str, dict[str, Any]] = {}
    for note in _key(tmp_path)["notes"].values():
        by_session.setdefault(note["session_id"], {})[note["style"]] = note
    assert len(by_session) == 4
    for pair in by_session.values():
        smooth, plain = pair["polished"], pair["rough"]
        assert smooth["polish"] > plain["polish"] + 0.2
        assert len(smooth["sentences"]) == len(plain["sentences"])
        assert [(e["error_type"], e["sentence"]) for e in smooth["errors"]] == [
            (e["error_type"], e["sentence"]) for e in plain["errors"]
        ]


def test_wording_keeps_numbers_negations_and_quotations() -> None:
    assert polished("Denied a plan or intent") == "The client denied a plan or intent."
    assert polished("Homework: Diary card 7 days.").endswith("agreed on diary card 7 days.")
    assert (
        polished("Scheduled for Monday, 14:00.")
        == "The next session is scheduled for Monday, 14:00."
    )
    assert rough("The client reported nothing about the pills.") == "ct rpts nothing abt pills"
    assert rough('Client said "I report without fear".') == 'ct said "I report without fear"'
    assert rough("Sessions once a week without exception.") == "sess once a wk w/o exception"
    sentence = "Suicidal ideation denied; no plan, no intent."
    assert soundness(polished(sentence)) > soundness(rough(sentence))


def test_levels_get_harder_and_people_count(tmp_path: Path, sessions: list[Session]) -> None:
    plan = plan_of(None, {"notes": 3, "clean": 0, "level": "ladder"})
    build(plan, tmp_path, sessions=[*sessions, *generate(10, seed=6, formats=["SOAP"])])
    key = _key(tmp_path)
    (page,) = key["pages"].values()
    in_order = sorted(page["notes"].values(), key=lambda n: n["order"])
    hard = [key["notes"][n["draft_id"]]["errors"] for n in in_order]
    levels = content()["levels"]
    for block, errors in enumerate(hard, 1):
        band = levels[str(block)]
        assert len(errors) == band["errors"]
        if band["style"] == "as_written":
            assert all(band["easiest"] <= e["difficulty"] <= band["hardest"] for e in errors)
    name = hard[0][0]["known_as"]
    people = {name: (16, 16)}
    build(plan_of(None, {"notes": 3, "clean": 0, "level": "ladder"}), tmp_path / "again",
          sessions=[*sessions, *generate(10, seed=6, formats=["SOAP"])], people=people)  # fmt: skip
    again = {e["known_as"] for n in _key(tmp_path / "again")["notes"].values() for e in n["errors"]
             if e["difficulty"] <= 0.45}  # fmt: skip
    assert name not in again, "what everybody missed is easy no longer"


def test_every_type_of_a_drill_has_a_mark_or_is_left_out() -> None:
    for name in content()["types"]:
        assert kind_for(name) or types()[name].omits


def test_plans_that_cannot_be_met_say_so(tmp_path: Path, sessions: list[Session]) -> None:
    with pytest.raises(NotebenchError, match="no error type is called"):
        plan_of(None, {"types": ["wrong_valu"]})
    with pytest.raises(NotebenchError, match="no drill is called"):
        plan_of("fatigu")
    with pytest.raises(NotebenchError, match="shared out evenly"):
        plan_of("fatigue", {"notes": 18})
    with pytest.raises(NotebenchError, match="can carry"):
        plan = plan_of(None, {"notes": 2, "types": ["fabricated_risk"], "sections": ["P"]})
        build(plan, tmp_path, sessions=sessions[:3])
    with pytest.raises(NotebenchError, match="a page of their own"):
        build(plan_of("risk-first"), tmp_path)
    with pytest.raises(NotebenchError, match="called 'Anna'"):
        build(plan_of(), tmp_path, reviewers=["Anna", "anna"])


def test_a_drill_is_never_written_over_another(tmp_path: Path, sessions: list[Session]) -> None:
    plan = plan_of(None, {"notes": 1, "clean": 0, "types": ["wrong_value"]})
    build(plan, tmp_path, sessions=sessions)
    build(plan, tmp_path, sessions=sessions)
    before = _tree(tmp_path)
    with pytest.raises(NotebenchError, match="another drill"):
        build(plan, tmp_path, reviewers=["anna"], sessions=sessions)
    assert _tree(tmp_path) == before


def test_a_pdf_is_printed_or_its_lack_is_told_first(
    tmp_path: Path, sessions: list[Session]
) -> None:
    plan = plan_of(None, {"notes": 1, "clean": 0, "types": ["wrong_value"]})
    try:
        made = build(plan, tmp_path, sessions=sessions, pdf=True)
    except MissingDependency as error:
        assert "--pdf" in str(error) and not list(tmp_path.iterdir())
    else:
        printed = [p for p in made.papers if p.suffix == ".pdf"]
        assert len(printed) == 2 and all(p.read_bytes()[:5] == b"%PDF-" for p in printed)


def test_hostile_names_and_sessions_stay_text(tmp_path: Path, sessions: list[Session]) -> None:
    bad = "</script><script>alert(1)</script>"
    data = json.loads(sessions[0].model_dump_json())
    data["transcript"][0]["text"] = bad
    data["rough_notes"] = bad
    first = Session.model_validate(data)
    plan = plan_of(None, {"notes": 1, "clean": 0, "title": bad, "types": ["wrong_value"]})
    made = build(plan, tmp_path, reviewers=["../" + bad], sessions=[first])
    for path in [*made.pages, *made.papers]:
        assert path.resolve().is_relative_to(tmp_path.resolve())
        assert "<script>alert" not in path.read_text("utf-8")


def test_commands(
    tmp_path: Path, sessions: list[Session], capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "sessions.jsonl"

    def run(*arguments: str) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["drill", "build", *arguments])
        assert ended.value.code == 0

    source.write_text("\n".join(s.model_dump_json() for s in sessions) + "\n", "utf-8")
    run("--list")
    assert "polished-or-rough" in capsys.readouterr().out
    run("--out", str(tmp_path / "d"), "--notes", "2", "--clean", "0.5", "--reviewers", "2",
        "--sessions", str(source), "--feedback")  # fmt: skip
    said = capsys.readouterr().out
    assert "README.txt" in said and "r02" in said and "the answers stand in the files" in said
    with pytest.raises(SystemExit) as stopped:
        main(["drill", "build", "--preset", "tset", "--out", str(tmp_path)])
    assert stopped.value.code == 2 and "did you mean" in capsys.readouterr().err.lower()
