"""The blocks of docs/extending.md run, and what they add works in a study."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "extending.md"

USE = """
import notebench as nb
run = nb.run({"sessions": {"n": 2}, "drafters": [{"name": "first-words", "words": 12}],
              "workflows": ["organise"], "verifier": "short-is-true"}, "run", progress=False)
assert set(run.tallies.metric) >= {"questions", "longest", "hallucination"}, set(run.tallies.metric)
assert (run.drafts.words <= 12 + 2).all()
print("added and used")
"""


def test_every_block_runs_and_is_used(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 5
    code = "\n".join([*blocks, USE])  # in a process of its own: registries live as long as it
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "added and used" in done.stdout
