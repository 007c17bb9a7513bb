"""What a study would ask, cost and send away: a plan of it with a client that asks nothing.

How often a judge would be asked depends on notes that are not written yet: that stays unknown.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass

from ..drafters.base import INPUTS
from ..errors import NotebenchError
from ..llm.client import Completion, Request, estimate_call, is_remote
from ..verifiers import hub
from ..verifiers.families import models_of
from .drafting import Job, plan
from .engine import part_of, sessions_of
from .study import Study


@dataclass(frozen=True)
class Estimate:
    """One drafter's or judge's share of a study, answers counted at their full allowed length.

    None stands for what can't be known beforehand.
    """

    drafter: str
    """Name of the drafter, or of the judge."""
    notes: int
    calls: int | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    """Upper bound; None where the model's price is not known."""
    leaves: str
    """What would leave this machine, in words."""


class _Counter:
    """Stands in for the client: counts calls and answers with a dash."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.calls = self.prompt_tokens = self.completion_tokens = 0
        self.cost: float | None = 0.0
        self.remote_to: str | None = None

    def complete(self, request: Request) -> Completion:
        prompt_tokens, cost = estimate_call(request)
        with self.lock:
            self.calls += 1
            self.prompt_tokens += prompt_tokens
            self.completion_tokens += request.max_tokens or 0
            self.cost = None if cost is None or self.cost is None else self.cost + cost
            if is_remote(request.model, request.api_base):
                self.remote_to = request.api_base or request.model
        return Completion(
            text="-", finish_reason="stop", prompt_tokens=prompt_tokens, completion_tokens=0,
            cost_usd=0.0, latency_s=0.0, model=request.model, time="", cached=False,
        )  # fmt: skip


def estimate(
    study: Study, *, limit: int | None = None, shard: tuple[int, int] | None = None
) -> list[Estimate]:
    """An estimate for each drafter and judge of a study, or of a part of it; no model is asked."""
    counter = _Counter()
    jobs = plan(study, part_of(sessions_of(study), limit, shard), counter)
    by_drafter: dict[str, list[Job]] = {}
    for job in jobs:
        by_drafter.setdefault(job.shown_as, []).append(job)
    found = []
    for shown_as, own in by_drafter.items():
        counter.reset()
        for job in own:
            with suppress(NotebenchError):  # a dash is no note; the calls were counted all the same
                job.drafter.draft(job.task)
        found.append(
            Estimate(
                shown_as,
                len(own),
                counter.calls,
                counter.prompt_tokens,
                counter.completion_tokens,
                counter.cost,
                _leaves(own, counter.remote_to),
            )
        )
    return [*found, *_judge(study.verifier, jobs)]


def _judge(verifier: str, jobs: list[Job]) -> list[Estimate]:
    """What is known beforehand of each model that judges, where one does."""
    kind, _, model = verifier.partition(":")
    if kind == "nli":
        return [Estimate(verifier, len(jobs), 0, 0, 0, 0.0, hub.leaves(model))]
    shown = "every note, with transcript, rough notes, chart, prior note and facts"
    found, models = [], models_of(verifier)
    for model in models:
        remote = is_remote(model)
        leaves = f"{shown} of {_sessions(jobs)}, to {model}" if remote else "nothing"
        name = verifier if len(models) == 1 else f"{kind}:{model}"
        cost = None if remote else 0.0
        found.append(Estimate(name, len(jobs), None, None, None, cost, leaves))
    return found


def _leaves(jobs: list[Job], remote_to: str | None) -> str:
    if remote_to is None:
        return "nothing"
    given = sorted({part for job in jobs for part in INPUTS[job.task.workflow]})
    return f"{', '.join(given).replace('_', ' ')} of {_sessions(jobs)}, to {remote_to}"


def _sessions(jobs: list[Job]) -> str:
    n = len({job.task.session.session_id for job in jobs})
    return f"{n} session" if n == 1 else f"{n} sessions"
