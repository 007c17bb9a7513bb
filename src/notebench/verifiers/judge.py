"""A language model as the verifier: verdicts sentence by sentence, with evidence that is checked.

The model sees the transcript, rough notes, chart and, marked as last time's, the prior note; never
the fact ledger. A verdict counts only if it comes with words that stand in the source letter by
letter (white space, case and quotation marks aside); everything else is `unscored`: answers that
can't be read, are cut short, refuse, or leave an item out, after bounded tries. Probabilities are
the model's own statement of confidence, not calibrated by notebench.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

from .. import taxonomy
from ..formats import sections_of
from ..llm.endpoints import is_local
from ..llm.messages import Completion, Request
from ..llm.prompts import Prompt, load
from ..records import (
    ClaimFinding,
    ClaimVerdict,
    Draft,
    Fact,
    FactFinding,
    FactVerdict,
    Session,
    Severity,
    content_hash,
)
from .answers import Item, Sources, long_enough, parse, plain, schema
from .base import Claim, claims, label_of

CLAIM_VERDICTS = ("supported", "contradicted", "unsupported", "inferred", "uncheckable")
FACT_VERDICTS = ("conveyed", "distorted", "omitted")
_BATCH = 10
_TRIES = 2
_TOKENS_PER_ITEM = 160
_LONGEST = 160  # characters of a quote or reason by an embedded model
_NO_ANSWER = "The judge gave no answer that could be read."
_NOT_VERBATIM = "The judge's evidence does not stand in the source word for word."


class Completes(Protocol):
    """What is needed of a language-model client."""

    def complete(self, request: Request) -> Completion:
        """The model's answer."""
        ...


class JudgeVerifier:
    """Judges drafts by asking a language model.

    model: a LiteLLM model string or local/<model>. seed orders the items. Errors of the client
    (unreachable, budget spent, no such model) are raised, not turned into findings.
    """

    def __init__(
        self, model: str, *, client: Completes | None = None, seed: int = 0,
        api_base: str | None = None, extra: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.name = f"judge:{model}"
        self.model, self.seed = model, seed
        self.models, self.parallel = [model], not is_local(model)
        self.prompts = prompts()
        self._claims = load("notebench.verifiers", "judge_claims")
        self._facts = load("notebench.verifiers", "judge_facts")
        self.version = f"{self._claims.version}.{self._facts.version}"
        self._client, self._api_base, self._extra = client, api_base, extra or {}
        self._longest = _LONGEST if is_local(model) else None
        self._error_types = [t.name for t in taxonomy.types().values() if t.fault == "content"]

    def ready(self) -> None:
        """Raises NotebenchError where the model can't be asked: no weights, key or server."""
        from ..llm.endpoints import check

        check(Request(self.model, messages=(), api_base=self._api_base, extra=self._extra))

    def verify(self, session: Session, draft: Draft) -> list[ClaimFinding | FactFinding]:
        """A claim finding for each sentence in order, then one for each fact of the session."""
        return [*self._judge_claims(session, draft), *self._judge_facts(session, draft)]

    def _judge_claims(self, session: Session, draft: Draft) -> list[ClaimFinding]:
        stated, sources = claims(draft), Sources(session)
        record = record_of(session)
        entries = [{"section": c.section, "text": _line(c.text)} for c in stated]

        def ask(items: Sequence[dict[str, Any]], attempt: int) -> dict[int, Item]:
            code = content_hash(record, entries, length=10)
            messages = self._claims.render(
                code=code, record=record, items=items, error_types=self._error_types
            )
            return self._ask(messages, CLAIM_VERDICTS, len(items), attempt, self._error_types)

        answers = self._answers(entries, ask, draft.draft_id)
        return [
            self._claim(session, draft, c, answers.get(i), sources) for i, c in enumerate(stated)
        ]

    def _judge_facts(self, session: Session, draft: Draft) -> list[FactFinding]:
        facts = session.facts or []
        note = "\n\n".join(f"{s.name}: {s.text}" for s in sections_of(draft))
        entries = [{"text": _line(f.statement), "generalised": f.generalised} for f in facts]

        def ask(items: Sequence[dict[str, Any]], attempt: int) -> dict[int, Item]:
            code = content_hash(note, entries, length=10)
            messages = self._facts.render(code=code, note=note, items=items)
            return self._ask(messages, FACT_VERDICTS, len(items), attempt)

        answers = self._answers(entries, ask, draft.draft_id)
        return [self._fact(draft, f, answers.get(i), plain(note)) for i, f in enumerate(facts)]

    def _answers(
        self,
        entries: Sequence[dict[str, Any]],
        ask: Callable[[Sequence[dict[str, Any]], int], dict[int, Item]],
        draft_id: str,
    ) -> dict[int, Item]:
        """Items by place. Asked in a seeded order, in batches; what is missing is asked again."""
        order = list(range(len(entries)))
        random.Random(content_hash(self.seed, draft_id)).shuffle(order)
        found: dict[int, Item] = {}
        for attempt in range(_TRIES):
            missing = [i for i in order if i not in found]
            for at in range(0, len(missing), _BATCH):
                batch = missing[at : at + _BATCH]
                items = [{"id": n, **entries[i]} for n, i in enumerate(batch, start=1)]
                given = ask(items, attempt)
                found |= {i: given[n] for n, i in enumerate(batch, start=1) if n in given}
        return found

    def _ask(
        self, messages: Sequence[dict[str, str]], verdicts: Sequence[str], count: int,
        attempt: int, error_types: Sequence[str] = (),
    ) -> dict[int, Item]:  # fmt: skip
        request = Request(
            self.model, messages, max_tokens=200 + _TOKENS_PER_ITEM * count, seed=attempt,
            response_format=schema(verdicts, error_types, longest=self._longest),
            api_base=self._api_base, extra={**self._extra, "sample": attempt},
        )  # fmt: skip
        completion = self.client.complete(request)
        if completion.finish_reason == "content_filter":
            return {}
        return parse(completion.text, verdicts)

    @property
    def client(self) -> Completes:
        """The client it asks; made on first use where none was given."""
        if self._client is None:
            from ..llm.client import Client

            self._client = Client()
        return self._client

    def _claim(
        self, session: Session, draft: Draft, claim: Claim, item: Item | None, sources: Sources
    ) -> ClaimFinding:
        verdict, p, turns, reason = _believed(item, sources)
        error = severity = None
        if item and verdict in ("contradicted", "unsupported", "inferred"):
            error = item.error_type if item.error_type in self._error_types else None
            severity = _severity(session, item.severity, error)
        return ClaimFinding(
            draft_id=draft.draft_id, section=claim.section, start=claim.start, end=claim.end,
            text=claim.text, verdict=verdict, p_unfaithful=p, error_type=error,
            severity=severity, evidence=turns, reason=reason, verifier=label_of(self),
        )  # fmt: skip

    def _fact(self, draft: Draft, fact: Fact, item: Item | None, note: str) -> FactFinding:
        verdict, p, reason = "unscored", None, _NO_ANSWER
        if item is not None:
            quote = plain(item.quote).strip("\"' ")
            if item.verdict == "omitted" or (long_enough(quote) and quote in note):
                sure = _sure(item)
                verdict, reason = item.verdict, item.reason
                p = sure if item.verdict == "omitted" else round(1 - sure, 4)
            else:
                reason = "The judge's quote does not stand in the note word for word."
        return FactFinding(
            draft_id=draft.draft_id, fact_id=fact.id, verdict=cast(FactVerdict, verdict),
            p_omitted=p, reason=reason or None, verifier=label_of(self),
        )  # fmt: skip


def _believed(
    item: Item | None, sources: Sources
) -> tuple[ClaimVerdict, float | None, list[int], str | None]:
    """Verdict, probability, turns and reason of an answer, as far as it may be believed."""
    if item is None:
        return "unscored", None, [], _NO_ANSWER
    found, turns = sources.find(item.quote)
    needed = item.verdict in ("supported", "contradicted")
    if (needed or (item.quote.strip() and item.verdict != "uncheckable")) and not found:
        return "unscored", None, [], _NOT_VERBATIM
    sure = _sure(item)
    good = item.verdict in ("supported", "uncheckable")
    verdict = cast(ClaimVerdict, item.verdict)
    return verdict, round(1 - sure, 4) if good else sure, turns, item.reason or None


def _sure(item: Item) -> float:
    """Confidence in the verdict given, never below even odds and never certain."""
    return round(min(0.99, max(0.5, item.confidence)), 4)


def _severity(session: Session, said: str | None, error: str | None) -> Severity | None:
    if said in taxonomy.LEVELS:
        return cast(Severity, said)
    flags = taxonomy.flags(session)
    return taxonomy.severity(error, stratum_flags=flags) if error else None


def record_of(session: Session) -> str:
    """The session as the judge reads it: turns by number, rough notes, chart, prior note."""
    parts = ["TRANSCRIPT"]
    parts += [f"[{t.turn}] {t.speaker}: {_line(t.text)}" for t in session.transcript]
    if session.rough_notes:
        parts += ["", "CLINICIAN'S ROUGH NOTES", session.rough_notes]
    if session.chart:
        parts += ["", "CHART", *(f"{k}: {v}" for k, v in session.chart.items())]
    if session.prior_note:
        parts += ["", "NOTE OF THE SESSION BEFORE (true of last time only)", session.prior_note]
    return "\n".join(parts)


def _line(text: str) -> str:
    return " ".join(text.split())


def prompts() -> list[Prompt]:
    """The prompts in use, for a run's manifest."""
    return [load("notebench.verifiers", n) for n in ("judge_claims", "judge_facts")]
