"""Commands about embedded models: models list, pull, remove."""

from __future__ import annotations

from typing import Annotated

import typer

from . import app, show

group = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Embedded models: list, pull, remove."
)
app.add_typer(group, name="models")

Name = Annotated[str, typer.Argument(help="A name from `notebench models list`.", metavar="NAME")]


@group.command("list", epilog="Example: notebench models list")
def list_() -> None:
    """Embedded models: licence, size, and whether the weights are here."""
    from ..llm import weights

    rows = [
        [w.name, w.licence, f"{w.size / 1e6:.0f} MB", "yes" if w.present else "no", w.title]
        for w in weights.models()
    ]
    show.table(rows, ["name", "licence", "size", "here", "what it is"])
    print(f"weights are kept in {weights.folder()}")


@group.command(epilog="Example: notebench models pull smollm2-135m-instruct")
def pull(name: Name) -> None:
    """Fetch weights, check their hash, and keep them in the user's cache."""
    from ..llm import weights

    show.wrote(weights.pull(name))


@group.command(epilog="Example: notebench models remove smollm2-135m-instruct")
def remove(name: Name) -> None:
    """Remove weights from the user's cache."""
    from ..llm import weights

    print(f"removed {name}" if weights.remove(name) else f"{name} was not here")
