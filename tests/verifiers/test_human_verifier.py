"""People's ratings as findings: read from files, laid over sentences, put to a vote."""

from __future__ import annotations

import json
from typing import Any

import pytest

from notebench.errors import NotebenchError, UnknownName
from notebench.metrics import tally
from notebench.records import ClaimFinding, FactFinding
from notebench.runs.judging import cases
from notebench.verifiers import make
from notebench.verifiers.base import claims, label_of
from notebench.verifiers.human import combined, rated
from notebench.verifiers.ratings import Ratings, read_ratings

DENIES = "Denies suicidal ideation."
HEAD = "draft_id,section,text,verdict,error_type,severity,fact_id,reason,rater,complete\n"


def claim(rater: str = "anna", **changes: Any) -> dict[str, Any]:
    """A finding record about the invented sentence, which stands at 34-59 of section S."""
    return {
        "kind": "claim", "draft_id": "d-hand-01", "section": "S", "start": 34, "end": 59,
        "text": DENIES, "verdict": "unsupported", "error_type": "fabricated_risk",
        "severity": "critical", "reason": "nobody asked", "verifier": f"human@{rater}", **changes,
    }  # fmt: skip


def fact(rater: str = "anna", **changes: Any) -> dict[str, Any]:
    return {
        "kind": "fact", "draft_id": "d-hand-01", "fact_id": "F02", "verdict": "omitted",
        "verifier": f"human@{rater}", **changes,
    }  # fmt: skip


def read(rater: str = "anna", **changes: Any) -> dict[str, Any]:
    return {"kind": "read", "draft_id": "d-hand-01", "verifier": f"human@{rater}", **changes}


@pytest.fixture
def written(tmp_path):
    """Files of ratings: records as JSON Lines, text as it is."""

    def write(*lines: Any, name: str = "ratings.jsonl") -> Any:
        path = tmp_path / name
        text = lines[0] if lines and isinstance(lines[0], str) else None
        path.write_text(text or "".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        return path

    return write


@pytest.fixture
def judge(written, hand_session, hand_draft):
    """Findings of one rater, or of all, from such lines."""

    def found(*lines: Any, rater: str | None = None, name: str = "r.jsonl", **options: Any) -> Any:
        ratings = read_ratings([written(*lines, name=name)], **options)
        if rater:
            return rated(hand_session, hand_draft, ratings, rater)
        return combined(hand_session, hand_draft, ratings)

    return found


def verdicts(findings):
    return [f.verdict for f in findings]


def test_the_hand_made_draft_is_as_these_tests_take_it(hand_draft):
    assert [c.text for c in claims(hand_draft)] == [
        "Client sleeps four hours a night.", DENIES, "Rising time fixed at 6:30.",
    ]  # fmt: skip
    assert (claims(hand_draft)[1].start, claims(hand_draft)[1].end) == (34, 59)


def test_findings_tile_the_draft_and_what_nobody_rated_is_unscored(judge, hand_draft):
    found = judge(claim(), fact(), rater="anna")
    assert [(f.section, f.start, f.end, f.text) for f in found[:3]] == [
        (c.section, c.start, c.end, c.text) for c in claims(hand_draft)
    ]
    assert verdicts(found) == [
        "unscored",
        "unsupported",
        "unscored",
        "unscored",
        "omitted",
        "unscored",
    ]
    assert [f.p_unfaithful for f in found[:3]] == [None, 1, None]
    assert (found[1].error_type, found[1].severity) == ("fabricated_risk", "critical")
    assert [f.p_omitted for f in found[3:]] == [None, 1, None]
    assert {f.verifier for f in found} == {"human@anna"}


@pytest.mark.parametrize(
    "lines", [(claim(), read()), (claim(complete=True),), (claim(), claim("ben"))]
)
def test_a_whole_read_draft_has_its_unmarked_sentences_supported(judge, lines):
    found = judge(*lines, rater="anna", complete=lines[-1]["verifier"] == "human@ben")
    assert verdicts(found)[:3] == ["supported", "unsupported", "supported"]
    assert verdicts(found)[3:] == ["unscored"] * 3


def test_a_draft_read_and_found_right(judge):
    assert verdicts(judge(read(), rater="anna"))[:3] == ["supported"] * 3


def test_a_span_counts_for_each_sentence_it_overlaps(judge):
    half = claim(start=20, end=40, text="ours a night. Denies")
    found = judge(half, rater="anna")
    assert verdicts(found)[:3] == ["unsupported", "unsupported", "unscored"]


def test_of_several_marks_the_most_severe_stands_and_all_are_kept(judge):
    mild = claim(
        start=41, end=49, text="suicidal", verdict="contradicted", severity="minor", error_type=None
    )
    fair = claim(
        start=34, end=40, text="Denies", verdict="supported", severity=None, error_type=None
    )
    found = judge(fair, mild, claim(), rater="anna")[1]
    assert (found.verdict, found.severity) == ("unsupported", "critical")
    assert [m["verdict"] for m in found.marks] == ["supported", "contradicted", "unsupported"]
    assert [(m["start"], m["end"]) for m in found.marks] == [(34, 40), (41, 49), (34, 59)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"start": 35}, "does not stand at 35"),
        ({"section": "Q"}, "no section 'Q'"),
        ({"start": 33, "end": 34, "text": " "}, "does not stand at 33"),
        ({"verifier": "local@3"}, "is no person"),
        ({"verdict": "odd"}, "verdict"),
    ],
)
def test_a_record_that_does_not_fit_is_refused(judge, change, says):
    with pytest.raises(NotebenchError, match=says) as error:
        judge(claim(**change), rater="anna")
    assert "r.jsonl" in str(error.value)


def test_a_fact_that_there_is_not_is_refused(judge):
    with pytest.raises(NotebenchError, match="no fact 'F99'"):
        judge(fact(fact_id="F99"), rater="anna")


def test_the_majority_decides_and_everybody_s_words_are_kept(judge):
    lines = [
        claim("anna"), claim("ben", verdict="contradicted", severity="major", reason="no"),
        claim("cara", verdict="supported", error_type=None, severity=None, reason="heard it"),
    ]  # fmt: skip
    found = judge(*lines)[1]
    assert (found.verdict, found.severity) == ("unsupported", "critical")
    assert found.p_unfaithful == pytest.approx(0.6667)
    said = {rater: vote["verdict"] for rater, vote in found.votes.items()}
    assert said == {"anna": "unsupported", "ben": "contradicted", "cara": "supported"}
    assert found.reason == "anna: nobody asked; ben: no; cara: heard it"


def test_a_tie_is_unscored_with_both_reasons(judge):
    other = claim("ben", verdict="supported", error_type=None, severity=None, reason="heard it")
    found = judge(claim(), other, fact(), fact("ben", verdict="conveyed"))
    assert (found[1].verdict, found[1].p_unfaithful, found[1].severity) == ("unscored", None, None)
    assert found[1].reason == "anna: nobody asked; ben: heard it"
    assert (found[4].verdict, found[4].p_omitted) == ("unscored", None)


def test_one_vote_counts_where_others_did_not_rate(judge):
    found = judge(claim(), read("ben", draft_id="another"))
    assert found[1].verdict == "unsupported"
    assert found[0].verdict == "unscored"


@pytest.mark.parametrize("how", ["role", "option"])
def test_an_adjudicator_overrides_the_others(judge, how):
    role = {"rater_role": "adjudicator"} if how == "role" else {}
    final = claim(
        "zoe", verdict="supported", error_type=None, severity=None, reason="see 4", **role
    )
    options = {"adjudicators": ["zoe"]} if how == "option" else {}
    found = judge(claim(), claim("ben"), fact(), final, **options)
    assert (found[1].verdict, found[1].p_unfaithful) == ("supported", 0)
    assert found[4].verdict == "omitted", "what she did not rate stays as it was"


def test_an_adjudicator_who_rated_nothing_is_refused(judge):
    with pytest.raises(NotebenchError, match="'zoe' rated nothing"):
        judge(claim(), adjudicators=["zoe"])


def test_a_sheet_is_read_with_the_words_that_people_use(judge):
    sheet = (
        "Note;Part;Sentence;Right or wrong;Type of error;How bad;Fact;Comment;Reviewer;Read all\r\n"
        "d-hand-01;S;Denies suicidal ideation.;made up;Fabricated risk;Severe;;no;anna;yes\r\n"
        "d-hand-01;;;left out;;;F02;the diary;anna;\r\n"
        "d-hand-01;P;Rising time fixed at 6:30.;OK;;;;;anna;\r\n"
        "d-hand-01;P;not filled in yet;;;;;;;\r\n"
    )
    found = judge(sheet, rater="anna", name="r.csv")
    assert verdicts(found) == [
        "supported",
        "unsupported",
        "supported",
        "unscored",
        "omitted",
        "unscored",
    ]
    assert (found[1].error_type, found[1].severity) == ("fabricated_risk", "critical")
    assert found[4].reason == "the diary"


@pytest.mark.parametrize("section", ["s", "S:", "Subjective", " subjective : "])
def test_a_section_goes_by_its_title_too(judge, section):
    found = judge(claim(section=section), rater="anna")
    assert found[1].verdict == "unsupported"


def test_a_sheet_in_xlsx_is_read_too(tmp_path, hand_session, hand_draft):
    book = pytest.importorskip("openpyxl").Workbook()
    for row in (["draft_id", "section", "start", "end", "verdict", "rater"],
                ["d-hand-01", "S", 34, 59, "false", "anna"]):  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "r.xlsx")
    found = rated(hand_session, hand_draft, read_ratings([tmp_path / "r.xlsx"]), "anna")
    assert found[1].verdict == "contradicted"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            "d-hand-01,S,Denies suicidal ideation.,perhaps,,,,,anna,",
            r"line 2: field verdict: 'perhaps'",
        ),
        ("d-hand-01,S,Denies suicidal ideation.,wrong,odd,,,,anna,", r"line 2: field error_type"),
        ("d-hand-01,S,Denies suicidal ideation.,wrong,,huge,,,anna,", r"line 2: field severity"),
        ("d-hand-01,S,Denies suicidal ideation.,wrong,,,,,,", r"line 2: field rater: it is empty"),
        (",S,Denies suicidal ideation.,wrong,,,,,anna,", r"line 2: field draft_id: it is empty"),
        ("d-hand-01,S,,wrong,,,,,anna,", r"line 2: field text"),
        (
            "d-hand-01,S,Denies everything.,wrong,,,,,anna,",
            r"line 2: field text: 'Denies everything.'",
        ),
        ("d-hand-01,S,Denies suicidal ideation.,wrong,,,,,anna,perhaps", r"line 2: field complete"),
    ],
)
def test_a_line_of_a_sheet_that_is_not_understood_is_named(judge, row, says):
    with pytest.raises(NotebenchError, match=says) as error:
        judge(HEAD + row + "\n", rater="anna", name="r.csv")
    assert "r.csv" in str(error.value)


def test_a_sheet_without_a_needed_column_or_any_rating_is_refused(judge):
    with pytest.raises(NotebenchError, match="no column 'rater'"):
        judge("draft_id,verdict\nx,ok\n", rater="anna", name="r.csv")
    with pytest.raises(NotebenchError, match="no person rated"):
        judge(HEAD + "d-hand-01,S,Denies.,,,,,,,\n", rater="anna", name="r.csv")


def test_it_is_a_verifier_like_any_other(written, hand_session, hand_draft):
    first = written(claim(), read(), name="a.jsonl")
    second = written(
        HEAD + "d-hand-01,S,Denies suicidal ideation.,wrong,,,,,ben,yes\n", name="b.csv"
    )
    verifier = make(f"human:{first},{second}")
    found = verifier.verify(hand_session, hand_draft)
    assert {f.verifier for f in found} == {label_of(verifier)}
    assert label_of(verifier).startswith("human@anna+ben#")
    assert verdicts(found)[:3] == ["supported", "unsupported", "supported"]
    counted = tally(cases([hand_session], [hand_draft], found), ["hallucination"])
    rates = [
        (t.amount, t.out_of) for t in counted if (t.metric, t.section) == ("hallucination", "S")
    ]
    assert rates == [(1, 2)]


def test_its_version_changes_with_what_was_said(written):
    before = label_of(make(f"human:{written(claim())}"))
    assert label_of(make(f"human:{written(claim(verdict='inferred'))}")) != before
    assert label_of(make(f"human:{written(claim())}")) == before


def test_options_stand_after_a_question_mark(written, hand_session, hand_draft):
    path = written(claim(), claim("zoe", verdict="supported", error_type=None, severity=None))
    found = make(f"human:{path}?adjudicator=zoe&complete=yes").verify(hand_session, hand_draft)
    assert verdicts(found)[:3] == ["supported"] * 3
    with pytest.raises(UnknownName, match="takes no 'odd'"):
        make(f"human:{path}?odd=1")
    with pytest.raises(UnknownName, match="human"):
        make("human")


def test_its_findings_can_be_read_back(written, hand_session, hand_draft):
    found = make(f"human:{written(claim(), read())}").verify(hand_session, hand_draft)
    again = written(*[f.model_dump(mode="json") for f in found], name="again.jsonl")
    ratings = read_ratings([again])
    assert ratings.raters == ["anna"]
    assert verdicts(combined(hand_session, hand_draft, ratings)) == verdicts(found)


def test_nobody_rated_is_unscored(hand_session, hand_draft):
    ratings = Ratings(read={("another", "anna")})
    found = combined(hand_session, hand_draft, ratings)
    assert set(verdicts(found)) == {"unscored"}
    assert sum(isinstance(f, ClaimFinding) for f in found) == 3
    assert sum(isinstance(f, FactFinding) for f in found) == 3
