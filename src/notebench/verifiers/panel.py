"""Several language models as judges: one verdict by vote, with what each of them said.

A sentence is wrong where most judges that could say find it wrong; where they are even, where their
mean probability is at least a half. Among those on that side the commonest verdict, error type and
severity stand. What fewer than half of the judges could decide is `unscored`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .. import taxonomy
from ..errors import UnknownName
from ..llm.prompts import Prompt
from ..records import WRONG, ClaimFinding, Draft, FactFinding, Session
from .base import label_of
from .judge import Completes, JudgeVerifier

if TYPE_CHECKING:
    from .base import Verifier

SEPARATOR = "+"
"""Between models of one name: no model string of any provider that LiteLLM lists holds it."""

F = TypeVar("F", ClaimFinding, FactFinding)


def judge_of(models: str, *, client: Completes | None = None, **options: Any) -> Verifier:
    """One judge, or a panel where several models are joined by `+`.

    options: those of JudgeVerifier. Raises UnknownName where a model is missing or stands twice.
    """
    names = models.split(SEPARATOR)
    if not all(n.strip() for n in names) or len(set(names)) < len(names):
        raise UnknownName(
            f"the judges {models!r} name a model twice, or none between two {SEPARATOR}",
            mend=f"name each model once, such as judge:openai/gpt-4o{SEPARATOR}ollama/llama3.1",
        )
    judges = [JudgeVerifier(name, client=client, **options) for name in names]
    return judges[0] if len(judges) == 1 else Panel(judges)


class Panel:
    """Judges drafts by the vote of several judges. Each finding keeps every vote in `votes`.

    votes: by model, the verdict and its probability.
    """

    def __init__(self, judges: Sequence[JudgeVerifier]) -> None:
        self.judges = list(judges)
        self.models = [m for judge in judges for m in judge.models]
        self.name = f"judge:{SEPARATOR.join(self.models)}"
        self.version = judges[0].version
        self.parallel = any(judge.parallel for judge in judges)
        self.prompts: list[Prompt] = judges[0].prompts

    def ready(self) -> None:
        """Raises NotebenchError where one of the models can't be asked."""
        for judge in self.judges:
            judge.ready()

    def verify(self, session: Session, draft: Draft) -> list[ClaimFinding | FactFinding]:
        """The vote on each sentence in order, then on each fact of the session."""
        each = [judge.verify(session, draft) for judge in self.judges]
        return [self._vote(list(findings)) for findings in zip(*each, strict=True)]

    def _vote(self, findings: list[Any]) -> ClaimFinding | FactFinding:
        kept: dict[str, Any] = {"verifier": label_of(self), "votes": self._votes(findings)}
        known = [f for f in findings if f.verdict != "unscored"]
        claim = isinstance(findings[0], ClaimFinding)
        p_field = "p_unfaithful" if claim else "p_omitted"
        if 2 * len(known) < len(findings) or not known:
            why = f"Only {len(known)} of {len(findings)} judges could say. {findings[0].reason}"
            kept |= {"verdict": "unscored", p_field: None, "reason": why}
            return findings[0].model_copy(update=kept | _nothing(claim))  # type: ignore[no-any-return]
        p = round(sum(getattr(f, p_field) for f in known) / len(known), 4)
        winners = _winners(known, p, claim)
        first = winners[0]
        same = sum(f.verdict == first.verdict for f in findings)
        reason = f"{same} of {len(findings)} judges: {first.reason or first.verdict}"
        kept |= {p_field: p, "reason": reason}
        return first.model_copy(update=kept | (_errors(winners) if claim else {}))  # type: ignore[no-any-return]

    def _votes(self, findings: Iterable[Any]) -> dict[str, dict[str, Any]]:
        return {
            model: {"verdict": f.verdict, "p": _probability(f)}
            for model, f in zip(self.models, findings, strict=True)
        }


def _probability(finding: ClaimFinding | FactFinding) -> float | None:
    return finding.p_unfaithful if isinstance(finding, ClaimFinding) else finding.p_omitted


def _winners(known: Sequence[F], p: float, claim: bool) -> list[F]:
    """The findings whose verdict stands, in the order of the judges."""
    bad = [f for f in known if f.verdict in (WRONG if claim else ("omitted",))]
    good = [f for f in known if f not in bad]
    side = bad if (len(bad), p) >= (len(good), 0.5) else good
    verdict = _commonest(f.verdict for f in side)
    return [f for f in side if f.verdict == verdict]


def _errors(winners: Sequence[ClaimFinding]) -> dict[str, Any]:
    """Error type, severity and evidence of the judges on the winning side."""
    levels = sorted((f.severity for f in winners if f.severity), key=taxonomy.LEVELS.index)
    return {
        "error_type": _commonest(f.error_type for f in winners if f.error_type),
        "severity": _commonest(reversed(levels)),  # of levels as common, the gravest
        "evidence": sorted({turn for f in winners for turn in f.evidence}),
    }


def _nothing(claim: bool) -> dict[str, Any]:
    return {"error_type": None, "severity": None, "evidence": []} if claim else {}


def _commonest(values: Iterable[Any]) -> Any:
    """The value that comes most often, of several the one that comes first; None of none."""
    return next((value for value, _ in Counter(values).most_common(1)), None)
