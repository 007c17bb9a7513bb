"""A note cut into sentences, changed sentence by sentence, and put together again exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...records import Section
from ...text import Span, split_sentences


@dataclass(frozen=True)
class Change:
    """One change to a page. `at` is the place of a sentence among its section's sentences; a text
    that is added comes to stand there, and no text at all drops the sentence."""

    error_type: str
    section: str
    at: int
    text: str | None
    adds: bool = False
    moved_from: tuple[str, int] | None = None
    """Section and place that a sentence is taken from to be added here."""
    facts: tuple[str, ...] = ()
    """Facts that it distorts or leaves out."""
    kinds: tuple[str, ...] = ()
    """Kinds of facts that it touches."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of the page, the white space before it, and what was done to it."""

    gap: str
    text: str
    before: str | None = None
    change: Change | None = None


@dataclass(frozen=True)
class Page:
    """Sentences by section, in order, and the sentences dropped so far."""

    sections: dict[str, tuple[Sentence, ...]]
    dropped: tuple[tuple[Change, str], ...] = ()

    @classmethod
    def of(cls, sections: Sequence[Section]) -> Page:
        """A page that gives exactly these sections back, outer white space aside."""
        return cls({s.name: tuple(_cut(s.text)) for s in sections})

    def untouched(self) -> list[tuple[str, int, str]]:
        """(section, place, text) of each sentence that still stands as it was."""
        return [
            (name, at, s.text)
            for name, sentences in self.sections.items()
            for at, s in enumerate(sentences)
            if s.change is None
        ]

    def changed(self, change: Change) -> Page | None:
        """The page with that change; None where it would not stand as a sentence of its own."""
        held = {name: list(sentences) for name, sentences in self.sections.items()}
        dropped, before = self.dropped, None
        if change.moved_from is not None:
            before = _taken(held[change.moved_from[0]], change.moved_from[1])
        if change.text is None:
            dropped = (*dropped, (change, _taken(held[change.section], change.at)))
        else:
            _put(held[change.section], change, change.text, before)
        page = Page({name: tuple(sentences) for name, sentences in held.items()}, dropped)
        touched = {change.section, (change.moved_from or (change.section,))[0]}
        return page if all(page._holds(name) for name in sorted(touched)) else None

    def spans(self, section: str) -> list[Span]:
        """Offsets of each sentence into the section's text."""
        found, at = [], 0
        for sentence in self.sections[section]:
            start = at + len(sentence.gap)
            at = start + len(sentence.text)
            found.append(Span(start, at, sentence.text))
        return found

    def text(self, section: str) -> str:
        """The section's text."""
        return "".join(s.gap + s.text for s in self.sections[section])

    def written(self) -> list[Section]:
        """The sections as they stand now; one left empty is left out."""
        return [Section(name=n, text=self.text(n)) for n, held in self.sections.items() if held]

    def planted(self) -> list[tuple[str, int, Span, Sentence]]:
        """(section, place, offsets, sentence) of each sentence that was changed or added."""
        return [
            (name, at, span, sentence)
            for name, sentences in self.sections.items()
            for at, (sentence, span) in enumerate(zip(sentences, self.spans(name), strict=True))
            if sentence.change is not None
        ]

    def _holds(self, section: str) -> bool:
        return split_sentences(self.text(section)) == self.spans(section)


def _cut(text: str) -> list[Sentence]:
    found, at = [], 0
    for span in split_sentences(text):
        found.append(Sentence(text[at : span.start] if at else "", span.text))
        at = span.end
    return found


def _taken(sentences: list[Sentence], at: int) -> str:
    """Take a sentence out and give its text back."""
    text = sentences.pop(at).text
    if sentences and at == 0:
        sentences[0] = replace(sentences[0], gap="")
    return text


def _put(sentences: list[Sentence], change: Change, text: str, before: str | None) -> None:
    if not change.adds:
        old = sentences[change.at]
        sentences[change.at] = Sentence(old.gap, text, before=old.text, change=change)
        return
    gap = next((s.gap for s in sentences if s.gap), " ")
    if change.at == 0 and sentences:
        sentences[0] = replace(sentences[0], gap=gap)
    new = Sentence(gap if change.at else "", text, before=before, change=change)
    sentences.insert(change.at, new)


def record(page: Page, severity: Callable[[Change], str]) -> list[dict[str, Any]]:
    """What was done to the page, as provenance has it. severity: the level of a change.

    A sentence that was dropped has no place in the note: its sentence_index, start, end and after
    are None. One that was moved has the section that it came from under `from`.
    """
    planted = [
        _entry(sentence.change, severity, sentence.before, at, span)
        for _, at, span, sentence in page.planted()
        if sentence.change is not None
    ]
    return planted + [_entry(change, severity, before) for change, before in page.dropped]


def _entry(
    change: Change,
    severity: Callable[[Change], str],
    before: str | None,
    at: int | None = None,
    span: Span | None = None,
) -> dict[str, Any]:
    return {
        "section": change.section, "sentence_index": at,
        "start": span.start if span else None, "end": span.end if span else None,
        "error_type": change.error_type, "severity": severity(change), "before": before,
        "after": span.text if span else None, "facts": list(change.facts),
        **({"from": change.moved_from[0]} if change.moved_from else {}),
    }  # fmt: skip
