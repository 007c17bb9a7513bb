"""Metrics as `evaluate` modules: predictions are notes, references are sessions.

    module = evaluate.load(notebench.metric_path("hallucination"))
    module.compute(predictions=[note], references=[session.model_dump_json()], format="SOAP")

predictions: notes as plain text, or drafts as JSON. references: sessions as JSON, one for each
note. Options of `compute`: format and workflow, for notes given as text; verifier, a verifier or
the name of one (default "local").

The result holds each metric of the family by name, amount / out_of over all notes, NaN where it
can't be measured; "tallies" with [amount, out_of] of each; "notes", how many there were.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from .. import formats
from ..errors import NotebenchError
from ..records import Draft, Note, Session, Tally
from ..storage import explain
from ..verifiers import make
from . import info, names, tally
from .base import Case

if TYPE_CHECKING:
    from ..verifiers.base import Verifier

UNVERIFIED = frozenset({"conformity", "overlap", "polish", "repetition"})
"""Families without findings: a reference may also be the clinician's note as plain text."""


def module(family: str) -> type:
    """The class of the `evaluate` module of a family of metrics."""
    import datasets
    import evaluate

    members = [name for name in names() if name.partition(".")[0] == family]
    described = "\n".join(f"{name}: {info(name).definition}" for name in members)

    class NoteMetric(evaluate.Metric):
        def _info(self) -> evaluate.EvaluationModuleInfo:
            text = datasets.Value("string")
            return evaluate.EvaluationModuleInfo(
                description=described,
                citation="",
                inputs_description=__doc__ or "",
                features=datasets.Features({"predictions": text, "references": text}),
            )

        def _compute(
            self, predictions: list[str], references: list[str], **options: Any
        ) -> dict[str, Any]:
            return score(family, predictions, references, **options)

    NoteMetric.__name__ = NoteMetric.__qualname__ = family.title().replace("_", "")
    return NoteMetric


def score(
    family: str,
    predictions: list[str],
    references: list[str],
    format: str = "SOAP",
    workflow: str = "scribe",
    verifier: str | Verifier = "local",
) -> dict[str, Any]:
    """What the module of that family computes; see the head of this file.

    Raises NotebenchError that names the prediction or reference at fault.
    """
    cases = [
        _case(i, note, session, family, {"format": format, "workflow": workflow})
        for i, (note, session) in enumerate(zip(predictions, references, strict=True))
    ]
    if family not in UNVERIFIED:
        judge = make(verifier) if isinstance(verifier, str) else verifier
        cases = [Case(c.session, c.draft, tuple(judge.verify(c.session, c.draft))) for c in cases]
    return _summary(family, tally(cases, [family]), len(cases))


def _summary(family: str, tallies: list[Tally], notes: int) -> dict[str, Any]:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for t in tallies:
        sums[t.metric][0] += t.amount
        sums[t.metric][1] += t.out_of
    rates: dict[str, Any] = {
        name: sums[name][0] / sums[name][1] if name in sums and sums[name][1] else float("nan")
        for name in names()
        if name.partition(".")[0] == family
    }
    return {**rates, "tallies": dict(sums), "notes": notes}


def _case(i: int, note: str, session: str, family: str, made: dict[str, str]) -> Case:
    plain = family in UNVERIFIED and not _is_json(session)
    reference = _plain_reference(i, session, made["format"]) if plain else _read_session(i, session)
    given = {"draft_id": f"prediction-{i}", "drafter": "prediction", **made}
    given |= _parsed(note, f"predictions[{i}]") if _is_json(note) else {"text": note}
    given["session_id"] = reference.session_id
    try:
        draft = Draft.model_validate(given)
    except ValidationError as error:
        raise _bad(error, f"predictions[{i}]", "give a note's text, or a draft as JSON") from error
    return Case(reference, draft)


def _read_session(i: int, text: str) -> Session:
    where = f"references[{i}]"
    try:
        return Session.model_validate({"session_id": f"reference-{i}", **_parsed(text, where)})
    except ValidationError as error:
        raise _bad(error, where, "give a session as JSON (docs/records.md)") from error


def _plain_reference(i: int, text: str, format: str) -> Session:
    """A session of which only the clinician's note is known."""
    try:
        note = Note(format=format, sections=formats.get(format).split(text))
        return Session(session_id=f"reference-{i}", rough_notes=text, references=[note])
    except ValidationError as error:
        raise _bad(error, f"references[{i}]", "give the text of the clinician's note") from error


def _is_json(text: str) -> bool:
    return text.lstrip().startswith("{")


def _parsed(text: str, where: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise NotebenchError(
            f"not valid JSON ({error})", where=where, mend="give one JSON object"
        ) from error
    if not isinstance(data, dict):
        raise NotebenchError("not a JSON object", where=where, mend="give one JSON object")
    return data


def _bad(error: ValidationError, where: str, mend: str) -> NotebenchError:
    what, mend = explain(error, "field", mend)
    return NotebenchError(what, where=where, mend=mend)
