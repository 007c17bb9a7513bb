"""What a verifier is: a session and a draft in, findings out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..errors import NotebenchError
from ..formats import sections_of
from ..records import ClaimFinding, Draft, FactFinding, Section, Session
from ..text import locate, split_sentences


class Verifier(Protocol):
    """Judges drafts.

    May also offer `ready()`, which raises NotebenchError where it can't start; `parallel`, True
    where several drafts may be judged at once (a server is asked); and `prompts`, for the manifest.
    """

    name: str
    """Name, without the version."""
    version: str
    """Changes whenever a finding could change."""

    def verify(self, session: Session, draft: Draft) -> list[ClaimFinding | FactFinding]:
        """A claim finding for each of `claims(draft)`, in order, then one for each fact."""
        ...


def label_of(verifier: Verifier) -> str:
    """name@version, as findings, manifests and signatures carry it."""
    return f"{verifier.name}@{verifier.version}"


@dataclass(frozen=True)
class Claim:
    """One sentence of a draft, at half-open offsets into its section's text."""

    section: str
    start: int
    end: int
    text: str


def claims(draft: Draft) -> list[Claim]:
    """The sentences of a draft that need a finding: as it was cut on arrival, else cut here.

    Raises NotebenchError where a sentence that came with the draft is not in its section.
    """
    sections = sections_of(draft)
    if draft.sentences is None:
        return [Claim(s.name, *span) for s in sections for span in split_sentences(s.text)]
    return _given(draft, sections)


def _given(draft: Draft, sections: list[Section]) -> list[Claim]:
    texts = {s.name: s.text for s in sections}
    cursor = dict.fromkeys(texts, 0)
    found = []
    for sentence in draft.sentences or []:
        if sentence.section not in texts:
            raise NotebenchError(
                f"a sentence stands in section {sentence.section!r}, which the draft does not have",
                where=f"draft {draft.draft_id}", mend="give the draft that section",
            )  # fmt: skip
        text = texts[sentence.section]
        span = locate(sentence.text, text, cursor[sentence.section]) or locate(sentence.text, text)
        if span is None:
            raise NotebenchError(
                f"the sentence {sentence.text[:60]!r} is not in section {sentence.section}",
                where=f"draft {draft.draft_id}",
                mend="sentences must be exact parts of the section's text",
            )
        cursor[sentence.section] = span.end
        found.append(Claim(sentence.section, *span))
    return found


def unscored(
    session: Session, draft: Draft, verifier: Verifier, reason: str
) -> list[ClaimFinding | FactFinding]:
    """Findings for a draft that could not be judged: every sentence and fact `unscored`."""
    name = label_of(verifier)
    of_claims = [
        ClaimFinding(
            draft_id=draft.draft_id, section=c.section, start=c.start, end=c.end, text=c.text,
            verdict="unscored", reason=reason, verifier=name,
        )
        for c in claims(draft)
    ]  # fmt: skip
    of_facts = [
        FactFinding(
            draft_id=draft.draft_id, fact_id=f.id, verdict="unscored", reason=reason, verifier=name
        )
        for f in session.facts or []
    ]
    return [*of_claims, *of_facts]
