"""What is installed, which models answer, what would leave this machine: doctor."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import CheckFailed, NotebenchError
from . import app, show

if TYPE_CHECKING:
    from ..runs import Study

_PACKAGES = (
    "pandas", "pyarrow", "datasets", "evaluate", "rouge_score", "matplotlib", "litellm",
    "jupyterlab", "scipy", "xllamacpp", "transformers", "torch",
)  # fmt: skip


@app.command(epilog="Example: notebench doctor study.toml --model ollama/llama3.2")
def doctor(
    study: Annotated[
        Path | None, typer.Argument(help="A study: say what it would send where.")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help="Ask this model for one word; may be repeated."),
    ] = None,
) -> None:
    """What is installed, which models answer, what would leave this machine.

    Embedded models whose weights are here are asked for one word. A remote model is contacted only
    if you name it with --model.
    """
    from ..runs import load_study

    named = load_study(study) if study else None
    print(f"Python {sys.version.split()[0]}")
    show.table(
        [[p, "yes" if importlib.util.find_spec(p) else "no"] for p in _PACKAGES],
        ["package", "installed"],
    )
    print()
    silent = _models(model or [])
    print()
    _leaving(named)
    if silent:
        raise CheckFailed("these models did not answer: " + ", ".join(silent))


def _models(named: list[str]) -> list[str]:
    """Ask the embedded models that are here and the named ones for one word; who did not answer."""
    from ..llm import weights
    from ..llm.client import Client, Limits, Request

    client = Client(limits=Limits(timeout_s=60, retries=0))
    present = [f"local/{w.name}" for w in weights.models() if w.present]
    if not importlib.util.find_spec("xllamacpp"):
        present = []
        print("embedded models can't run: pip install 'notebench[local]'")
    rows, silent = [], []
    for name in [*present, *named]:
        question = [{"role": "user", "content": "Answer with one word: ready"}]
        try:
            answer = client.complete(Request(model=name, messages=question, max_tokens=4))
            rows.append([name, f"answers ({answer.latency_s:.1f} s)"])
        except NotebenchError as error:
            rows.append([name, f"does not answer: {error.what}"])
            silent.append(name)
    absent = [w.name for w in weights.models() if not w.present]
    rows += [[f"local/{name}", f"no weights: notebench models pull {name}"] for name in absent]
    show.table(rows, ["model", "state"])
    return silent


def _leaving(study: Study | None) -> None:
    if study is None:
        print(
            "Nothing leaves this machine by itself: no telemetry, no look-ups. Text of sessions\n"
            "goes only to a remote model that you name as drafter or judge. The verifier\n"
            "nli:<model> fetches a model that is not here from the Hugging Face hub, which learns\n"
            "the model's name and nothing of the sessions. Name a study file to see what it would\n"
            "send."
        )
        return
    from ..runs import estimate
    from ..verifiers.families import kinship

    rows = [[e.drafter, e.leaves] for e in estimate(study)]
    show.table(rows, ["drafter or verifier", "what leaves this machine"])
    show.judges({}, kinship(study.verifier, (d.name for d in study.drafters)))
