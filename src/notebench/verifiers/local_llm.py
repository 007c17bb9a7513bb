"""An embedded language model as the verifier: one yes-or-no question for a sentence or fact.

The model reads a short excerpt (llm_excerpt.py) and is asked one question. What counts is not what
it writes but the log-odds of yes against no as its first word, which a scale fitted on labelled
drafts (benchmarks/fit_local_llm.py) turns into a probability. Nothing leaves the machine. It can't
say what is wrong with a sentence: findings carry no error type and no severity.

No prompt is kept in the runtime between questions, although they begin alike: reuse would make an
answer depend, in its last digits, on what was asked before.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..formats import sections_of
from ..llm import weights
from ..llm.messages import Request
from ..llm.prompts import Prompt, load
from ..records import ClaimFinding, Draft, Fact, FactFinding, Session, content_hash
from ..text import content_words
from .base import Claim, claims, label_of
from .calibration import Calibration
from .llm_excerpt import Excerpt, Excerpts

if TYPE_CHECKING:
    from .judge import Completes

DEFAULT = "qwen2.5-coder-1.5b-instruct"
"""The largest embedded model."""
_CANDIDATES = 20
_LEAST_MASS = 0.02
"""Probability that yes and no must have together for their odds to mean anything."""
_EMPTY = "It states nothing to be checked."
_SILENT = "The model's first word was neither yes nor no."


@dataclass(frozen=True)
class Scale(Calibration):
    """From the log-odds of yes to the probability that something is bad, and to a verdict."""

    threshold: float = 0.5
    """From this probability on, the verdict is the bad one."""

    def probability(self, odds: float) -> float:
        """Probability for log-odds of yes, rounded to 4 places."""
        return round(self(1 / (1 + math.exp(odds))), 4)


class LocalLlmVerifier:
    """Judges drafts by an embedded model's odds of yes and no.

    model: an embedded model, with or without local/; None: the default. A model without a fitted
    scale is taken at its word: its version says `raw`. Raises UnknownName for any other model.
    """

    def __init__(self, model: str | None = None, *, client: Completes | None = None) -> None:
        bare = (model or DEFAULT).removeprefix(weights.LOCAL)
        if not bare.lower().endswith(".gguf"):
            weights.find(bare)
        self.name = "local-llm" if bare == DEFAULT else f"local-llm:{bare}"
        self.model = weights.LOCAL + bare
        self.prompts = prompts()
        self._claims, self._facts = self.prompts
        scales = fitted().get(bare, {})
        self._scales = {k: scales.get(k, Scale()) for k in ("claim", "fact")}
        scale = content_hash(*(vars(s) for s in self._scales.values()), length=6)
        self.version = f"{self._claims.version}.{self._facts.version}.{scale if scales else 'raw'}"
        self._client = client

    def ready(self) -> None:
        """Raises NotebenchError where the weights or the runtime are not here."""
        from ..llm.endpoints import check

        check(Request(self.model, messages=()))

    @property
    def client(self) -> Completes:
        """The client it asks; made on first use, with the user's cache, where none was given."""
        if self._client is None:
            from ..llm.client import AnswerCache, Client

            self._client = Client(cache=AnswerCache())
        return self._client

    def verify(self, session: Session, draft: Draft) -> list[ClaimFinding | FactFinding]:
        """A claim finding for each sentence in order, then one for each fact of the session."""
        source = Excerpts.of_session(session)
        note = Excerpts.of_note(sections_of(draft))
        return [
            *(self._claim(draft, claim, source) for claim in claims(draft)),
            *(self._fact(draft, fact, note) for fact in session.facts or []),
        ]

    def claim_odds(self, text: str, source: Excerpts) -> tuple[float | None, Excerpt]:
        """Log-odds that every part of a sentence is true of its excerpt, and the excerpt.

        None where the model's first word is neither yes nor no.
        """
        sentence = " ".join(text.split())
        excerpt = source.near(sentence)
        return self._ask(self._claims.render(excerpt=excerpt, sentence=sentence)), excerpt

    def fact_odds(self, fact: Fact, note: Excerpts) -> float | None:
        """Log-odds that a note states a fact, or what a good note would say in its place."""
        wording = " ".join((fact.generalised or fact.statement).split())
        excerpt = note.near(f"{fact.statement} {wording}")
        return self._ask(self._facts.render(excerpt=excerpt, fact=wording))

    def _ask(self, messages: Sequence[Mapping[str, str]]) -> float | None:
        extra = {"logprobs": True, "top_logprobs": _CANDIDATES}
        request = Request(self.model, messages, max_tokens=1, extra=extra)
        return log_odds(self.client.complete(request).first_token)

    def _claim(self, draft: Draft, claim: Claim, source: Excerpts) -> ClaimFinding:
        told: dict[str, Any] = {"verdict": "unscored", "reason": _SILENT}
        if not content_words(claim.text):
            told = {"verdict": "uncheckable", "p_unfaithful": 0.0, "reason": _EMPTY}
        else:
            odds, excerpt = self.claim_odds(claim.text, source)
            if odds is not None:
                p = self._scales["claim"].probability(odds)
                wrong = p >= self._scales["claim"].threshold
                told = {"verdict": "unsupported" if wrong else "supported", "p_unfaithful": p}
                told |= {"evidence": excerpt.turns, "reason": _told(excerpt, wrong)}
        return ClaimFinding(
            draft_id=draft.draft_id, section=claim.section, start=claim.start, end=claim.end,
            text=claim.text, verifier=label_of(self), **told,
        )  # fmt: skip

    def _fact(self, draft: Draft, fact: Fact, note: Excerpts) -> FactFinding:
        told: dict[str, Any] = {"verdict": "unscored", "reason": _SILENT}
        odds = self.fact_odds(fact, note)
        if odds is not None:
            p = self._scales["fact"].probability(odds)
            omitted = p >= self._scales["fact"].threshold
            reason = f"To the model the note {'does not state' if omitted else 'states'} it."
            told = {"verdict": "omitted" if omitted else "conveyed", "p_omitted": p}
            told |= {"reason": reason}
        return FactFinding(
            draft_id=draft.draft_id, fact_id=fact.id, verifier=label_of(self), **told
        )  # fmt: skip


def log_odds(first: Mapping[str, float] | None) -> float | None:
    """Log-odds of yes against no among the candidates for the first token.

    first: log-probability by token. Any casing and a leading space count. None where the two have
    next to no probability, so that their odds would be noise.

    >>> round(log_odds({"Yes": -0.7, " yes": -3.0, "no": -1.2, "I": -4.0}), 2)
    0.6
    """
    mass = {"yes": 0.0, "no": 0.0}
    for token, logprob in (first or {}).items():
        word = token.strip().lower()
        if word in mass:
            mass[word] += math.exp(logprob)
    if sum(mass.values()) < _LEAST_MASS:
        return None
    tiny = 1e-6  # a word that is not among the candidates is rarer than the rarest of them
    return math.log(max(mass["yes"], tiny)) - math.log(max(mass["no"], tiny))


def _told(excerpt: Excerpt, wrong: bool) -> str:
    if not (excerpt.talk or excerpt.notes or excerpt.chart or excerpt.prior):
        return "Nothing in the session shares its words."
    where = "turns " + ", ".join(map(str, excerpt.turns)) if excerpt.turns else "the record"
    judged = "do not make every part of it true" if wrong else "make it true"
    return f"To the model, {where} and the notes beside them {judged}."


@cache
def fitted() -> dict[str, dict[str, Scale]]:
    """The fitted scales by model: claim and fact, for the prompts that they were fitted with."""
    data = json.loads((files("notebench.verifiers") / "local_llm.json").read_text("utf-8"))
    now = [p.version for p in prompts()]
    return {
        model: {kind: Scale(**scale[kind]) for kind in ("claim", "fact")}
        for model, scale in data["models"].items()
        if scale["prompts"] == now
    }


def prompts() -> list[Prompt]:
    """The prompts in use, for a run's manifest: of sentences and of facts."""
    return [load("notebench.verifiers", n) for n in ("local_llm_claim", "local_llm_fact")]
