"""A report in a real browser: it loads nothing, and what can be pressed does its work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Any, built: Path) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: asked.append(message.text))
    opened.on("pageerror", lambda error: asked.append(str(error)))
    opened.goto(built.as_uri())
    yield opened
    assert [a for a in asked if not a.startswith(("data:", built.as_uri()))] == []
    opened.close()


def test_a_sentence_shows_its_reason_and_its_turns(page: Any) -> None:
    note = page.locator(".note").nth(1)
    note.locator("> summary").click()
    mark = note.locator(".paper mark.nb-unsupported").first
    mark.focus()
    page.keyboard.press("Enter")
    assert "Nobody said so." in note.locator(".picked").inner_text()
    assert page.locator("#s1-t2").evaluate("e => e.classList.contains('chosen')")


def test_filter_shows_only_what_fits(page: Any) -> None:
    page.select_option("select[name=drafter]", "saboteur")
    assert page.locator(".filter output").inner_text() == "3 shown"
    page.select_option("select[name=severity]", "critical")
    assert page.locator(".filter output").inner_text() == "0 shown"
    page.select_option("select[name=drafter]", "")
    page.select_option("select[name=session]", "hand-02")
    assert page.locator(".filter output").inner_text() == "1 shown"


def test_a_link_opens_what_it_points_into(page: Any) -> None:
    assert not page.locator("#s3").evaluate("e => e.open")
    page.evaluate("location.hash = 's3-t2'")
    page.wait_for_function("document.getElementById('s3').open")


@pytest.mark.parametrize("width", [390, 640])
def test_nothing_is_wider_than_a_phone_or_a_page_at_200_percent(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for note in page.locator("details").all():
        note.evaluate("e => { e.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") == width
