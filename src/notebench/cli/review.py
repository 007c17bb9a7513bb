"""Commands of review: what it costs (estimate, fit); others join the same group."""

from __future__ import annotations

import typer

from . import app

group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Human review: what it costs, what a person found and did, and the record of it.",
)
app.add_typer(group, name="review")
