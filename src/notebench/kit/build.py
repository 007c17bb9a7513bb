"""Putting a kit together: scripts, sheets, guide and audio in one folder."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import NotebenchError
from ..records import Session, content_hash
from ..runs.progress import progress_bar
from ..storage import write_text
from . import audio as speech
from .script import Script, environment, guide, scripts_of
from .sheet import refuse_filled, write_sheets


@dataclass(frozen=True)
class Kit:
    """What was written, in the order in which people need it."""

    guide: Path
    scripts: list[Path]
    sheets: list[Path]
    audio: list[Path]
    unplayable: list[str]
    """Ids of sessions that were left out: they have no talk."""


def build_kit(
    sessions: Sequence[Session],
    out: Path,
    *,
    source: Path,
    audio: bool = False,
    limit: int | None = None,
    progress: bool = True,
) -> Kit:
    """Write a kit for the first `limit` sessions into a folder.

    source: the file that the sessions are from, as the guide names it. audio: also render each
    session to sound, which needs espeak-ng. Raises NotebenchError before anything is written where
    espeak-ng is wanted and not there, where no session has talk or one has recognition errors in
    it, and where a sheet of the folder holds notes already.
    """
    chosen = list(sessions)[:limit]
    scripts = scripts_of(_playable(chosen, source))
    engine = speech.engine() if audio else None
    refuse_filled(out)
    pages = _pages(scripts, out / "scripts")
    recorded = []
    if engine:
        recorded = [
            speech.record(engine, script.session, out / "audio" / f"{script.slug}.wav")
            for script in progress_bar(progress)(scripts, desc="speaking", unit="session")
        ]
    sheets = write_sheets([s.session for s in scripts], out)
    return Kit(
        guide=_guide(scripts, out, sheets, source, bool(engine)),
        scripts=pages,
        sheets=sheets,
        audio=recorded,
        unplayable=[s.session_id for s in chosen if not s.transcript],
    )


def _playable(sessions: Sequence[Session], source: Path) -> list[Session]:
    if noisy := [s.session_id for s in sessions if s.scenario.get("noise")]:
        raise NotebenchError(
            f"session {noisy[0]} holds what a recogniser heard, not what people would say",
            where=str(source),
            mend="make the sessions without --noise",
        )
    if found := [s for s in sessions if s.transcript]:
        return found
    raise NotebenchError(
        "no session has a transcript to play",
        where=str(source),
        mend="name a file of sessions with talk; notebench sessions makes one",
    )


def _pages(scripts: Sequence[Script], folder: Path) -> list[Path]:
    templates = environment()
    out: list[Path] = []
    for script in scripts:
        for ending in ("html", "txt"):
            page = templates.get_template(f"script.{ending}").render(script=script)
            out.append(write_text(folder / f"{script.slug}.{ending}", page))
    return out


def _guide(
    scripts: Sequence[Script], out: Path, sheets: list[Path], source: Path, audio: bool
) -> Path:
    from .. import __version__

    fill = {
        "sessions": shlex.quote(str(source)),
        "sheet": shlex.quote(str(out / sheets[0].name)),
        "sheets": " or ".join(s.name for s in sheets),
        "drafts": shlex.quote(str(out / "drafts.jsonl")),
        "findings": shlex.quote(str(out / "findings.jsonl")),
    }
    told: dict[str, Any] = {
        **guide(fill, audio),
        "scripts": scripts,
        "audio": audio,
        "version": __version__,
        "data": content_hash(*(s.session for s in scripts), length=12),
    }
    templates = environment()
    write_text(out / "README.txt", templates.get_template("guide.txt").render(told))
    return write_text(out / "START-HERE.html", templates.get_template("guide.html").render(told))
