"""Commands `notebench drill build|score`: exercises with planted errors, and marking."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import NotebenchError
from . import app, show

group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Train reviewers: notes with errors put in on purpose, and marking of what they find.",
)
app.add_typer(group, name="drill")


@group.command(epilog="Example: notebench drill build --out drill --preset test --reviewers 6")
def build(
    out: Annotated[Path | None, typer.Option(help="Folder to write to.")] = None,
    preset: Annotated[
        str | None, typer.Option(help="A drill that comes along (see --list), or a .toml file.")
    ] = None,
    reviewer: Annotated[
        list[str] | None,
        typer.Option("--reviewer", help="A participant; may be repeated, a page for each."),
    ] = None,
    reviewers: Annotated[
        int | None, typer.Option(min=1, max=500, help="Or how many; they are called r01, r02 ...")
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    notes: Annotated[int | None, typer.Option(help="Notes for each participant.")] = None,
    errors: Annotated[int | None, typer.Option(help="Errors in each note that has any.")] = None,
    clean: Annotated[float | None, typer.Option(help="Share of notes without an error.")] = None,
    type: Annotated[
        list[str] | None, typer.Option("--type", help="Only this error type; may be repeated.")
    ] = None,
    severity: Annotated[
        list[str] | None, typer.Option(help="Only errors that weigh so: minor, major, critical.")
    ] = None,
    section: Annotated[
        list[str] | None, typer.Option(help="Only errors in this section, such as P.")
    ] = None,
    problem: Annotated[
        list[str] | None, typer.Option(help="Only sessions about this, such as depression.")
    ] = None,
    style: Annotated[
        str | None,
        typer.Option(help="as_written, polished (whole sentences) or rough (shorthand)."),
    ] = None,
    level: Annotated[
        str | None, typer.Option(help="How hard: 1, 2, 3, or ladder for all three in turn.")
    ] = None,
    format: Annotated[str | None, typer.Option(help="Note format, such as SOAP.")] = None,
    design: Annotated[
        str | None, typer.Option(help="rotated: comparable sets; same: the same notes for all.")
    ] = None,
    feedback: Annotated[
        bool | None,
        typer.Option(help="Show the answers after each note. They then stand in the page."),
    ] = None,
    limit_s: Annotated[
        int | None, typer.Option("--limit-s", help="Seconds for each note; 0: no limit.")
    ] = None,
    checklist: Annotated[
        bool | None, typer.Option(help="A risk-first checklist above each note.")
    ] = None,
    sessions: Annotated[
        Path | None, typer.Option(help="Take sessions of this sessions.jsonl, not generated ones.")
    ] = None,
    people: Annotated[
        list[Path] | None,
        typer.Option(help="errors.csv of earlier drills: how hard errors were for people."),
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also PDF for printing (WeasyPrint).")] = False,
    list: Annotated[bool, typer.Option("--list", help="List the drills that come along.")] = False,
) -> None:
    """A folder to send out: a page for each participant, paper, and the trainer's key apart."""
    from ..api import load_sessions
    from ..review import drills

    if list:
        for name in drills.presets():
            print(f"{name}\n    {drills.plan_of(name).about}")
        return
    if out is None:
        raise NotebenchError("no folder to write to", mend="add --out FOLDER")
    given: dict[str, Any] = {
        "notes": notes, "errors": errors, "clean": clean, "types": type, "severities": severity,
        "sections": section, "problems": problem, "style": style, "level": level, "format": format,
        "design": design, "feedback": feedback, "limit_s": limit_s, "checklist": checklist,
    }  # fmt: skip
    plan = drills.plan_of(preset, {k: v for k, v in given.items() if v not in (None, [])})
    made = drills.build(
        plan, out, reviewers=_names(reviewer, reviewers), seed=seed,
        sessions=load_sessions(sessions) if sessions else None, people=_people(people), pdf=pdf,
    )  # fmt: skip
    show.wrote(made.guide, "start here")
    for page in made.pages:
        show.wrote(page)
    show.wrote(made.key, "the answers; keep the folder to yourself")
    if plan.feedback:
        print("these pages show answers after each note, so the answers stand in the files")


@group.command(
    epilog="Example: notebench drill score results/*.json --key drill/trainer/key.json --out marked"
)
def score(
    results: Annotated[
        list[Path], typer.Argument(metavar="RESULT...", help="Files that participants sent back.")
    ],
    key: Annotated[Path, typer.Option(help="trainer/key.json of the drill.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("marked"),
    experiment: Annotated[
        bool, typer.Option("--experiment", help="Compare the conditions of an experiment.")
    ] = False,
) -> None:
    """Mark results: hits, misses, false alarms, d', time, confidence; reports and tables."""
    from ..review import drills
    from ..review.drills.parts import how, label, shown

    done = drills.score(results, key, experiment=experiment)
    names = ("found", "false_alarms", "d", "seconds")
    show.table(
        [(r, *(shown(v[n], how(n)) for n in names)) for r, v in done.by_reviewer.items()],
        ("participant", *map(label, names)),
    )
    page = done.write(out)
    show.wrote(page, "the group")
    show.wrote(out, "a report for each participant, tables as CSV, summary.json")


def _names(named: list[str] | None, count: int | None) -> list[str]:
    if named and count:
        raise NotebenchError(
            "--reviewer and --reviewers can't go together", mend="give names, or how many"
        )
    width = max(2, len(str(count or 0)))
    return named or [f"r{n:0{width}d}" for n in range(1, (count or 0) + 1)]


def _people(paths: list[Path] | None) -> dict[str, tuple[int, int]]:
    from ..review.drills.score import read_people

    found: dict[str, tuple[int, int]] = {}
    for path in paths or []:
        for name, (missed, of) in read_people(path).items():
            before = found.get(name, (0, 0))
            found[name] = (before[0] + missed, before[1] + of)
    return found
