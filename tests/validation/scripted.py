"""A verifier whose answers a test can work out for itself."""

from notebench.records import ClaimFinding, FactFinding
from notebench.verifiers.base import claims


def p_of(text: str) -> float:
    """A probability that hangs on the text alone: the share of its letters that are e or a."""
    letters = [c for c in text.lower() if c.isalpha()]
    return min(1.0, 3 * sum(c in "ea" for c in letters) / len(letters))


class Scripted:
    """Rates every sentence by p_of and every fact by 1 - p_of; flags from 0.6 on.

    It remembers whether it was shown facts when it judged a draft's sentences.
    """

    name, version = "scripted", "1"

    def __init__(self):
        self.shown = []

    def verify(self, session, draft):
        self.shown.append((draft.draft_id, session.facts is not None))
        made = [
            ClaimFinding(
                draft_id=draft.draft_id, section=c.section, start=c.start, end=c.end, text=c.text,
                verdict="unsupported" if p_of(c.text) >= 0.6 else "supported",
                p_unfaithful=p_of(c.text), verifier="scripted@1",
            )
            for c in claims(draft)
        ]  # fmt: skip
        return made + [
            FactFinding(
                draft_id=draft.draft_id, fact_id=f.id, verdict="conveyed",
                p_omitted=1 - p_of(f.statement), verifier="scripted@1",
            )
            for f in session.facts or []
        ]  # fmt: skip
