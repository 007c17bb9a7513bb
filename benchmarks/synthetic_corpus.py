"""Make data/synthetic again: the sessions from their seed, and the counts on the dataset card.

Run from the repository's root: python benchmarks/synthetic_corpus.py
"""

from __future__ import annotations

import re
from pathlib import Path

from notebench.sessions import composition, generate
from notebench.storage import write_jsonl, write_text

FOLDER = Path("data/synthetic")
N, SEED = 24, 7


def main() -> None:
    """Write both files and say where."""
    made = list(generate(N, SEED))
    write_jsonl(FOLDER / "sessions.jsonl", made)
    card = (FOLDER / "README.md").read_text("utf-8")
    table = f"<!-- composition -->\n{composition(made)}\n<!-- end -->"
    filled = re.sub(r"<!-- composition -->.*?<!-- end -->", lambda _: table, card, flags=re.DOTALL)
    write_text(FOLDER / "README.md", filled)
    print(f"{len(made)} sessions in {FOLDER / 'sessions.jsonl'}, counted in {FOLDER / 'README.md'}")


if __name__ == "__main__":
    main()
