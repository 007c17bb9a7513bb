"""The clinician's own note as a draft, so that it is scored like all the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..formats import get
from ..records import Draft
from .base import INPUTS, Task
from .made import draft_of, in_order, reference_of
from .options import filled


class Reference:
    """Gives back the clinician's note of the session. Its one workflow is `polish`: the clinician
    was there and knows what the transcript, the rough notes and the chart hold."""

    workflows: tuple[str, ...] = ("polish",)
    remote = False

    def __init__(self, name: str = "reference", options: Mapping[str, Any] | None = None) -> None:
        self.name = name
        filled(name, options, {})

    def spec(self) -> dict[str, Any]:
        """Nothing but its name bears on it."""
        return {"drafter": "reference"}

    def draft(self, task: Task) -> Draft:
        """The note in the task's format. Raises NotebenchError where the session has none."""
        note = reference_of(task)
        return draft_of(
            self, task, in_order(note.sections, get(task.format)), inputs=INPUTS["polish"],
            given=note, provenance={"strategy": "given"},
        )  # fmt: skip
