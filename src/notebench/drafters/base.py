"""What a drafter is: a task in, a draft with its provenance out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from ..records import Draft, Session, Workflow, content_hash

INPUTS: dict[str, tuple[str, ...]] = {
    "scribe": ("transcript", "chart"),
    "organise": ("rough_notes", "chart"),
    "polish": ("rough_notes", "transcript", "chart"),
}
"""What a drafter can know in each workflow; `polish` gets a draft by the clinician."""


@dataclass(frozen=True)
class Task:
    """One note to be written."""

    session: Session
    """The session."""
    workflow: Workflow
    """What the drafter is given."""
    format: str
    """Name of the note format."""
    sample: int = 0
    """Number of the sample."""
    seed: int = 0
    """Seed of the study."""

    def random_seed(self, *parts: object) -> int:
        """A seed for one step of this task, the same on every machine (below 2**31)."""
        key = (self.seed, self.session.session_id, self.workflow, self.format, self.sample, *parts)
        return int(content_hash(*key, length=8), 16) & 0x7FFFFFFF


class Drafter(Protocol):
    """Writes notes.

    Two things more are optional: `ready() -> None`, asked before a study begins, which raises
    NotebenchError where the drafter can't start (no weights, no key); and `parallel`, true where
    several notes may be asked for at once.
    """

    name: str
    """The name it goes by in drafts and tables."""
    workflows: tuple[str, ...]
    """Workflows that it can do."""
    remote: bool
    """Whether what it is given leaves this machine."""

    def spec(self) -> dict[str, Any]:
        """Everything that bears on what it writes: model, parameters, strategy, prompt hashes."""
        ...

    def draft(self, task: Task) -> Draft:
        """Write the note. Raises NotebenchError where it can't."""
        ...


def draft_id(drafter: Drafter, task: Task) -> str:
    """Id of the draft that this drafter writes for this task: a hash of all that bears on it."""
    key = content_hash(
        task.session, drafter.name, drafter.spec(), task.workflow, task.format, task.sample,
        task.seed, length=12,
    )  # fmt: skip
    return f"d-{key}"


def inputs_of(draft: Draft) -> set[str]:
    """What the drafter was shown: as its provenance says, else as its workflow implies."""
    return set(draft.provenance.get("inputs") or INPUTS[draft.workflow])
