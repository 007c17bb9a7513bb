"""Polish: how well a note reads, whatever it says. No language model, and nothing of the session.

Three parts, each 0 to 1 (polish.toml holds rules, weights and bands; all of them are assumed):

    fluency       mean over sentences of 1 - the weights of the sentence's faults, at least 0
    readability   grade of the prose, and sentences that are neither too long nor fragments
    organisation  checks of form passed, prose or list in a section, spread of lengths, links
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean, pstdev

from ..formats import sections_of
from ..records import Section, Tally
from ..text import split_sentences, tokens
from ..text.sentences import bullet_width
from .base import Case
from .conformity import checks
from .prose import faults, linked, rules
from .readability import grade


def polish(case: Case) -> Iterator[Tally]:
    """Polish of the whole note, then of each part; none for a note without words."""
    total = whole(case)
    if total is not None:
        yield case.tally("polish", total, 1)
        for name, score in scores(case).items():
            yield case.tally(f"polish.{name}", score, 1)


def whole(case: Case) -> float | None:
    """The weighted mean of the three parts, to 6 places; None for a note without words."""
    weights, found = rules()["weights"], scores(case)
    return round(sum(weights[k] * v for k, v in found.items()), 6) if found else None


def scores(case: Case) -> dict[str, float]:
    """fluency, readability and organisation of a note; nothing for one without words."""
    sections = sections_of(case.draft)
    sentences = [s.text for part in sections for s in split_sentences(part.text)]
    sentences = [s for s in sentences if tokens(s)]
    if not sentences:
        return {}
    return {
        "fluency": fmean(map(soundness, sentences)),
        "readability": readability(sentences),
        "organisation": organisation(checks(case.draft), sections, sentences),
    }


def soundness(sentence: str) -> float:
    """1 for a sentence without faults, less the weight of each, at least 0."""
    weights = rules()["faults"]
    return max(0.0, 1 - sum(weights[f] for f in faults(sentence)))


def readability(sentences: Sequence[str]) -> float:
    """How far grade and lengths of sentences are within what reads without strain."""
    rule = rules()["readability"]
    none, full = rule["grade_none"], rule["grade_full"]
    level = grade(sentences)
    eased = 1.0 if level is None else min(1.0, max(0.0, (none - level) / (none - full)))
    fitting = [rule["short_sentence"] < n < rule["long_sentence"] for n in _lengths(sentences)]
    return float(rule["grade"] * eased + rule["length"] * fmean(fitting))


def organisation(form: Sequence[bool], sections: Sequence[Section], sentences: list[str]) -> float:
    """Form, lists, spread of lengths and links between clauses."""
    rule = rules()["organisation"]
    lengths = _lengths(sentences)
    spread = pstdev(lengths) / fmean(lengths)
    links = fmean(linked(s) for s in sentences)
    return float(
        rule["form"] * fmean(form)
        + rule["lists"] * fmean(_one_way(s.text) for s in sections if s.text.strip())
        + rule["spread"] * min(1.0, spread / rule["spread_full"])
        + rule["links"] * min(1.0, links / rule["links_full"])
    )


def _lengths(sentences: Sequence[str]) -> list[int]:
    return [len(tokens(s)) for s in sentences]


def _one_way(text: str) -> bool:
    """Whether a section is all list or all prose, a leading line ("Goals:") aside."""
    lines = split_sentences(text)
    marks = [bool(bullet_width(s.text)) for s in lines if not s.text.rstrip().endswith(":")]
    return len(set(marks)) <= 1
