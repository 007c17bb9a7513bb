"""How well a verifier agrees with labels: validate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, cast, get_args

import typer

from ..errors import UnknownName
from ..registry import suggest
from . import app

Split = Literal["report", "tune", "all"]


@app.command(epilog="Example: notebench validate challenge --path ../labelled --split report")
def validate(
    dataset: Annotated[str, typer.Argument(help="Layout of the data: challenge.")],
    path: Annotated[Path, typer.Option(help="Folder that holds it.")],
    verifier: Annotated[str, typer.Option(help="local, or judge:<model>.")] = "local",
    split: Annotated[str, typer.Option(help="report, tune or all.")] = "report",
) -> None:
    """How well a verifier agrees with labelled data, beside a word-coverage baseline."""
    from ..adapters.validation import validate_challenge

    known = {"challenge": validate_challenge}
    if dataset not in known:
        raise UnknownName(
            f"no labelled data set is called {dataset!r}", mend=suggest(dataset, known)
        )
    if split not in (splits := get_args(Split)):
        raise UnknownName(f"no split is called {split!r}", mend=suggest(split, splits))
    print(known[dataset](path, verifier=verifier, split=cast(Split, split)).to_markdown())
