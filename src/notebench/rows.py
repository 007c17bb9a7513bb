"""Records as rows of tables: for DataFrames and for Hugging Face datasets."""

from __future__ import annotations

import json
from typing import Any

from .formats import get, sections_of
from .records import Draft, Session


def session_row(session: Session) -> dict[str, Any]:
    """Scenario, sizes (turns, words between spaces) and whether truth is known fact by fact."""
    scenario = session.scenario
    return {
        "session_id": session.session_id,
        "problem": scenario.get("problem"),
        "modality": scenario.get("modality"),
        "session_type": scenario.get("session_type"),
        "complexity": ", ".join(session.listed("complexity")),
        "turns": len(session.transcript),
        "words": sum(len(t.text.split()) for t in session.transcript),
        "facts": None if session.facts is None else len(session.facts),
        "references": ", ".join(n.format for n in session.references),
    }


def dataset_row(session: Session) -> dict[str, Any]:
    """A session with the same columns as every other: what differs in its keys is a JSON text."""
    data = session.model_dump(mode="json")

    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)

    facts = [
        {**f, "sections": text(f["sections"]), "attributes": text(f["attributes"])}
        for f in data["facts"] or []
    ]
    return {
        **{k: data[k] for k in ("schema_version", "session_id", "rough_notes", "prior_note")},
        **{k: text(data[k]) for k in ("scenario", "chart")},
        **{k: data[k] for k in ("participants", "transcript", "not_assessed", "references")},
        "facts": facts,
        "facts_known": data["facts"] is not None,
    }


def dataset_features() -> Any:
    """`datasets.Features` of `dataset_row`, the same for any set of sessions, even an empty one."""
    from datasets import Features, Value

    text, number = Value("string"), Value("int64")
    fact = {
        **dict.fromkeys(("id", "kind", "statement", "disclosure", "generalised", "sections"), text),
        "evidence": [number], "source": text, "seen_in": [text], "attributes": text,
        "cues": [text], "traces": [text],
    }  # fmt: skip
    note = {
        "format": text, "sections": [{"name": text, "text": text}], "conveys": [text]
    }  # fmt: skip
    return Features(
        {
            "schema_version": number,
            **dict.fromkeys(("session_id", "rough_notes", "prior_note", "scenario", "chart"), text),
            "participants": [{"role": text, "name": text}],
            "transcript": [{"turn": number, "speaker": text, "text": text}],
            "not_assessed": [text],
            "references": [note],
            "facts": [fact],
            "facts_known": Value("bool"),
        }
    )


def draft_row(draft: Draft) -> dict[str, Any]:
    """Ids, how it was made, its text under headings, and its words between spaces."""
    sections = sections_of(draft)
    text = get(draft.format).join(sections)
    return {
        **draft.model_dump(
            include={"draft_id", "session_id", "drafter", "workflow", "format", "sample"}
        ),
        "words": len(text.split()),
        "text": text,
        "provenance": draft.provenance,
    }
