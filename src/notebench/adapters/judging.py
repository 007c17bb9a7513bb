"""A verifier and the baselines over labelled drafts: what each gave every sentence and fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ..records import WRONG, ClaimFinding, FactFinding
from ..runs.progress import progress_bar
from ..runs.study import LimitSettings
from ..text.tokens import count_words
from ..verifiers.base import Verifier
from .baselines import Source, fact_scores, note_text, sentence_scores, source_text
from .labelled import CLEAN, LEFT_OUT, WRONG_LABELS, Labelled, LabelledSet

VERIFIER, WITH_LEDGER = "verifier", "verifier, given the facts"


@dataclass(frozen=True)
class Sentence:
    """A sentence, what was said of it and what it was rated."""

    session: str
    draft: str
    section: str
    words: int
    bad: bool | None
    """The label; None: counts as neither."""
    kind: str
    """Type of the error, where the label says."""
    clean: bool
    """Of a draft without any error."""
    votes: tuple[bool | None, ...]
    """What each rater said: wrong, right, or nothing."""
    flagged: bool
    """The verifier's verdict: wrong."""
    scores: Mapping[str, float]
    """By what gave them, higher for worse."""


@dataclass(frozen=True)
class FactRating:
    """A fact, whether it was left out and what it was rated."""

    session: str
    draft: str
    stratum: str
    words: int
    bad: bool | None
    flagged: bool
    """The verifier's verdict: omitted."""
    scores: Mapping[str, float]


@dataclass
class Judged:
    """Everything that was rated of one data set."""

    sentences: list[Sentence] = field(default_factory=list)
    facts: list[FactRating] = field(default_factory=list)
    unscored: int = 0
    """Findings in which the verifier could not decide; they are in none of the lists."""


def judge(data: LabelledSet, verifier: Verifier, progress: bool = False) -> Judged:
    """Have every draft judged, and rate the same sentences and facts by the baselines.

    progress: show it in a terminal. A verifier that asks a server judges several drafts at once.
    """
    into = Judged()
    at_once = LimitSettings().concurrency if getattr(verifier, "parallel", False) else 1
    pool = ThreadPoolExecutor(at_once)
    try:
        outcomes = (
            pool.map(lambda item: _findings(item, verifier, data.ledger_for_claims), data.items)
            if at_once > 1
            else (_findings(item, verifier, data.ledger_for_claims) for item in data.items)
        )
        bar = progress_bar(progress)(outcomes, total=len(data.items), desc="judging", unit="note")
        for item, (claims, facts, informed) in zip(data.items, bar, strict=True):
            _rate_sentences(item, claims, informed, into)
            _rate_facts(item, facts, into)
    finally:
        pool.shutdown(cancel_futures=True)  # after an error only the notes in work are finished
    return into


def _findings(
    item: Labelled, verifier: Verifier, ledger: bool
) -> tuple[list[ClaimFinding], list[FactFinding], list[ClaimFinding]]:
    """Findings on sentences and on facts; and on sentences with the facts in view, if not so."""
    found = list(verifier.verify(item.session, item.draft))  # it may be a generator
    claims = [f for f in found if isinstance(f, ClaimFinding)]
    facts = [f for f in found if isinstance(f, FactFinding)]
    if ledger:
        return claims, facts, []
    bare = item.session.model_copy(update={"facts": None})
    blind = [f for f in verifier.verify(bare, item.draft) if isinstance(f, ClaimFinding)]
    return blind, facts, claims


def _rate_sentences(
    item: Labelled, claims: list[ClaimFinding], informed: list[ClaimFinding], into: Judged
) -> None:
    talk = Source(source_text(item.session))
    labels = item.labels or ({},) * len(claims)
    for at, (label, finding) in enumerate(zip(labels, claims, strict=True)):
        if label.get("label") == "uncheckable":
            continue
        if finding.p_unfaithful is None:
            into.unscored += 1
            continue
        scores = {VERIFIER: finding.p_unfaithful}
        if informed and (known := informed[at].p_unfaithful) is not None:
            scores[WITH_LEDGER] = known
        marked = label.get("label")
        bad = None if marked is None or marked in LEFT_OUT else marked in WRONG_LABELS
        into.sentences.append(
            Sentence(
                session=item.session.session_id, draft=item.draft.draft_id,
                section=finding.section, words=count_words(finding.text), bad=bad,
                kind=(label.get("error_type") or "") if bad else "", clean=item.style == CLEAN,
                votes=tuple(label.get("votes", ())), flagged=finding.verdict in WRONG,
                scores=scores | sentence_scores(finding.text, finding.section, talk),
            )
        )  # fmt: skip


def _rate_facts(item: Labelled, findings: Iterable[FactFinding], into: Judged) -> None:
    note = Source(note_text(item.draft))
    statements = {f.id: f.statement for f in item.session.facts or []}
    found = {f.fact_id: f for f in findings}
    for fact in item.due or tuple(statements):
        finding = found.get(fact)
        if finding is None or finding.p_omitted is None:
            into.unscored += 1
            continue
        text = statements[fact]
        into.facts.append(
            FactRating(
                session=item.session.session_id, draft=item.draft.draft_id,
                stratum=item.strata.get(fact, ""), words=count_words(text),
                bad=fact in item.omitted if item.due else None,
                flagged=finding.verdict == "omitted",
                scores={VERIFIER: finding.p_omitted} | fact_scores(text, note),
            )
        )  # fmt: skip
