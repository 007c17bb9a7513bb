"""What goes into a page, and the page as a file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from page_run import HOSTILE, draft, hostile_session, write_run
from typer.testing import CliRunner

from handmade import session_data
from notebench import taxonomy
from notebench.cli import app
from notebench.errors import NotebenchError
from notebench.records import ClaimFinding, Draft, Session
from notebench.review.bundle import Wanted, make_bundle
from notebench.review.choices import choices
from notebench.review.closest import Closest, passages
from notebench.review.page import build_page, joined, json_in_html, page_script, render
from notebench.storage import write_jsonl

SESSION = Session.model_validate(session_data())


def drafts(n: int = 6) -> list[Draft]:
    return [draft(f"d-{i}") for i in range(n)]


def order(**options: object) -> list[str]:
    return list(make_bundle([SESSION], drafts(), Wanted(**options)).drafts.values())  # type: ignore[arg-type]


def test_same_seed_same_page_and_each_reviewer_an_order_of_their_own() -> None:
    assert render(make_bundle([SESSION], drafts(), Wanted()).payload) == render(
        make_bundle([SESSION], list(reversed(drafts())), Wanted()).payload
    )
    orders = {tuple(order(reviewer=r, seed=s)) for r in ("anna", "ben") for s in (0, 1)}
    assert len(orders) == 4 and all(sorted(o) == sorted(order()) for o in orders)
    assert order(limit=2) == order()[:2]


def test_a_blind_payload_names_no_drafter_session_or_workflow() -> None:
    bundle = make_bundle([SESSION], drafts(1), Wanted(blind=True))
    text = json.dumps(bundle.payload)
    for secret in ("secret", "import:", "hand-01", "d-0", "scribe"):
        assert secret not in text, secret
    assert "explain" not in {s["id"] for s in bundle.payload["statements"]}
    open_ = json.dumps(make_bundle([SESSION], drafts(1), Wanted()).payload)
    assert "import:secret-vendor" in open_


def test_hints_are_shown_only_where_asked_for_and_never_blind() -> None:
    finding = ClaimFinding(
        draft_id="d-0", section="S", start=34, end=59, text="Denies suicidal ideation.",
        verdict="unsupported", p_unfaithful=0.9, verifier="local@1", reason="Nobody asked.",
    )  # fmt: skip
    plain = make_bundle([SESSION], drafts(1), Wanted(), [finding])
    assert "Nobody asked" not in json.dumps(plain.payload)
    hinted = make_bundle([SESSION], drafts(1), Wanted(hints=True), [finding])
    hints = [s["hint"] for s in hinted.payload["notes"][0]["sections"][0]["sentences"]]
    assert [bool(h) for h in hints] == [False, True, False]
    with pytest.raises(NotebenchError, match="blind"):
        make_bundle([SESSION], drafts(1), Wanted(hints=True, blind=True), [finding])


def test_sentences_are_to_be_confirmed_by_topic() -> None:
    payload = make_bundle([SESSION], drafts(1), Wanted()).payload
    topics = [s["topics"] for part in payload["notes"][0]["sections"] for s in part["sentences"]]
    assert topics == [
        [], ["risk"], ["medication"], [], ["diagnosis"], ["plan"], ["plan"]
    ]  # fmt: skip


def test_closest_passages_by_shared_words() -> None:
    near = Closest(
        passages([(1, "How is the sleep diary going?"), (2, "I kept it on five nights.")],
                 ["diary 5/7", "rise 6:30"])
    )  # fmt: skip
    assert near.to("Sleep diary kept on five nights.")[0] in ("t1", "t2")
    assert near.to("Rise at 6:30.") == ["r2"]
    assert near.to("Entirely unrelated words.") == [] == near.to("")


def test_marks_are_of_the_taxonomy_and_keys_are_distinct() -> None:
    for mark in choices()["marks"]:
        assert all(t["name"] in taxonomy.types() for t in mark["types"]), mark["id"]
    keys = [m["key"] for m in choices()["marks"]] + [s["key"] for s in choices()["severities"]]
    assert len(set(keys)) == len(keys) and not set(keys) & set("exms/?")


def test_json_can_end_no_script() -> None:
    text = json_in_html({"a": f"</script>{HOSTILE}\u2029"})
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text)["a"] == f"</script>{HOSTILE}\u2029"


def test_the_page_runs_one_script_and_loads_nothing() -> None:
    payload = make_bundle(
        [hostile_session()], [draft("d", session_id="hand-02")], Wanted()
    ).payload  # fmt: skip
    page = render(payload)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert script == page_script()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert "default-src 'none'" in policy and f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert page.count("<script") == 2 and "<img" not in page
    bare = page.replace(json_in_html(payload), "")
    assert len(bare) < len(page)
    assert not re.search(r"(?:src|href)=|@import|url\(|https?://", bare)


def test_modules_joined_share_one_scope_without_clashes() -> None:
    for entry in ("main", "widget"):
        code = joined(entry)
        assert not re.search(r"^(?:import|export)\b", code, re.MULTILINE)
        names = re.findall(r"^(?:const|class|let|function) (\w+)", code, re.MULTILINE)
        assert len(names) == len(set(names)), sorted(n for n in names if names.count(n) > 1)


def test_build_writes_a_folder_to_send_and_a_key_to_keep(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", hostile=True)
    out = tmp_path / "pages"
    command = ["review", "build", str(run), "--out", str(out), "--blind", "--reviewer", "anna"]
    done = CliRunner().invoke(app, [*command, "--reviewer", "ben/../x"])
    assert done.exit_code == 0, done.output
    sent = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert sent == [
        "key-anna.json", "key-ben_x.json",
        "send-to-anna/READ-ME-FIRST.txt", "send-to-anna/review.html",
        "send-to-ben_x/READ-ME-FIRST.txt", "send-to-ben_x/review.html",
    ]  # fmt: skip
    key = json.loads((out / "key-anna.json").read_text("utf-8"))
    assert {n["drafter"] for n in key["notes"].values()} == {
        "import:secret-vendor", "local/other-secret",
    }  # fmt: skip


def test_a_blind_note_that_names_its_drafter_is_reported(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    wanted = Wanted(reviewer="anna", blind=True)
    assert build_page(run, tmp_path / "pages", wanted).telling == 0
    signed = draft("d-two", sections=[{"name": "S", "text": "Tired. Written with Secret-Vendor."}])
    write_jsonl(run / "drafts.jsonl", [draft("d-one"), signed])
    assert build_page(run, tmp_path / "pages", wanted).telling == 1


@pytest.mark.parametrize("reviewers", [["a b", "a_b"], ["Anna", "anna"], [""]])
def test_reviewers_whose_folders_would_clash_are_refused(
    tmp_path: Path, reviewers: list[str]
) -> None:
    run = write_run(tmp_path / "run")
    named = [part for name in reviewers for part in ("--reviewer", name)]
    command = ["review", "build", str(run), "--out", str(tmp_path / "pages"), *named]
    done = CliRunner().invoke(app, command)
    assert isinstance(done.exception, NotebenchError)
    assert not (tmp_path / "pages").exists()
