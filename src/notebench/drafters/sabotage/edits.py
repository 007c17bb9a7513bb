"""True sentences turned into wrong ones, by the rules in data/edits.toml."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from ...records import Fact
from ..placing import data, kind_of
from .page import Change, Page
from .truth import Truth, stems
from .values import wrong_value

Rewrite = Callable[[str, Sequence[Fact], Truth, random.Random], Iterator[str]]


def edits(error_type: str, page: Page, truth: Truth, rng: random.Random) -> Iterator[Change]:
    """Changes of that type to sentences that still stand as they were, in random order."""
    rewrite = REWRITES[error_type]
    sentences = page.untouched()
    rng.shuffle(sentences)
    for section, at, text in sentences:
        facts = truth.conveyed(text)
        found = (_tidy(w) for w in rewrite(text, facts, truth, rng))
        wordings = list(dict.fromkeys(w for w in found if w != text))
        rng.shuffle(wordings)
        for wording in wordings:
            gone = stems(text) - stems(wording)
            touched = [f for f in facts if gone & stems(f.statement)] or facts
            yield Change(
                error_type, section, at, wording, facts=tuple(f.id for f in touched),
                kinds=tuple(f.kind for f in touched) or (kind_of(text),),
            )  # fmt: skip


_Rule = tuple[re.Pattern[str], list[str], re.Pattern[str] | None]


@cache
def _rules(error_type: str, table: str = "rules") -> list[_Rule]:
    return [
        (
            re.compile(rule["find"], re.IGNORECASE),
            rule["put"],
            re.compile(rule["skip"], re.IGNORECASE) if "skip" in rule else None,
        )
        for rule in data("edits")[error_type].get(table, ())
    ]


def _by_rules(error_type: str, table: str = "rules") -> Rewrite:
    def rewrite(
        text: str, facts: Sequence[Fact], truth: Truth, rng: random.Random
    ) -> Iterator[str]:
        fresh = data("edits")[error_type]["fresh"]
        for find, puts, skip in _rules(error_type, table):
            for match in find.finditer(text):
                if skip and skip.search(text, max(0, match.start() - 8), match.end() + 12):
                    continue
                for put in puts:
                    new = match.expand(put)
                    if fresh and truth.mentions([re.escape(new.strip())], facts):
                        continue
                    yield _put(text, match, new)

    return rewrite


def _put(text: str, match: re.Match[str], words: str) -> str:
    """The text with those words in place of the match."""
    rest = text[match.end() :]
    if not match[0] and rest[1:2].islower():  # put before what opened the sentence
        rest = rest[:1].lower() + rest[1:]
    model = match[0] or text[match.start() : match.start() + 1]
    opening = re.match(r"[A-Z][a-z]+", match[0] if match.start() == 0 else "")
    if opening and not words.startswith(opening[0]):  # it no longer opens the sentence
        words = words.replace(opening[0], opening[0].lower(), 1)
    return _with_article(text[: match.start()], _like(words, model)) + rest


def _with_article(before: str, words: str) -> str:
    """The words after the text before them, with its closing "a" or "an" made to fit."""
    match = re.search(r"(?i)\b(a)n? $", before)
    if match is None:
        return before + words
    article = match[1] + ("n " if words[:1].lower() in "aeiou" else " ")
    return before[: match.start()] + article + words


def _like(words: str, model: str) -> str:
    """The words with a first letter as large as the model's."""
    return words[:1].upper() + words[1:] if model[:1].isupper() else words


def _tidy(text: str) -> str:
    """Single spaces, and a capital at the start."""
    text = re.sub(r" {2,}", " ", text).strip()
    return text[:1].upper() + text[1:]


def _negation_flip(
    text: str, facts: Sequence[Fact], truth: Truth, rng: random.Random
) -> Iterator[str]:
    yield from _by_rules("negation_flip")(text, facts, truth, rng)
    for match in _did().finditer(text):
        base = data("edits")["negation_flip"]["verbs"][match[2].lower()]
        words = f"{match[1]}did not {base}" if match[1] else f"Did not {base}"
        yield text[: match.start()] + words + text[match.end() :]


@cache
def _did() -> re.Pattern[str]:
    verbs = "|".join(data("edits")["negation_flip"]["verbs"])
    return re.compile(rf"(?i)(^|(?:client|clinician|she|he|they) )({verbs})\b(?! not\b)(?=[ .,])")


def _certainty_shift(
    text: str, facts: Sequence[Fact], truth: Truth, rng: random.Random
) -> Iterator[str]:
    hedged = [w for w in _by_rules("certainty_shift")(text, facts, truth, rng) if w != text]
    yield from hedged or _by_rules("certainty_shift", "softened")(text, facts, truth, rng)


def _wrong_person(
    text: str, facts: Sequence[Fact], truth: Truth, rng: random.Random
) -> Iterator[str]:
    who = data("edits")["wrong_person"]
    for person in truth.people():
        names = next((group for group in who["same"] if person in group), [person])
        about = re.search(rf"(?i)\b(?:{'|'.join(names)})\b", text)
        if not about and not truth.mentions(names, facts):
            yield from _told_of(person, text, who)
    for people in who["swaps"]:
        for match in re.finditer(rf"(?i)\b(?:{'|'.join(people)})\b", text):
            yield from (_put(text, match, p) for p in people if not truth.mentions([p]))
    yield from _by_rules("wrong_person")(text, facts, truth, rng)


def _told_of(person: str, text: str, who: dict[str, Any]) -> Iterator[str]:
    """Wordings that put the sentence, or somebody's part in it, down to that person."""
    if match := re.search(f"(?i){who['openings']}", text):
        rest = text[match.end() :]
        yield f"{person.capitalize()} {rest[:1].lower()}{rest[1:]}"
    for match in re.finditer(f"(?i){who['by']}", text):
        yield _put(text, match, match.expand(who["put"]).format(person=person))
    for match in re.finditer(rf"(?i)\b(an? )?(?:{'|'.join(who['people'])})\b(?!['’]s\b)", text):
        yield _put(text, match, f"the {person}" if match[1] else person)


def _false_quotation(
    text: str, facts: Sequence[Fact], truth: Truth, rng: random.Random
) -> Iterator[str]:
    rule = data("edits")["false_quotation"]
    match = re.search(rule["find"], text, re.IGNORECASE)
    said = "\n".join(t.text for t in truth.session.transcript).lower()
    if match and match[2].lower() not in said:
        yield match.expand(rule["put"])


REWRITES: dict[str, Rewrite] = {
    "wrong_value": wrong_value,
    "negation_flip": _negation_flip,
    "wrong_person": _wrong_person,
    "wrong_time": _by_rules("wrong_time"),
    "severity_shift": _by_rules("severity_shift"),
    "certainty_shift": _certainty_shift,
    "false_quotation": _false_quotation,
    "stigmatising_language": _by_rules("stigmatising_language"),
}
"""How a sentence is rewritten, by error type."""
