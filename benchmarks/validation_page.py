"""Measure the verifiers on labelled data, and write the figures into the documentation.

    python benchmarks/validate_challenge.py --path DIR [--primock57 DIR] [--verifier local]
                                            [--write docs/validation.md]

--write replaces what stands between the markers of that file; without it the tables are printed.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from generated_checks import generated_tables

from notebench.adapters.validation import validate_challenge, validate_primock57
from notebench.storage import write_text
from notebench.verifiers import make


def tables(arguments: argparse.Namespace) -> str:
    """The generated part."""
    verifier = arguments.verifier
    parts = [
        "### Challenge drafts, report half (never seen in fitting)",
        validate_challenge(arguments.path, verifier).to_markdown(),
        "### Challenge drafts, tune half (fitted on these: optimistic)",
        validate_challenge(arguments.path, verifier, "tune").to_markdown(),
    ]
    if arguments.primock57:
        parts += [
            "### PriMock57, statements of notes marked by a clinician",
            validate_primock57(arguments.primock57, verifier).to_markdown(),
        ]
    if verifier == "local":
        parts.append(generated_tables(make(verifier)))
    return "\n".join(parts)


def replaced(text: str, block: str, name: str = "challenge") -> str:
    """The text with the block between the markers of that name."""
    start, end = f"<!-- generated: {name} -->", f"<!-- end generated: {name} -->"
    pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"the file has no block from {start} to {end}")
    return pattern.sub(lambda _: f"{start}\n{block}\n{end}", text)


def main() -> None:
    """Measure, then print or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--path", required=True, help="folder of the challenge drafts")
    parser.add_argument("--primock57", help="folder that holds PriMock57's files")
    parser.add_argument("--verifier", default="local")
    parser.add_argument("--write", type=Path, help="file with the markers")
    arguments = parser.parse_args()
    block = tables(arguments)
    if arguments.write is None:
        print(block)
        return
    write_text(arguments.write, replaced(arguments.write.read_text("utf-8"), block))
    print(f"wrote {arguments.write}")


if __name__ == "__main__":
    main()
