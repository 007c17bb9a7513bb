"""A language model as the verifier: verdicts sentence by sentence, with evidence that is checked.

The model sees the transcript, rough notes, chart and, marked as last time's, the prior note; never
the fact ledger when it judges sentences. A verdict counts only if it comes with words that stand in
the source letter by letter (white space, case and quotation marks aside). Everything else is
`unscored` after bounded tries: answers that can't be read, are cut short, refuse, leave an item out
or quote what nobody said. Probabilities are the model's own confidence, not calibrated here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

from .. import taxonomy
from ..errors import NotebenchError
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
from .answers import LEFT_OUT, Answer, Item, Sources, bare, long_enough, plain, read, schema
from .base import Claim, claims, label_of
from .shown import line, listed, note_of, record_of

CLAIM_VERDICTS = ("supported", "contradicted", "unsupported", "inferred", "uncheckable")
FACT_VERDICTS = ("conveyed", "distorted", "omitted")
TRIES = 2
"""How often an item is asked about before it is `unscored`."""
_BATCH = 10
_TOKENS_PER_ITEM = 200
_LONGEST = 160  # characters of a quote or reason by an embedded model
_NOT_VERBATIM = "The judge's evidence does not stand in the {where} word for word."
_NO_EVIDENCE = "The judge gave no evidence for its verdict."
_ABOUT_SCHEMA = re.compile(
    r"response_format|json[_ ]?schema|structured[_ ]output|grammar", re.IGNORECASE
)


class Completes(Protocol):
    """What is needed of a language-model client."""

    def complete(self, request: Request) -> Completion:
        """The model's answer."""
        ...


@dataclass(frozen=True)
class Believed:
    """An item whose evidence stands where it should."""

    item: Item
    turns: tuple[int, ...] = ()


@dataclass(frozen=True)
class Kind:
    """What one of the two prompts asks about."""

    prompt: Prompt
    verdicts: Sequence[str]
    entries: Sequence[dict[str, Any]]
    material: dict[str, Any]
    """Further fields of the prompt."""
    believe: Callable[[Item], Believed | str]
    """An item with its evidence found, or why it is void."""
    error_types: Sequence[str] = ()


class JudgeVerifier:
    """Judges drafts by asking a language model.

    model: a LiteLLM model string or local/<model>. seed, with the draft's id and sample, orders the
    items and the parts of the record. Errors of the client (unreachable, budget spent, no such
    model) are raised, not turned into findings.
    """

    def __init__(
        self, model: str, *, client: Completes | None = None, seed: int = 0,
        api_base: str | None = None, extra: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.name = f"judge:{model}"
        self.model, self.models, self.seed = model, [model], seed
        self.parallel = not is_local(model)
        self.prompts = [load("notebench.verifiers", n) for n in ("judge_claims", "judge_facts")]
        self.version = ".".join(str(p.version) for p in self.prompts)
        self._client, self._api_base, self._extra = client, api_base, extra or {}
        self._longest = _LONGEST if is_local(model) else None
        self._takes_schema = True
        self._error_types = [t.name for t in taxonomy.types().values() if t.fault == "content"]

    def ready(self) -> None:
        """Raises NotebenchError where the model can't be asked: no weights, key or server."""
        from ..llm.endpoints import check

        check(Request(self.model, messages=(), api_base=self._api_base, extra=self._extra))

    @property
    def client(self) -> Completes:
        """The client it asks; made on first use where none was given."""
        if self._client is None:
            from ..llm.client import Client

            self._client = Client()
        return self._client

    def verify(self, session: Session, draft: Draft) -> list[ClaimFinding | FactFinding]:
        """A claim finding for each sentence in order, then one for each fact of the session."""
        stated, facts = claims(draft), session.facts or []
        of_claims = self._answers(self._about_claims(session, draft, stated), draft)
        of_facts = self._answers(self._about_facts(draft, facts), draft)
        return [
            *(self._claim(session, draft, c, a) for c, a in zip(stated, of_claims, strict=True)),
            *(self._fact(draft, f, a) for f, a in zip(facts, of_facts, strict=True)),
        ]

    def _about_claims(self, session: Session, draft: Draft, stated: Sequence[Claim]) -> Kind:
        sources = Sources(session)

        def believe(item: Item) -> Believed | str:
            if item.verdict == "uncheckable":
                return Believed(replace(item, quotes=()))
            found = [sources.find(quote) for quote in item.quotes]
            if not all(there for there, _ in found):
                return _NOT_VERBATIM.format(where="source")
            if not found and item.verdict in ("supported", "contradicted"):
                return _NO_EVIDENCE
            return Believed(item, tuple(sorted({t for _, turns in found for t in turns})))

        entries = [{"section": c.section, "text": line(c.text)} for c in stated]
        record = record_of(session, self._rng(draft, "parts"))
        fields = {"record": record, "error_types": self._error_types}
        return Kind(
            self.prompts[0], CLAIM_VERDICTS, entries, fields, believe, self._error_types
        )  # fmt: skip

    def _about_facts(self, draft: Draft, facts: Sequence[Fact]) -> Kind:
        note = note_of(draft)
        words = plain(note.replace("\n| ", "\n"))

        def believe(item: Item) -> Believed | str:
            quotes = [bare(quote) for quote in item.quotes]
            if item.verdict == "omitted":  # nothing can be quoted for it
                return Believed(replace(item, quotes=()))
            if not all(long_enough(q) and q in words for q in quotes):
                return _NOT_VERBATIM.format(where="note")
            return Believed(item) if quotes else _NO_EVIDENCE

        entries = [
            {"fact": line(f.statement)}
            | ({"or more generally": line(f.generalised)} if f.generalised else {})
            for f in facts
        ]
        return Kind(self.prompts[1], FACT_VERDICTS, entries, {"note": note}, believe)

    def _rng(self, draft: Draft, *more: Any) -> random.Random:
        return random.Random(content_hash(self.seed, draft.draft_id, draft.sample, *more))

    def _answers(self, kind: Kind, draft: Draft) -> list[Believed | str]:
        """For each entry what may be believed, or why nothing is.

        Asked in batches in a seeded order. What is missing or void is asked again, in another order
        and half as much at a time.
        """
        found: list[Believed | str] = [LEFT_OUT] * len(kind.entries)
        for attempt in range(TRIES):
            left = [i for i, answer in enumerate(found) if isinstance(answer, str)]
            self._rng(draft, attempt).shuffle(left)
            size = max(1, _BATCH >> attempt)
            for at in range(0, len(left), size):
                batch = left[at : at + size]
                answer = self._ask(kind, [kind.entries[i] for i in batch], attempt)
                for number, i in enumerate(batch, start=1):
                    item = answer.items.get(number)
                    found[i] = kind.believe(item) if item else answer.missing
        times = f"Asked {TRIES} times."
        return [f"{answer} {times}" if isinstance(answer, str) else answer for answer in found]

    def _ask(self, kind: Kind, batch: Sequence[dict[str, Any]], attempt: int) -> Answer:
        items = listed(batch)
        code = content_hash(kind.material, items, attempt, length=10)
        form = schema(kind.verdicts, kind.error_types, longest=self._longest)
        request = Request(
            self.model, kind.prompt.render(code=code, items=items, **kind.material),
            max_tokens=300 + _TOKENS_PER_ITEM * len(items), seed=attempt,
            response_format=form if self._takes_schema else None,
            api_base=self._api_base, extra={**self._extra, "sample": attempt},
        )  # fmt: skip
        return read(self._complete(request), kind.verdicts, range(1, len(items) + 1))

    def _complete(self, request: Request) -> Completion:
        """The model's answer, without a schema where the server takes none."""
        try:
            return self.client.complete(request)
        except NotebenchError as error:
            about_schema = type(error) is NotebenchError and _ABOUT_SCHEMA.search(error.what)
            if request.response_format is None or not about_schema:
                raise
        self._takes_schema = False
        return self.client.complete(replace(request, response_format=None))

    def _claim(
        self, session: Session, draft: Draft, claim: Claim, answer: Believed | str
    ) -> ClaimFinding:
        told: dict[str, Any] = {"verdict": "unscored", "reason": answer}
        if isinstance(answer, Believed):
            item = answer.item
            good = item.verdict in ("supported", "uncheckable")
            error = item.error_type if item.error_type in self._error_types and not good else None
            told = {
                "verdict": cast(ClaimVerdict, item.verdict), "reason": item.reason or None,
                "p_unfaithful": round(1 - item.sure, 4) if good else item.sure,
                "error_type": error, "evidence": list(answer.turns),
                "severity": None if good else _severity(session, item.severity, error),
                "quotes": list(item.quotes),
            }  # fmt: skip
        return ClaimFinding(
            draft_id=draft.draft_id, section=claim.section, start=claim.start, end=claim.end,
            text=claim.text, verifier=label_of(self), **told,
        )  # fmt: skip

    def _fact(self, draft: Draft, fact: Fact, answer: Believed | str) -> FactFinding:
        told: dict[str, Any] = {"verdict": "unscored", "reason": answer}
        if isinstance(answer, Believed):
            item = answer.item
            omitted = item.verdict == "omitted"
            told = {
                "verdict": cast(FactVerdict, item.verdict), "reason": item.reason or None,
                "p_omitted": item.sure if omitted else round(1 - item.sure, 4),
                "quotes": list(item.quotes),
            }  # fmt: skip
        return FactFinding(
            draft_id=draft.draft_id, fact_id=fact.id, verifier=label_of(self), **told
        )  # fmt: skip


def _severity(session: Session, said: str | None, error: str | None) -> Severity | None:
    if said in taxonomy.LEVELS:
        return cast(Severity, said)
    flags = taxonomy.flags(session)
    return taxonomy.severity(error, stratum_flags=flags) if error else None
