"""The review page in a real browser: a whole review, by mouse, by keyboard and on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from page_run import HOSTILE, write_run

from notebench.records import ClaimFinding, FactFinding
from notebench.review.bundle import Wanted
from notebench.review.importing import import_results, read_reviews
from notebench.review.page import build_page

pytestmark = pytest.mark.browser

Open = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run")


@pytest.fixture
def hostile_run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", hostile=True)


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Builds a page and opens it; fails a test whose page asked for anything or complained."""
    asked: list[str] = []
    contexts = []

    def opened(run: Path, start: bool = True, context: Any = None, **options: Any) -> Any:
        kinds = {k: options.pop(k) for k in list(options) if k in Wanted.__dataclass_fields__}
        made = build_page(run, tmp_path / "pages", Wanted(**{"reviewer": "anna", **kinds}))
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        context = context or browser.new_context(accept_downloads=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: asked.append(r.url))
        page.on("console", lambda m: asked.append(m.text))
        page.on("pageerror", lambda e: asked.append(str(e)))
        page.goto(made.page.as_uri())
        if start:
            page.get_by_role("button", name="Start").click()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [a for a in asked if not a.startswith(("file:", "blob:"))] == []


def result_of(page: Any, tmp_path: Path, name: str = "result.json") -> Path:
    """The file that the page hands over."""
    page.get_by_role("button", name="Save and finish").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the result as a file").click()
    download.value.save_as(tmp_path / name)
    return tmp_path / name


def sentence(page: Any, n: int) -> Any:
    return page.locator(f".s[data-n='{n}']")


def confirm_all(page: Any) -> None:
    for group in page.locator(".finish fieldset").all():
        group.locator("input").first.check()


def test_a_whole_review_with_a_reload_comes_back_exactly(
    run: Path, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(run)
    sentence(page, 1).click()
    page.locator(".kind.invented").click()
    page.get_by_label("Dangerous").check()
    page.get_by_label("More exactly").select_option("fabricated_risk")
    page.get_by_label("Remark").fill("nobody asked")
    sentence(page, 0).click()
    page.get_by_role("button", name="Rewrite").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("Client sleeps about four hours a night.")
    page.keyboard.press("Enter")

    page.reload()
    page.get_by_role("button", name="Go on where you stopped").click()
    assert "Made up · dangerous" in sentence(page, 1).inner_text()
    assert "about four hours" in sentence(page, 0).inner_text()
    assert "1 sentence that you marked" in page.locator(".todo").inner_text()

    sentence(page, 2).click()
    page.get_by_role("button", name="Mark only some words").click()
    box = page.locator("textarea.narrow")
    box.evaluate("e => e.setSelectionRange(6, 11)")
    page.get_by_role("button", name="Take the selected words").click()
    page.locator(".kind.contradicted").click()
    page.get_by_label("Much").check()
    page.get_by_role("button", name="Strike it out").click()
    page.get_by_role("button", name="Something is missing").click()
    page.get_by_label("What is missing?").fill("Stimulus control was used to set the rising time.")
    page.get_by_label("It belongs in").select_option("P")
    page.locator(".form").get_by_label("Little").check()
    page.get_by_label("Write it into the note").check()
    page.get_by_role("button", name="Keep").click()
    confirm_all(page)
    page.get_by_label("Your name").fill("A. Example")
    page.get_by_label("Your role").fill("therapist")
    page.get_by_role("button", name="Sign this note").click()
    assert "Signed by A. Example, therapist" in page.locator(".signed").inner_text()

    saved = result_of(page, tmp_path)
    done = import_results([saved], run)
    claims = [f for f in done.findings if isinstance(f, ClaimFinding)]
    assert [c.verdict for c in claims] == [
        "supported", "unsupported", "contradicted", "supported", "supported", "supported",
        "supported",
    ]  # fmt: skip
    assert (claims[1].error_type, claims[1].severity) == ("fabricated_risk", "critical")
    assert claims[1].reason == "Made up: nobody asked"
    assert claims[2].severity == "major"
    assert {c.verifier for c in claims} == {"human@anna"}
    facts = {f.fact_id: f.verdict for f in done.findings if isinstance(f, FactFinding)}
    assert facts == {"F01": "unscored", "F02": "unscored", "F03": "omitted"}
    (review,) = read_reviews(run)
    kept = review.model_dump()
    assert [m["text"] for m in kept["marks"]] == ["Denies suicidal ideation.", "50 mg"]
    assert {s["name"]: s["text"] for s in kept["final"]} == {
        "S": "Client sleeps about four hours a night. Denies suicidal ideation.",
        "O": "Sleep diary kept on five nights.",
        "A": "Insomnia disorder, improving.",
        "P": "Rising time fixed at 6:30. Next session on Monday. "
        "Stimulus control was used to set the rising time.",
    }
    assert (review.edits, review.complete) == (3, True)
    assert review.edit_distance == len("about ") + len(" Takes 50 mg of sertraline.") + len(
        " Stimulus control was used to set the rising time."
    )
    assert [s["state"] for s in kept["states"]] == ["drafted", "edited", "attested", "signed"]
    assert kept["signature"]["name"] == "A. Example"
    assert set(kept["stands"]) == {"payer", "attorney", "board", "auditor"}
    assert {a["topic"] for a in review.attested} == {"risk", "diagnosis", "medication", "plan"}
    assert all(a["answer"] for a in review.attested)

    again = import_results([saved], run)
    assert (again.added, again.renewed, again.known) == (0, 0, 1)
    assert again.findings == done.findings and read_reviews(run) == [review]


def test_keyboard_alone_does_a_review(run: Path, open_page: Open, tmp_path: Path) -> None:
    page = open_page(run, start=False)
    keys = page.keyboard
    keys.press("Tab")
    keys.press("Enter")  # Start
    keys.press("ArrowDown")
    keys.press("i")
    keys.press("3")
    keys.press("End")
    keys.press("x")
    keys.press("ArrowUp")
    keys.press("e")
    keys.press("Control+A")
    keys.type("Rising time is 6:30.")
    keys.press("Enter")
    keys.press("s")
    assert page.evaluate("document.activeElement.className").startswith("turn")
    keys.press("m")
    keys.type("The client finds it hard.")
    keys.press("Control+Enter")
    for _ in range(400):
        keys.press("Tab")
        kind = page.evaluate(
            "[document.activeElement.type, document.activeElement.name, "
            "document.activeElement.textContent]"
        )
        if kind[0] == "radio":
            keys.press(" ")
        elif kind[1] in ("name", "role"):
            keys.type("somebody")
        elif kind[2] == "Sign this note":
            break
    else:
        raise AssertionError("Tab never came to the button that signs")
    keys.press("Enter")
    assert page.locator(".todo li").all_inner_texts() == ["1 mark has no weight yet"]
    while page.evaluate("document.activeElement.ariaLabel") != "Remove: The client finds it hard.":
        keys.press("Shift+Tab")
    keys.press("Enter")
    page.get_by_role("button", name="Sign this note").focus()
    keys.press("Enter")
    assert "Signed by" in page.locator(".signed").inner_text()
    data = json.loads(result_of(page, tmp_path).read_text("utf-8"))
    (note,) = data["notes"]
    assert [(m["kind"], m["severity"], m["text"]) for m in note["marks"]] == [
        ("invented", "critical", "Denies suicidal ideation.")
    ]
    assert [c["now"] for c in note["changed"]] == ["Rising time is 6:30.", ""]
    assert note["keystrokes"] > 60
    assert [s["state"] for s in note["states"]] == ["drafted", "edited", "attested", "signed"]


def test_injected_markup_stays_text(hostile_run: Path, open_page: Open) -> None:
    page = open_page(hostile_run, blind=True)
    texts = []
    for last in (False, True):
        for fold in page.locator("details").all():
            fold.evaluate("e => { e.open = true; }")
        sentence(page, 0).click()
        texts.append(page.locator(".desk").inner_text())
        if not last:
            page.get_by_role("button", name="Next note").click()
    hostile = next(t for t in texts if "hacked" in t)
    assert hostile.count(HOSTILE.partition(" \u2028")[0]) >= 5
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0


def test_offsets_come_back_in_code_points(
    hostile_run: Path, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(hostile_run, blind=True)
    if page.locator(".s").count() == 7:
        page.get_by_role("button", name="Next note").click()
    page.locator(".s", has_text="Client sleeps four hours.").click()
    page.locator(".kind.invented").click()
    page.get_by_label("Little").check()
    done = import_results([result_of(page, tmp_path)], hostile_run)
    wrong = [f for f in done.findings if getattr(f, "verdict", "") == "unsupported"]
    assert [f.text for f in wrong] == ["Client sleeps four hours."]
    others = [f for f in done.findings if isinstance(f, ClaimFinding) and f not in wrong]
    assert {f.verdict for f in others} == {"unscored"}  # not read to the end


def test_blind_pages_hold_no_drafter_and_hide_no_reviewer_order(
    hostile_run: Path, open_page: Open, tmp_path: Path
) -> None:
    open_page(hostile_run, blind=True)
    (made,) = (tmp_path / "pages").glob("*/review.html")
    content = made.read_text("utf-8")
    for secret in ("secret", "hand-01", "d-one", '"scribe', "local@1"):
        assert secret not in content, secret
    open_text = open_page(hostile_run, blind=False).locator(".note-head").inner_text()
    assert "Written by" in open_text
    key = json.loads((tmp_path / "pages" / "key-anna.json").read_text("utf-8"))
    assert {n["draft_id"] for n in key["notes"].values()} == {"d-one", "d-two"}


def test_time_is_within_two_percent_of_a_schedule(run: Path, open_page: Open) -> None:
    """Spans on the browser's own clock; idle after 2 s, so every span is known beforehand."""
    page = open_page(run, start=False, idle_after_s=2)
    page.clock.install(time="2026-03-02T10:00:00Z")
    page.reload()
    page.clock.pause_at("2026-03-02T11:00:00Z")  # time passes only where this test lets it
    page.get_by_role("button", name="Start").click()

    def hidden(state: str) -> None:
        page.evaluate(
            "s => { Object.defineProperty(document, 'visibilityState', "
            "{ value: s, configurable: true }); "
            "document.dispatchEvent(new Event('visibilitychange')); }",
            state,
        )

    page.clock.run_for(1500)  # 1.5 active
    page.mouse.move(300, 300)
    page.clock.run_for(500)  # 0.5 active
    page.keyboard.press("ArrowDown")
    page.clock.run_for(7000)  # 2 active, 5 idle
    page.keyboard.press("ArrowDown")
    page.clock.run_for(1000)  # 1 active
    hidden("hidden")
    page.clock.run_for(9000)  # 9 hidden
    hidden("visible")
    page.clock.run_for(1500)  # 1.5 active
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(4000)  # 4 paused
    page.get_by_role("button", name="Go on").click()
    page.clock.run_for(3000)  # 2 active, 1 idle
    page.keyboard.press("?")
    page.reload()  # away for an hour: not counted
    page.clock.run_for(3_600_000)
    page.get_by_role("button", name="Go on where you stopped").click()
    page.clock.run_for(1000)  # 1 active
    page.get_by_role("button", name="Save and finish").click()
    page.get_by_role("button", name="Copy it instead").click()
    time = json.loads(page.get_by_label("The result as text").input_value())["notes"][0]["time"]
    expected = {"active_s": 9.5, "idle_s": 6.0, "hidden_s": 9.0, "paused_s": 4.0}
    for name, seconds in expected.items():
        assert time[name] == pytest.approx(seconds, rel=0.02), name
    parts = sum(time["parts"].values()) + sum(s["active_s"] for s in time["sections"].values())
    assert parts == pytest.approx(time["active_s"], abs=0.01)


def test_time_follows_the_browsers_own_clock(run: Path, open_page: Open) -> None:
    page = open_page(run, start=False, idle_after_s=3)
    page.evaluate(
        "() => { window.at = []; for (const name of ['click', 'keydown']) "
        "addEventListener(name, () => at.push(performance.now()), true); }"
    )
    page.get_by_role("button", name="Start").click()
    page.wait_for_timeout(1500)
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(4000)
    page.get_by_role("button", name="Save and finish").press("Enter")
    started, pressed, focused, _ = page.evaluate("window.at")
    page.get_by_role("button", name="Copy it instead").click()
    time = json.loads(page.get_by_label("The result as text").input_value())["notes"][0]["time"]
    assert time["active_s"] + time["idle_s"] == pytest.approx((focused - started) / 1000, rel=0.02)
    reading = min(pressed - started, 3000)
    assert time["active_s"] == pytest.approx((reading + 3000) / 1000, rel=0.02)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_violations(hostile_run: Path, open_page: Open, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(hostile_run, start=False, color_scheme=scheme)
    axe = Axe()
    found = []

    def check(where: str) -> None:
        violations = axe.run(page).response["violations"]
        found.extend((where, v["id"], v["nodes"][0]["html"][:120]) for v in violations)

    check("start")
    page.get_by_role("button", name="Start").click()
    page.keyboard.press("i")
    page.keyboard.press("2")
    page.keyboard.press("x")
    page.get_by_label("Search the session").fill("four")
    check("note")
    page.get_by_role("button", name="Something is missing").click()
    check("missing")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keys").click()
    check("keys")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save and finish").click()
    check("end")
    assert found == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 450)])
def test_a_phone_and_200_percent_hold(
    hostile_run: Path, open_page: Open, width: int, height: int
) -> None:
    page = open_page(hostile_run, viewport={"width": width, "height": height}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".s").nth(1).tap()
    page.locator(".kind.invented").tap()
    assert "Made up" in page.locator(".s").nth(1).inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".source").bounding_box()["y"] > page.locator(".paper").bounding_box()["y"]


def test_search_goes_through_the_session(run: Path, open_page: Open) -> None:
    page = open_page(run)
    page.get_by_label("Search the session").fill("nights")
    page.keyboard.press("Enter")
    assert page.locator(".found").inner_text() == "2 of 2"
    assert page.locator(".source mark").all_inner_texts() == ["nights", "nights"]
    page.get_by_label("Search the session").fill("monday fixed")
    assert page.locator(".hit").inner_text().startswith("5")
    page.get_by_label("Search the session").fill("zebra")
    assert page.locator(".found").inner_text() == "nothing found"


def test_a_sentence_shows_its_closest_turns(run: Path, open_page: Open) -> None:
    page = open_page(run)
    sentence(page, 3).click()  # the sleep diary
    first = page.locator(".turn-link").first
    assert "slp" not in first.inner_text()
    first.click()
    assert page.evaluate("document.activeElement.textContent").startswith(("3", "4"))
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.n") == "3"


def test_changing_a_signed_note_takes_the_signature_back(run: Path, open_page: Open) -> None:
    page = open_page(run)
    confirm_all(page)
    page.get_by_label("Your name").fill("A")
    page.get_by_label("Your role").fill("B")
    page.get_by_role("button", name="Sign this note").click()
    sentence(page, 0).click()
    page.keyboard.press("x")
    assert page.get_by_role("button", name="Sign this note").is_visible()
    assert "opened again" in page.locator(".bar").inner_text()


def test_a_saved_copy_goes_on_in_another_browser(
    run: Path, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(run)
    sentence(page, 1).click()
    page.keyboard.press("w")
    saved = result_of(page, tmp_path)
    other = open_page(run, start=False)
    other.get_by_text("Go on from a saved copy").click()
    other.get_by_label("The file that you saved").set_input_files(saved)
    other.get_by_role("button", name="Go on where you stopped").click()
    assert "Wrong" in sentence(other, 1).inner_text()


def test_words_not_yet_kept_survive_a_reload(run: Path, open_page: Open) -> None:
    page = open_page(run)
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("Half a sent")
    page.reload()
    page.get_by_role("button", name="Go on where you stopped").click()
    assert "Half a sent" in sentence(page, 0).inner_text()
    page.get_by_role("button", name="Something is missing").click()
    page.keyboard.type("What the mother")
    page.reload()
    page.get_by_role("button", name="Go on where you stopped").click()
    assert page.get_by_label("What is missing?").input_value() == "What the mother"


def test_where_nothing_can_be_stored_the_page_says_so(run: Path, open_page: Open) -> None:
    page = open_page(run, start=False)
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
    page.reload()
    assert "can't keep your progress" in page.locator(".banner").inner_text()
    page.get_by_role("button", name="Start").click()
    page.keyboard.press("i")
    assert "Made up" in sentence(page, 0).inner_text()


def test_an_untouched_note_comes_back_to_the_letter(
    tmp_path: Path, open_page: Open, browser: Any
) -> None:
    run = write_run(tmp_path / "run", hostile=True)
    page = open_page(run)
    page.get_by_role("button", name="To the end").or_(
        page.get_by_role("button", name="Next note")
    ).click()
    import_results([result_of(page, tmp_path)], run)
    assert {r.edit_distance for r in read_reviews(run)} == {0}
    assert len(read_reviews(run)) == 2


def test_two_tabs_never_overwrite_each_other(run: Path, open_page: Open, tmp_path: Path) -> None:
    page = open_page(run)
    sentence(page, 1).click()
    page.keyboard.press("i")
    stale = open_page(run, start=False, context=page.context)  # read before what comes now
    sentence(page, 2).click()
    page.keyboard.press("w")
    stale.wait_for_selector(".banner:not([hidden])")
    assert "another tab" in stale.locator(".banner").inner_text()
    stale.get_by_role("button", name="Go on here").click()
    stale.get_by_role("button", name="Go on where you stopped").click()
    assert "Made up" in sentence(stale, 1).inner_text()
    assert "Wrong" in sentence(stale, 2).inner_text()
    page.wait_for_selector(".banner:not([hidden])")
    page.reload()
    sentence(stale, 0).click()
    stale.keyboard.press("c")
    (note,) = json.loads(result_of(stale, tmp_path).read_text("utf-8"))["notes"]
    assert sorted(m["kind"] for m in note["marks"]) == ["contradicted", "inferred", "invented"]
    page.reload()
    page.get_by_role("button", name="Go on where you stopped").click()
    assert "Concluded" in sentence(page, 0).inner_text()


def test_a_saved_copy_replaces_newer_progress_only_when_told_to(
    run: Path, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(run)
    saved = result_of(page, tmp_path)
    page.reload()
    page.get_by_role("button", name="Go on where you stopped").click()
    sentence(page, 1).click()
    page.keyboard.press("w")
    page.reload()
    page.get_by_text("Go on from a saved copy").click()
    page.get_by_label("The file that you saved").set_input_files(saved)  # the question is declined
    page.get_by_role("button", name="Go on where you stopped").click()
    assert "Wrong" in sentence(page, 1).inner_text()


def test_drill_mode_asks_less_closes_in_time_and_locks(
    run: Path, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(run, start=False, mode="drill", options={"limit_s": 30})
    page.clock.install(time="2026-03-02T10:00:00Z")
    page.reload()
    page.clock.pause_at("2026-03-02T11:00:00Z")
    page.get_by_role("button", name="Start").click()
    assert page.get_by_role("button", name="Sign this note").count() == 0
    assert page.locator(".topics").count() == 0
    page.keyboard.press("ArrowDown")
    page.keyboard.press("i")
    page.keyboard.press("2")
    page.clock.run_for(10_000)
    assert "0:20 left" in page.locator(".bar .time").inner_text()
    page.clock.run_for(21_000)
    assert "Done" in page.locator(".signed").inner_text()
    page.locator(".s.chosen").focus()
    page.keyboard.press("w")  # too late
    data = json.loads(result_of(page, tmp_path).read_text("utf-8"))
    assert (data["mode"], data["complete"]) == ("drill", True)
    (note,) = data["notes"]
    assert [m["kind"] for m in note["marks"]] == ["invented"]
    assert note["states"][-1]["state"] == "done"
    assert note["time"]["active_s"] == pytest.approx(30, abs=1.1)
