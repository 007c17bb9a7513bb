"""The figures over everything that was rated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import numpy as np

from ..stats.agreement import kappa_interval
from .baselines import COVERAGE, EDIT, LENGTH, OBJECTIVE_PLAN, ROUGE
from .judging import VERIFIER, WITH_LEDGER, FactRating, Judged, Sentence
from .measures import (
    Interval,
    Rated,
    Sample,
    auroc,
    auroc_within,
    balanced_accuracy,
    calibration_error,
    clustered,
    share,
    spearman,
    with_interval,
)
from .notes import Scored
from .results import ALL, Row

BASELINES = (COVERAGE, ROUGE, EDIT, LENGTH)
_HALF = 0.5
_FOLDS = 5
_SENTENCES = (
    "wrong sentences caught", "right sentences flagged", "balanced accuracy, sentences",
)  # fmt: skip
_FACTS = ("omitted facts caught", "conveyed facts called omitted", "balanced accuracy, facts")
_SAME = {LENGTH: "lengths", OBJECTIVE_PLAN: "sections"}
CEILING = "best untied score"
"""Rho of a score without ties that orders all units rightly: people's scores have ties."""
WRONG_AUROC, OMITTED_AUROC = "AUROC, wrong sentences", "AUROC, omitted facts"
MEAN_OF_SECTIONS, EQUAL_LENGTH = "mean of sections", "mean of length thirds"


def wrong_rows(judged: Judged) -> Iterator[Row]:
    """Figures on wrong and right sentences."""
    told = [s for s in judged.sentences if s.bad is not None]
    if not told:
        return
    scorers = _scorers(told)
    for scorer in scorers:
        for stratum, part, within in _parts(told, _SAME.get(scorer, "")):
            rank = auroc_within if within else auroc
            yield _of(_rated(part, scorer), "wrong", WRONG_AUROC, stratum, scorer, rank, within)
    yield from _at_threshold("wrong", VERIFIER, _flags(told), _SENTENCES)
    if OBJECTIVE_PLAN in scorers:
        by_section = _rated(told, OBJECTIVE_PLAN)
        yield from _at_threshold("wrong", OBJECTIVE_PLAN, by_section, _SENTENCES)
    if clean := _flags(s for s in told if s.clean):
        figure = share(clean, _HALF, of_bad=False)
        measure = "sentences of clean drafts flagged"
        yield Row("wrong", measure, ALL, VERIFIER, figure, len(clean), sum(r.bad for r in clean))
    stated = _rated(told, VERIFIER)
    yield _of(stated, "wrong", "calibration error, sentences", ALL, VERIFIER, calibration_error)


def omitted_rows(judged: Judged) -> Iterator[Row]:
    """Figures on facts that were left out and those that were not."""
    due = [f for f in judged.facts if f.bad is not None]
    if not due:
        return
    strata = sorted({f.stratum for f in due})
    for scorer in (VERIFIER, *BASELINES):
        for stratum in [ALL, *(strata if len(strata) > 1 else [])]:
            part = [f for f in due if stratum in (ALL, f.stratum)]
            yield _of(_rated(part, scorer), "omitted", OMITTED_AUROC, stratum, scorer, auroc)
    yield from _at_threshold("omitted", VERIFIER, _flags(due), _FACTS)
    stated = _rated(due, VERIFIER)
    yield _of(stated, "omitted", "calibration error, facts", ALL, VERIFIER, calibration_error)


def type_rows(judged: Judged) -> Iterator[Row]:
    """For each error type: AUROC against all right sentences, and the share caught."""
    right = [s for s in judged.sentences if s.bad is False]
    kinds: dict[str, list[Sentence]] = {}
    for sentence in judged.sentences:
        if sentence.kind:
            kinds.setdefault(sentence.kind, []).append(sentence)
    for kind, wrong in sorted(kinds.items(), key=lambda k: (-len(k[1]), k[0])):
        rated = _rated([*right, *wrong], VERIFIER)
        figure = with_interval(rated, auroc)
        yield Row("type", "AUROC", kind, VERIFIER, figure, len(wrong), None)
        caught = share(_flags(wrong), _HALF, of_bad=True)
        yield Row("type", "caught", kind, VERIFIER, caught, len(wrong), None)


def agreement_rows(judged: Judged, raters: Sequence[str]) -> Iterator[Row]:
    """Cohen's kappa of the verifier with each rater, and of the raters with each other."""
    told = [s for s in judged.sentences if s.votes]
    if not told:
        return
    refitted = f"{VERIFIER}, threshold from other sessions"
    fitted = _cross_fitted(told)
    ratings = [
        dict(zip(raters, s.votes, strict=False))
        | {VERIFIER: s.flagged, refitted: again, OBJECTIVE_PLAN: bool(s.scores[OBJECTIVE_PLAN])}
        for s, again in zip(told, fitted, strict=True)
    ]
    clusters = [s.session for s in told]
    for scorer in (VERIFIER, refitted, OBJECTIVE_PLAN):
        for rater in raters:
            yield _kappa(ratings, clusters, scorer, rater)
    for at, one in enumerate(raters):
        for other in raters[at + 1 :]:
            yield _kappa(ratings, clusters, one, other)


def note_rows(units: Iterable[Scored]) -> Iterator[Row]:
    """Spearman's rho of predicted scores with people's; for invention, AUROC of any at all, too."""
    by_target: dict[str, list[Scored]] = {}
    for unit in units:
        by_target.setdefault(unit.target.name, []).append(unit)
    for name, held in by_target.items():
        given = np.array([u.human for u in held])
        best = Interval(spearman(given, np.argsort(np.argsort(given))), np.nan, np.nan)
        yield Row("notes", "rho", name, CEILING, best, len(held), None)
        for scorer in dict.fromkeys(s for unit in held for s in unit.predicted):
            part = [u for u in held if scorer in u.predicted]
            groups = [u.session for u in part]
            human = np.array([u.human for u in part])
            predicted = np.array([u.predicted[scorer] for u in part])
            rho = clustered(_correlation(predicted, human), groups)
            yield Row("notes", "rho", name, scorer, rho, len(part), None)
            if held[0].target.kind == "wrong":
                rated = [
                    Rated(g, p, h > 0) for g, p, h in zip(groups, predicted, human, strict=True)
                ]
                yield _of(rated, "notes", "AUROC, more than none", name, scorer, auroc)


def _correlation(a: np.ndarray, b: np.ndarray) -> Callable[[np.ndarray], float]:
    return lambda index: spearman(a[index], b[index])


def _scorers(told: Sequence[Sentence]) -> list[str]:
    """Those that say something here: sections only where there are Objective and Plan."""
    ledger = [WITH_LEDGER] if all(WITH_LEDGER in s.scores for s in told) else []
    lettered = len({s.scores[OBJECTIVE_PLAN] for s in told}) > 1
    return [VERIFIER, *ledger, *BASELINES, *([OBJECTIVE_PLAN] if lettered else [])]


def _parts(
    told: Sequence[Sentence], without: str
) -> Iterator[tuple[str, list[Sentence], Sequence[str] | None]]:
    """All; within sections and each of them; at like length, and each third of the lengths.

    without: "sections" or "lengths", for a scorer that is the same throughout each of them.
    """
    yield ALL, list(told), None
    sections = list(dict.fromkeys(s.section for s in told))
    if len(sections) > 1 and without != "sections":
        yield MEAN_OF_SECTIONS, list(told), [s.section for s in told]
        for name in sections:
            yield f"section {name}", [s for s in told if s.section == name], None
    names, which = _thirds([s.words for s in told])
    if len(names) > 1 and without != "lengths":
        yield EQUAL_LENGTH, list(told), [names[w] for w in which]
        for number, name in enumerate(names):
            yield name, [s for s, w in zip(told, which, strict=True) if w == number], None


def _thirds(words: Sequence[int]) -> tuple[list[str], list[int]]:
    """Names of the thirds of the lengths, and in which of them each falls."""
    first, second = (int(q) for q in np.quantile(words, [1 / 3, 2 / 3]))
    which = [int(n > first) + int(n > second) for n in words]
    names = [f"up to {first} words", f"{first + 1}-{second} words", f"more than {second} words"]
    if first == second:  # nearly all are of one length
        return [names[0], names[2]], [w // 2 for w in which]
    return names, which


def _cross_fitted(told: Sequence[Sentence]) -> list[bool]:
    """Flags at the threshold of best agreement with the raters in the other folds of sessions."""
    sessions = sorted({s.session for s in told})
    fold = {name: at % _FOLDS for at, name in enumerate(sessions)}
    p = np.array([s.scores[VERIFIER] for s in told])
    where = np.array([fold[s.session] for s in told])
    votes = np.array([[np.nan if v is None else float(v) for v in s.votes] for s in told])
    found = np.zeros(len(told), dtype=bool)
    for number in set(where):
        other = where != number
        grid = (
            np.unique(np.quantile(p[other], np.linspace(0.02, 0.98, 49))) if other.any() else [0.5]
        )
        best = max(grid, key=lambda t: _agreement(p[other] >= t, votes[other]))
        found[~other] = p[~other] >= best
    return [bool(f) for f in found]


def _agreement(flags: np.ndarray, votes: np.ndarray) -> float:
    """Mean of Cohen's kappa with each column of votes; those not given are left out."""
    kappas = []
    for column in votes.T:
        given = ~np.isnan(column)
        a, b = flags[given], column[given] > 0
        expected = a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean()) if a.size else 1.0
        kappas.append(((a == b).mean() - expected) / (1 - expected) if expected < 1 else 0.0)
    return float(np.mean(kappas)) if kappas else 0.0


def _kappa(ratings: list[dict[str, bool | None]], clusters: list[str], a: str, b: str) -> Row:
    found = Interval(*kappa_interval(ratings, clusters, a, b))
    n = sum(r.get(a) is not None and r.get(b) is not None for r in ratings)
    return Row("agreement", "kappa", f"{a} and {b}", a, found, n, None)


def _rated(items: Iterable[Sentence | FactRating], scorer: str) -> list[Rated]:
    return [Rated(i.session, i.scores[scorer], bool(i.bad)) for i in items]


def _flags(items: Iterable[Sentence | FactRating]) -> list[Rated]:
    return [Rated(i.session, float(i.flagged), bool(i.bad)) for i in items]


def _at_threshold(
    table: str, scorer: str, flags: list[Rated], names: tuple[str, str, str]
) -> Iterator[Row]:
    """Share of the bad caught, of the good flagged, and the balance of both."""
    bad = sum(r.bad for r in flags)
    accuracy = partial(balanced_accuracy, threshold=_HALF)
    for name, figure in zip(
        names,
        (
            share(flags, _HALF, of_bad=True),
            share(flags, _HALF, of_bad=False),
            with_interval(flags, accuracy),
        ),
        strict=True,
    ):
        yield Row(table, name, ALL, scorer, figure, len(flags), bad)


def _of(
    rated: list[Rated], table: str, measure: str, stratum: str, scorer: str,
    statistic: Callable[..., float], within: Sequence[str] | None = None,
) -> Row:  # fmt: skip
    figure = with_interval(Sample.of(rated, within), statistic)
    return Row(table, measure, stratum, scorer, figure, len(rated), sum(r.bad for r in rated))
