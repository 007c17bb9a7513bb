"""How well a verifier agrees with labels: validate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import NotebenchError
from . import app

_EVERY = "all"


@app.command(epilog="Example: notebench validate tn-eval --path TN-Eval-Data --out figures")
def validate(
    dataset: Annotated[
        str,
        typer.Argument(
            help="challenge, primock57, tn-eval, mts-dialog or aci-bench; or all that are there."
        ),
    ],
    path: Annotated[Path, typer.Option(help="Folder that holds it, as it was published.")],
    verifier: Annotated[
        str,
        typer.Option(help="local, local-llm, judge:<model>, nli:<model> or another by its name."),
    ] = "local",
    split: Annotated[
        str | None,
        typer.Option(
            help="A part of it. challenge: report (unasked), tune, all; tn-eval: human, llm; "
            "mts-dialog: 1 to 4 (a system); aci-bench: train, valid, test1, test2, test3."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the figures as JSON, CSV and Markdown.")
    ] = None,
) -> None:
    """How well a verifier agrees with people on labelled data, beside plain baselines.

    AUROC, calibration, agreement with raters and correlation with people's scores, with intervals
    over whole sessions, beside word coverage, ROUGE, edit distance and sentence length.
    """
    from ..adapters.validation import DATASETS
    from ..adapters.validation import validate as measured

    done = []
    for name in DATASETS if dataset == _EVERY else [dataset]:
        try:
            result = measured(name, path, verifier, split, progress=True)
        except NotebenchError as error:
            if dataset != _EVERY:
                raise
            print(f"{name} is left out: {error}\n")
            continue
        done.append(name)
        print(result.to_markdown(1))
        for file in result.write(out) if out else ():
            print(f"wrote {file}")
    if not done:
        raise NotebenchError(
            "no labelled data set could be read",
            where=str(path),
            mend="name a folder that holds one of " + ", ".join(DATASETS),
        )
