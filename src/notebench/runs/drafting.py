"""The notes of a study: planned, then written, each kept as it comes.

Embedded models and plain-Python drafters work one note at a time in one thread (the weights are
shared); models behind a server are asked `concurrency` at a time in others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ..drafters import make as make_drafter
from ..drafters.base import Drafter, Task, draft_id
from ..errors import BudgetExceeded, NotebenchError
from ..records import Draft, Failure, Session, content_hash
from ..verifiers.base import Verifier
from .folder import RunFolder
from .progress import progress_bar
from .study import DrafterSettings, Study


@dataclass(frozen=True)
class Job:
    """One note to be had: a drafter and its task."""

    id: str
    drafter: Drafter
    shown_as: str
    task: Task

    def failure(self, error: str, attempts: int) -> Failure:
        """The record of its failure, after so many attempts."""
        t = self.task
        return Failure(
            stage="draft", session_id=t.session.session_id, drafter=self.shown_as,
            workflow=t.workflow, format=t.format, sample=t.sample, error=error, attempts=attempts,
        )  # fmt: skip


def plan(study: Study, sessions: Sequence[Session], client: Any) -> list[Job]:
    """Every note of the study, drafter by drafter so that each embedded model is loaded once.

    A drafter that can do none of the study's workflows (the clinician's note is written in only
    one way) does its own first one, once. Raises NotebenchError for an unknown drafter or option,
    and for a workflow asked of one drafter that it can't do.
    """
    jobs: list[Job] = []
    for settings in study.drafters:
        drafter = make_drafter(settings.name, settings.options, client=client)
        workflows = _workflows(settings, study, drafter)
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


def _workflows(settings: DrafterSettings, study: Study, drafter: Drafter) -> Sequence[str]:
    able = [w for w in settings.workflows or study.workflows if w in drafter.workflows]
    if settings.workflows and not able:
        raise NotebenchError(
            f"the drafter {settings.name!r} can do none of {', '.join(settings.workflows)}",
            where="setting drafters.workflows",
            mend=f"name one of: {', '.join(drafter.workflows)}",
        )
    return able or drafter.workflows[:1]


def check_ready(parts: Iterable[Drafter | Verifier]) -> None:
    """Refuse, before anything is written or asked, what can't work: no weights, no key, no server.

    Drafters and verifiers that offer `ready()` are asked; it raises NotebenchError.
    """
    for part in {id(part): part for part in parts}.values():
        if ready := getattr(part, "ready", None):
            ready()


def draft_all(
    folder: RunFolder, study: Study, jobs: Sequence[Job], progress: bool
) -> tuple[list[Draft], list[Failure], str | None]:
    """All drafts that could be had, in the plan's order, failures, and why it was cut short."""
    work = _Work(folder)
    todo = [job for job in jobs if job.id not in work.had]
    done = len(jobs) - len(todo)
    bar = progress_bar(progress)(None, total=len(jobs), initial=done, desc="drafting", unit="note")
    with folder.journal() as keep, bar, _Pools(study.limits.concurrency, work.stop) as pools:
        for future in [pools.of(job).submit(work.one, job, keep, bar) for job in todo]:
            future.result()
    drafts = [work.had[job.id] for job in jobs if job.id in work.had]
    failures = [work.failed[job.id] for job in jobs if job.id in work.failed]
    return drafts, failures, work.reason


class _Work:
    """What was had, what failed, and whether to go on; shared by the threads that draft."""

    def __init__(self, folder: RunFolder) -> None:
        self.had = folder.kept()
        self.failed: dict[str, Failure] = {}
        self.stop = threading.Event()
        self.reason: str | None = None
        self._tried = {_note(f): f.attempts for f in folder.failures() if f.stage == "draft"}
        self._lock = threading.Lock()

    def one(self, job: Job, keep: Callable[[Draft], None], bar: Any) -> None:
        """Have one note written, and keep it at once."""
        if self.stop.is_set():
            self._fail(job, "not tried: the study was stopped", 0)
            return
        try:
            draft = job.drafter.draft(job.task)
            draft = draft.model_copy(update={"draft_id": job.id, "drafter": job.shown_as})
            with self._lock:
                keep(draft)
                self.had[job.id] = draft
        except BudgetExceeded as error:
            self.stop.set()
            self.reason = error.what
            self._fail(job, error.what, 0)
        except NotebenchError as error:
            self._fail(job, error.what)
        except Exception as error:  # a drafter's own fault must not end everybody's study
            self._fail(job, f"{type(error).__name__}: {error}")
        except BaseException:
            self.stop.set()
            raise
        finally:
            with self._lock:
                bar.set_postfix_str(job.shown_as, refresh=False)
                bar.update()

    def _fail(self, job: Job, error: str, attempts: int = 1) -> None:
        failure = job.failure(error, attempts)
        before = self._tried.get(_note(failure), 0)
        self.failed[job.id] = failure.model_copy(update={"attempts": before + attempts})


def _note(failure: Failure) -> tuple[object, ...]:
    """Which note a failure is about."""
    f = failure
    return (f.session_id, f.drafter, f.workflow, f.format, f.sample)


class _Pools:
    """A one-thread pool and a many-thread pool; an error or Ctrl-C stops both at the next note."""

    def __init__(self, concurrency: int, stop: threading.Event) -> None:
        self.one, self.many = ThreadPoolExecutor(1), ThreadPoolExecutor(concurrency)
        self._stop = stop

    def of(self, job: Job) -> ThreadPoolExecutor:
        """The pool for a job."""
        return self.many if getattr(job.drafter, "parallel", False) else self.one

    def __enter__(self) -> _Pools:
        return self

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is not None:
            self._stop.set()
        for pool in (self.one, self.many):
            pool.shutdown(cancel_futures=kind is not None)
