"""A session and a draft written by hand, as plain data, for tests to change and to break."""

from __future__ import annotations

from typing import Any


def session_data(**changes: Any) -> dict[str, Any]:
    """A whole session as plain data, with facts, reference notes and chart; written by hand."""
    data: dict[str, Any] = {
        "schema_version": 1,
        "session_id": "hand-01",
        "scenario": {
            "problem": "insomnia", "modality": "cbt", "session_type": "routine",
            "complexity": [],
        },
        "participants": [{"role": "client", "name": "Wren"}, {"role": "clinician"}],
        "chart": {"diagnosis": "Insomnia disorder", "goals": ["Sleep six hours a night"],
                  "date": "2026-03-02", "start": "10:00", "stop": "10:45", "cpt": "90834"},
        "transcript": [
            {"turn": 1, "speaker": "clinician", "text": "How have the nights been?"},
            {"turn": 2, "speaker": "client", "text": "About four hours, up from three."},
            {"turn": 3, "speaker": "clinician", "text": "Did you keep the sleep diary?"},
            {"turn": 4, "speaker": "client", "text": "On five nights. I skipped the weekend."},
            {"turn": 5, "speaker": "clinician",
             "text": "Let us set a fixed rising time of 6:30 and see each other next Monday."},
            {"turn": 6, "speaker": "client", "text": "I can try that. It sounds hard but fair."},
        ],
        "rough_notes": "slp 4h (was 3)\n- diary 5/7\n- stimulus control: rise 6:30\n- next Mon",
        "prior_note": "Client slept three hours a night. Sleep diary assigned.",
        "facts": [
            {"id": "F01", "kind": "symptom", "disclosure": "must", "evidence": [2],
             "statement": "Client sleeps about four hours a night, up from three.",
             "seen_in": ["transcript", "rough_notes"]},
            {"id": "F02", "kind": "homework", "disclosure": "should", "evidence": [4],
             "statement": "Client kept the sleep diary on five nights.",
             "seen_in": ["transcript", "rough_notes"]},
            {"id": "F03", "kind": "intervention", "disclosure": "must", "evidence": [5],
             "statement": "Clinician used stimulus control and set a rising time of 6:30.",
             "seen_in": ["transcript", "rough_notes"]},
        ],
        "not_assessed": ["suicidal_ideation"],
        "references": [
            {"format": "SOAP", "sections": [
                {"name": "S", "text": "Client sleeps about four hours a night, up from three."},
                {"name": "O", "text": "Sleep diary kept on five nights."},
                {"name": "A", "text": "Insomnia, somewhat better."},
                {"name": "P", "text": "Rising time fixed at 6:30. Next session on Monday."}]},
            {"format": "DAP", "sections": [
                {"name": "D", "text": "Client sleeps about four hours a night. Diary kept 5 of 7."},
                {"name": "A", "text": "Insomnia, somewhat better."},
                {"name": "P", "text": "Rising time fixed at 6:30. Next session on Monday."}]},
        ],
    }  # fmt: skip
    return {**data, **changes}


def draft_data(**changes: Any) -> dict[str, Any]:
    """A draft about that session as plain data; one sentence of it is invented."""
    data: dict[str, Any] = {
        "schema_version": 1,
        "draft_id": "d-hand-01",
        "session_id": "hand-01",
        "drafter": "import:by-hand",
        "workflow": "scribe",
        "format": "SOAP",
        "sections": [
            {"name": "S", "text": "Client sleeps four hours a night. Denies suicidal ideation."},
            {"name": "P", "text": "Rising time fixed at 6:30."},
        ],
    }  # fmt: skip
    return {**data, **changes}
