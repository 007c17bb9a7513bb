"""Length against the clinician's note, words a fact, and repeated sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..formats import sections_of
from ..records import Draft, Section, Session, Tally
from ..text import split_sentences, tokens
from ..text.tokens import count_words
from .base import Case

NEAR = 90.0
"""Likeness (rapidfuzz ratio over lower-case words, 0-100) at which a sentence is a repeat.
Assumed: two wordings of one fact in a note are mostly below it, loops and copies above."""


def verbosity(case: Case) -> Iterator[Tally]:
    """Words of the draft: in all, against the clinician's note, and for each conveyed fact."""
    words = words_of(sections_of(case.draft))
    yield case.tally("verbosity.words", words, 1)
    if reference := reference_words(case.session, case.draft.format):
        yield case.tally("verbosity.length", words, reference)
    if any(f.verdict != "unscored" for f in case.facts):
        conveyed = sum(f.verdict == "conveyed" for f in case.facts)
        yield case.tally("verbosity.words_per_fact", words, conveyed)


def repetition(case: Case) -> Iterator[Tally]:
    """Sentences that nearly repeat an earlier one, out of all sentences."""
    sentences = sentences_of(case.draft)
    if sentences:
        yield case.tally("repetition", len(repeats(sentences)), len(sentences))


def words_of(sections: Iterable[Section]) -> int:
    """Words and figures in some sections."""
    return sum(count_words(s.text) for s in sections)


def reference_words(session: Session, format: str) -> int | None:
    """Words of the clinician's note: in that format, else in the first there is; None: no note."""
    note = session.reference(format) or next(iter(session.references), None)
    return words_of(note.sections) if note else None


def sentences_of(draft: Draft) -> list[str]:
    """Sentences of a draft, as it was cut on arrival, else cut here."""
    if draft.sentences is not None:
        return [s.text for s in draft.sentences]
    return [span.text for s in sections_of(draft) for span in split_sentences(s.text)]


def repeats(sentences: Iterable[str], threshold: float = NEAR) -> list[int]:
    """Indexes of sentences that nearly repeat an earlier one.

    Sentences with different figures are not repeats: a changed score is another statement.
    """
    from rapidfuzz import fuzz, process

    earlier: dict[tuple[str, ...], dict[str, None]] = {}
    found = []
    for index, sentence in enumerate(sentences):
        words = [t.low for t in tokens(sentence)]
        if not words:
            continue
        plain = " ".join(words)
        alike = earlier.setdefault(tuple(w for w in words if w[0].isdigit()), {})
        if plain in alike or process.extractOne(
            plain, alike.keys(), scorer=fuzz.ratio, score_cutoff=threshold
        ):
            found.append(index)
        else:
            alike[plain] = None
    return found
