"""Predicted scores of whole notes or sections, to hold beside those that people gave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from .baselines import LENGTH, OBJECTIVE_PLAN
from .judging import VERIFIER, FactRating, Judged, Sentence
from .labelled import Kind, LabelledSet, Target

FLAGS = "verifier, share flagged"
_NO_RATE = {LENGTH, OBJECTIVE_PLAN}


class Scored(NamedTuple):
    """One note or section: what people scored, and what everything else predicts."""

    session: str
    target: Target
    human: float
    predicted: dict[str, float]
    """By what predicts, in the direction of the human score."""


def scored(data: LabelledSet, judged: Judged) -> Iterator[Scored]:
    """Every score that people gave, beside its predictions."""
    sentences: dict[tuple[str, str], list[Sentence]] = defaultdict(list)
    facts: dict[str, list[FactRating]] = defaultdict(list)
    for sentence in judged.sentences:
        for section in ("", sentence.section):
            sentences[sentence.draft, section].append(sentence)
    for fact in judged.facts:
        facts[fact.draft].append(fact)
    for item in data.items:
        draft = item.draft.draft_id
        for section, given in item.scores.items():
            told, due = sentences[draft, section], [] if section else facts[draft]
            rivals: Mapping[str, float] = item.rivals.get(section, {})
            for target in data.targets:
                if target.name in given:
                    predicted = _predicted(target.kind, told, due, rivals)
                    yield Scored(item.session.session_id, target, given[target.name], predicted)


def _predicted(
    kind: Kind,
    told: Sequence[Sentence],
    due: Sequence[FactRating],
    rivals: Mapping[str, float],
) -> dict[str, float]:
    names = list(told[0].scores if told else due[0].scores if due else ())
    found = {}
    for name in names:
        if name not in _NO_RATE:
            value = predict(kind, told, due, name)
            if value is not None:
                found[name] = value
    if kind == "wrong" and told:
        found[FLAGS] = sum(s.flagged for s in told) / len(told)
    sign = -1 if kind in ("precision", "recall", "f1") else 1
    found |= {name: sign * value for name, value in rivals.items()}
    found[LENGTH] = float(sum(s.words for s in told))
    return found


def predict(
    kind: Kind, told: Sequence[Sentence], due: Sequence[FactRating], scorer: str = VERIFIER
) -> float | None:
    """A score of a note from what a scorer gave its sentences and its facts; None without them.

    wrong: mean over sentences. omitted: mean over facts. precision, recall: 1 less these. f1: their
    harmonic mean. effort: words to delete (those of sentences, times their scores) and words to
    add (those of facts, times theirs), of the words that are there and those to add.
    """
    wrong = _mean([s.scores[scorer] for s in told if scorer in s.scores])
    # a scorer of sentences in another setting has no facts of its own: the verifier's stand in
    of_facts = scorer if not due or scorer in due[0].scores else VERIFIER
    omitted = _mean([f.scores[of_facts] for f in due])
    if kind == "wrong":
        return wrong
    if kind == "precision":
        return None if wrong is None else 1 - wrong
    if kind == "omitted":
        return omitted
    if kind == "recall":
        return None if omitted is None else 1 - omitted
    if wrong is None or omitted is None:
        return None
    if kind == "f1":
        precision, recall = 1 - wrong, 1 - omitted
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    deleted = sum(s.words * s.scores[scorer] for s in told)
    added = sum(f.words * f.scores[of_facts] for f in due)
    return (deleted + added) / (sum(s.words for s in told) + added or 1)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
