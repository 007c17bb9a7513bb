"""Commands `notebench review build|import|record`: pages for people, and their results back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import show
from .review import group

RunFolderArgument = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]


@group.command(
    epilog="Example: notebench review build runs/pilot --out pages --reviewer anna --blind --limit 20"
)
def build(
    run: RunFolderArgument,
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    reviewer: Annotated[
        list[str] | None,
        typer.Option("--reviewer", help="Who reviews; may be repeated, a page for each."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the order of notes.")] = 0,
    blind: Annotated[bool, typer.Option("--blind", help="Hide who wrote what.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only N notes for each page.")] = None,
    hints: Annotated[
        bool, typer.Option("--hints", help="Show what the run's verifier says of each sentence.")
    ] = False,
    idle: Annotated[
        float, typer.Option(min=1, help="Seconds without input after which time is idle.")
    ] = 60,
) -> None:
    """One self-contained page in which a person reviews a run's notes against their sessions."""
    from ..review.bundle import Wanted
    from ..review.page import build_page

    for name in reviewer or ["reviewer"]:
        wanted = Wanted(
            reviewer=name, seed=seed, blind=blind, limit=limit, hints=hints, idle_after_s=idle
        )
        made = build_page(run, out, wanted)
        show.wrote(made.page, f"{made.notes} notes; send the folder {made.folder.name}")
        show.wrote(made.key, "which note is whose; keep it here")
