"""How far people agree with each other and with verifiers: agree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import NotebenchError, UnknownName
from ..registry import suggest
from . import app, show

if TYPE_CHECKING:
    from ..records import ClaimFinding, Draft, FactFinding, Session
    from ..verifiers.ratings import Ratings

    By = dict[str, list[ClaimFinding | FactFinding]]


@app.command(
    epilog="Example: notebench agree anna.jsonl ben.csv --sessions sessions.jsonl "
    "--drafts drafts.jsonl --out disagreements.csv"
)
def agree(
    ratings: Annotated[
        list[Path],
        typer.Argument(
            help="Files of people's ratings, or a run folder that holds some; several may be named."
        ),
    ],
    sessions: Annotated[Path | None, typer.Option(help="A sessions.jsonl.")] = None,
    drafts: Annotated[Path | None, typer.Option(help="A drafts.jsonl.")] = None,
    findings: Annotated[
        list[Path] | None,
        typer.Option(help="Findings of a verifier to set beside people's; may be repeated."),
    ] = None,
    adjudicator: Annotated[
        list[str] | None,
        typer.Option(help="A rater whose word overrides the others'; may be repeated."),
    ] = None,
    complete: Annotated[
        bool,
        typer.Option("--complete", help="Every rater read each draft they rated to its end."),
    ] = False,
    out: Annotated[Path, typer.Option(help="Sheet of what to adjudicate.")] = Path(
        "disagreements.csv"
    ),
) -> None:
    """How far people agree on notes, with each other and with verifiers, and on what they do not.

    What they disagree on goes into a sheet with a blank verdict, which an adjudicator fills in and
    which then counts as ratings.
    """
    from ..runs.people import people, to_adjudicate
    from ..sheets import write_csv
    from ..stats.raters import agreement

    known, written, said, verifiers = _read(
        ratings, sessions, drafts, findings or [], adjudicator or [], complete
    )
    by_id = {d.draft_id: d for d in written}
    if unknown := [d for d in said.drafts if d not in by_id]:
        raise UnknownName(
            f"draft {unknown[0]!r} was rated and is not among the drafts",
            mend=suggest(unknown[0], by_id),
        )
    found = people(known, written, said)
    of = {d.draft_id: d.session_id for d in written}
    table = agreement(found.by_rater, of, verifiers)
    print(f"rated by {len(said.raters)}: {len(said.drafts)} drafts")
    rows = [
        [
            row["what"], row["section"], row["between"], row["measure"],
            show.rate(row["estimate"], row["low"], row["high"], 1, 2), row["items"],
            row["sessions"],
        ]
        for row in table.to_dict("records")
    ]  # fmt: skip
    show.table(rows, ["what", "section", "between", "measure", "[95%]", "items", "sessions"])
    print(
        "alpha: Krippendorff's; kappa: Cohen's; same: share of pairs of ratings that are the same"
    )
    print("95% intervals in brackets, clustered by session; only what both rated is counted")
    sheet = to_adjudicate(found, known, written)
    show.wrote(write_csv(out, sheet), f"{len(sheet) - 1} disagreements to adjudicate")


def _read(
    paths: Sequence[Path],
    sessions: Path | None,
    drafts: Path | None,
    findings: Sequence[Path],
    adjudicators: Sequence[str],
    complete: bool,
) -> tuple[list[Session], list[Draft], Ratings, By]:
    """Sessions, drafts, people's ratings, and verifiers' findings by name."""
    from ..api import load_drafts, load_sessions
    from ..records import Finding
    from ..runs import RunFolder
    from ..runs.people import findings_by_verifier, ratings_in
    from ..storage import read_jsonl
    from ..verifiers.ratings import PREFIX, joined, read_ratings

    runs = [RunFolder.open(p) for p in paths if p.is_dir()]
    files = [p for p in paths if not p.is_dir()]
    if not runs and not (sessions and drafts):
        raise NotebenchError(
            "nothing says which drafts were rated",
            mend="add --sessions FILE and --drafts FILE, or name a run folder",
        )
    known: list[Session] = load_sessions(sessions) if sessions else runs[0].sessions()
    written = load_drafts(drafts) if drafts else runs[0].drafts()
    parts = [r for run in runs if (r := ratings_in(run))]
    if files:
        parts.append(read_ratings(files))
    said = joined(parts, adjudicators=adjudicators, complete=complete)
    verifiers: By = {}
    for run in runs:
        verifiers |= findings_by_verifier(run)
    for path in findings:
        read: list[ClaimFinding | FactFinding] = read_jsonl(path, Finding)
        for finding in read:
            verifiers.setdefault(finding.verifier, []).append(finding)
    return known, written, said, {n: f for n, f in verifiers.items() if not n.startswith(PREFIX)}
