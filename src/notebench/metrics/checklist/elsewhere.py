"""One note from elsewhere, with whatever there is to hold it against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ... import formats
from ...records import Draft, Session
from .score import Audit, audit


def audit_note(
    text: str,
    format: str = "SOAP",
    *,
    chart: Mapping[str, Any] | None = None,
    transcript: Sequence[Mapping[str, Any]] | None = None,
    rough_notes: str | None = None,
    prior_note: str | None = None,
    drafter: str = "import:note",
    verifier: str | None = "local",
) -> Audit:
    """Audit one note for which no list of facts exists.

    text: the note, with its headings. chart: any of diagnosis, goals, date, start, stop, minutes,
    cpt, setting. transcript: turns as in a session's record. drafter: "reference" for a note that
    was written by hand. With a transcript or rough notes the verifier of that name judges its
    sentences (None: nobody does); without, only what the chart tells can be held true or untrue,
    and the rest is "unjudged". Raises NotebenchError for an unknown
    format, pydantic's ValidationError for turns that are none.
    """
    given: dict[str, Any] = {
        "session_id": "note", "chart": dict(chart or {}), "rough_notes": rough_notes,
        "transcript": list(transcript or []), "prior_note": prior_note,
    }  # fmt: skip
    told = bool(transcript) or bool((rough_notes or "").strip())
    # A session needs talk or notes; a note alone has neither, and is still to be looked at.
    session = Session.model_validate(given) if told else Session.model_construct(**given)
    draft = Draft(
        draft_id="note", session_id="note", drafter=drafter, format=formats.get(format).name,
        text=text, provenance={"inputs": ["transcript", "rough_notes", "chart"]},
    )  # fmt: skip
    if not told or verifier is None:
        return audit(session, draft)
    from ...verifiers import make

    return audit(session, draft, make(verifier).verify(session, draft))
