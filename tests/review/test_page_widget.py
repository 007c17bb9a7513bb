"""The review page as a notebook widget: the same code, and the result back in Python."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from page_run import write_run

from notebench.errors import NotebenchError
from notebench.review.importing import read_reviews
from notebench.review.page import page_script, widget_script
from notebench.review.widget import ReviewWidget

MODEL = """
const values = {}; const sent = [];
const model = { get: (k) => values[k], set: (k, v) => { values[k] = v; },
                save_changes: () => sent.push(JSON.stringify(values.state)) };
values.payload = PAYLOAD; values.state = null;
const host = document.body.appendChild(document.createElement("div"));
const stop = render({ model, el: host });
window.values = values; window.stop = stop;
"""


def test_a_widget_holds_the_page_and_takes_its_result(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    widget = ReviewWidget(run, reviewer="anna")
    assert widget.payload["reviewer"] == "anna"
    with pytest.raises(NotebenchError, match="nothing was reviewed yet"):
        widget.take()


def test_page_and_widget_share_their_code() -> None:
    shared = widget_script().partition("let widgets")[0]
    assert len(shared) > 20_000
    assert shared[:2000] in page_script()


@pytest.mark.browser
def test_a_review_in_a_widget_comes_back(tmp_path: Path) -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium, which is not installed")
    from playwright.sync_api import sync_playwright

    run = write_run(tmp_path / "run")
    widget = ReviewWidget(run, reviewer="anna")
    code = widget_script().replace("export default { render };", "")
    code += MODEL.replace("PAYLOAD", json.dumps(widget.payload))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.set_content("<!DOCTYPE html><body></body>")
        page.add_script_tag(content=code, type="module")
        page.get_by_role("button", name="Start").click()
        page.keyboard.press("w")
        page.keyboard.press("2")
        widget.result = page.evaluate("values.result")
        page.evaluate("stop()")
        browser.close()
    assert errors == []
    done = widget.take()
    assert done.added == 1
    (review,) = read_reviews(run)
    assert [m["kind"] for m in review.model_dump()["marks"]] == ["contradicted"]
