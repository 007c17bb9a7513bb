"""Results of pages into a run: what is taken, what is refused, what is never lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_run import write_run
from typer.testing import CliRunner

import notebench as nb
from notebench.cli import app
from notebench.errors import NotebenchError
from notebench.records import ClaimFinding
from notebench.review.bundle import Wanted, make_bundle
from notebench.review.importing import (
    HumanFiles,
    import_results,
    read_human_findings,
    read_reviews,
)
from notebench.review.record import records
from notebench.review.record_page import record_html
from notebench.runs.folder import RunFolder
from notebench.storage import read_tallies


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run")


def mark(**changes: Any) -> dict[str, Any]:
    return {
        "id": "m1", "section": "S", "start": 34, "end": 59, "text": "Denies suicidal ideation.",
        "kind": "invented", "verdict": "unsupported", "error_type": "fabricated_risk",
        "severity": "critical", "comment": "", "at_s": 12.5, **changes,
    }  # fmt: skip


@pytest.fixture
def result(run: Path, tmp_path: Path) -> Callable[..., Path]:
    """A result file for the run's note, as a page would write it, with changes."""

    def made(reviewer: str = "anna", top: dict[str, Any] | None = None, **changes: Any) -> Path:
        folder = RunFolder.open(run)
        bundle = make_bundle(folder.sessions(), folder.drafts(), Wanted(reviewer=reviewer))
        note = {
            "note": bundle.payload["notes"][0]["note"], "order": 1, "marks": [mark()],
            "opened": "2026-03-02T10:00:00Z", "closed": "2026-03-02T10:02:00Z",
            "states": [{"state": "drafted", "at": None}], "missing": [],
            "sections": [s.model_dump() for s in folder.drafts()[0].sections],
            "time": {"active_s": 90.0, "idle_s": 5.0,
                     "sections": {"S": {"active_s": 40.0, "shown_s": 60.0}}},
            "keystrokes": 7, "future": {"kept": True}, **changes,
        }  # fmt: skip
        data = {
            "notebench_review": 1, "kind": "result", "mode": "review", "reviewer": reviewer,
            "bundle": bundle.payload["bundle"], "salt": bundle.payload["salt"],
            "saved": "2026-03-02T10:02:01Z", "notes": [note], **(top or {}),
        }  # fmt: skip
        path = tmp_path / f"{reviewer}-{len(list(tmp_path.iterdir()))}.json"
        path.write_text(json.dumps(data), "utf-8")
        return path

    return made


Result = Callable[..., Path]


def test_a_result_becomes_findings_a_review_and_tallies(run: Path, result: Result) -> None:
    import_results([result()], run)
    claims = [f for f in read_human_findings(run) if isinstance(f, ClaimFinding)]
    assert [c.verdict for c in claims].count("supported") == 6
    (wrong,) = [c for c in claims if c.verdict == "unsupported"]
    assert (wrong.severity, wrong.p_unfaithful, wrong.verifier) == ("critical", 1.0, "human@anna")
    (review,) = read_reviews(run)
    assert (review.seconds, review.idle_s, review.keystrokes) == (90.0, 5.0, 7)
    assert review.sections["S"] == {"active_s": 40.0, "shown_s": 60.0}
    assert review.model_dump()["future"] == {"kept": True}
    tallies = read_tallies(HumanFiles(run).tallies)
    sums = tallies.groupby("metric")[["amount", "out_of"]].sum()
    assert list(sums.loc["reviewed.seconds"]) == [90.0, 1.0]
    assert list(sums.loc["reviewed.edits"]) == [0.0, 1.0]
    assert list(sums.loc["hallucination"]) == [1.0, 7.0]


def test_reviews_are_a_table_of_the_run(run: Path, result: Result) -> None:
    assert nb.Run.open(run).reviews.empty
    import_results([result()], run)
    table = nb.Run.open(run).reviews
    assert list(table[["draft_id", "reviewer", "seconds"]].iloc[0]) == ["d-one", "anna", 90.0]


def test_two_people_stay_apart(run: Path, result: Result) -> None:
    import_results([result("anna"), result("ben", marks=[])], run)
    verdicts = {
        rater: [f.verdict for f in read_human_findings(run)
                if isinstance(f, ClaimFinding) and f.verifier == f"human@{rater}"]
        for rater in ("anna", "ben")
    }  # fmt: skip
    assert verdicts["anna"].count("unsupported") == 1
    assert set(verdicts["ben"]) == {"supported"} and len(verdicts["ben"]) == 7


def test_a_later_file_replaces_an_earlier_one_and_never_the_other_way(
    run: Path, result: Result
) -> None:
    first = result(closed=None)
    later = result(marks=[], top={"saved": "2026-03-02T11:00:00Z"})
    assert import_results([first], run).added == 1
    assert import_results([later, first], run).renewed == 1
    (review,) = read_reviews(run)
    assert review.complete and review.model_dump()["marks"] == []
    again = import_results([first, later], run)
    assert (again.added, again.renewed, again.known) == (0, 0, 2)
    assert len(read_reviews(run)) == 1


def test_a_note_left_open_is_unscored_where_nothing_was_marked(run: Path, result: Result) -> None:
    import_results([result(closed=None)], run)
    verdicts = [f.verdict for f in read_human_findings(run) if isinstance(f, ClaimFinding)]
    assert sorted(set(verdicts)) == ["unscored", "unsupported"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"marks": [mark(start=33)]}, "does not stand at 33-59"),
        ({"marks": [mark(section="Z")]}, "section 'Z'"),
        ({"marks": [mark(verdict="perhaps")]}, r"notes\.0\.marks\.0\.verdict"),
        ({"time": {"active_s": -1}}, r"time\.active_s"),
        ({"time": {"active_s": float("inf")}}, "not a JSON file"),
        ({"signature": {"name": "A"}}, r"signature\.role"),
        ({"attested": [{"answer": "yes"}]}, r"attested\.0\.topic"),
        ({"note": "n-unknown"}, "not in this run"),
        ({"top": {"notebench_review": 9}}, "layout 9"),
        ({"top": {"mode": "drill"}}, "mode 'drill'"),
        ({"top": {"reviewer": ""}}, "reviewer"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(
    run: Path, result: Result, changes: dict[str, Any], says: str
) -> None:
    good, bad = result("ben"), result(**changes)
    with pytest.raises(NotebenchError, match=says) as error:
        import_results([good, bad], run)
    assert error.value.mend and str(bad) in str(error.value)
    assert read_reviews(run) == []


def test_pasted_control_characters_cost_nobody_their_work(run: Path, result: Result) -> None:
    missing = {"id": "m2", "text": "No diary\x0bkept.", "section": "S", "severity": "minor"}
    sections = [{"name": "S", "text": "Tired.\x0bWorn out.\ud800"}]
    import_results([result(remark="a\x00b", missing=[missing], sections=sections)], run)
    kept = read_reviews(run)[0].model_dump()
    assert (kept["remark"], kept["missing"][0]["text"]) == ("a b", "No diary kept.")
    assert kept["final"][0]["text"] == "Tired. Worn out. "


@pytest.mark.parametrize("text", ["", "{", '{"a": 1}', "[]", "\x00"])
def test_foreign_files_are_refused(run: Path, tmp_path: Path, text: str) -> None:
    path = tmp_path / "foreign.json"
    path.write_text(text, "utf-8")
    done = CliRunner().invoke(app, ["review", "import", str(path), "--run", str(run)])
    assert isinstance(done.exception, NotebenchError)
    assert "review build" in str(done.exception)


def test_a_record_answers_four_questions_with_their_evidence(run: Path, result: Result) -> None:
    yes = dict.fromkeys(("payer", "attorney", "board", "auditor"), "yes")
    import_results([result(
        stands=yes, statements={"explain": "yes", "judgement": "yes"}, looks=2,
        changed=[mark(now="")],
        attested=[{"topic": "risk", "answer": "yes"}],
        signature={"name": "A", "role": "therapist", "at": "2026-03-02T10:02:00Z"},
        time={"active_s": 90.0, "sections": {
            name: {"active_s": 10.0, "shown_s": 20.0} for name in "SOAP"}},
    )], run)  # fmt: skip
    (record,) = records(run)
    answers = {q["id"]: q["answer"] for q in record["questions"]}
    assert answers == {
        "explain": "partly", "reviewed": "shown", "judgement": "partly", "stand": "shown",
    }  # fmt: skip
    explain = record["questions"][0]
    assert "Prompt, by its hash" in explain["missing"]  # a vendor's note tells none
    assert record["dwell"]["least_s"] > 5 and record["dwell"]["share_of_least"] > 1
    assert record["dwell"]["expected_low_s"] < record["dwell"]["expected_s"]
    assert record["sent"][0]["left_this_machine"] is None
    assert record["sent"][-1]["identifiers"]["dates"] >= 1


def test_what_was_marked_and_left_standing_is_on_record(run: Path, result: Result) -> None:
    import_results([result(marks=[mark(), mark(id="m2", start=0, end=6, text="Client")],
                           changed=[mark(now="")])], run)  # fmt: skip
    (record,) = records(run)
    stand = next(q for q in record["questions"] if q["id"] == "stand")
    (mended,) = [e for e in stand["evidence"] if e["id"] == "marked_mended"]
    assert (mended["value"], mended["holds"]) == ("1 of 2", False)


def test_a_hasty_review_is_shown_as_one(run: Path, result: Result) -> None:
    import_results([result(closed=None, time={"active_s": 1.0}, marks=[])], run)
    (record,) = records(run)
    reviewed = next(q for q in record["questions"] if q["id"] == "reviewed")
    assert reviewed["answer"] == "not_shown"
    assert {e["id"] for e in reviewed["evidence"] if not e["holds"]} >= {
        "to_the_end", "long_enough", "sections_seen", "source_consulted",
    }  # fmt: skip


def test_corrections_rebuild_both_texts(run: Path, result: Result) -> None:
    sections = [{"name": "S", "text": "Client sleeps five hours."}, {"name": "P", "text": ""}]
    import_results([result(sections=sections)], run)
    (record,) = records(run)
    for section in record["corrections"]["sections"]:
        diff = section["diff"]
        assert "".join(t for w, t in diff if w != "added") == section["before"]
        assert "".join(t for w, t in diff if w != "removed") == section["after"]


def test_record_pages_hold_hostile_text_as_text(run: Path, result: Result) -> None:
    import_results([result(remark="<script>alert(1)</script>")], run)
    (record,) = records(run)
    page = record_html(record)
    assert "<script" not in page and "&lt;script&gt;" in page


def test_the_record_command_writes_pages_and_json(
    run: Path, result: Result, tmp_path: Path
) -> None:
    out = tmp_path / "records"
    command = ["review", "record", str(run), "--out", str(out)]
    nobody = CliRunner().invoke(app, command)
    assert isinstance(nobody.exception, NotebenchError)
    import_results([result()], run)
    assert CliRunner().invoke(app, command).exit_code == 0
    names = sorted(p.name for p in out.iterdir())
    assert names == ["d-one-anna.html", "d-one-anna.json", "index.html"]
    record = json.loads((out / "d-one-anna.json").read_text("utf-8"))
    assert len(record["questions"]) == 4


def test_a_note_reviewed_on_two_pages_has_one_record(run: Path, result: Result) -> None:
    later = {"bundle": "another", "saved": "2026-03-03T10:00:00Z"}
    import_results([result(), result(marks=[], top=later)], run)
    assert len(read_reviews(run)) == 2
    (record,) = records(run)
    assert record["found"]["marks"] == [] and record["reviewed"]["bundle"] == "another"


def test_record_pages_speak_the_words_of_the_review_page(run: Path, result: Result) -> None:
    import_results([result(attested=[
        {"topic": "risk", "text": "Denies suicidal ideation.", "answer": "partly"},
        {"topic": "plan", "answer": "lacking"},
    ])], run)  # fmt: skip
    (record,) = records(run)
    page = record_html(record)
    for said in ("Made up, fabricated risk, weighs dangerous", "In part",
                 "No, something should be said"):  # fmt: skip
        assert said in page
