"""The engine: plan the notes of a study, have them written, judged and counted, and resume.

Embedded models and plain-Python drafters work one note at a time in one thread (the weights are
shared); models behind a server are asked `concurrency` at a time in others.
"""

from __future__ import annotations

import os
import platform
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import __version__
from ..drafters import make as make_drafter
from ..drafters.base import Drafter, Task, draft_id
from ..errors import BudgetExceeded, NotebenchError
from ..llm.cache import AnswerCache
from ..llm.client import Client, Limits
from ..metrics import tally
from ..metrics.base import Case
from ..records import ClaimFinding, Draft, FactFinding, Failure, Manifest, Session, content_hash
from ..sessions import generate
from ..storage import read_jsonl, write_jsonl
from ..verifiers import make as make_verifier
from ..verifiers.base import Verifier, unscored
from .folder import RunFolder
from .study import Study

Bar = Callable[..., Any]


@dataclass(frozen=True)
class Job:
    """One note to be had: a drafter and its task."""

    id: str
    drafter: Drafter
    shown_as: str
    task: Task

    @property
    def in_process(self) -> bool:
        """Whether it runs in this process, one at a time."""
        return "/" not in self.drafter.name or self.drafter.name.startswith("local/")

    def failure(self, stage: Any, error: str, attempts: int = 1) -> Failure:
        """The record of its failure."""
        t = self.task
        return Failure(
            stage=stage, session_id=t.session.session_id, drafter=self.shown_as,
            workflow=t.workflow, format=t.format, sample=t.sample, error=error, attempts=attempts,
        )  # fmt: skip


def sessions_of(study: Study) -> list[Session]:
    """The study's sessions: read, or generated with a reference note in each of its formats."""
    wanted = study.sessions
    if wanted.file:
        found: list[Session] = read_jsonl(study.base / wanted.file, Session)
        return found[: wanted.n]
    return list(
        generate(
            wanted.n or 12,
            study.seed,
            problem=wanted.problem,
            formats=study.formats,
            noise=wanted.noise,
        )  # fmt: skip
    )


def client_of(study: Study) -> Client:
    """A client with the study's limits and the user's answer cache."""
    limit = study.limits
    limits = Limits(
        timeout_s=limit.timeout_s, retries=limit.retries,
        requests_per_minute=limit.requests_per_minute, budget_usd=limit.budget_usd,
    )  # fmt: skip
    return Client(cache=AnswerCache() if study.cache else None, limits=limits)


def plan(study: Study, sessions: Sequence[Session], client: Any) -> list[Job]:
    """Every note of the study, drafter by drafter so that each embedded model is loaded once.

    A drafter that can do none of the study's workflows (the clinician's note is written in only
    one way) does its own first one, once.
    """
    jobs: list[Job] = []
    for settings in study.drafters:
        drafter = make_drafter(settings.name, settings.options, client=client)
        wanted = settings.workflows or study.workflows
        workflows = [w for w in wanted if w in drafter.workflows] or drafter.workflows[:1]
        for session in sessions:
            for workflow in workflows:
                for format in study.formats:
                    for sample in range(study.samples):
                        task = Task(session, workflow, format, sample, study.seed)  # type: ignore[arg-type]
                        key = draft_id(drafter, task)
                        if settings.label:
                            key = f"d-{content_hash(key, settings.label, length=12)}"
                        jobs.append(Job(key, drafter, settings.shown_as, task))
    return jobs


def execute(
    study: Study,
    out: str | Path,
    *,
    limit: int | None = None,
    shard: tuple[int, int] | None = None,
    progress: bool = True,
) -> RunFolder:
    """Run a study into a folder, or go on where an earlier run of the same study stopped.

    limit: only the first so many sessions. shard: (i, n), the i-th of n parts of the sessions,
    counted from 1. Notes that can't be had are recorded in failures.jsonl and tried again next
    time. Raises NotebenchError where the folder holds another study, and BudgetExceeded, after
    everything had so far was kept, where the budget ends the study.
    """
    folder, client = RunFolder(out), client_of(study)
    sessions = _part(sessions_of(study), limit, shard)
    jobs = plan(study, sessions, client)
    verifier = make_verifier(study.verifier, client=client)
    manifest = _begin(folder, study, sessions, limit, shard)
    drafts, failures, stopped = _draft_all(folder, study, jobs, progress)
    folder.write_drafts(drafts)
    _judge(folder, verifier, sessions, drafts, failures, study.metrics, progress)
    _finish(folder, manifest, verifier, drafts, client)
    if stopped:
        raise BudgetExceeded(
            f"{stopped} ({len(drafts)} of {len(jobs)} notes were had and kept)",
            where=str(folder.path),
            mend="raise limits.budget_usd and run the study again; it goes on from there",
        )
    return folder


def draft_only(study: Study, out: str | Path) -> tuple[RunFolder, list[Draft], list[Failure]]:
    """Only the drafts of a study, into drafts.jsonl and failures.jsonl of a folder.

    Drafts that the folder holds already are kept before the new ones.
    """
    folder, client = RunFolder(out), client_of(study)
    jobs = plan(study, sessions_of(study), client)
    folder.path.mkdir(parents=True, exist_ok=True)
    before = folder.kept()
    drafts, failures, stopped = _draft_all(folder, study, jobs, progress=True)
    others = [d for key, d in before.items() if key not in {job.id for job in jobs}]
    folder.write_drafts([*others, *drafts])
    folder.write_failures(failures)
    if stopped:
        raise BudgetExceeded(stopped, where=str(folder.path))
    return folder, drafts, failures


def rescore(path: str | Path, verifier_name: str, *, progress: bool = True) -> RunFolder:
    """New findings and tallies from the drafts a run kept; no drafter is asked again.

    The earlier findings are kept beside the new ones as findings.<verifier>.jsonl.
    """
    folder = RunFolder.open(path)
    manifest = folder.manifest()
    client = Client(cache=AnswerCache())
    verifier = make_verifier(verifier_name, client=client)
    failures = [f for f in folder.failures() if f.stage == "draft"]
    if earlier := folder.findings():
        name = "".join(c if c.isalnum() or c in "-._@" else "_" for c in earlier[0].verifier)
        write_jsonl(folder.path / f"findings.{name}.jsonl", earlier)
    metrics = manifest.study.get("metrics")
    _judge(folder, verifier, folder.sessions(), folder.drafts(), failures, metrics, progress)
    updated = manifest.model_copy(update={"study": {**manifest.study, "verifier": verifier_name}})
    _finish(folder, updated, verifier, folder.drafts(), client)
    return folder


def verify(
    verifier: Verifier, sessions: Iterable[Session], drafts: Sequence[Draft], bar: Bar
) -> tuple[list[ClaimFinding | FactFinding], list[tuple[Draft, str]]]:
    """Findings of all drafts in order, and the drafts that the verifier failed on with why.

    A draft it failed on gets `unscored` findings, so that no sentence is without one.
    """
    by_id = {s.session_id: s for s in sessions}
    findings: list[ClaimFinding | FactFinding] = []
    failed: list[tuple[Draft, str]] = []
    for draft in bar(drafts, desc="judging", unit="note"):
        session = by_id.get(draft.session_id)
        if session is None:
            raise NotebenchError(
                f"its session {draft.session_id!r} is not among the sessions",
                where=f"draft {draft.draft_id}", mend="give the file that holds that session",
            )  # fmt: skip
        try:
            findings.extend(verifier.verify(session, draft))
        except NotebenchError as error:
            failed.append((draft, error.what))
            findings.extend(unscored(session, draft, verifier, error.what))
    return findings, failed


def cases(
    sessions: Iterable[Session],
    drafts: Iterable[Draft],
    findings: Iterable[ClaimFinding | FactFinding],
) -> list[Case]:
    """Drafts with their session and findings, ready to be counted."""
    by_draft: dict[str, list[ClaimFinding | FactFinding]] = {}
    for finding in findings:
        by_draft.setdefault(finding.draft_id, []).append(finding)
    by_id = {s.session_id: s for s in sessions}
    return [Case(by_id[d.session_id], d, tuple(by_draft.get(d.draft_id, ()))) for d in drafts]


def progress_bar(show: bool) -> Bar:
    """tqdm in a terminal or notebook, silent where asked or where nobody looks."""
    from tqdm.auto import tqdm

    # None: silent unless standard error is a terminal, which in a notebook it never is
    hidden = False if "ipykernel" in sys.modules else None

    def bar(items: Any, **options: Any) -> Any:
        return tqdm(items, disable=hidden if show else True, leave=False, **options)

    return bar


def _part(
    sessions: list[Session], limit: int | None, shard: tuple[int, int] | None
) -> list[Session]:
    sessions = sessions[:limit]
    if shard:
        sessions = sessions[shard[0] - 1 :: shard[1]]
    if not sessions:
        raise NotebenchError(
            "no session is left to work on", mend="use fewer shards, or more sessions"
        )
    return sessions


def _begin(
    folder: RunFolder,
    study: Study,
    sessions: Sequence[Session],
    limit: int | None,
    shard: tuple[int, int] | None,
) -> Manifest:
    """Write the manifest and the sessions; an earlier run of the same study keeps its own."""
    inputs = {"sessions": content_hash(*sessions), "study": content_hash(study)}
    if folder.manifest_file.exists():
        earlier = folder.manifest()
        if earlier.inputs != inputs:
            raise NotebenchError(
                "the folder holds a run of another study, or of other sessions",
                where=str(folder.path), mend="name another folder with --out, or remove this one",
            )  # fmt: skip
        return earlier
    manifest = Manifest(
        study={**study.model_dump(mode="json"), "limit": limit, "shard": shard}, seed=study.seed,
        notebench=__version__, created=datetime.now(UTC).isoformat(timespec="seconds"),
        environment=environment(), inputs=inputs,
    )  # fmt: skip
    folder.path.mkdir(parents=True, exist_ok=True)
    write_jsonl(folder.sessions_file, sessions)
    folder.write_manifest(manifest)
    return manifest


def _draft_all(
    folder: RunFolder, study: Study, jobs: Sequence[Job], progress: bool
) -> tuple[list[Draft], list[Failure], str | None]:
    """All drafts that could be had, in the plan's order, failures, and why it was cut short."""
    had = folder.kept()
    todo = [job for job in jobs if job.id not in had]
    failed: dict[str, Failure] = {}
    stop = threading.Event()
    reason: list[str] = []
    lock = threading.Lock()

    def one(job: Job) -> None:
        if stop.is_set():
            failed[job.id] = job.failure("draft", "not tried: the study was stopped", 0)
            return
        try:
            draft = job.drafter.draft(job.task)
            draft = draft.model_copy(update={"draft_id": job.id, "drafter": job.shown_as})
            with lock:
                keep(draft)
                had[job.id] = draft
        except BudgetExceeded as error:
            stop.set()
            reason.append(error.what)
            failed[job.id] = job.failure("draft", error.what, 0)
        except NotebenchError as error:
            failed[job.id] = job.failure("draft", error.what)
        except Exception as error:  # a drafter's own fault must not end everybody's study
            failed[job.id] = job.failure("draft", f"{type(error).__name__}: {error}")
        finally:
            with lock:
                bar.set_postfix_str(job.shown_as, refresh=False)
                bar.update()

    here = [job for job in todo if job.in_process]
    there = [job for job in todo if not job.in_process]
    done = len(jobs) - len(todo)
    bar = progress_bar(progress)(None, total=len(jobs), initial=done, desc="drafting", unit="note")
    with folder.journal() as keep, bar, _Pools(study.limits.concurrency, stop) as pools:
        futures = [pools.one.submit(one, job) for job in here]
        futures += [pools.many.submit(one, job) for job in there]
        for future in futures:
            future.result()
    drafts = [had[job.id] for job in jobs if job.id in had]
    failures = [failed[job.id] for job in jobs if job.id in failed]
    return drafts, failures, reason[0] if reason else None


class _Pools:
    """A one-thread pool and a many-thread pool; an error or Ctrl-C stops both at the next note."""

    def __init__(self, concurrency: int, stop: threading.Event) -> None:
        self.one, self.many = ThreadPoolExecutor(1), ThreadPoolExecutor(concurrency)
        self._stop = stop

    def __enter__(self) -> _Pools:
        return self

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is not None:
            self._stop.set()
        for pool in (self.one, self.many):
            pool.shutdown(cancel_futures=kind is not None)


def _judge(
    folder: RunFolder,
    verifier: Verifier,
    sessions: Sequence[Session],
    drafts: Sequence[Draft],
    failures: Sequence[Failure],
    metrics: Sequence[str] | None,
    progress: bool,
) -> None:
    findings, failed = verify(verifier, sessions, drafts, progress_bar(progress))
    unverified = [
        Failure(
            stage="verify", session_id=d.session_id, drafter=d.drafter, workflow=d.workflow,
            format=d.format, sample=d.sample, error=why,
        )
        for d, why in failed
    ]  # fmt: skip
    folder.write_findings(findings)
    folder.write_failures([*failures, *unverified])
    counted = progress_bar(progress)(
        cases(sessions, drafts, findings), desc="counting", unit="note"
    )
    folder.write_tallies(tally(counted, metrics))


def _finish(
    folder: RunFolder,
    manifest: Manifest,
    verifier: Verifier,
    drafts: Sequence[Draft],
    client: Client,
) -> None:
    costs = [d.provenance["cost_usd"] for d in drafts if "cost_usd" in d.provenance]
    prompts = {
        f"{p['name']}@{p['version']}": p["sha256"]
        for d in drafts
        if isinstance(p := d.provenance.get("prompt"), dict)
    }
    folder.write_manifest(
        manifest.model_copy(
            update={
                "prompts": dict(sorted(prompts.items())),
                "verifier": f"{verifier.name}@{verifier.version}",
                "cost_usd": None if None in costs else sum(costs),
                "digests": folder.digests(),
            }
        )
    )


def environment() -> dict[str, str]:
    """Versions of Python and of the packages that bear on results."""
    from importlib.metadata import PackageNotFoundError, version

    found = {
        "python": sys.version.split()[0],
        "platform": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
    }
    for package in ("litellm", "xllamacpp", "rouge-score", "evaluate", "numpy", "pandas", "scipy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
