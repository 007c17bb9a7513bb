"""A small run, written by hand: three sessions, four drafters, findings, and tallies of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from notebench.metrics import tally
from notebench.metrics.base import Case
from notebench.records import ClaimFinding, Draft, FactFinding, Failure, Manifest, Session
from notebench.storage import write_jsonl, write_tallies
from notebench.verifiers.base import claims

MODEL = "local/tiny"
VERIFIER = "by-hand@1"

WRONG = {
    "Client reports panic attacks.": ("unsupported", "fabricated_symptom", "major"),
    "Denies suicidal ideation.": ("unsupported", "fabricated_risk", "critical"),
    "Sleeps six hours a night.": ("contradicted", "wrong_value", "major"),
    "Good eye contact.": ("unscored", None, None),
}
"""What a verifier that knows these sentences says of them; of every other: supported."""

NOTES: dict[tuple[str, str], dict[str, str]] = {
    ("reference", "polish"): {"S": "Sleeps four hours a night.", "P": "Rising time 6:30."},
    (MODEL, "organise"): {
        "S": "Client reports panic attacks. Denies suicidal ideation.",
        "P": "Rising time 6:30. Good eye contact.",
    },
    (MODEL, "scribe"): {"S": "Sleeps four hours a night. Good eye contact.", "P": "Carry on."},
    ("saboteur", "polish"): {"S": "Sleeps six hours a night.", "P": "Rising time 6:30."},
}

THIRD = {"S": "Sleeps four hours a night. Client reports panic attacks.",
         "P": "Rising time 6:30. Good eye contact."}  # fmt: skip
"""The model's note from the rough notes of the third session: better than its others."""


def drafts_of(session: Session) -> list[Draft]:
    """A note by each drafter about a session."""
    made = []
    for n, ((drafter, workflow), sections) in enumerate(NOTES.items()):
        if session.session_id == "hand-03" and workflow == "organise":
            sections = THIRD
        provenance: dict[str, Any] = {"model": drafter, "latency_s": 0.25}
        if drafter == "saboteur":
            provenance["planted"] = [
                {"section": "S", "start": 0, "end": 25, "error_type": "wrong_value",
                 "severity": "major", "before": "Sleeps four hours a night.",
                 "after": "Sleeps six hours a night.", "facts": ["F01"]},
                {"section": "P", "start": None, "end": None, "error_type": "omission_of_care",
                 "severity": "major", "before": "Diary kept.", "after": None, "facts": ["F02"]},
            ]  # fmt: skip
        if drafter == MODEL:
            prompt = {"name": workflow, "version": 1, "sha256": "ab" * 32}
            provenance |= {"prompt": prompt, "params": {"temperature": 0.0}}
        made.append(
            Draft.model_validate({
                "draft_id": f"{session.session_id}-{n}", "session_id": session.session_id,
                "drafter": drafter, "workflow": workflow, "format": "SOAP",
                "sections": [{"name": k, "text": v} for k, v in sections.items()],
                "provenance": provenance,
            })
        )  # fmt: skip
    return made


def findings_of(session: Session, draft: Draft) -> list[ClaimFinding | FactFinding]:
    """Findings about a note: F01 conveyed or distorted, F02 left out, F03 by its plan."""
    found: list[ClaimFinding | FactFinding] = []
    for claim in claims(draft):
        verdict, error, severity = WRONG.get(claim.text, ("supported", None, None))
        found.append(
            ClaimFinding(
                draft_id=draft.draft_id, section=claim.section, start=claim.start, end=claim.end,
                text=claim.text, verdict=verdict, error_type=error, severity=severity,  # type: ignore[arg-type]
                p_unfaithful=None if verdict == "unscored" else 0.9 if error else 0.1,
                evidence=[2] if session.transcript else [],
                reason="Nobody said so." if error else None, verifier=VERIFIER,
            )
        )  # fmt: skip
    text = " ".join(s.text for s in draft.sections)
    verdicts = {"F01": "conveyed" if "four" in text else "omitted", "F02": "omitted",
                "F03": "conveyed" if "6:30" in text else "unscored"}  # fmt: skip
    found += [
        FactFinding(draft_id=draft.draft_id, fact_id=f.id, verifier=VERIFIER,
                    verdict=verdicts.get(f.id, "omitted"))  # type: ignore[arg-type]
        for f in session.facts or []
    ]  # fmt: skip
    return found


def write_run(
    folder: Path, sessions: list[Session], drafts: list[Draft] | None = None, **manifest: Any
) -> Path:
    """A run folder of these sessions; drafts by default the hand-written ones."""
    by_id = {s.session_id: s for s in sessions}
    drafts = [d for s in sessions for d in drafts_of(s)] if drafts is None else drafts
    cases = [Case(by_id[d.session_id], d, tuple(findings_of(by_id[d.session_id], d)))
             for d in drafts]  # fmt: skip
    write_jsonl(folder / "sessions.jsonl", sessions)
    write_jsonl(folder / "drafts.jsonl", drafts)
    write_jsonl(folder / "findings.jsonl", [f for c in cases for f in c.findings])
    write_jsonl(folder / "failures.jsonl", [
        Failure(stage="draft", session_id=s.session_id, drafter=MODEL, workflow="scribe",
                format="DAP", error="the model gave no text", attempts=3) for s in sessions[:1]
    ])  # fmt: skip
    write_tallies(folder / "tallies.parquet", tally(cases))
    given = {
        "study": {"name": "by hand", "seed": 5}, "seed": 5, "notebench": "0.1.0",
        "created": "2026-03-02T10:00:00+00:00", "inputs": {"sessions": "0123456789abcdef"},
        "prompts": {"organise@1": "ab" * 32}, "environment": {"python": "3.11"},
    }  # fmt: skip
    record = Manifest.model_validate({**given, **manifest})
    (folder / "manifest.json").write_text(json.dumps(record.model_dump(mode="json")), "utf-8")
    return folder
