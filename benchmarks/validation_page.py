"""Measure the verifiers on labelled data, and write the figures into the documentation.

    python benchmarks/validation_page.py --data DIR [--tn-eval DIR] [--aci-bench DIR]
                                         [--verifier local] [--write docs/validation.md]

--data holds challenge/ and data/ (PriMock57 and its checklists, MTS-Dialog). --write replaces what
stands between the markers of that file, block by block, and leaves a block alone whose data are not
given; without it the tables are printed.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from generated_checks import generated_tables

from notebench.adapters.validation import validate
from notebench.storage import write_text
from notebench.verifiers import make


def blocks(given: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Name and text of each generated block."""
    judge = make(given.verifier)
    data = Path(given.data)
    halves = [
        ("Report half: never seen in fitting.", "report"),
        ("Tune half: fitted on these, so optimistic.", "tune"),
    ]
    yield (
        "challenge",
        "\n".join(
            f"{about}\n\n{validate('challenge', data / 'challenge', judge, split).to_markdown()}"
            for about, split in halves
        ),
    )
    for name in ("primock57", "mts-dialog"):
        yield name, validate(name, data / "data", judge).to_markdown()
    for name, path in (("tn-eval", given.tn_eval), ("aci-bench", given.aci_bench)):
        if path:
            yield name, validate(name, path, judge).to_markdown()
    if given.verifier == "local":
        yield "generated", generated_tables(judge)


def replaced(text: str, block: str, name: str) -> str:
    """The text with the block between the markers of that name."""
    start, end = f"<!-- generated: {name} -->", f"<!-- end generated: {name} -->"
    pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"the file has no block from {start} to {end}")
    return pattern.sub(lambda _: f"{start}\n{block.strip()}\n{end}", text)


def main() -> None:
    """Measure, then print or write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", required=True, help="folder of challenge/ and data/")
    parser.add_argument("--tn-eval", help="folder of TN-Eval's notes and AnnoMI's CSV")
    parser.add_argument("--aci-bench", help="folder of ACI-Bench")
    parser.add_argument("--verifier", default="local")
    parser.add_argument("--write", type=Path, help="file with the markers")
    given = parser.parse_args()
    for name, block in blocks(given):
        if given.write is None:
            print(block)
        else:
            write_text(given.write, replaced(given.write.read_text("utf-8"), block, name))
            print(f"wrote block {name} of {given.write}")


if __name__ == "__main__":
    main()
