"""The local verifier: no network; words, numbers, polarity, typed checks and a small reader.

For each sentence it looks up the nearest passages of the session, runs the checks of checks/, has
a small model read it beside those passages (reader.py), and a logistic model fitted on labelled
drafts (benchmarks/fit_local_verifier.py) turns all that into a probability. It errs: a fair
paraphrase in other words can look unsupported, and an error made of the session's own words can
pass. docs/validation.md says how often.
"""

from __future__ import annotations

import math
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from .. import taxonomy
from ..records import (
    WRONG,
    ClaimFinding,
    ClaimVerdict,
    Draft,
    FactFinding,
    FactVerdict,
    Session,
    Severity,
)
from .base import Claim, claims, label_of
from .checks import View
from .features import FactView, Judged, NoteView, claim_features, fact_features
from .index import Indexes, SessionIndex
from .lexicon import cues
from .passages import Passage
from .scale import Scale, scales
from .terms import Reading, read

VERSION = "4"
_CONVEYED = 0.45
"""Nearness from which a fact counts as what a sentence is about."""
_LIKELIEST = 0.25
"""The same for the nearest fact where none is that near."""
_TOLD = 0.7
"""What it counts that a fact holds a clause of the sentence, and not the sentence the fact."""
_RESTATES = 0.75
"""Share of a sentence that a fact or rough note must hold for the sentence to restate it."""
_LOOPS = 0.3
"""Share of its words that a sentence may say again and still count as restating something."""
_GARBLE = re.compile(r"(?:\d+[.,;:/ -]{1,3}){7}")


class Meaning(NamedTuple):
    """What a check's finding means."""

    error_type: str
    verdict: ClaimVerdict
    words: str


@cache
def meanings() -> dict[str, Meaning]:
    """Error type, verdict and words by check, from checks.toml."""
    data = tomllib.loads((files("notebench.verifiers") / "checks.toml").read_text("utf-8"))
    return {k: Meaning(v["error_type"], v["verdict"], v["words"]) for k, v in data.items()}


class LocalVerifier:
    """Judges drafts without a language model."""

    name = "local"
    version = VERSION

    def __init__(self) -> None:
        self._indexes = Indexes()

    def verify(self, session: Session, draft: Draft) -> list[ClaimFinding | FactFinding]:
        """A claim finding for each sentence in order, then one for each fact of the session."""
        index = self._indexes.of(session)
        stated = claims(draft)
        readings = [read(c.text) for c in stated]
        if not index.usable:
            why = "the session holds nothing that the note could be checked against"
            return [
                *(self._claim(draft, c, "unscored", reason=why) for c in stated),
                *(self._fact(draft, f.id, "unscored", None, why) for f in session.facts or []),
            ]
        found = [
            self._judge(draft, claim, reading, index)
            for claim, reading in zip(stated, readings, strict=True)
        ]
        return [*found, *self._facts(draft, found, readings, index)]

    def _judge(
        self, draft: Draft, claim: Claim, reading: Reading, index: SessionIndex
    ) -> ClaimFinding:
        if not checkable(reading):
            return self._claim(
                draft, claim, "uncheckable", 0.0, reason="It states nothing that could be checked."
            )
        judged = claim_features(reading, claim.section, index)
        scale = judged.scale
        p = scale.probability(judged.values)
        if empty(judged):
            return self._claim(
                draft, claim, "uncheckable", p, reason="It says nothing particular to this session."
            )
        evidence = judged.view.evidence
        facts = conveyed(judged)
        if p < scale.threshold:
            return self._claim(
                draft, claim, "supported", p, evidence=evidence.turns, facts=facts,
                reason="Its words, numbers and polarity agree with the session.",
            )  # fmt: skip
        meaning, detail = explain(judged)
        return self._claim(
            draft, claim, meaning.verdict, p, meaning.error_type,
            severity_of(meaning.error_type, judged.view), evidence.turns, facts,
            meaning.words.format(detail=detail),
        )  # fmt: skip

    def _claim(
        self, draft: Draft, claim: Claim, verdict: ClaimVerdict, p: float | None = None,
        error_type: str | None = None, severity: Severity | None = None,
        evidence: list[int] | None = None, facts: list[str] | None = None,
        reason: str | None = None,
    ) -> ClaimFinding:  # fmt: skip
        return ClaimFinding(
            draft_id=draft.draft_id, section=claim.section, start=claim.start, end=claim.end,
            text=claim.text, verdict=verdict, p_unfaithful=p, error_type=error_type,
            severity=severity, evidence=evidence or [], facts=facts or [], reason=reason,
            verifier=label_of(self),
        )  # fmt: skip

    def _facts(
        self, draft: Draft, found: list[ClaimFinding], readings: list[Reading],
        index: SessionIndex,
    ) -> list[FactFinding]:  # fmt: skip
        note, scale = NoteView.of(readings, index), scales()["fact"]
        made = []
        for fact in index.session.facts or []:
            view = fact_features(fact, note, index)
            p = scale.probability(view.values)
            verdict, why = _fact_verdict(fact.id, p, scale, view, found)
            made.append(self._fact(draft, fact.id, verdict, p, why))
        return made

    def _fact(
        self, draft: Draft, fact_id: str, verdict: FactVerdict, p: float | None, reason: str
    ) -> FactFinding:
        return FactFinding(
            draft_id=draft.draft_id, fact_id=fact_id, verdict=verdict, p_omitted=p,
            reason=reason, verifier=label_of(self),
        )  # fmt: skip


_ADDS = frozenset("boilerplate repetition misplaced false_quotation".split())


def _distorts(finding: ClaimFinding, fact_id: str) -> bool:
    """Whether a wrong sentence changes a fact that it is about, and does not only add to it."""
    if finding.verdict not in WRONG or fact_id not in finding.facts or not finding.error_type:
        return False
    return finding.error_type not in _ADDS and not finding.error_type.startswith("fabricated")


def _fact_verdict(
    fact_id: str, p: float, scale: Scale, view: FactView, found: list[ClaimFinding]
) -> tuple[FactVerdict, str]:
    if p >= scale.threshold:
        return "omitted", "No sentence of the note holds enough of its words and numbers."
    nearest = found[view.nearest] if view.nearest is not None else None
    if nearest is not None and _distorts(nearest, fact_id):
        return "distorted", f"The nearest sentence gets it wrong: {nearest.reason}"
    return "conveyed", "A sentence of the note holds most of its words and numbers."


def checkable(reading: Reading) -> bool:
    """Whether a sentence states anything: headings, courtesies and signatures do not."""
    if not reading.keys and not reading.numbers or _GARBLE.search(reading.text):
        return False
    bare = reading.text.rstrip().endswith(":") and len(reading.keys) <= 4
    return not bare and not cues().lists["uncheckable"].search(reading.low)


def empty(judged: Judged) -> bool:
    """Whether a sentence holds only words that any note is written with, in no order of a source.

    Such a sentence fits every session. One that restates a fact or a rough note is let through.
    """
    view, reading = judged.view, judged.view.claim
    if view.content or view.numbers or reading.risks:
        return False
    restated = any(
        view.index.cover(reading.keys, p.keys) >= _RESTATES
        for p in view.evidence.facts + view.evidence.notes
    )
    return not restated or judged.values["repeats"] > _LOOPS


def conveyed(judged: Judged) -> list[str]:
    """Ids of the facts that a sentence is about, nearest first."""
    view, index = judged.view, judged.view.index
    reading = view.claim
    likeness = index.fact_likenesses(reading)
    parts = [reading.keys, *(u.claim.keys for u in view.evidence.units)]

    def nearness(passage: Passage) -> float:
        held = max(index.cover(r.keys, reading.keys) for r in passage.readings)
        told = max(index.cover(part, passage.keys) for part in parts) * _TOLD
        return max(likeness.get(passage.fact.id if passage.fact else "", 0.0), held, told)

    rated = sorted((-nearness(p), p.fact.id) for p in view.evidence.facts if p.fact)
    sure = [fact for score, fact in rated if -score >= _CONVEYED]
    return sure or [fact for score, fact in rated[:1] if -score >= _LIKELIEST]


_NEW = {
    "S": "fabricated_symptom", "D": "fabricated_symptom", "B": "fabricated_symptom",
    "O": "fabricated_observation", "I": "fabricated_intervention",
    "R": "fabricated_response", "A": "unsupported_inference", "P": "fabricated_plan",
}  # fmt: skip
_SPEAKS = 0.35
"""What a check must add to the log-odds to be given as the reason."""
_NOVEL = 0.5
"""Share of a sentence's words that its evidence must lack for it to be new rather than changed."""


def explain(judged: Judged) -> tuple[Meaning, str]:
    """The check that adds most to the score; else whether the sentence is new or changed."""
    scale = judged.scale
    parts = scale.parts(judged.values)
    parts |= {n: math.inf for n in scale.floors if judged.values.get(n, 0.0) >= 1}
    fired = [(parts[name], name) for name in meanings() if parts.get(name, 0.0) > 0]
    value, name = max(fired, default=(0.0, ""))
    if value > _SPEAKS or (value and judged.view.novelty < _NOVEL):
        return meanings()[name], judged.details[name]
    if judged.view.novelty < _NOVEL:
        words = "Read beside what the session says on this, it does not follow."
        return Meaning("unsupported_inference", "unsupported", words), ""
    return Meaning(
        _invented(judged), "unsupported", "The session holds little of what this says."
    ), ""


def _invented(judged: Judged) -> str:
    """What kind of invention a sentence is, by what it speaks of, else by where it stands."""
    low = judged.view.claim.low
    if judged.view.claim.risks:
        return "fabricated_risk"
    if cues().topics("interventions", low):
        return "fabricated_intervention"
    section = judged.view.section[:1].upper()
    if section not in _NEW and cues().lists["plan"].search(low):
        return "fabricated_plan"
    return _NEW.get(section, "fabricated_symptom")


def severity_of(error_type: str, view: View) -> Severity:
    """Severity of an error of that type in the sentence that a view is of."""
    kinds = {f.fact.kind for f in view.evidence.facts[:1] if f.fact}
    if cues().topics("risk", view.claim.low) & {"suicidal_ideation", "homicidal_ideation"}:
        kinds.add("risk")
    if cues().lists["diagnoses"].search(view.claim.low):
        kinds.add("diagnosis")
    return taxonomy.severity(
        error_type, stratum_flags=taxonomy.flags(view.index.session), kinds=kinds
    )
