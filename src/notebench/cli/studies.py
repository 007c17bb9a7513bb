"""Commands around a run folder: demo, run, rescore, report, compare."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import BudgetExceeded, CheckFailed, NotebenchError
from . import app, show

if TYPE_CHECKING:
    from ..runs import RunFolder, Study

_ESTIMATED = (
    "drafter or verifier", "notes", "calls", "prompt tokens", "answer tokens at most",
    "USD at most", "what leaves this machine",
)  # fmt: skip
"""Columns of a dry run."""

RunPath = Annotated[Path, typer.Argument(help="A run folder.", metavar="RUN")]
Audience = Annotated[str, typer.Option(help="research, owner or trainer.")]


@app.command(epilog="Example: notebench demo --out runs/demo")
def demo(
    out: Annotated[Path, typer.Option(help="Run folder.")] = Path("runs/demo"),
    pull: Annotated[bool, typer.Option(help="Fetch embedded models that are not here yet.")] = True,
) -> None:
    """The main job on embedded models: sessions, notes by real LLMs, metrics, a report.

    Needs no key. Nothing leaves this machine; the network is used once, to fetch weights.
    """
    import tomllib

    from ..llm import weights
    from ..runs.study import make_study

    data = tomllib.loads((files("notebench.runs") / "demo.toml").read_text("utf-8"))
    study = make_study(data, where="demo")
    names = [d.name.removeprefix("local/") for d in study.drafters if d.name.startswith("local/")]
    for name in names:
        if pull:
            weights.pull(name)
        else:
            weights.path(name)
    _run(study, out)


@app.command(
    epilog="Example: notebench run study.toml --out runs/mine --dry-run   (docs/studies.md shows a "
    "study file)"
)
def run(
    study: Annotated[
        Path,
        typer.Argument(
            help="A study file, or the manifest.json of a run to do again.", metavar="STUDY.toml"
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="Run folder; by default runs/NAME.")] = None,
    engine: Annotated[
        str, typer.Option(help="local: this machine. ray: shards over a Ray cluster.")
    ] = "local",
    shard: Annotated[str | None, typer.Option(help="i/n: only the i-th of n parts.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first N sessions.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would ask and cost; ask nothing.")
    ] = False,
) -> None:
    """Run a study, or go on with one that was stopped. Asks no model twice for the same thing."""
    from ..runs import load_study

    made = load_study(study)
    folder = out or Path("runs") / made.name
    if dry_run:
        return _dry_run(made, limit, _shard(shard))
    if engine != "local":
        from ..runs.cluster import execute_on_ray

        done = execute_on_ray(made, folder, engine=engine, limit=limit)
        _done(done)
        _all_heard(done)
        return None
    _run(made, folder, limit=limit, shard=_shard(shard))
    return None


@app.command(epilog="Example: notebench rescore runs/demo --verifier judge:openai/gpt-4o")
def rescore(
    run: RunPath,
    verifier: Annotated[
        str, typer.Option(help="local, local-llm, or judge:<model>, several joined by +.")
    ],
) -> None:
    """New findings and tallies from the drafts a run kept; no drafter is asked again."""
    from ..runs import rescore as again

    folder = again(run, verifier)
    _summary(folder)
    show.wrote(folder.findings_file)
    show.wrote(folder.tallies_file)


@app.command(epilog="Example: notebench report runs/demo --audience owner")
def report(
    run: RunPath,
    audience: Audience = "research",
    pdf: Annotated[bool, typer.Option("--pdf", help="Also a PDF (needs the pdf extra).")] = False,
) -> None:
    """Write the report of a run: one HTML file that opens offline, with figures and tables."""
    from ..reports import build, build_pdf
    from ..runs import RunFolder

    if not RunFolder.open(run).tallies_file.exists():
        raise NotebenchError(
            "the run was stopped before its notes were counted",
            where=str(run),
            mend="run the study again into the same folder; it goes on from there",
        )
    page = build(run, audience=audience)
    show.wrote(page)
    if pdf:
        show.wrote(build_pdf(page))


@app.command(
    epilog="Example: notebench compare runs/demo local/smollm2-135m-instruct "
    "local/qwen2.5-coder-0.5b-instruct"
)
def compare(
    run: RunPath,
    a: Annotated[str, typer.Argument(help="A drafter.", metavar="A")],
    b: Annotated[str, typer.Argument(help="Another.", metavar="B")],
    metric: Annotated[
        list[str] | None, typer.Option("--metric", help="Only this metric; may be repeated.")
    ] = None,
) -> None:
    """Paired difference of two drafters over the same sessions, with intervals."""
    from ..api import Run
    from ..reports.data import RunData

    found = Run.open(run).compare(a, b, metric)
    rows = [
        [
            row["metric"],
            show.rate(row["estimate"], row["low"], row["high"], 1, 3),
            "" if row["p"] != row["p"] else f"{row['p']:.3f}",
            "" if row["p_holm"] != row["p_holm"] else f"{row['p_holm']:.3f}",
            int(row["n"]),
        ]
        for row in found.to_dict("records")
    ]
    print(f"{a} minus {b}, over the sessions that both have")
    show.table(rows, ["metric", "difference [95% interval]", "p", "p (Holm)", "sessions"])
    print(RunData.load(run).signature(f"{a} minus {b}"))
    if not found["n"].any():
        print("no session has a note by both in the same workflow and format: nothing to compare")


def _run(
    study: Study, out: Path, *, limit: int | None = None, shard: tuple[int, int] | None = None
) -> None:
    from ..runs import RunFolder, execute

    try:
        folder = execute(study, out, limit=limit, shard=shard)
    except BudgetExceeded:
        _done(RunFolder.open(out))
        raise  # the budget, not a drafter it left no turn, is what to tell of
    _done(folder)
    _all_heard(folder)


def _done(folder: RunFolder) -> None:
    """Say what was had, and write the report."""
    from ..reports import build

    failures, drafts = folder.failures(), folder.drafts()
    if drafts:
        _summary(folder)
        page = build(folder.path)
    show.wrote(folder.path, f"{len(drafts)} drafts, {len(failures)} failures")
    for failure in failures[:5]:
        print(f"  {failure.stage}: {failure.session_id} {failure.drafter}: {failure.error}")
    if drafts:
        show.wrote(page, "open it in a browser")


def _all_heard(folder: RunFolder) -> None:
    """Fail where a drafter wrote nothing at all."""
    failures, drafts = folder.failures(), folder.drafts()
    if silent := {f.drafter for f in failures} - {d.drafter for d in drafts}:
        raise CheckFailed(
            f"no note could be had from {', '.join(sorted(silent))}",
            where=str(folder.path),
            mend="see failures.jsonl there; the same command tries them again",
        )


def _summary(folder: RunFolder) -> None:
    from ..reports.data import RunData

    run = RunData.load(folder.path)
    show.summary(run.tallies, run.signature, run.manifest.seed)
    show.judges(run.manifest.agreement, run.manifest.warnings)


def _dry_run(study: Study, limit: int | None, shard: tuple[int, int] | None) -> None:
    from ..runs import estimate
    from ..verifiers.families import kinship

    rows = [
        [
            e.drafter, e.notes, *map(_number, (e.calls, e.prompt_tokens, e.completion_tokens)),
            _dollars(e.cost_usd), e.leaves,
        ]
        for e in estimate(study, limit=limit, shard=shard)
    ]  # fmt: skip
    show.table(rows, _ESTIMATED)
    print("nothing was asked; tokens are estimated, answers counted at their full length")
    show.judges({}, kinship(study.verifier, (d.name for d in study.drafters)))


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"


def _dollars(value: float | None) -> str:
    if value is None:
        return "unknown"
    return "under 0.01" if 0 < value < 0.01 else f"{value:.2f}"


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    i, _, n = text.partition("/")
    if not (i.isdigit() and n.isdigit() and 1 <= int(i) <= int(n)):
        raise NotebenchError(
            f"the shard {text!r} is not of the form i/n", mend="such as --shard 1/4"
        )
    return int(i), int(n)
