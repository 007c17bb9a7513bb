"""Commands of review: what it costs (estimate, fit); others join the same group."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import NotebenchError
from . import app, show

if TYPE_CHECKING:
    import pandas as pd

    from ..review import Model
    from ..review.params import Params

group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Human review: what it costs, what a person found and did, and the record of it.",
)
app.add_typer(group, name="review")


@group.command(
    epilog="Example: notebench review estimate runs/demo --out minutes.csv --tornado tornado.svg   "
    "or: notebench review estimate --counts counts.csv --out seconds.csv"
)
def estimate(
    out: Annotated[Path, typer.Option(help="The CSV file to write: one row a note, in seconds.")],
    run: Annotated[
        Path | None, typer.Argument(help="A run folder with findings.", metavar="[RUN]")
    ] = None,
    counts: Annotated[
        Path | None,
        typer.Option(
            help="Instead of a run, a CSV with note_id,words,claims,incorrect,omitted,"
            "transcript_words; words, claims and transcript_words may be empty."
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            help="A way of reviewing, such as fast-typist, audio-at-hand or risk-first; by default "
            "`default` for a run and `counts` for counts."
        ),
    ] = None,
    params: Annotated[
        Path | None, typer.Option(help="Parameters that `notebench review fit` wrote.")
    ] = None,
    tornado: Annotated[
        Path | None, typer.Option(help="Also a plot (.svg or .png) of what moves the time most.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 0,
    draws: Annotated[int, typer.Option(min=100, help="Draws of the parameters.")] = 2000,
) -> None:
    """Modelled review time with intervals: by note into a file, by drafter on the screen."""
    if (run is None) == (counts is None):
        raise NotebenchError(
            "a run or counts are needed, and not both",
            mend="name a run folder, or a table of counts with --counts",
        )
    if profile and params:
        raise NotebenchError(
            "--profile and --params exclude each other", mend="leave one of them out"
        )
    model = _model(profile or ("default" if run else "counts"), params, seed, draws)
    if run:
        _of_run(model, run, out, tornado)
    elif counts:
        _of_counts(model, counts, out, tornado)
    print(f"{model.title}; 95% intervals, {draws} draws, seed {seed}; {model.basis}")


@group.command(
    epilog="Example: notebench review fit primock57/human_eval_data/results.csv --out params.json"
)
def fit(
    timed: Annotated[
        Path,
        typer.Argument(
            help="Timed reviews: a run with reviews.jsonl, PriMock57's results.csv, or a "
            "post-editing log (file or folder).",
            metavar="TIMED",
        ),
    ],
    out: Annotated[Path, typer.Option(help="The file of parameters to write.")],
    loader: Annotated[
        str | None, typer.Option(help="primock57, postedit-log or reviews; by default what fits.")
    ] = None,
    feature: Annotated[
        list[str] | None,
        typer.Option("--feature", help="What the time is to hang on; may be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the intervals.")] = 0,
) -> None:
    """Parameters from timed reviews by a mixed model, and its errors on reviews held out."""
    from ..review.fit import fit as fit_
    from ..review.timed import load_timed

    found = fit_(load_timed(timed, loader), feature or (), seed)
    _prices(found)
    _errors(found)
    for remark in found.remarks:
        print(f"note: {remark}")
    print(
        f"{found.reviews} reviews of {found.notes} notes by {found.reviewers} reviewers | "
        f"data {found.data[:8]} | seed {seed} | notebench {found.notebench}"
    )
    show.wrote(found.write(out), "use it with notebench review estimate --params")


def _model(profile: str, params: Path | None, seed: int, draws: int) -> Model:
    from ..review import Model
    from ..review.params import model_of, read_params

    if params:
        return model_of(read_params(params), seed, draws, name=params.name)
    return Model.of(profile, seed, draws)


def _of_counts(model: Model, counts: Path, out: Path, tornado: Path | None) -> None:
    from ..review import mean_load, save_tornado
    from ..review.counts import estimates, read_counts, write_estimates

    notes = read_counts(counts)
    show.wrote(write_estimates(out, estimates(model, notes)), f"{len(notes)} notes")
    if tornado:
        save_tornado(tornado, model, mean_load([note.work for note in notes]))
        show.wrote(tornado, "for a note with the mean of the counts")


def _of_run(model: Model, run: Path, out: Path, tornado: Path | None) -> None:
    from ..reports.data import RunData
    from ..review import by_drafter, by_note, items, mean_load, save_tornado
    from ..storage import write_text

    data = RunData.load(run)
    notes = items(data.cases)
    if not notes:
        raise NotebenchError(
            "no note of the run has a scored sentence",
            where=str(run),
            mend="check the run's notes first, with `notebench rescore`",
        )
    table = by_note(model, notes)
    names = {"seconds_low": "low", "seconds_high": "high"}
    first = ["note_id", "seconds", "low", "high"]
    table = table.rename(columns=names)
    table = table[[*first, *(c for c in table.columns if c not in first)]]
    write_text(out, table.to_csv(index=False, float_format="%.3f"))
    _summary(by_drafter(model, notes))
    print(data.signature(f"review time, {model.name}"))
    show.wrote(out, f"{len(table)} notes")
    if tornado:
        save_tornado(tornado, model, mean_load([note.work for note in notes]))
        show.wrote(tornado, "for a note with the mean of the run's work")


def _summary(cells: pd.DataFrame) -> None:
    """By drafter: minutes, and what they buy."""
    columns = {
        "seconds": ("review min", 1 / 60), "by_hand": ("by hand min", 1 / 60),
        "saved": ("saved min", 1 / 60), "break_even_errors": ("errors to break even", 1),
        "left_diligent": ("left, diligent", 1), "left_in_practice": ("left, in practice", 1),
    }  # fmt: skip
    rows = []
    for row in cells.to_dict("records"):
        numbers = [
            "none" if row[c] != row[c] or row[c] is None
            else show.rate(row[c], row[f"{c}_low"], row[f"{c}_high"], scale)
            for c, (_, scale) in columns.items()
        ]  # fmt: skip
        rows.append([row["drafter"], row["workflow"], row["notes"], *numbers])
    show.table(rows, ["drafter", "workflow", "notes", *(head for head, _ in columns.values())])
    print("left: weight of the errors left after review, in minor errors")


def _prices(found: Params) -> None:
    from ..review.params import FEATURES, FIXED

    rows = []
    for name, price in found.prices.items():
        per = 1 if name == FIXED else FEATURES[name].per
        what = (
            "any review" if name == FIXED
            else f"each {FEATURES[name].unit.removesuffix('s')}" if per == 1
            else f"{per} {FEATURES[name].meaning}"
        )  # fmt: skip
        text = show.rate(price.estimate, price.low, price.high, per)
        rows.append([name, what, text])
    show.table(rows, ["feature", "for", "seconds [95% interval]"])
    apart = [f"reviewers differ by {found.reviewer_sd:.1f} s"]
    apart += [f"in {name.partition('_')[2]} by {100 * sd:.0f}%" for name, sd in found.paces.items()]
    if found.note_sd is not None:
        apart.append(f"notes by {found.note_sd:.1f} s")
    print(", ".join(apart) + f"; left over {found.residual_sd:.1f} s (standard deviations)")
    if found.agreement is not None:
        print(f"two reviewers of the same notes agree on their time at rho {found.agreement:.2f}")
    if d := found.detection:
        print(f"planted errors noticed: {show.rate(d.estimate, d.low, d.high)} %")


def _errors(found: Params) -> None:
    rows = [
        [
            f"a {e.held_out}, {e.on}", e.predictor,
            _interval(e.seconds, e.low, e.high), _interval(e.more, e.more_low, e.more_high),
            "" if e.rho is None else f"{e.rho:.2f}", e.n,
        ]
        for e in found.errors
    ]  # fmt: skip
    heads = ["held out", "predictor", "seconds off [95% interval]", "more than fitted", "rho", "n"]
    print()
    show.table(rows, heads)


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return ""
    nan = float("nan")
    return show.rate(value, nan if low is None else low, nan if high is None else high, 1)
