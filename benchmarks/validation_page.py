"""Measure the verifiers on labelled data, and write the figures into the documentation.

    python benchmarks/validation_page.py --data DIR [--tn-eval DIR] [--aci-bench DIR]
                                         [--verifier local] [--write docs/validation.md]
                                         [--accuracy [FILE]]

--data holds challenge/ and data/ (PriMock57 and its checklists, MTS-Dialog). --write replaces what
stands between the markers of that file, block by block, and leaves a block alone whose data are not
given; without it the tables are printed. --accuracy counts, session by session, how the verifier
did on the data that rates are corrected by, and writes no page.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

from fit_local_llm import RESULTS, markdown
from generated_checks import generated_tables

from notebench.adapters import accuracy
from notebench.adapters.validation import load, validate
from notebench.storage import write_text
from notebench.verifiers import make

_HALVES = {
    "report": "Report half: never seen in fitting.",
    "tune": "Tune half: fitted on these, so optimistic.",
}


def blocks(given: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Name and text of each generated block."""
    judge = make(given.verifier)
    data = Path(given.data)
    halves = [
        validate("challenge", data / "challenge", judge, split).to_markdown(about=about)
        for split, about in _HALVES.items()
    ]
    yield "challenge", "\n".join(halves)
    paths = {
        "primock57": data / "data",
        "mts-dialog": data / "data",
        "tn-eval": given.tn_eval,
        "aci-bench": given.aci_bench,
    }
    for name, path in paths.items():
        if path:
            yield name, validate(name, path, judge).to_markdown(about="")
    if given.verifier == "local":
        yield "generated", generated_tables(judge)
        if RESULTS.exists():  # too slow to measure again here
            yield "local-llm", markdown(json.loads(RESULTS.read_text("utf-8")))


def count_accuracy(given: argparse.Namespace) -> None:
    """Write the counts by which reports correct rates."""
    judge, data = make(given.verifier), Path(given.data)
    sets = [("challenge", data / "challenge"), ("primock57", data / "data")]
    sets += [("tn-eval", given.tn_eval)] if given.tn_eval else []
    counted = {}
    for name, path in sets:
        labelled, split = load(name, path)
        counted[name if split == "all" else f"{name}/{split}"] = accuracy.count(labelled, judge)
    print(f"wrote {accuracy.keep(given.accuracy, judge, counted)}")


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
    parser.add_argument(
        "--accuracy", type=Path, nargs="?", const=Path("src/notebench/verifiers/accuracy.json"),
        help="only count how accurate the verifier is, into that file",
    )  # fmt: skip
    given = parser.parse_args()
    if given.accuracy:
        return count_accuracy(given)
    for name, block in blocks(given):
        if given.write is None:
            print(block)
        else:
            write_text(given.write, replaced(given.write.read_text("utf-8"), block, name))
            print(f"wrote block {name} of {given.write}")
    return None


if __name__ == "__main__":
    main()
