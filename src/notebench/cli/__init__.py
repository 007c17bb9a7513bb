"""The command line: one thin command a stage.

Exit codes: 0 done, 1 a check or gate failed, 2 bad input or usage.
"""

from __future__ import annotations

import sys

import typer

from ..errors import BudgetExceeded, CheckFailed, NotebenchError

app = typer.Typer(
    name="notebench",
    help="Measure what AI-written progress notes invent, leave out, pad, and cost to review.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Synthetic data only. Not medical, legal or billing advice.",
)

_MANY = ("--drafter", "--format", "--workflow")


def main(arguments: list[str] | None = None) -> None:
    """Entry point: turns errors meant for people into a message and an exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        app(_spread(arguments), prog_name="notebench")
    except (CheckFailed, BudgetExceeded) as error:
        _say(error, 1)
    except NotebenchError as error:
        _say(error, 2)
    except SystemExit as end:
        if end.code == 130:  # Ctrl-C
            print(
                "stopped; what was had is kept, and the same command goes on from there",
                file=sys.stderr,
            )
        raise


def _say(error: NotebenchError, code: int) -> None:
    print(f"notebench: {error}", file=sys.stderr)
    raise SystemExit(code) from None


def _spread(arguments: list[str]) -> list[str]:
    """Let `--drafter a b c` stand for `--drafter a --drafter b --drafter c`."""
    spread: list[str] = []
    option: str | None = None
    for argument in arguments:
        if argument.startswith("-"):
            option = argument if argument in _MANY else None
            first = True
        elif option and not first:
            spread.append(option)
        else:
            first = False
        spread.append(argument)
    return spread


@app.callback(invoke_without_command=True)
def _root(
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    if version:
        from .. import __version__

        print(f"notebench {__version__}")
        raise typer.Exit


from . import agree, doctor, drill, kit, models, records, review, review_pages, studies, validate  # noqa: E402, F401  (they add their commands)
