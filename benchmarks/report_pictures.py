"""Take the README's pictures from a report, in a real browser.

python benchmarks/report_pictures.py runs/three-models/report/index.html
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"

OPEN = """selector => {
    const found = document.querySelector(selector);
    for (let e = found; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    found.scrollIntoView({behavior: "instant"});
    window.scrollBy({top: -16, behavior: "instant"});
}"""


def take(page_file: Path) -> None:
    """Write docs/report.png (the headline table) and docs/report-note.png (one note)."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(page_file.resolve().as_uri())
        page.evaluate(OPEN, "#headline-h")
        page.wait_for_timeout(300)
        page.screenshot(path=DOCS / "report.png")
        note = page.locator("details.note[data-drafter='saboteur']").first
        page.evaluate(OPEN, f"#{note.get_attribute('id')}")
        page.wait_for_timeout(300)
        page.screenshot(path=DOCS / "report-note.png")
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
