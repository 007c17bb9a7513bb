"""How well a verifier agrees with labels: validate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import UnknownName
from ..registry import suggest
from . import app


@app.command(epilog="Example: notebench validate challenge --path ../labelled --split report")
def validate(
    dataset: Annotated[str, typer.Argument(help="Layout of the data: challenge or primock57.")],
    path: Annotated[Path, typer.Option(help="Folder that holds it.")],
    verifier: Annotated[str, typer.Option(help="local, or judge:<model>.")] = "local",
    split: Annotated[str, typer.Option(help="report, tune or all.")] = "report",
) -> None:
    """How well a verifier agrees with labelled data, beside a word-coverage baseline."""
    from ..adapters.validation import DATASETS

    if dataset not in DATASETS:
        raise UnknownName(
            f"no labelled data set is called {dataset!r}", mend=suggest(dataset, DATASETS)
        )
    print(DATASETS[dataset](path, verifier=verifier, split=split).to_markdown())
