"""Restates the clinician's note in other words: the clean counterpart of the saboteur.

All that it says is true and stands in the note, in words that mostly do not: a verifier that flags
one of its sentences raises a false alarm.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..formats import Format, get
from ..records import Draft, Fact, Note, Section, content_hash
from ..text import split_sentences
from .base import INPUTS, Task
from .made import draft_of, in_order, reference_of
from .options import filled
from .placing import data, section_for
from .rewording import Clause, clause, fused, of_note, reworded, values
from .sabotage.truth import Truth, named, share, stems

Told = dict[str, list[Clause]]
"""Clauses by section."""


class Paraphraser:
    """Says the facts of the reference note again, section by section: in the ledger's words where
    they suit a note, else in the note's own, changed by frames, synonyms, voice and order, and
    fused. Facts that the note only hints at in general terms stay general.

    provenance["conveys"] lists each sentence: section, sentence_index, and the ids of the facts
    that it conveys, as far as they are known.
    """

    workflows: tuple[str, ...] = ("polish",)
    remote = False

    def __init__(self, name: str = "paraphraser", options: Mapping[str, Any] | None = None) -> None:
        self.name = name
        filled(name, options, {})

    def spec(self) -> dict[str, Any]:
        """A hash of its wordings."""
        words = content_hash(data("paraphraser"), data("cues"), length=12)
        return {"drafter": "paraphraser", "data": words}

    def draft(self, task: Task) -> Draft:
        """The note. Raises NotebenchError where the session has no reference to restate."""
        note, format = reference_of(task), get(task.format)
        rng = random.Random(task.random_seed("paraphraser"))
        told = _told(Truth(task.session, note), note, format, rng)
        sections: list[Section] = []
        conveys: list[dict[str, Any]] = []
        for section in in_order(note.sections, format):
            sentences = fused(_mixed(told[section.name], rng), rng)
            if not sentences:
                continue
            text = " ".join(s for s, _ in sentences)
            sections.append(section.model_copy(update={"text": text}))
            conveys += _places(section.name, text, sentences)
        return draft_of(
            self, task, sections, inputs=INPUTS["polish"], given=note,
            provenance={"strategy": "restate", "conveys": conveys},
        )  # fmt: skip


def _places(
    section: str, text: str, sentences: list[tuple[str, tuple[str, ...]]]
) -> Iterator[dict[str, Any]]:
    """The sentences of a section as they will be cut, with the facts of each."""
    ends, at = [], 0
    for sentence, facts in sentences:
        at += len(sentence)
        ends.append((at, facts))
        at += 1
    for index, span in enumerate(split_sentences(text)):
        facts = next(f for end, f in ends if span.end <= end)
        yield {"section": section, "sentence_index": index, "facts": list(facts)}


def _told(truth: Truth, note: Note, format: Format, rng: random.Random) -> Told:
    """What each section tells: the facts of its sentences, then those of no known sentence."""
    held = values(" ".join(s.text for s in note.sections))
    sayings = {f.id: _saying(f, truth, held) for f in truth.noted()}
    told: Told = {section.name: [] for section in note.sections}
    done: set[str] = set()
    left: list[tuple[str, str]] = []
    for section in note.sections:
        for span in split_sentences(section.text):
            facts = truth.conveyed(span.text)
            fresh = [f for f in facts if f.id not in done]
            done.update(f.id for f in fresh)
            whole = not all(sayings[f.id] for f in fresh)
            more = [f for f in fresh if not whole or values(sayings[f.id]) - values(span.text)]
            told[section.name] += [_clause(f, sayings[f.id], rng) for f in more]
            if whole:  # it must be told in the note's words, and then tells the rest as well
                told[section.name].append(
                    of_note(span.text, [f.id for f in fresh if f not in more], rng)
                )
            if not facts:
                left.append((section.name, span.text))
    lost = [f for f in truth.noted() if f.id not in done]
    if note.conveys is None:  # what the other sentences tell is not known, so they are kept
        for name, text in left:
            told[name].append(of_note(text, (), rng))
        return told
    for name, text, ids in _matched([f for f in lost if not sayings[f.id]], left, truth, format):
        told[name].append(of_note(text, ids, rng))
    for fact in (f for f in lost if sayings[f.id]):
        told[_home(fact, format, told)].append(_clause(fact, sayings[fact.id], rng))
    return told


def _matched(
    facts: Sequence[Fact], sentences: list[tuple[str, str]], truth: Truth, format: Format
) -> list[tuple[str, str, tuple[str, ...]]]:
    """For each fact that can only be told in the note's words, the sentence that seems to be its.

    What is said where the fact comes up decides, among sentences of sections that may have it.
    """
    left = list(sentences)
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for fact in facts:
        words = stems(f"{truth.near([fact])} {fact.generalised or ''} {' '.join(fact.cues)}")
        allowed = fact.sections.get(format.name) or format.allowed(fact.kind)
        able = [one for one in left if one[0] in allowed]
        best = max(able, key=lambda one: share(one[1], words), default=None)
        if best and (share(best[1], words) or fact.disclosure == "must"):
            left.remove(best)
            found.append((*best, (fact.id,)))
    return found


def _saying(fact: Fact, truth: Truth, held: frozenset[float]) -> str:
    """The words in which the ledger has what a note may say of a fact; empty where none suit.

    held: values that stand in the note; others stay out.
    """
    settings = data("paraphraser")
    general = fact.disclosure == "generalise"
    said = (fact.generalised if general else fact.statement) or ""
    gives_away = any(trace.lower() in said.lower() for trace in fact.traces)
    names = not general and fact.kind in settings["named"] and named(fact, truth.session)
    leans = re.search(f"(?i){settings['leaning']}", said)
    kept = fact.disclosure in ("exclude", "psychotherapy_note_only")
    return "" if gives_away or names or leans or kept or values(said) - held else said


def _clause(fact: Fact, said: str, rng: random.Random) -> Clause:
    if fact.disclosure == "generalise":
        return of_note(said, (fact.id,), rng)
    exact = fact.disclosure == "must"
    return clause(reworded(said, rng, to_the_number=exact), (fact.id,))


def _home(fact: Fact, format: Format, told: Told) -> str:
    """The section of the note that has a fact of no known sentence."""
    allowed = fact.sections.get(format.name) or format.allowed(fact.kind)
    wanted = section_for(fact.kind, format)
    places = [wanted, *allowed] if wanted in allowed else allowed
    return next((name for name in places if name in told), next(iter(told)))


def _mixed(clauses: list[Clause], rng: random.Random) -> list[Clause]:
    """In another order than the note has, those of one subject together."""
    subjects = sorted({c.subject for c in clauses})
    rng.shuffle(subjects)
    return sorted(rng.sample(clauses, k=len(clauses)), key=lambda c: subjects.index(c.subject))
