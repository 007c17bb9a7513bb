"""The records that every stage reads and writes: frozen, validated, unknown fields kept.

Shapes follow the published record layout (docs/records.md). Text is checked on the way in: control
characters and absurd sizes are refused here, once, and nowhere else. A ValueError raised here reads
"what is wrong; what to do", and where it is about a whole record it begins with the field.
"""

from .base import MAX_DEPTH, MAX_TEXT, SCHEMA_VERSION, Record
from .draft import Draft, Sentence, Workflow
from .finding import (
    WRONG,
    ClaimFinding,
    ClaimVerdict,
    FactFinding,
    FactVerdict,
    Finding,
    Severity,
)
from .hashing import canonical, content_hash
from .run import Failure, Manifest, Review, Tally
from .session import (
    Disclosure,
    Fact,
    FactKind,
    Note,
    Participant,
    Section,
    Session,
    Source,
    Turn,
)

__all__ = [
    "MAX_DEPTH", "MAX_TEXT", "SCHEMA_VERSION", "WRONG", "ClaimFinding", "ClaimVerdict",
    "Disclosure", "Draft", "Fact", "FactFinding", "FactKind", "FactVerdict", "Failure", "Finding",
    "Manifest", "Note", "Participant", "Record", "Review", "Section", "Sentence", "Session",
    "Severity", "Source", "Tally", "Turn", "Workflow", "canonical", "content_hash",
]  # fmt: skip
