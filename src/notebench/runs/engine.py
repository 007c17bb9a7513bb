"""The engine: have the notes of a study written, judged and counted, and resume."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .. import __version__
from ..errors import BudgetExceeded, NotebenchError
from ..llm.cache import AnswerCache
from ..llm.client import Client, Limits
from ..metrics import tally
from ..records import Draft, Failure, Finding, Manifest, Session, content_hash
from ..sessions import generate
from ..storage import iter_jsonl, read_jsonl, write_jsonl, write_text
from ..verifiers import make as make_verifier
from ..verifiers.base import Verifier, label_of
from ..verifiers.families import kinship
from .drafting import check_ready, draft_all, plan
from .folder import RunFolder
from .judging import agreement, cases, models_in, verify
from .progress import progress_bar
from .study import SESSIONS, LimitSettings, Study

_MAY_CHANGE = frozenset({"name", "limits", "cache", "verifier", "metrics"})


def sessions_of(study: Study) -> list[Session]:
    """The study's sessions: read, or generated with a reference note in each of its formats."""
    wanted = study.sessions
    if wanted.file:
        found: list[Session] = read_jsonl(study.base / wanted.file, Session)
        return found[: wanted.n]
    return list(
        generate(
            wanted.n or SESSIONS,
            study.seed,
            problem=wanted.problem,
            formats=study.formats,
            noise=wanted.noise,
        )
    )


def client_of(study: Study) -> Client:
    """A client with the study's limits and the user's answer cache."""
    limit = study.limits
    limits = Limits(
        timeout_s=limit.timeout_s, retries=limit.retries,
        requests_per_minute=limit.requests_per_minute, budget_usd=limit.budget_usd,
    )  # fmt: skip
    return Client(cache=AnswerCache() if study.cache else None, limits=limits)


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
    time. Raises NotebenchError, before anything is written, where the folder holds another study
    or a drafter can't start; and BudgetExceeded, after everything had so far was kept, where the
    budget ends the study.
    """
    folder, client = RunFolder(out), client_of(study)
    sessions = part_of(sessions_of(study), limit, shard)
    jobs = plan(study, sessions, client)
    verifier = make_verifier(study.verifier, client=client)
    tally([], study.metrics)  # an unknown metric is refused here
    manifest = _manifest(folder, study, sessions, limit, shard)
    had = folder.kept()
    check_ready([*(job.drafter for job in jobs if job.id not in had), verifier])
    if not folder.manifest_file.exists():
        write_jsonl(folder.sessions_file, sessions)
    folder.write_manifest(manifest)
    drafts, failures, stopped = draft_all(folder, study, jobs, progress)
    folder.write_drafts(drafts)
    judging = Judging(verifier, study.metrics, study.limits.concurrency, progress)
    stopped = _judge(folder, judging, sessions, drafts, failures) or stopped
    _finish(folder, manifest, verifier, drafts)
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
    before = folder.kept()
    check_ready(job.drafter for job in jobs if job.id not in before)
    drafts, failures, stopped = draft_all(folder, study, jobs, progress=True)
    others = [d for key, d in before.items() if key not in {job.id for job in jobs}]
    folder.write_drafts([*others, *drafts])
    folder.write_failures(failures)
    if stopped:
        raise BudgetExceeded(stopped, where=str(folder.path))
    return folder, drafts, failures


def rescore(path: str | Path, verifier_name: str, *, progress: bool = True) -> RunFolder:
    """New findings and tallies from the drafts a run kept; no drafter is asked again.

    The findings of another verifier are kept beside the new ones as findings.<verifier>.jsonl.
    """
    folder = RunFolder.open(path)
    manifest = folder.manifest()
    client = Client(cache=AnswerCache())
    verifier = make_verifier(verifier_name, client=client)
    check_ready([verifier])
    failures = [f for f in folder.failures() if f.stage == "draft"]
    limits = LimitSettings.model_validate(manifest.study.get("limits", {}))
    judging = Judging(verifier, manifest.study.get("metrics"), limits.concurrency, progress)
    drafts = folder.drafts()
    stopped = _judge(folder, judging, folder.sessions(), drafts, failures)
    updated = manifest.model_copy(update={"study": {**manifest.study, "verifier": verifier_name}})
    _finish(folder, updated, verifier, drafts)
    if stopped:
        raise BudgetExceeded(stopped, where=str(folder.path))
    return folder


def part_of(
    sessions: list[Session], limit: int | None, shard: tuple[int, int] | None
) -> list[Session]:
    """The first `limit` sessions, and of them the i-th of n parts. Raises where none is left."""
    sessions = sessions[:limit]
    if shard:
        sessions = sessions[shard[0] - 1 :: shard[1]]
    if not sessions:
        raise NotebenchError(
            "no session is left to work on", mend="use fewer shards, or more sessions"
        )
    return sessions


def _manifest(
    folder: RunFolder,
    study: Study,
    sessions: Sequence[Session],
    limit: int | None,
    shard: tuple[int, int] | None,
) -> Manifest:
    """A run's manifest: that of an earlier run of the same study, or a new one.

    Limits, cache, verifier and metrics may change between runs: no draft depends on them.
    """
    settings = study.model_dump(mode="json")
    same = {k: v for k, v in settings.items() if k not in _MAY_CHANGE}
    inputs = {"sessions": content_hash(*sessions), "study": content_hash(same)}
    if folder.manifest_file.exists():
        earlier = folder.manifest_of(inputs)
        return earlier.model_copy(update={"study": settings, "limit": limit, "shard": shard})
    return Manifest(
        study=settings, seed=study.seed, limit=limit, shard=shard, notebench=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        environment=environment(), inputs=inputs,
    )  # fmt: skip


@dataclass(frozen=True)
class Judging:
    """How the notes of a study are judged and counted."""

    verifier: Verifier
    metrics: Sequence[str] | None
    concurrency: int
    progress: bool


def _judge(
    folder: RunFolder,
    judging: Judging,
    sessions: Sequence[Session],
    drafts: Sequence[Draft],
    failures: Sequence[Failure],
) -> str | None:
    """Judge and count; why judging was cut short, if the budget ended it."""
    bar = progress_bar(judging.progress)
    findings, failed = verify(judging.verifier, sessions, drafts, bar, judging.concurrency)
    unverified = [
        Failure(
            stage="verify", session_id=d.session_id, drafter=d.drafter, workflow=d.workflow,
            format=d.format, sample=d.sample, error=getattr(error, "what", repr(error)),
        )
        for d, error in failed
    ]  # fmt: skip
    _keep_earlier(folder, label_of(judging.verifier))
    folder.write_findings(findings)
    folder.write_failures([*failures, *unverified])
    counted = bar(cases(sessions, drafts, findings), desc="counting", unit="note")
    folder.write_tallies(tally(counted, judging.metrics))
    return next((e.what for _, e in failed if isinstance(e, BudgetExceeded)), None)


def _keep_earlier(folder: RunFolder, verifier: str) -> None:
    """Copy findings that another verifier made to a file named after it."""
    if not folder.findings_file.exists():
        return
    earlier = next((f.verifier for f in iter_jsonl(folder.findings_file, Finding)), verifier)
    if earlier != verifier:
        name = "".join(c if c.isalnum() or c in "-._@" else "_" for c in earlier)
        kept = folder.path / f"findings.{name}.jsonl"
        write_text(kept, folder.findings_file.read_text("utf-8"))


def _finish(
    folder: RunFolder, manifest: Manifest, verifier: Verifier, drafts: Sequence[Draft]
) -> None:
    costs = [d.provenance["cost_usd"] for d in drafts if "cost_usd" in d.provenance]
    prompts = {
        f"{p['name']}@{p['version']}": p["sha256"]
        for d in drafts
        if isinstance(p := d.provenance.get("prompt"), dict)
    } | {p.id: p.sha256 for p in getattr(verifier, "prompts", ())}
    votes = folder.findings() if hasattr(verifier, "judges") else []
    folder.write_manifest(
        manifest.model_copy(
            update={
                "prompts": dict(sorted(prompts.items())),
                "verifier": label_of(verifier),
                "agreement": agreement(votes, drafts, manifest.seed),
                "warnings": kinship(verifier.name, models_in(drafts)),
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
