"""Making a Draft: its id, its sections in order, and the provenance that all drafters share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .. import __version__
from ..errors import NotebenchError
from ..formats import Format, get
from ..records import Draft, Note, Section, content_hash
from .base import Drafter, Task, draft_id


def draft_of(
    drafter: Drafter,
    task: Task,
    sections: Sequence[Section],
    *,
    inputs: Iterable[str],
    given: Any,
    provenance: dict[str, Any],
) -> Draft:
    """A draft with its provenance.

    inputs: what the drafter was shown, of the names in base.INPUTS. given: the very content it was
    shown, recorded as a hash.
    """
    return Draft(
        draft_id=draft_id(drafter, task), session_id=task.session.session_id, drafter=drafter.name,
        workflow=task.workflow, format=get(task.format).name, sample=task.sample,
        sections=list(sections),
        provenance={
            "drafter": drafter.spec(), "inputs": list(inputs), "input_sha256": content_hash(given),
            "seed": task.seed, "notebench": __version__, "remote": drafter.remote, **provenance,
        },
    )  # fmt: skip


def reference_of(task: Task) -> Note:
    """The clinician's note of the task's session in its format. Raises NotebenchError if absent."""
    format, session = get(task.format), task.session
    note = session.reference(format.name)
    if note is None:
        have = ", ".join(n.format for n in session.references) or "none at all"
        raise NotebenchError(
            f"the session has no clinician's note in {format.name}",
            where=f"session {session.session_id}",
            mend=f"ask for a format that it has ({have}), or add the note to its references",
        )
    return note


def in_order(sections: Sequence[Section], format: Format) -> list[Section]:
    """Sections in the format's order; those the format does not know come last."""
    order = [s.name for s in format.sections]
    return sorted(sections, key=lambda s: order.index(s.name) if s.name in order else len(order))
