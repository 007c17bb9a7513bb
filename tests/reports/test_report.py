"""Reports of small runs: what they say, that they are whole, and that nothing gets in or out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from reports_run import MODEL, findings_of, write_run

from notebench import stats
from notebench.errors import MissingDependency, NotebenchError
from notebench.metrics import tally
from notebench.records import ClaimFinding, Draft, Failure, Session
from notebench.reports import build, build_pdf
from notebench.reports.content import content
from notebench.reports.data import RunData
from notebench.reports.notes import instructive, lessons, session_views
from notebench.reports.practice import practice_table
from notebench.reports.quality import quality_rows
from notebench.reports.summary import findings as summary_of
from notebench.reports.tables import NO_VALUE, all_tables, amount, headline, short_span
from notebench.storage import write_jsonl

HOSTILE = "</script><script>alert('x')</script><img src=x onerror=alert(1)>{{ 7*7 }}"

VOID = {"br", "hr", "img", "input", "meta"}


class Page(HTMLParser):
    """Every tag of a page, refusing tags that are closed out of order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(folder: Path, **options: Any) -> Page:
    return Page(build(folder, **options).read_text("utf-8"))


def test_a_report_is_one_page_with_figures_and_tables(hand_run: Path) -> None:
    assert build(hand_run) == hand_run / "report" / "index.html"
    written = {p.relative_to(hand_run / "report").as_posix()
               for p in (hand_run / "report").rglob("*.*")}  # fmt: skip
    figures = {f"figures/{name}.{kind}" for name in ("rates", "sections", "types", "omissions")
               for kind in ("svg", "png")}  # fmt: skip
    tables = {f"tables/{name}.csv" for name in
              ("headline", "errors_by_section", "errors_by_type", "facts", "verifier", "failures",
               "strata_problem", "strata_session_type", "strata_complexity")}  # fmt: skip
    assert figures | tables | {"index.html"} <= written
    page = Page((hand_run / "report" / "index.html").read_text("utf-8"))
    parts = [a["id"] for a in page.all("section")]
    assert parts == content()["audiences"]["research"]


def test_headline_shows_the_estimates_of_the_tallies(hand_run: Path) -> None:
    run = RunData.load(hand_run)
    table = headline(run)
    assert [row[0].text for row in table.rows] == [
        "Clinician's note", "local/tiny, from rough notes", "local/tiny, from the transcript",
        "Saboteur (errors planted)",
    ]  # fmt: skip
    column = table.columns.index("Sentences not borne out")
    # organise: 2, 2 and 1 of 3 scored sentences wrong in the three sessions; scribe: none of 2
    assert [row[column].text for row in table.rows] == ["0%", "56%", "0%", "50%"]
    data = stats.estimate(run.tallies, "hallucination", ("drafter", "workflow"), seed=5)
    row = data[(data["drafter"] == "reference")].iloc[0]
    assert table.rows[0][column].interval == short_span(row["low"], row["high"], "share")
    assert table.rows[0][column].interval != "no interval"
    left_out = table.columns.index("Must-have facts left out")
    assert [row[left_out].text for row in table.rows] == ["0%", "33%", "0%", "50%"]


def test_every_number_of_the_headline_has_its_signature(hand_run: Path) -> None:
    table = headline(RunData.load(hand_run))
    shown = [cell for row in table.rows for cell in row[2:] if cell.text != NO_VALUE]
    assert len(table.signatures) == len(shown)
    for part in ("data 01234567", "verifier by-hand@1", "n 3 sessions", "seed 5",
                 "notebench 0.1.0"):  # fmt: skip
        assert all(part in line for line in table.signatures)
    ours = [line for line in table.signatures if line.startswith(f"{MODEL}/organise")]
    assert all("prompt organise@1" in line for line in ours)


def test_what_cannot_be_measured_is_never_zero(hand_run: Path) -> None:
    table = headline(RunData.load(hand_run))
    restraint = table.columns.index("Facts that should have stayed out")
    assert {row[restraint].text for row in table.rows} == {NO_VALUE}
    assert "no fact is known that should have stayed out" in table.rows[0][restraint].title


def test_the_verifier_is_measured_on_planted_errors(hand_run: Path) -> None:
    rows = quality_rows(RunData.load(hand_run)).set_index("what")
    # in each of three sessions: a wrong value (flagged), a fact taken out (found omitted), and
    # one sentence left alone (not flagged)
    assert rows.loc["All planted errors", ["amount", "out_of"]].tolist() == [6, 6]
    assert rows.loc["wrong value", "estimate"] == 1
    assert rows.loc["omission of care", "estimate"] == 1
    assert rows.loc["Untouched sentences", ["amount", "out_of"]].tolist() == [0, 3]
    assert rows.loc["Untouched sentences", "measure"] == "false alarms"


def test_a_missed_and_an_undecided_error_lower_what_was_decided(hand_run: Path) -> None:
    run = RunData.load(hand_run)
    found = []
    for f in run.findings:
        if isinstance(f, ClaimFinding) and f.text.startswith("Sleeps six"):
            verdict = {"hand-01": "supported", "hand-02": "unscored"}.get(f.draft_id[:7])
            f = f.model_copy(update={"verdict": verdict or f.verdict})
        found.append(f)
    write_jsonl(hand_run / "findings.jsonl", found)
    rows = quality_rows(RunData.load(hand_run)).set_index("what")
    assert rows.loc["wrong value", ["amount", "out_of", "undecided"]].tolist() == [1, 2, 1]


def test_without_a_saboteur_the_report_says_what_is_unknown(
    hand_run: Path, sessions: list[Session]
) -> None:
    drafts = [d for d in RunData.load(hand_run).drafts if d.drafter != "saboteur"]
    text = page_of(write_run(hand_run, sessions, drafts)).text
    assert "the verifier's sensitivity and specificity were not measured" in text
    assert "it does not show how many errors the verifier misses" in text


def test_summary_is_computed(hand_run: Path) -> None:
    run = RunData.load(hand_run)
    said = dict(summary_of(run, all_tables(run)))
    organise = said["local/tiny, from rough notes"]
    assert organise.startswith("56% of sentences were not borne out by the session (")
    assert "3 sessions" in organise
    assert "56 points above the clinician's own notes" in organise
    scribe = said["local/tiny, from the transcript"]
    assert scribe.startswith("0% of sentences")
    assert "cannot tell that from the clinician's own notes" in scribe  # alike in every session
    doubt = said["How sure this is"]
    assert "caught 100% of 6 errors planted on purpose" in doubt
    assert "Not measured: Facts that should have stayed out" in doubt
    assert "1 of 13 notes could not be had" in said[""]


def test_sections_are_named_in_full(hand_run: Path) -> None:
    run = RunData.load(hand_run)
    said = dict(summary_of(run, all_tables(run)))
    assert "most common in section S (Subjective) of local/tiny" in said["Where errors sit"]


def test_review_time_comes_with_the_range_of_its_assumptions(hand_run: Path) -> None:
    run = RunData.load(hand_run)
    table = all_tables(run)["review_time"]
    assert [row[0].text for row in table.rows] == [run.name(cell) for cell in run.cells]
    saved = {row[0].text: row[4].text for row in table.rows}
    assert saved["Clinician's note"] == "not measurable"
    assert saved["local/tiny, from rough notes"].endswith(" min")
    for row in table.data.to_dict("records"):
        cases = [c for c in run.cases if c.draft.drafter == row["drafter"]
                 and c.draft.workflow == row["workflow"]]  # fmt: skip
        assert row["seconds_low"] < row["seconds"] < row["seconds_high"]
        tallies = [t.amount for t in tally(cases, ["review_time"]) if t.metric == "review_time"]
        assert row["seconds"] == pytest.approx(sum(tallies) / len(tallies))
        assert row["at_low"] != row["at_high"]
    assert "Nobody was timed. The first figure" in page_of(hand_run).text


def test_every_table_with_numbers_carries_its_signature(built: Path) -> None:
    for path in (built.parent / "tables").glob("*.csv"):
        if path.stem == "failures":
            continue
        data = pd.read_csv(path)
        if len(data):
            assert data["signature"].str.contains("verifier by-hand@1 .* seed 5 ").all(), path.stem
    summary = built.read_text("utf-8").split('id="summary"')[1].split("</section>")[0]
    assert "summary | data 01234567 | verifier by-hand@1" in summary


def test_the_report_says_how_to_run_it_again(built: Path) -> None:
    run = built.parents[1].name
    assert f"notebench run {run}/manifest.json --out {run}-again" in Page(built.read_text()).text


def test_a_note_shows_verdicts_evidence_and_facts(built: Path) -> None:
    html = built.read_text("utf-8")
    start = html.index(f'data-drafter="{MODEL}"')
    note = Page(html[html.rindex("<details", 0, start) : html.index("</details>", start)]
                + "</details></details>").text  # fmt: skip
    for part in ("2 of 4 flagged", "critical", "+ not in the session", "fabricated risk",
                 "Nobody said so.", "turn 2", "Left out, though it must be in the note",
                 "Client sleeps about four hours a night", "? undecided"):  # fmt: skip
        assert part in note, part


def test_each_transcript_stands_once_and_every_link_has_a_target(built: Path) -> None:
    page = Page(built.read_text("utf-8"))
    ids = [a["id"] for _, a in page.tags if a.get("id")]
    assert max(Counter(ids).values()) == 1
    for link in page.all("a"):
        assert str(link["href"]).startswith("#")
        assert str(link["href"])[1:] in ids
    assert page.text.count("It sounds hard but fair.") == 3


def test_nothing_is_loaded_and_only_the_known_script_runs(built: Path) -> None:
    html = built.read_text("utf-8")
    page = Page(html)
    for tag, attributes in page.tags:
        assert tag not in {"link", "iframe", "object", "embed", "base"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in {"src", "href", "srcset", "action"}:
                assert re.match(r"#|data:image/svg\+xml;base64,", str(value)), value
    assert not re.search(r"url\(|@import", html)
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = [a["content"] for a in page.all("meta")
                 if a.get("http-equiv") == "Content-Security-Policy"]  # fmt: skip
    assert policy == (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def hostile_run(folder: Path, make_session: Callable[..., Session]) -> Path:
    """A run with markup in every field that takes text."""
    session = make_session(
        session_id=HOSTILE, rough_notes=HOSTILE, prior_note=HOSTILE, not_assessed=[HOSTILE],
        scenario={"problem": HOSTILE, "session_type": HOSTILE, "complexity": [HOSTILE, "b"]},
        chart={HOSTILE: HOSTILE}, transcript=[{"turn": 2, "speaker": HOSTILE, "text": HOSTILE}],
        facts=[{"id": "F01", "kind": "plan", "disclosure": level, "statement": HOSTILE,
                "generalised": HOSTILE, "evidence": [2]} for level in ("must",)],
        references=[{"format": "SOAP", "sections": [{"name": "S", "text": HOSTILE}]}],
    )  # fmt: skip
    draft = Draft.model_validate({
        "draft_id": HOSTILE, "session_id": HOSTILE, "drafter": HOSTILE, "workflow": "scribe",
        "format": "SOAP", "sections": [{"name": HOSTILE, "text": HOSTILE}],
        "provenance": {HOSTILE: HOSTILE, "prompt": {"name": HOSTILE, "version": HOSTILE},
                       "planted": [{"section": HOSTILE, "start": 0, "end": 9, "before": HOSTILE,
                                    "after": HOSTILE, "error_type": HOSTILE, "facts": []},
                                   "nothing", {"start": "x"}]},
    })  # fmt: skip
    write_run(folder, [session], [draft], study={"name": HOSTILE, HOSTILE: HOSTILE},
              created=HOSTILE, notebench=HOSTILE, environment={HOSTILE: HOSTILE},
              inputs={"sessions": HOSTILE}, prompts={HOSTILE: HOSTILE})  # fmt: skip
    found = [f.model_copy(update={
        "verdict": "unsupported", "reason": HOSTILE, "error_type": HOSTILE, "verifier": HOSTILE,
    }) if isinstance(f, ClaimFinding) else f for f in findings_of(session, draft)]  # fmt: skip
    write_jsonl(folder / "findings.jsonl", found)
    write_jsonl(folder / "failures.jsonl", [
        Failure(stage="draft", session_id=HOSTILE, drafter=HOSTILE, workflow="scribe",
                format=HOSTILE, error=HOSTILE + "\x00")
    ])  # fmt: skip
    return folder


@pytest.mark.parametrize("audience", ["research", "owner", "trainer"])
def test_hostile_text_stays_text(
    audience: str, tmp_path: Path, make_session: Callable[..., Session]
) -> None:
    folder = hostile_run(tmp_path / "run", make_session)
    html = build(folder, audience=audience).read_text("utf-8")
    page = Page(html)
    assert len(page.all("script")) == 1
    assert all(str(a["src"]).startswith("data:") for a in page.all("img"))
    assert html.count("<script") == 1
    assert "\x00" not in html
    assert "{{ 7*7 }}" in page.text
    for name, attributes in page.tags:
        assert not [a for a in attributes if a.startswith("on")], name
    for svg in (folder / "report" / "figures").glob("*.svg"):
        assert "<script" not in svg.read_text("utf-8")


def test_same_run_same_bytes(hand_run: Path, tmp_path: Path) -> None:
    outs = [tmp_path / "a", tmp_path / "b"]
    for out in outs:
        build(hand_run, out=out)
    first, second = ({p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}
                     for out in outs)  # fmt: skip
    assert first == second
    assert any(p.suffix == ".svg" for p in first)
    assert any(p.suffix == ".png" and b[:4] == b"\x89PNG" for p, b in first.items())


def test_figures_say_their_numbers_in_words(built: Path) -> None:
    images = Page(built.read_text("utf-8")).all("img")
    assert len(images) >= 4
    alt = str(images[0]["alt"])
    assert "local/tiny, from rough notes, Sentences not borne out: 56%" in alt


def test_tables_hold_the_numbers_behind_the_cells(built: Path) -> None:
    data = pd.read_csv(built.parent / "tables" / "headline.csv")
    assert {"metric", "drafter", "workflow", "estimate", "low", "high", "sessions"} <= set(data)
    failures = pd.read_csv(built.parent / "tables" / "failures.csv")
    assert failures["error"].tolist() == ["the model gave no text"]


def test_strata_are_worst_first(hand_run: Path) -> None:
    table = all_tables(RunData.load(hand_run))["strata_complexity"]
    assert [row[0].text for row in table.rows][0] == "elevated risk"
    # one session alone stands after all others, and has no interval
    assert [row[1].interval for row in table.rows[1:]] == ["no interval"] * 2


def test_unknown_audience_and_no_run(hand_run: Path, tmp_path: Path) -> None:
    with pytest.raises(NotebenchError, match="did you mean 'owner'"):
        build(hand_run, audience="owners")
    with pytest.raises(NotebenchError, match="not a run folder"):
        build(tmp_path)
    assert not (hand_run / "report").exists()


def test_a_pdf_needs_a_package(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(MissingDependency, match="pip install 'weasyprint"):
        build_pdf(built)
    assert not built.with_name("report.pdf").exists()


@pytest.mark.parametrize(
    ("audience", "first"), [("owner", "questions"), ("trainer", "instructive")]
)
def test_audiences_get_their_own_parts(hand_run: Path, audience: str, first: str) -> None:
    parts = [a["id"] for a in page_of(hand_run, audience=audience).all("section")]
    assert parts == content()["audiences"][audience]
    assert first in parts


def test_one_wrong_sentence_of_each_type_the_gravest_first(hand_run: Path) -> None:
    views = session_views(RunData.load(hand_run))
    found = instructive(views)
    flagged = [(n, c) for v in views for n in v.notes for c in n.wrong if n.by_model]
    assert [c.error_type for _, c in found] == list(
        dict.fromkeys(
            c.error_type for _, c in sorted(flagged, key=lambda pair: pair[0].urgency(pair[1]))
        )
    )
    assert [claim.severity for _, claim in found] == ["critical", "major"]
    assert {note.case.draft.drafter for note, _ in found} == {MODEL}


def test_a_sentence_that_reads_well_is_shown_before_gibberish(hand_run: Path) -> None:
    path = hand_run / "findings.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    drafts = {d.draft_id for d in RunData.load(hand_run).drafts if d.drafter == MODEL}
    wrong = [r for r in rows if r["kind"] == "claim" and r["draft_id"] in drafts
             and r["verdict"] == "unsupported"]  # fmt: skip
    assert len(wrong) > 1
    kind = wrong[0]["error_type"]
    wrong = [r for r in wrong if r["error_type"] == kind]
    for row in wrong[1:]:
        row |= {"severity": "critical", "p_unfaithful": 0.99, "text": "min, 66, the the min, xqzt"}
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    shown = [c.text for _, c in instructive(session_views(RunData.load(hand_run)))]
    assert wrong[0]["text"] in shown
    assert not any("xqzt" in text for text in shown)


def test_planted_errors_are_shown_one_of_each_type(hand_run: Path) -> None:
    views = session_views(RunData.load(hand_run))
    planted = [p.error_type for v in views for n in v.notes for p in n.planted]
    shown = [p.error_type for _, p in lessons(views)]
    assert planted
    assert sorted(shown) == sorted(set(planted))
    html = build(hand_run, audience="trainer").read_text("utf-8")
    part = html[html.index('<section id="instructive"') :]
    texts = content()["text"]
    assert part.index(texts["lessons"][:30]) < part.index(texts["instructive"][:30])


def test_each_audience_has_its_page_and_none_takes_anothers(hand_run: Path) -> None:
    owner = build(hand_run, audience="owner")
    first = owner.with_name("index.html")
    assert (owner.name, first.is_file()) == ("owner.html", True)
    assert not owner.with_name("trainer.html").exists()
    before = first.read_bytes()
    assert before != owner.read_bytes()
    owner.write_text("stale", "utf-8")
    assert build(hand_run) == first
    assert first.read_bytes() == before
    assert owner.read_text("utf-8") != "stale"  # made anew: its tables and figures are


def test_an_owner_is_spared_what_needs_a_researcher(hand_run: Path) -> None:
    owner, research = (page_of(hand_run, audience=a).text for a in ("owner", "research"))
    assert "ROUGE" not in owner
    assert "ROUGE" in research
    data = pd.read_csv(hand_run / "report" / "tables" / "headline.csv")
    assert "overlap.rougeL" in set(data["metric"])  # the numbers are kept


def test_notes_that_need_mending_are_counted(hand_run: Path) -> None:
    run = RunData.load(hand_run)
    tables = all_tables(run)
    made = practice_table(run, tables["headline"], tables["errors_by_section"])
    row = next(r for r in made.rows if r[0].text.startswith(MODEL))
    wrong = {f.draft_id for f in run.findings if isinstance(f, ClaimFinding)
             and f.verdict in ("contradicted", "unsupported", "inferred")}  # fmt: skip
    own = [d.draft_id for d in run.drafts if (d.drafter, d.workflow) == (MODEL, "organise")]
    assert row[2].text == f"{sum(i in wrong for i in own)} of {len(own)} notes"
    assert made.signature
    assert "saboteur" not in {r["drafter"] for r in made.data.to_dict("records")}


def test_one_session_is_one_session(tmp_path: Path, make_session: Callable[..., Session]) -> None:
    html = build(write_run(tmp_path / "one", [make_session(session_id="hand-01")])).read_text(
        "utf-8"
    )
    assert "1 session" in html
    assert not re.search(r"(?<![\d.])1 sessions", html)


@pytest.mark.parametrize(
    "missing",
    [
        ["findings.jsonl"], ["tallies.parquet"], ["failures.jsonl"], ["drafts.jsonl"],
        ["findings.jsonl", "tallies.parquet"],
        ["sessions.jsonl", "drafts.jsonl", "findings.jsonl", "failures.jsonl", "tallies.parquet"],
    ],
    ids="+".join,
)  # fmt: skip
def test_a_run_with_something_missing_still_has_a_report(
    hand_run: Path, missing: list[str]
) -> None:
    for name in missing:
        (hand_run / name).unlink()
    text = page_of(hand_run).text
    if missing == ["findings.jsonl"]:
        assert "not checked" in text
    if "tallies.parquet" in missing and "drafts.jsonl" not in missing:
        assert "What was made up is not measurable here" in text
        assert "findings.jsonl" not in missing or "0%" not in text
    if "drafts.jsonl" in missing:
        assert "In this run there are no notes to report on." in text


def test_without_facts_omission_is_not_measurable(
    tmp_path: Path, make_session: Callable[..., Session]
) -> None:
    session = make_session(session_id="hand-01", facts=None, references=[])
    folder = write_run(tmp_path / "run", [session])
    run = RunData.load(folder)
    table = headline(run)
    for head in (
        "Must-have facts left out",
        "Length against clinician's",
        "Clinician's wording reused (ROUGE\N{NON-BREAKING HYPHEN}L)",
    ):
        assert {row[table.columns.index(head)].text for row in table.rows} == {NO_VALUE}
    text = page_of(folder).text
    assert "What was left out is not measurable here." in text
    assert "What this note leaves out is not measurable" in text
    assert "no interval" in text  # one session shows nothing of how sessions differ


def test_notes_given_as_one_text_and_sessions_without_transcript(
    tmp_path: Path, make_session: Callable[..., Session]
) -> None:
    session = make_session(transcript=[], facts=[
        {"id": "F01", "kind": "plan", "statement": "Rise at 6:30.", "source": "rough_notes"}
    ])  # fmt: skip
    draft = Draft.model_validate({
        "draft_id": "d1", "session_id": session.session_id, "drafter": "import:x",
        "workflow": "organise", "format": "SOAP", "text": "Subjective: Tired.\nPlan: Rise at 6:30.",
    })  # fmt: skip
    text = page_of(write_run(tmp_path / "run", [session], [draft])).text
    assert "Subjective Tired. Plan Rise at 6:30." in text
    assert "This session has no transcript." in text


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.0, "share", "0%"), (0.004, "share", "0.4%"), (0.256, "share", "26%"),
        (1.0, "share", "100%"), (150, "seconds", "2.5 min"), (0.314, "score", "0.31"),
        (1.234, "ratio", "1.23"), (12.34, "ratio", "12.3"), (180.0, "words", "180.0"),
    ],
)  # fmt: skip
def test_amounts(value: float, unit: str, shown: str) -> None:
    assert amount(value, unit) == shown


@pytest.mark.parametrize(
    ("low", "high", "unit", "shown"),
    [
        (0.1, 0.3, "share", "10–30%"), (0.0, 0.04, "share", "0–4.0%"),
        (60, 150, "seconds", "1.0–2.5 min"), (-30, 60, "seconds", "\u22120.5 min to 1.0 min"),
        (float("nan"), 1.0, "share", "no interval"),
    ],
)  # fmt: skip
def test_intervals(low: float, high: float, unit: str, shown: str) -> None:
    assert short_span(low, high, unit) == shown
