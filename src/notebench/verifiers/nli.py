"""An entailment model as the verifier: does a sentence of the note follow from the session?

Each sentence is the hypothesis, and the passages nearest to it are the premises, one by one and
joined; each fact is the hypothesis, and the note's sentences are the premises. The best entailment
and the strongest contradiction give the probability and the verdict. A contradiction counts only
from a premise that holds enough of the hypothesis's words to be about the same thing. What kind of
error it is, is told by the local verifier's typed checks. Everything runs on this machine; a model
that is not here is fetched from the hub once. Probabilities are the model's own, not calibrated,
unless its folder holds a calibration.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..records import (
    ClaimFinding,
    ClaimVerdict,
    Draft,
    Fact,
    FactFinding,
    FactVerdict,
    Session,
)
from . import calibration, hub
from .base import Claim, claims, label_of, unscored
from .entailment import EntailmentModel, Relation, need_packages, settings
from .features import checked
from .index import ANCHORED, Indexes, SessionIndex
from .local import Meaning, checkable, conveyed, explain, meanings, severity_of
from .premises import Premise, Premises, wordings
from .terms import Reading, read

VERSION = "1"
_EVEN = 0.5
_NEVER_SURE = 0.001
_DOUBT = 0.4
"""Most that a contradiction takes from an entailment (assumed). Another passage's contradiction is
often only another time or person, so one clear entailment outweighs it."""
_QUOTED = 140  # characters of a reason's quotation
_FLIPPED = "negation_flip"
"""What a contradiction is called that none of the typed checks sees."""

Relations = dict[tuple[str, str], Relation | None]


@dataclass(frozen=True)
class Outcome:
    """What the model makes of a hypothesis beside all its premises."""

    entails: float = 0.0
    best: Premise | None = None
    """The premise that bears it out best."""
    contradicts: float = 0.0
    against: Premise | None = None
    """The premise that goes against it most."""

    @property
    def unfaithful(self) -> float:
        """1 - entailment, where a contradiction takes something away from the entailment."""
        return 1 - self.entails * (1 - _DOUBT * self.contradicts)

    @property
    def untold(self) -> float:
        """That no premise speaks of it, for or against."""
        return (1 - self.entails) * (1 - self.contradicts)


class NliVerifier:
    """Judges drafts with an entailment model.

    model: a folder, or a hub id such as owner/model or owner/model@revision. Making it finds the
    model's files and fetches those that are not here. Raises MissingDependency without the extra
    `nli`, UnknownName, Unreachable, and NotebenchError where the model is none for entailment.
    """

    def __init__(self, model: str, *, client: object = None) -> None:
        need_packages()
        self.name = f"nli:{model}"
        found = hub.find(model)
        self.model = EntailmentModel(found.folder, model)
        self.calibrations = calibration.read(found.folder)
        self.version = ".".join([VERSION, found.identity, *calibration.identity(found.folder)])
        self._indexes = Indexes()

    def ready(self) -> None:
        """Raises NotebenchError where the weights can't be read."""
        self.model.load()

    def verify(self, session: Session, draft: Draft) -> list[ClaimFinding | FactFinding]:
        """A claim finding for each sentence in order, then one for each fact of the session."""
        index = self._indexes.of(session)
        if not index.usable:
            return unscored(session, draft, self, _words("no_source"))
        return Judging(self, index, draft).findings()


class Judging:
    """One draft being judged."""

    def __init__(self, verifier: NliVerifier, index: SessionIndex, draft: Draft) -> None:
        self._verifier, self._index, self._draft = verifier, index, draft
        self._premises = Premises(index)
        self._claims = claims(draft)
        self._readings = [read(c.text) for c in self._claims]

    def findings(self) -> list[ClaimFinding | FactFinding]:
        """The findings, from one pass of the model over every pair."""
        return [
            *(
                self._judge(claim, reading)
                for claim, reading in zip(self._claims, self._readings, strict=True)
            ),
            *(self._look_for(fact) for fact in self._index.session.facts or []),
        ]

    @cached_property
    def _of_claims(self) -> dict[str, list[Premise]]:
        return {r.text: self._premises.for_claim(r) for r in self._readings if checkable(r)}

    @cached_property
    def _of_facts(self) -> dict[str, list[Premise]]:
        asked = [w for fact in self._index.session.facts or [] for w in wordings(fact)]
        return {w.text: self._premises.for_fact(w, self._readings) for w in asked}

    @cached_property
    def _relations(self) -> Relations:
        pairs = list(
            dict.fromkeys(
                (premise.text, hypothesis)
                for held in (self._of_claims, self._of_facts)
                for hypothesis, premises in held.items()
                for premise in premises
            )
        )
        return dict(zip(pairs, self._verifier.model.relations(pairs), strict=True))

    def _outcome(self, hypothesis: Reading, premises: Sequence[Premise]) -> Outcome | None:
        """What decides among premises; None where the model could read none of the pairs."""
        rated = [(p, self._relations[p.text, hypothesis.text]) for p in premises]
        told = [(p, r) for p, r in rated if r is not None]
        if rated and not told:
            return None
        near = [(p, r) for p, r in told if self._index.cover(hypothesis.keys, p.keys) >= ANCHORED]
        best = max(told, key=lambda pr: pr[1].entails, default=None)
        against = max(near, key=lambda pr: pr[1].contradicts, default=None)
        return Outcome(
            best[1].entails if best else 0.0, best[0] if best else None,
            against[1].contradicts if against else 0.0, against[0] if against else None,
        )  # fmt: skip

    def _judge(self, claim: Claim, reading: Reading) -> ClaimFinding:
        if reading.text not in self._of_claims:
            return self._claim(claim, "uncheckable", 0.0, reason=_words("uncheckable"))
        premises = self._of_claims[reading.text]
        outcome = self._outcome(reading, [p for p in premises if not p.prior])
        if outcome is None:
            return self._claim(claim, "unscored", reason=_words("too_long"))
        judged = checked(reading, claim.section, self._index)
        p, facts = self._sure("claim", outcome.unfaithful), conveyed(judged)
        if p < _EVEN:
            return self._claim(
                claim, "supported", p, facts=facts, evidence=_turns(outcome.best),
                reason=_words("supported", outcome.best),
            )  # fmt: skip
        meaning, detail = explain(judged)
        verdict, error, decided, reason = self._wrong(reading, outcome, premises, meaning)
        if meaning in meanings().values() and meaning.error_type == error:
            reason = f"{reason} {meaning.words.format(detail=detail)}"
        return self._claim(
            claim, verdict, p, facts=facts, error_type=error,
            severity=severity_of(error, judged.view), evidence=_turns(decided), reason=reason,
        )  # fmt: skip

    def _sure(self, kind: str, p: float) -> float:
        """A probability as calibrated, to 4 places, never quite certain."""
        calibrated = self._verifier.calibrations[kind](p)
        return round(min(1 - _NEVER_SURE, max(_NEVER_SURE, calibrated)), 4)

    def _wrong(
        self, reading: Reading, outcome: Outcome, premises: Sequence[Premise], meaning: Meaning
    ) -> tuple[ClaimVerdict, str, Premise | None, str]:
        """Verdict, error type, premise that decided, and reason of a sentence not borne out."""
        if outcome.contradicts >= _EVEN:
            error = meaning.error_type if meaning.verdict == "contradicted" else _FLIPPED
            return "contradicted", error, outcome.against, _words("contradicted", outcome.against)
        before = self._outcome(reading, [p for p in premises if p.prior])
        if before and before.entails >= _EVEN:
            return "unsupported", "copy_forward", None, _words("copied", before.best)
        reason = "unsupported" if outcome.best else "unheard"
        return "unsupported", meaning.error_type, outcome.best, _words(reason, outcome.best)

    def _claim(
        self, claim: Claim, verdict: ClaimVerdict, p: float | None = None, **more: Any
    ) -> ClaimFinding:
        return ClaimFinding(
            draft_id=self._draft.draft_id, section=claim.section, start=claim.start,
            end=claim.end, text=claim.text, verdict=verdict, p_unfaithful=p,
            verifier=label_of(self._verifier), **more,
        )  # fmt: skip

    def _look_for(self, fact: Fact) -> FactFinding:
        outcomes = [self._outcome(w, self._of_facts[w.text]) for w in wordings(fact)]
        known = [o for o in outcomes if o is not None]
        if not known:
            return self._fact(fact, "unscored", None, _words("too_long"))
        outcome = min(known, key=lambda o: o.unfaithful)
        p = self._sure("fact", outcome.untold)
        if p >= _EVEN:
            return self._fact(fact, "omitted", p, _words("omitted"))
        if outcome.entails >= outcome.contradicts:
            return self._fact(fact, "conveyed", p, _words("conveyed", outcome.best))
        return self._fact(fact, "distorted", p, _words("distorted", outcome.against))

    def _fact(self, fact: Fact, verdict: FactVerdict, p: float | None, reason: str) -> FactFinding:
        return FactFinding(
            draft_id=self._draft.draft_id, fact_id=fact.id, verdict=verdict, p_omitted=p,
            reason=reason, verifier=label_of(self._verifier),
        )  # fmt: skip


def _turns(premise: Premise | None) -> list[int]:
    return sorted(premise.turns) if premise else []


def _words(reason: str, premise: Premise | None = None) -> str:
    said = textwrap.shorten(premise.text, _QUOTED, placeholder=" ...") if premise else ""
    template: str = settings()["reasons"][reason]
    return template.format(said=f'"{said}"')
