"""A small run for the review page: one ordinary note, one full of hostile text, two drafters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from handmade import session_data
from notebench.records import Draft, Manifest, Session
from notebench.storage import write_jsonl

HOSTILE = (
    '<script>window.hacked = 1</script><img src=x onerror="window.hacked = 2"> \u2028 &amp; 😀'
)
"""Text that is no text to a careless page; the figure at its end takes two UTF-16 units."""

SECTIONS = [
    {"name": "S", "text": "Client sleeps four hours a night. Denies suicidal ideation. "
                          "Takes 50 mg of sertraline."},
    {"name": "O", "text": "Sleep diary kept on five nights."},
    {"name": "A", "text": "Insomnia disorder, improving."},
    {"name": "P", "text": "Rising time fixed at 6:30. Next session on Monday."},
]  # fmt: skip


def draft(name: str, **changes: Any) -> Draft:
    """A note about the hand-written session."""
    given = {
        "draft_id": name, "session_id": "hand-01", "drafter": "import:secret-vendor",
        "workflow": "scribe", "format": "SOAP", "sections": SECTIONS,
        "provenance": {"model": "secret-model"},
    }  # fmt: skip
    return Draft.model_validate({**given, **changes})


def hostile_session() -> Session:
    """A session whose every text tries to be more than text."""
    data = session_data(session_id="hand-02", rough_notes=HOSTILE, prior_note=HOSTILE)
    data["transcript"][1] |= {"speaker": "client<b>", "text": f"{HOSTILE} About four hours."}
    data["chart"]["diagnosis"] = HOSTILE
    return Session.model_validate(data)


def write_run(folder: Path, hostile: bool = False) -> Path:
    """A run folder with one note, or with a hostile one as well, and no findings."""
    sessions = [Session.model_validate(session_data())]
    drafts = [draft("d-one")]
    if hostile:
        sessions.append(hostile_session())
        text = f"\n {HOSTILE}. Client sleeps four hours.\n- Tired.\n- Worn out.\n"
        drafts.append(
            draft(
                "d-two", session_id="hand-02", drafter="local/other-secret",
                sections=[{"name": "S", "text": text}, {"name": "P", "text": HOSTILE}],
            )
        )  # fmt: skip
    write_jsonl(folder / "sessions.jsonl", sessions)
    write_jsonl(folder / "drafts.jsonl", drafts)
    given = {"study": {"name": "by hand"}, "seed": 5, "notebench": "0", "verifier": "local@1",
             "created": "2026-03-02T10:00:00+00:00", "inputs": {}}  # fmt: skip
    manifest = Manifest.model_validate(given)
    (folder / "manifest.json").write_text(json.dumps(manifest.model_dump(mode="json")), "utf-8")
    return folder
