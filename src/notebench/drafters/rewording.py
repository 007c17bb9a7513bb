"""True statements in other words: frames, synonyms, voice, and several fused into one sentence.

All wordings are data (data/paraphraser.toml). A wording with other numbers or another number of
negations than the statement is not used.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..text.numbers import numbers
from ..text.tokens import count_words
from .placing import data

CLIENT, CLINICIAN, NONE = "The client", "The clinician", ""


@dataclass(frozen=True)
class Clause:
    """A statement without its end mark, cut after its subject."""

    subject: str
    """CLIENT, CLINICIAN or NONE: then the predicate is all of it."""
    predicate: str
    facts: tuple[str, ...]
    """Ids of the facts that it conveys."""

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.subject} {self.predicate}".strip()


def values(text: str) -> frozenset[float]:
    """Values of the numbers in a text."""
    return frozenset(n.value for n in numbers(text))


def reworded(statement: str, rng: random.Random, *, to_the_number: bool = True) -> str:
    """The statement in other words, without its end mark; as it stands where none are known.

    to_the_number: whether counts of days must stay counts.
    """
    plain = _small(statement.strip().rstrip("."))
    framed = _framed(plain, rng)
    best = plain
    for text in (framed, _synonyms(framed, rng), _synonyms(plain, rng) if framed == plain else ""):
        if text and _same(plain, text):
            best = text
    return best if to_the_number else _shared(best)


def clause(text: str, facts: Sequence[str]) -> Clause:
    """A reworded statement cut after its subject."""
    for subject in (CLIENT, CLINICIAN):
        start = f"{subject.lower()} "
        if text.lower().startswith(start):
            return Clause(subject, text[len(start) :], tuple(facts))
    return Clause(NONE, text, tuple(facts))


def of_note(sentence: str, facts: Sequence[str], rng: random.Random) -> Clause:
    """A sentence in the note's own shorthand, given the subject it leaves out, and reworded."""
    settings, plain = data("paraphraser"), sentence.strip().rstrip(".")
    for subject, pattern in ((CLIENT, settings["client"]), (CLINICIAN, settings["clinician"])):
        if match := re.match(f"(?i){pattern}", plain):
            whole = f"{subject} {_small(plain[match.end() :])}"
            return clause(reworded(whole, rng), facts)
    return Clause(NONE, reworded(plain, rng), tuple(facts))


def fused(clauses: Sequence[Clause], rng: random.Random) -> list[tuple[str, tuple[str, ...]]]:
    """Sentences made of the clauses, each with the facts that it conveys; none is lost."""
    settings = data("paraphraser")
    groups: list[list[Clause]] = []
    for one in clauses:
        last = groups[-1] if groups else []
        told = sum(len(c.facts) or 1 for c in last) + (len(one.facts) or 1)
        words = sum(count_words(c.text) for c in last) + count_words(one.text)
        if last and told <= settings["most_facts"] and words <= settings["most_words"]:
            last.append(one)
        else:
            groups.append([one])
    return [(_joined(g, rng), tuple(dict.fromkeys(f for c in g for f in c.facts))) for g in groups]


def _joined(group: Sequence[Clause], rng: random.Random) -> str:
    settings, told = data("paraphraser"), [c.predicate for c in group]
    if len(group) > 1 and all(c.subject == group[0].subject != NONE for c in group):
        simple = all(_simple(predicate) for predicate in told)
        list_of = f"{', '.join(told[:-1])} and {told[-1]}" if simple else "; ".join(told)
        text = f"{group[0].subject} {list_of}"
    else:
        text = group[0].text
        for c in group[1:]:
            plain = _simple(text) and _simple(c.text)
            link = rng.choice(settings["and"]) if plain else "; "
            lead = rng.choice(settings["noted"]) if link == "; " and c.subject == NONE else ""
            text += link + lead + _small(c.text)
    return text[:1].upper() + text[1:] + "."


def _simple(text: str) -> bool:
    """Whether a clause has no parts that could be taken for parts of the next."""
    return not re.search(r"[,;:]| and | or | though | because | that ", text)


def _framed(text: str, rng: random.Random) -> str:
    for frame in data("paraphraser")["frames"]:
        match = re.match(f"(?i){frame['find']}", text)
        if match and re.search(f"(?i){frame.get('only', '')}", text):
            put = rng.choice(frame["put"])
            return text if put == "=" else re.sub(r" {2,}", " ", match.expand(put))
    return text


def _synonyms(text: str, rng: random.Random) -> str:
    for rule in data("paraphraser")["words"]:
        if re.search(f"(?i){rule.get('only', '')}", text):
            text = re.sub(f"(?i){rule['find']}", rng.choice(rule["put"]), text)
    return text


def _shared(text: str) -> str:
    for rule in data("paraphraser")["shares"]:
        text = re.sub(rule["find"], rule["put"], text)
    return text


def _same(before: str, after: str) -> bool:
    """Whether a wording has the numbers and as many negations as the statement."""
    negators = re.compile(f"(?i){data('paraphraser')['negators']}")
    turned = len(negators.findall(before)) == len(negators.findall(after))
    return turned and values(before) == values(after)


def _small(text: str) -> str:
    """With a small first letter, where it is an ordinary word."""
    return (
        text[:1].lower() + text[1:] if re.match(r"(?:A|[A-Z][a-z]+)\b(?!['’]s? )", text) else text
    )
