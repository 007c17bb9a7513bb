"""A study in shards: each part runs alone, anywhere; merged, they are the whole run.

Tallies add up, so a merged run equals one that was never cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import MissingDependency, NotebenchError, UnknownName
from ..records import Tally, content_hash
from ..storage import write_jsonl
from .engine import execute
from .folder import RunFolder
from .study import Study


def execute_on_ray(
    study: Study, out: str | Path, *, engine: str = "ray", limit: int | None = None
) -> RunFolder:
    """Run a study over a Ray cluster, a shard a task, and merge. The folder must be shared.

    A cluster is joined where RAY_ADDRESS names one; else one is started on this machine.
    """
    if engine != "ray":
        raise UnknownName(f"no engine is called {engine!r}", mend="local or ray")
    try:
        import ray
    except ImportError as error:
        raise MissingDependency(
            "the engine ray needs a package that is not installed",
            mend="pip install 'notebench[ray]'",
        ) from error
    ray.init(ignore_reinit_error=True, include_dashboard=False, log_to_driver=False)
    count = limit or study.sessions.n or 12
    n = max(1, min(int(ray.cluster_resources().get("CPU", 1)), count))
    target = Path(out).resolve()

    @ray.remote(num_cpus=1)
    def part(i: int) -> str:
        path = target / "shards" / f"{i}-of-{n}"
        execute(study, path, limit=limit, shard=(i, n), progress=False)
        return str(path)

    return merge(ray.get([part.remote(i) for i in range(1, n + 1)]), target)


def merge(shards: Sequence[str | Path], out: str | Path) -> RunFolder:
    """One run folder from the shards of one study. Raises NotebenchError where they don't fit."""
    parts = [RunFolder.open(path) for path in shards]
    manifests = [part.manifest() for part in parts]
    studies = {m.inputs.get("study") for m in manifests}
    if len(studies) != 1:
        raise NotebenchError("the shards are of different studies", mend="merge one study's shards")
    if len({m.verifier for m in manifests}) != 1:
        raise NotebenchError(
            "the shards were judged by different verifiers", mend="rescore them with one verifier"
        )
    folder = RunFolder(out)
    sessions = [s for part in parts for s in part.sessions()]
    if len({s.session_id for s in sessions}) != len(sessions):
        raise NotebenchError("a session is in two shards", mend="name each shard once")
    write_jsonl(folder.sessions_file, sessions)
    folder.write_drafts(d for part in parts for d in part.drafts())
    folder.write_findings(f for part in parts for f in part.findings())
    folder.write_failures(f for part in parts for f in part.failures())
    folder.write_tallies(
        Tally(**row) for part in parts for row in part.tallies().to_dict("records")
    )
    first = manifests[0]
    costs = [m.cost_usd for m in manifests]
    folder.write_manifest(
        first.model_copy(
            update={
                "study": {**first.study, "shard": None},
                "inputs": {**first.inputs, "sessions": content_hash(*sessions)},
                "prompts": {k: v for m in manifests for k, v in m.prompts.items()},
                "cost_usd": None if None in costs else sum(c or 0 for c in costs),
                "digests": folder.digests(),
            }
        )
    )
    return folder
