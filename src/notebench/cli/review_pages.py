"""Commands `notebench review build|import|record`: pages for people, and their results back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import NotebenchError
from . import show
from .review import group

RunFolderArgument = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]


@group.command(
    epilog="Example: notebench review build runs/pilot --out pages --reviewer anna --blind"
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
        bool, typer.Option("--hints", help="Show what the run's verifier flags, and why.")
    ] = False,
    idle: Annotated[
        float, typer.Option(min=1, help="Seconds without input after which time is idle.")
    ] = 60,
) -> None:
    """One self-contained page in which a person reviews a run's notes against their sessions."""
    from ..review.bundle import Wanted
    from ..review.page import build_page, file_name

    named = reviewer or ["reviewer"]
    if len({file_name(name).lower() for name in named}) < len(named):
        raise NotebenchError(
            "two reviewers would get one folder",
            mend="give each --reviewer an id of its own, of letters, digits, _ and -",
        )
    for name in named:
        wanted = Wanted(
            reviewer=name, seed=seed, blind=blind, limit=limit, hints=hints, idle_after_s=idle
        )
        made = build_page(run, out, wanted)
        show.wrote(made.page, f"{made.notes} notes; send the folder {made.folder.name}")
        show.wrote(made.key, "which note is whose; keep it here")
        if made.telling:
            print(f"note: the text of {made.telling} notes names their drafter; --blind leaves it")


@group.command(
    "import", epilog="Example: notebench review import notebench-review-anna.json --run runs/pilot"
)
def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files that people saved.")
    ],
    run: Annotated[Path, typer.Option(help="The run folder that the pages were built from.")],
) -> None:
    """Take people's results into a run: findings by human@<reviewer>, reviews and tallies."""
    from ..review.importing import HumanFiles, import_results

    done = import_results(files, run)
    written = HumanFiles(run)
    print(
        f"{done.added} reviews new, {done.renewed} brought up to date, {done.known} known already"
    )
    show.wrote(written.reviews, f"{len(done.reviews)} reviews")
    show.wrote(written.findings, f"{len(done.findings)} findings")
    show.wrote(written.tallies, f"{len(done.tallies)} tallies")


@group.command(epilog="Example: notebench review record runs/pilot --out records")
def record(
    run: RunFolderArgument,
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
) -> None:
    """For each reviewed note: how it was made, what was sent where, what was changed and signed."""
    from ..review.record_page import write_records

    written = write_records(run, out)
    show.wrote(written.overview, f"{written.notes} records, each as a page and as JSON")
