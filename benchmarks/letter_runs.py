"""Collect the runs of three letters by which garbled words are told: metrics/letters.txt.

    python benchmarks/letter_runs.py

They come from the words of this project's own data and pages, word ends marked by ^ and $. Run it
again when the scenario library has grown much; polish scores may then move a little.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
PLACES = ("src/notebench/**/*.yaml", "src/notebench/**/*.toml", "docs/*.md", "*.md")
WORD = re.compile(r"(?<![\w'])[a-z]{3,}(?![\w'])")


def runs() -> list[str]:
    """All runs of three letters, sorted."""
    files = sorted(path for place in PLACES for path in REPO.glob(place))
    words = {word for path in files for word in WORD.findall(path.read_text("utf-8"))}
    return sorted({f"^{w}$"[i : i + 3] for w in words for i in range(len(w))})


if __name__ == "__main__":
    target = REPO / "src/notebench/metrics/letters.txt"
    target.write_text(textwrap.fill(" ".join(runs()), 100) + "\n", "utf-8")
    print(target.relative_to(REPO))
