"""The command kit: everything for trying a vendor's product, and its notes back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import NotebenchError
from . import app, show
from .records import SessionsFile


@app.command(
    epilog="Example: notebench kit --sessions sessions.jsonl --out trial --limit 6   "
    "and, when the notes are in the sheet: "
    "notebench kit --sessions sessions.jsonl --collect trial/notes.xlsx --out trial/drafts.jsonl"
)
def kit(
    sessions: SessionsFile,
    out: Annotated[
        Path, typer.Option(help="Folder of the kit; with --collect, the drafts.jsonl to write.")
    ],
    audio: Annotated[
        bool,
        typer.Option("--audio", help="Also each session as a WAV file (needs espeak-ng)."),
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first N sessions.")] = None,
    collect: Annotated[
        Path | None,
        typer.Option(help="A filled-in sheet of a kit (.csv or .xlsx): make drafts of its notes."),
    ] = None,
) -> None:
    """Role-play scripts and a paste-in sheet for trying a vendor's product on known sessions."""
    from ..api import load_sessions
    from ..kit import build_kit

    if collect:
        if audio or limit:
            raise NotebenchError(
                "--collect reads a sheet and makes no kit", mend="leave out --audio and --limit"
            )
        return _collect(sessions, collect, out)
    made = build_kit(load_sessions(sessions), out, source=sessions, audio=audio, limit=limit)
    show.wrote(made.guide, "start here")
    show.wrote(out / "scripts", f"{len(made.scripts) // 2} scripts, to print and plain")
    for sheet in made.sheets:
        show.wrote(sheet, "paste the notes here")
    if made.audio:
        show.wrote(out / "audio", f"{len(made.audio)} recordings")
    if made.unplayable:
        print(f"left out, for they have no transcript: {', '.join(made.unplayable)}")
    return None


def _collect(sessions: Path, sheet: Path, out: Path) -> None:
    from ..api import load_sessions
    from ..kit import collect
    from ..storage import write_jsonl

    found = collect(sheet, load_sessions(sessions))
    write_jsonl(out, found.drafts)
    products = {draft.drafter for draft in found.drafts}
    show.wrote(out, f"{len(found.drafts)} notes of {', '.join(sorted(products))}")
    if found.empty:
        print(f"{found.empty} lines of the sheet have no note")
