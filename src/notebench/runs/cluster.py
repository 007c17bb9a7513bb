"""A study in shards: each part runs alone, anywhere; merged, they are the whole run.

Notes and findings are joined and counted anew, since some metrics look across all notes of a run;
so a merged run equals one that was never cut.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ..errors import MissingDependency, NotebenchError, UnknownName
from ..metrics import tally
from ..records import Manifest, Session, content_hash
from ..storage import write_jsonl
from .engine import execute, sessions_of
from .folder import RunFolder
from .judging import agreement, cases
from .study import Study


def execute_on_ray(
    study: Study, out: str | Path, *, engine: str = "ray", limit: int | None = None
) -> RunFolder:
    """Run a study over a Ray cluster, a shard a task, and merge. The folder must be shared.

    A cluster is joined where RAY_ADDRESS names one; else one is started on this machine.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # Ray reports its use unless told not to
    if engine != "ray":
        raise UnknownName(f"no engine is called {engine!r}", mend="local or ray")
    try:
        import ray
    except ImportError as error:
        raise MissingDependency(
            "the engine ray needs a package that is not installed",
            mend="pip install 'notebench[ray]'",
        ) from error
    ray.init(
        ignore_reinit_error=True, include_dashboard=False, log_to_driver=False,
        logging_level="error",
        # a task has one processor, and an embedded model's threads wait in a busy loop
        runtime_env={"env_vars": {"NOTEBENCH_THREADS": "1", "RAY_USAGE_STATS_ENABLED": "0"}},
    )  # fmt: skip
    n = max(1, min(int(ray.cluster_resources().get("CPU", 1)), len(sessions_of(study)[:limit])))
    share = study.model_copy(update={"limits": study.limits.share(n)})
    target = Path(out).resolve()

    @ray.remote(num_cpus=1)
    def part(i: int) -> str:
        path = target / "shards" / f"{i}-of-{n}"
        execute(share, path, limit=limit, shard=(i, n), progress=False)
        return str(path)

    return merge(ray.get([part.remote(i) for i in range(1, n + 1)]), target)


def merge(shards: Sequence[str | Path], out: str | Path) -> RunFolder:
    """One run folder from all shards of one study, equal to a run that was never cut.

    Raises NotebenchError, before anything is written, where they are not the shards of one study.
    """
    parts = _in_order([RunFolder.open(path) for path in shards])
    manifests = [part.manifest() for part in parts]
    if len({m.verifier for m in manifests}) != 1:
        raise NotebenchError(
            "the shards were judged by different verifiers", mend="rescore them with one verifier"
        )
    folder, first = RunFolder(out), manifests[0]
    rounds = zip_longest(*(part.sessions() for part in parts))
    sessions = [s for one_each in rounds for s in one_each if s]
    inputs = {**first.inputs, "sessions": content_hash(*sessions)}
    if folder.manifest_file.exists():
        folder.manifest_of(inputs)
    place = _places(first, sessions)
    drafts = sorted((d for part in parts for d in part.drafts()), key=place)
    at = {d.draft_id: i for i, d in enumerate(drafts)}
    findings = sorted((f for part in parts for f in part.findings()), key=lambda f: at[f.draft_id])
    failures = [f for part in parts for f in part.failures()]
    write_jsonl(folder.sessions_file, sessions)
    folder.write_drafts(drafts)
    folder.write_findings(findings)
    folder.write_failures(sorted(failures, key=lambda f: (f.stage, *place(f))))
    folder.write_tallies(tally(cases(sessions, drafts, findings), first.study.get("metrics")))
    judged = {"agreement": agreement(findings, drafts, first.seed) if first.agreement else {}}
    folder.write_manifest(first.model_copy(update=_merged(manifests, inputs, folder) | judged))
    return folder


def _in_order(parts: list[RunFolder]) -> list[RunFolder]:
    """The shards from first to last. Raises NotebenchError unless each is there once."""
    by_number: dict[int, RunFolder] = {}
    of: set[object] = set()
    for part in parts:
        manifest = part.manifest()
        i, n = manifest.shard or (1, 1)
        of.add((manifest.inputs.get("study"), manifest.limit, n))
        if i in by_number:
            raise NotebenchError(
                f"shard {i}/{n} is given twice", where=str(part.path), mend="name each shard once"
            )
        by_number[i] = part
    if len(of) != 1:
        raise NotebenchError("the shards are of different studies", mend="merge one study's shards")
    if missing := [i for i in range(1, n + 1) if i not in by_number]:
        raise NotebenchError(
            f"shard {missing[0]}/{n} is missing", mend=f"run it with --shard {missing[0]}/{n}"
        )
    return [by_number[i] for i in sorted(by_number)]


def _places(manifest: Manifest, sessions: Sequence[Session]) -> Callable[[Any], tuple[int, int]]:
    """The order of a whole run: drafter by drafter, session by session."""
    drafters = [d.get("label") or d["name"] for d in manifest.study["drafters"]]
    by_name = {name: i for i, name in enumerate(drafters)}
    by_id = {s.session_id: i for i, s in enumerate(sessions)}
    return lambda record: (by_name[record.drafter], by_id[record.session_id])


def _merged(
    manifests: Sequence[Manifest], inputs: dict[str, str], folder: RunFolder
) -> dict[str, Any]:
    costs = [m.cost_usd for m in manifests]
    prompts = {name: sha for m in manifests for name, sha in m.prompts.items()}
    return {
        "shard": None,
        "inputs": inputs,
        "prompts": dict(sorted(prompts.items())),
        "cost_usd": None if None in costs else sum(c or 0 for c in costs),
        "digests": folder.digests(),
    }
