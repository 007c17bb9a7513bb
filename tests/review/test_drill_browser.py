"""Drills in a real browser: with the answers after each note, and without; then marked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notebench.records import Session
from notebench.review.drills import Built, Plan, build, plan_of, score
from notebench.sessions import generate

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sessions() -> list[Session]:
    return list(generate(5, seed=5, formats=["SOAP"]))


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    complaints: list[str] = []
    context = browser.new_context(accept_downloads=True, viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.on("request", lambda r: complaints.append(r.url))
    tab.on("console", lambda m: complaints.append(m.text))
    tab.on("pageerror", lambda e: complaints.append(str(e)))
    yield tab
    context.close()
    assert [c for c in complaints if not c.startswith(("file:", "blob:"))] == []


def _made(out: Path, sessions: list[Session], plan: Plan, **options: Any) -> tuple[Built, Any]:
    made = build(plan, out, sessions=sessions, **options)
    return made, json.loads(made.key.read_text("utf-8"))


def _in_order(key: dict[str, Any], bundle: int = 0) -> list[dict[str, Any]]:
    page = list(key["pages"].values())[bundle]
    places = sorted(page["notes"].values(), key=lambda n: n["order"])
    return [key["notes"][p["draft_id"]] for p in places]


def _sure(tab: Any, percent: int) -> None:
    tab.locator("input[type=range]").evaluate(
        f"e => {{ e.value = {percent}; e.dispatchEvent(new Event('input', {{bubbles: true}})); }}"
    )


def _saved(tab: Any, target: Path) -> Path:
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save the result as a file").click()
    download.value.save_as(target)
    return target


def test_a_drill_with_feedback(page: Any, tmp_path: Path, sessions: list[Session]) -> None:
    """One page for everybody: one error is found, one missed, one right sentence is marked."""
    plan = plan_of(None, {"notes": 2, "clean": 0, "feedback": True,
                          "types": ["wrong_value", "omission_of_care"]})  # fmt: skip
    made, key = _made(tmp_path, sessions, plan)
    page.goto(made.pages[0].as_uri())
    page.get_by_role("button", name="Go on").click()
    assert "Type the name" in page.locator(".problem").inner_text()
    page.get_by_label("Your name").fill("anna <b>")
    page.keyboard.press("Enter")
    assert "the page shows what was wrong" in page.locator("main").inner_text()
    page.get_by_role("button", name="Start").click()
    for note in _in_order(key):
        (error,) = note["errors"]
        assert page.locator(".answers").count() == 0
        if error["sentence"] is not None:
            page.locator(f".s[data-n='{error['sentence']}']").click()
            page.locator(".kind.contradicted").click()
            page.get_by_label("Dangerous").check()
        else:
            page.locator(".s[data-n='0']").click()
            page.locator(".kind.invented").click()
        _sure(page, 90)
        page.get_by_role("button", name="Done with this note").click()
        told = page.locator(".answers").inner_text()
        hit = error["sentence"] is not None
        assert ("You found 1 of 1 error." in told) == hit and ("✗ Missed" in told) == (not hit)
        assert (error["left_out"] or error["before"]) in told
        assert ("Right, and marked by you" in told) == (not hit)
        page.wait_for_function("document.activeElement.className === 'answers'")
        page.locator(".s[data-n='1']").focus()
        page.keyboard.press("i")  # it is locked: nothing is marked any more
        page.get_by_role("button", name="Go to the next note").click()
    done = score([_saved(page, tmp_path / "r.json")], made.key)
    values = done.by_reviewer["anna <b>"]
    assert values["found"].estimate == 0.5 and values["false_alarms"].estimate > 0
    assert [t.marked for n in done.notes for t in n.right].count(True) == 1
    assert all(n.confidence == 0.9 and 0 < n.seconds < 60 for n in done.notes)
    assert done.write(tmp_path / "marked").exists()


def test_a_test_without_feedback_under_time_pressure(
    page: Any, tmp_path: Path, sessions: list[Session]
) -> None:
    plan = plan_of(None, {"notes": 2, "clean": 0.5, "types": ["fabricated_plan"], "limit_s": 300})
    made, key = _made(tmp_path, sessions, plan, reviewers=["ben"])
    page.clock.install()
    page.goto(made.pages[0].as_uri())
    page.get_by_role("button", name="Start").click()
    first, second = _in_order(key)
    for e in first["errors"]:
        page.locator(f".s[data-n='{e['sentence']}']").click()
        page.locator(".kind.invented").click()
        page.get_by_label("Much").check()
    assert "left" in page.locator(".time").inner_text()
    page.get_by_role("button", name="Done with this note").click()
    assert page.locator(".answers").count() == 0
    page.get_by_role("button", name="Next", exact=True).click()
    for _ in range(8):  # somebody at work until the time is over
        page.mouse.move(300 + _, 300)
        page.clock.run_for(45_000)
    page.locator(".signed").wait_for()
    page.get_by_role("button", name="Next", exact=True).click()
    done = score([_saved(page, tmp_path / "r.json")], made.key)
    assert [n.timed_out for n in done.notes] == [False, True]
    assert 300 <= done.notes[1].seconds < 303
    errors = [len(first["errors"]), len(second["errors"])]
    assert [sum(t.marked for t in n.errors) for n in done.notes] == [errors[0], 0]
    assert done.notes[1].confidence is None and done.notes[1].untouched


def test_own_note_before_and_after_the_draft(
    page: Any, tmp_path: Path, sessions: list[Session]
) -> None:
    plan = plan_of("anchoring", {"notes": 2, "clean": 0, "types": ["fabricated_intervention"]})
    made, key = _made(tmp_path, sessions, plan, reviewers=["cara"])
    page.goto(made.pages[0].as_uri())
    page.get_by_role("button", name="Start").click()
    for n, note in enumerate(_in_order(key)):
        first = n == 0
        assert page.locator(".paper").is_visible() == (not first)
        assert not page.get_by_role("button", name="Done with this note").is_visible()
        page.get_by_role("button", name="My note is written").click()
        assert "Write your note first" in page.locator(".own .problem").inner_text()
        copied = note["errors"][0]["after"] if not first else "Client came and talked."
        page.locator(".own textarea").fill(copied)
        if first:
            page.reload()
            page.get_by_role("button", name="Go on where you stopped").click()
            assert page.locator(".own textarea").input_value() == copied
            assert not page.locator(".paper").is_visible()
        page.get_by_role("button", name="My note is written").click()
        assert page.locator(".paper").is_visible()
        page.get_by_role("button", name="Done with this note").click()
        page.get_by_role("button", name="Next", exact=True).click()
    done = score([_saved(page, tmp_path / "r.json")], made.key, experiment=True)
    assert done.compared is not None
    assert [n.own for n in done.notes][0] == "Client came and talked."
    carried = {r.measure: r for r in done.compared.rows}["carried"]
    assert (carried.first.estimate, carried.last.estimate) == (0, 1)


def test_reports_and_pages_have_no_serious_barriers(
    browser: Any, tmp_path: Path, sessions: list[Session]
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    plan = plan_of(None, {"notes": 2, "clean": 0.5, "feedback": True, "checklist": True})
    made, key = _made(tmp_path, sessions, plan, reviewers=["dora"])
    context = browser.new_context(
        accept_downloads=True, viewport={"width": 1280, "height": 900}, bypass_csp=True
    )
    tab = context.new_page()

    def serious() -> list[str]:
        found = Axe().run(tab).response["violations"]
        return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found
                if v["impact"] in ("serious", "critical")]  # fmt: skip

    tab.goto(made.pages[0].as_uri())
    tab.get_by_role("button", name="Start").click()
    assert tab.locator(".checklist").count() == 1
    for _ in range(2):
        tab.get_by_role("button", name="Done with this note").click()
        assert serious() == []
        tab.get_by_role("button", name="Next", exact=True).click()
    done = score([_saved(tab, tmp_path / "r.json")], made.key)
    group = done.write(tmp_path / "marked")
    for path in (group, group.with_name("trainee-dora.html"), made.papers[-1]):
        tab.goto(path.as_uri())
        assert serious() == []
    context.close()
