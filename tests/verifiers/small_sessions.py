"""Small sessions for verifier tests."""

from pathlib import Path

import yaml

from notebench.records import Draft, Fact, Section, Session, Turn

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text("utf-8"))


def build_session(name: str = "worry", **changes) -> Session:
    data = CASES["sessions"][name]
    turns = [Turn(turn=n, speaker=s, text=t) for n, (s, t) in enumerate(data["transcript"], 1)]
    facts = [
        Fact(id=i, kind=k, statement=s, disclosure=d, evidence=e) for i, k, s, d, e in data["facts"]
    ]
    fields = {
        "session_id": name, "transcript": turns, "rough_notes": data["rough_notes"],
        "prior_note": data["prior_note"], "facts": facts, "not_assessed": data["not_assessed"],
    }  # fmt: skip
    return Session(**(fields | changes))


def build_draft(*sentences: str, section: str = "S", **changes) -> Draft:
    fields = {
        "draft_id": "d-1", "session_id": "worry", "drafter": "test",
        "sections": [Section(name=section, text=" ".join(sentences))],
    }  # fmt: skip
    return Draft(**(fields | changes))
