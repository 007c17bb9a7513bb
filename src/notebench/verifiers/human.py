"""People as a verifier: their marks laid over the sentences of a draft, and several raters' votes.

A person marks what they like: half a sentence, or three. Each mark counts for every sentence that
it overlaps, so that findings tile the draft as any verifier's do. `rated` gives one person's
findings, `combined` those of all: the majority, or what an adjudicator said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

from .. import taxonomy
from ..errors import NotebenchError, UnknownName
from ..formats import get, names, sections_of
from ..records import WRONG, ClaimFinding, Draft, FactFinding, Session
from ..registry import suggest
from ..text import locate
from .base import Claim, claims
from .ratings import PREFIX, Mark, Ratings, read_ratings

F = TypeVar("F", ClaimFinding, FactFinding)
Found = list[ClaimFinding | FactFinding]

WORST = ("contradicted", "unsupported", "inferred", "supported", "uncheckable", "unscored")
"""Verdicts on a sentence, the one that prevails first."""
_WORST_FATE = ("omitted", "distorted", "conveyed", "unscored")
NOT_READ = "No person rated it."
UNMARKED = "Read by a person and left unmarked."


class HumanVerifier:
    """Findings from files of people's ratings; see `ratings.read_ratings` for what they may hold.

    given: files, comma-separated, and after a question mark what else `read_ratings` takes:
    "a.jsonl,b.csv?adjudicator=carol&complete=yes". Drafts nobody rated are unscored.
    """

    name = "human"

    def __init__(self, given: str, *, client: object = None) -> None:
        paths, _, asked = given.partition("?")
        options = parse_qs(asked, keep_blank_values=True)
        if unknown := sorted(options.keys() - {"adjudicator", "complete"}):
            raise UnknownName(
                f"the verifier human takes no {unknown[0]!r}",
                mend=suggest(unknown[0], ["adjudicator", "complete"]),
            )
        self.ratings = read_ratings(
            [Path(p) for p in paths.split(",") if p],
            adjudicators=[r for value in options.get("adjudicator", []) for r in value.split(",")],
            complete=options.get("complete", ["no"]) != ["no"],
        )
        self.version = f"{'+'.join(self.ratings.raters)}#{self.ratings.digest}"

    def verify(self, session: Session, draft: Draft) -> Found:
        """A claim finding for each sentence in order, then one for each fact of the session."""
        label = f"{self.name}@{self.version}"
        return [
            f.model_copy(update={"verifier": label}) for f in combined(session, draft, self.ratings)
        ]


def rated(session: Session, draft: Draft, ratings: Ratings, rater: str) -> Found:
    """What one person found: a finding for each sentence and fact, those not rated `unscored`.

    A sentence with several marks gets the most severe, and all of them stand in its field `marks`.
    In a draft read to the end, what was left unmarked is supported (a fact stays unscored: to miss
    that something is missing is easy). Raises NotebenchError for a mark that does not fit.
    """
    marks = [m for m in ratings.marks if (m.draft_id, m.rater) == (draft.draft_id, rater)]
    read = (draft.draft_id, rater) in ratings.read
    by_fact = {m.fact_id: m for m in marks if m.fact_id}
    for mark in by_fact.values():
        if mark.fact_id not in {f.id for f in session.facts or []}:
            _misfit(mark, f"the session has no fact {mark.fact_id!r}", "fact_id")
    spans = [_span(m, draft) for m in marks if not m.fact_id]
    cut = claims(draft)
    for span in spans:
        if not any(_overlap(span, claim) for claim in cut):
            _misfit(span[0], "no sentence stands there", "start")
    of_claims = [
        _claim(draft, c, [s for s in spans if _overlap(s, c)], rater, read) for c in cut
    ]  # fmt: skip
    return [
        *of_claims,
        *(_fact(draft, f.id, by_fact.get(f.id), rater) for f in session.facts or []),
    ]


def combined(session: Session, draft: Draft, ratings: Ratings) -> Found:
    """What all raters found together, by majority; an adjudicator's word stands in its place.

    A tie is unscored, with everybody's reasons; so is what nobody rated. `p_unfaithful` and
    `p_omitted` are shares of the votes, and `votes` says who gave which verdict.
    """
    raters = [r for r in ratings.raters if _knows(ratings, draft, r)] or ratings.raters[:1]
    found = {r: rated(session, draft, ratings, r) for r in raters}
    together: Found = []
    for row in zip(*found.values(), strict=True):
        each = dict(zip(found, row, strict=True))
        final = {r: f for r, f in each.items() if r in ratings.adjudicators}
        voters = final if any(f.verdict != "unscored" for f in final.values()) else each
        together.append(_voted(voters))
    return together


def _knows(ratings: Ratings, draft: Draft, rater: str) -> bool:
    return (draft.draft_id, rater) in ratings.read or any(
        (m.draft_id, m.rater) == (draft.draft_id, rater) for m in ratings.marks
    )


Span = tuple[Mark, str, int, int]
"""A mark with its section and half-open offsets."""


def _span(mark: Mark, draft: Draft) -> Span:
    """Where a mark stands. Raises NotebenchError where its words are not there."""
    texts = {s.name: s.text for s in sections_of(draft)}
    named = _named(mark, draft, texts)
    if mark.start is not None and mark.end is not None:
        if len(named) > 1:
            _misfit(mark, "offsets without a section", "section", texts)
        held = texts[named[0]][mark.start : mark.end]
        if not held.strip() or (mark.text is not None and mark.text != held):
            _misfit(mark, f"{(mark.text or '')[:60]!r} does not stand at {mark.start}", "start")
        return mark, named[0], mark.start, mark.end
    for name in named:
        if place := locate(mark.text or "", texts[name]):
            return mark, name, place.start, place.end
    return _misfit(mark, f"{(mark.text or '')[:60]!r} does not stand in the draft", "text")


def _named(mark: Mark, draft: Draft, texts: Iterable[str]) -> list[str]:
    """The section that a mark names, also by its title or another heading; all where it names none.

    Raises NotebenchError where there is none of that name, or several.
    """
    if mark.section is None:
        return list(texts)
    if mark.section in texts:
        return [mark.section]
    given = mark.section.strip(" :").lower()
    fitting = [name for name in texts if given in _headings(draft.format, name)]
    if len(fitting) != 1:
        _misfit(mark, f"the draft has no section {mark.section!r}", "section", texts)
    return fitting


def _headings(form: str, name: str) -> set[str]:
    """How a section may be called, in lower case."""
    specs = get(form).sections if form.lower() in map(str.lower, names()) else ()
    heads = ({h.lower() for h in (s.name, s.title, *s.aliases)} for s in specs)
    return {name.lower()}.union(*(known for known in heads if name.lower() in known))


def _misfit(mark: Mark, what: str, field: str, known: Iterable[str] = ()) -> Any:
    # what alone is shown where a draft is set aside as failed: it must name the place as well
    raise NotebenchError(
        f"{mark.where}: field {field}: {what} (draft {mark.draft_id})",
        mend=suggest(mark.section or "", known) if known else "mend it there, or leave it out",
    )


def _overlap(span: Span, claim: Claim) -> bool:
    _, section, start, end = span
    return section == claim.section and start < claim.end and claim.start < end


def _claim(
    draft: Draft, claim: Claim, spans: Sequence[Span], rater: str, read: bool
) -> ClaimFinding:
    marks = sorted((s[0] for s in spans), key=lambda m: _weight(m.verdict, m.severity))
    first = marks[0] if marks else None
    verdict: Any = first.verdict if first else "supported" if read else "unscored"
    extra = {"marks": [_kept(s) for s in spans]} if len(spans) > 1 else {}
    return ClaimFinding(
        draft_id=draft.draft_id, section=claim.section, start=claim.start, end=claim.end,
        text=claim.text, verdict=verdict,
        p_unfaithful=None if verdict == "unscored" else float(verdict in WRONG),
        error_type=first.error_type if first else None,
        severity=first.severity if first else None,
        evidence=list(first.evidence) if first else [], facts=list(first.facts) if first else [],
        reason=first.reason if first else UNMARKED if read else NOT_READ,
        verifier=PREFIX + rater, **extra,
    )  # fmt: skip


def _fact(draft: Draft, fact_id: str, mark: Mark | None, rater: str) -> FactFinding:
    verdict: Any = mark.verdict if mark else "unscored"
    return FactFinding(
        draft_id=draft.draft_id, fact_id=fact_id, verdict=verdict,
        p_omitted=None if verdict == "unscored" else float(verdict == "omitted"),
        reason=mark.reason if mark else NOT_READ, verifier=PREFIX + rater,
    )  # fmt: skip


def _kept(span: Span) -> dict[str, Any]:
    """A mark as its sentence's finding keeps it."""
    mark, _, start, end = span
    return {
        "start": start, "end": end, "verdict": mark.verdict, "error_type": mark.error_type,
        "severity": mark.severity, "reason": mark.reason,
    }  # fmt: skip


def _weight(verdict: str, severity: Any) -> tuple[bool, int, int]:
    """Sorts verdicts: wrong ones first, of them the severest, then in the order of WORST."""
    level = taxonomy.LEVELS.index(severity) if severity else -1
    return verdict not in WRONG, -level, WORST.index(verdict)


def _voted(each: Mapping[str, F]) -> F:
    """The finding of the majority of those who rated; a tie is unscored."""
    verifier = PREFIX + "+".join(each)
    scored = {r: f for r, f in each.items() if f.verdict != "unscored"}
    if not scored:
        return next(iter(each.values())).model_copy(update={"verifier": verifier})
    votes = list(scored.values())
    side, most = Counter(map(_side, votes)).most_common(1)[0]
    if 2 * most <= len(votes):
        winner, decided = votes[0].model_copy(update=_undecided(votes[0])), False
    else:
        winner, decided = _most_given([f for f in votes if _side(f) == side]), True
    share = sum(_side(f) in ("wrong", "omitted") for f in votes) / len(votes)
    probability = "p_unfaithful" if isinstance(winner, ClaimFinding) else "p_omitted"
    update: dict[str, Any] = {
        "verifier": verifier,
        "votes": {r: {"verdict": f.verdict} for r, f in scored.items()},
        probability: round(share, 4) if decided else None,
    }
    if len(votes) > 1:
        update["reason"] = "; ".join(f"{r}: {f.reason or f.verdict}" for r, f in scored.items())
    return winner.model_copy(update=update)


def _undecided(finding: ClaimFinding | FactFinding) -> dict[str, Any]:
    """What a finding loses where raters are tied."""
    of_claim: dict[str, Any] = {"error_type": None, "severity": None, "evidence": [], "facts": []}
    return {"verdict": "unscored", **(of_claim if isinstance(finding, ClaimFinding) else {})}


def _side(finding: ClaimFinding | FactFinding) -> str:
    """What a vote is for: that a sentence is wrong, whichever way; else the verdict itself."""
    return "wrong" if finding.verdict in WRONG else finding.verdict


def _most_given(backing: Sequence[F]) -> F:
    """Of findings on one side, one with the verdict given most often, then the severest."""
    times = Counter(f.verdict for f in backing)

    def key(finding: F) -> tuple[Any, ...]:
        if isinstance(finding, ClaimFinding):
            return -times[finding.verdict], *_weight(finding.verdict, finding.severity)
        return -times[finding.verdict], _WORST_FATE.index(finding.verdict)

    return min(backing, key=key)
