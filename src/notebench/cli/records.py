"""Commands that make or judge records: sessions, draft, check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import CheckFailed, NotebenchError
from . import app, show

if TYPE_CHECKING:
    from ..api import Checked
    from ..records import Session

SessionsFile = Annotated[Path, typer.Option("--sessions", help="A sessions.jsonl.")]
Formats = Annotated[
    list[str] | None, typer.Option("--format", help="Note format; may be repeated.")
]


@app.command(
    epilog="Example: notebench sessions --n 20 --seed 7 --format SOAP --out sessions.jsonl"
)
def sessions(
    n: Annotated[
        int | None, typer.Option("--n", min=1, help="How many sessions; 12 if not said.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    out: Annotated[Path | None, typer.Option(help="File to write.")] = None,
    problem: Annotated[
        str | None, typer.Option(help="Only this presenting problem, such as depression.")
    ] = None,
    session_type: Annotated[
        str | None, typer.Option(help="Only this type, such as crisis or court_mandated.")
    ] = None,
    modality: Annotated[
        str | None, typer.Option(help="Only this kind of treatment, such as cbt.")
    ] = None,
    complexity: Annotated[
        list[str] | None,
        typer.Option(help="These flags and no others, such as interpreter; may be repeated."),
    ] = None,
    cover: Annotated[
        bool,
        typer.Option(
            "--cover",
            help="Sessions that meet every pair of problem, modality, type, setting and flag.",
        ),
    ] = False,
    format: Formats = None,
    noise: Annotated[
        str | None, typer.Option(help="asr: speech-recognition errors in the transcript.")
    ] = None,
    writer: Annotated[
        str | None,
        typer.Option(help="A model that says the talk anew, kept where the facts still hold."),
    ] = None,
    writer_base: Annotated[
        str | None, typer.Option(help="Base URL of the writer's server, if it has its own.")
    ] = None,
    check: Annotated[
        Path | None, typer.Option(help="Check this sessions.jsonl instead of making one.")
    ] = None,
) -> None:
    """Make synthetic sessions whose truth is known fact by fact, or check a file of them."""
    from ..sessions import generate, generate_cover
    from ..storage import write_jsonl

    if check:
        return _check_sessions(check)
    if out is None:
        raise NotebenchError("no file to write to", mend="add --out FILE")
    formats = _formats(format) or ["SOAP", "DAP", "BIRP"]
    if writer and noise:
        raise NotebenchError(
            "--writer and --noise can't go together",
            mend="write the sessions first: a model can't reword talk that carries errors",
        )
    if cover and any((problem, session_type, modality, complexity, noise)):
        raise NotebenchError(
            "--cover draws every problem, type, modality and flag itself",
            mend="leave those options and --noise out, or leave --cover out",
        )
    n = n if cover else n or 12
    made = (
        generate_cover(seed, n, formats=formats)
        if cover
        else generate(
            n or 12,
            seed,
            problem=problem,
            session_type=session_type,
            modality=modality,
            complexity=complexity,
            formats=formats,
            noise=noise,
        )  # fmt: skip
    )
    if writer:
        made = _reworded(made, n, writer, writer_base)
    count = write_jsonl(out, made)
    show.wrote(out, f"{count} sessions, seed {seed}")
    return None


def _reworded(
    made: Iterator[Session], n: int | None, model: str, api_base: str | None
) -> Iterator[Session]:
    """The sessions with their talk said anew by a model, and how much of it was kept, told."""
    from tqdm.auto import tqdm

    from ..llm.client import AnswerCache, Client
    from ..sessions.writer import Writer

    writer = Writer(model, Client(cache=AnswerCache()), api_base)
    stretches = reworded = fell_back = 0
    for session in tqdm(made, total=n, desc=f"rewording with {model}", unit="session"):
        done = writer.rewrite(session).session
        told = done.scenario["writer"]
        stretches, reworded = stretches + told["stretches"], reworded + told["reworded"]
        fell_back += told["fell_back"]
        yield done
    print(
        f"{reworded} of {stretches} stretches of talk reworded by {model}; {fell_back} answers "
        "did not hold to the facts, and the library's wording stands"
    )


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
        str,
        typer.Option(
            help="local, local-llm, judge:<model> (which sends the text to that model; several are "
            "joined by +), nli:<model> or human:<file>; docs/verifiers.md tells of each."
        ),
    ] = "local",
) -> None:
    """Judge notes from anywhere, sentence by sentence and fact by fact."""
    from ..api import check as judge
    from ..api import load_drafts, load_sessions
    from ..runs.judging import agreement, models_in
    from ..storage import write_jsonl
    from ..verifiers.families import kinship

    result = judge(load_sessions(sessions), load_drafts(drafts), verifier=verifier)
    write_jsonl(out, result.finding_records)
    show.summary(result.tallies, _signature(result))
    of = result.finding_records, result.draft_records
    show.judges(agreement(*of), kinship(verifier, models_in(result.draft_records)))
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
