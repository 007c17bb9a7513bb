"""Commands that make or judge records: sessions, draft, check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import CheckFailed, NotebenchError
from . import app, show

if TYPE_CHECKING:
    from ..api import Checked

SessionsFile = Annotated[Path, typer.Option("--sessions", help="A sessions.jsonl.")]
Formats = Annotated[
    list[str] | None, typer.Option("--format", help="Note format; may be repeated.")
]


@app.command(
    epilog="Example: notebench sessions --n 20 --seed 7 --format SOAP --out sessions.jsonl"
)
def sessions(
    n: Annotated[int, typer.Option("--n", min=1, help="How many sessions.")] = 12,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    out: Annotated[Path | None, typer.Option(help="File to write.")] = None,
    problem: Annotated[
        str | None, typer.Option(help="Only this presenting problem, such as depression.")
    ] = None,
    format: Formats = None,
    noise: Annotated[
        str | None, typer.Option(help="asr: speech-recognition errors in the transcript.")
    ] = None,
    check: Annotated[
        Path | None, typer.Option(help="Check this sessions.jsonl instead of making one.")
    ] = None,
) -> None:
    """Make synthetic sessions whose truth is known fact by fact, or check a file of them."""
    from ..sessions import generate
    from ..storage import write_jsonl

    if check:
        return _check_sessions(check)
    if out is None:
        raise NotebenchError("no file to write to", mend="add --out FILE")
    formats = _formats(format) or ["SOAP", "DAP", "BIRP"]
    made = generate(n, seed, problem=problem, formats=formats, noise=noise)
    count = write_jsonl(out, made)
    show.wrote(out, f"{count} sessions, seed {seed}")
    return None


def _check_sessions(path: Path) -> None:
    from ..records import Session
    from ..sessions import check
    from ..storage import iter_jsonl

    broken = count = 0
    for session in iter_jsonl(path, Session):
        count += 1
        for problem in check(session):
            broken += 1
            print(f"{session.session_id}: {problem}")
    if broken:
        raise CheckFailed(f"{broken} invariants are broken in {count} sessions", where=str(path))
    print(f"{count} sessions, no invariant broken")


@app.command(
    epilog="Example: notebench draft --sessions sessions.jsonl --drafter reference "
    "local/smollm2-135m-instruct --workflow organise --out drafts/"
)
def draft(
    sessions: SessionsFile,
    drafter: Annotated[list[str], typer.Option("--drafter", help="Who writes; may be repeated.")],
    out: Annotated[Path, typer.Option(help="Folder to write drafts.jsonl into.")],
    format: Formats = None,
    workflow: Annotated[
        list[str] | None,
        typer.Option("--workflow", help="scribe, organise or polish; may be repeated."),
    ] = None,
    samples: Annotated[int, typer.Option(min=1, help="Notes by each drafter.")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of the drafters.")] = 0,
    cache: Annotated[bool, typer.Option(help="Use answers that models gave before.")] = True,
) -> None:
    """Have notes written for sessions. What can't be had is listed in failures.jsonl."""
    from ..runs import draft_only
    from ..runs.study import make_study

    study = make_study(
        {
            "sessions": {"file": str(sessions.resolve())},
            "drafters": [{"name": name} for name in drafter],
            "formats": format or ["SOAP"],
            "workflows": workflow or ["scribe"],
            "samples": samples,
            "seed": seed,
            "cache": cache,
        },
        where="notebench draft",
    )
    folder, drafts, failures = draft_only(study, out)
    show.wrote(folder.drafts_file, f"{len(drafts)} drafts")
    if failures:
        show.wrote(folder.failures_file, f"{len(failures)} failures")
        for failure in failures[:5]:
            print(f"  {failure.session_id} {failure.drafter}: {failure.error}")
        if not drafts:
            raise CheckFailed("no note could be had", where=str(out))


@app.command(
    epilog="Example: notebench check --sessions sessions.jsonl --drafts drafts.jsonl "
    "--out findings.jsonl"
)
def check(
    sessions: SessionsFile,
    drafts: Annotated[Path, typer.Option(help="A drafts.jsonl.")],
    out: Annotated[Path, typer.Option(help="File to write findings to.")],
    verifier: Annotated[
        str, typer.Option(help="local, or judge:<model> (which sends the text to that model).")
    ] = "local",
) -> None:
    """Judge notes from anywhere, sentence by sentence and fact by fact."""
    from ..api import check as judge
    from ..api import load_drafts, load_sessions
    from ..storage import write_jsonl

    result = judge(load_sessions(sessions), load_drafts(drafts), verifier=verifier)
    write_jsonl(out, result.finding_records)
    show.summary(result.tallies, _signature(result))
    show.wrote(out, f"{len(result.finding_records)} findings on {len(result.draft_records)} drafts")
    without = [s.session_id for s in result.session_records if not s.facts]
    if without:
        print(
            f"{len(without)} of {len(result.session_records)} sessions list no facts: "
            "omission is not measurable there"
        )
    if result.failed:
        print(f"{len(result.failed)} drafts could not be judged and are marked unscored:")
        for line in result.failed[:5]:
            print(f"  {line}")


def _signature(result: Checked) -> Callable[[str], str]:
    from functools import partial

    from ..records import content_hash
    from ..reports.data import signature

    return partial(
        signature, data=content_hash(*result.session_records), prompts=[], seed=0,
        n=len({d.session_id for d in result.draft_records}),
        verifier=", ".join(sorted({f.verifier for f in result.finding_records})),
    )  # fmt: skip


def _formats(names: list[str] | None) -> list[str]:
    from .. import formats

    return [formats.get(name).name for name in names or []]
