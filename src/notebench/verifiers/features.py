"""The numbers that the local verifier's two small models read, for a claim and for a fact."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from rapidfuzz import fuzz

from ..records import Fact
from .beside import lines_beside
from .checks import View, run_checks
from .index import SessionIndex
from .lexicon import cues
from .reader import LINES, unborne
from .scale import Scale, scales
from .support import support
from .terms import Reading, read, scaffold

_SURE, _CALM = 5.0, 1.0
"""Log-odds of the reader beyond which it makes no difference how sure it is that a claim errs, and
how sure that it does not: it reads numbers and names badly, and shall not talk a check down."""


@dataclass(frozen=True)
class Judged:
    """A claim's view with its features and the details that the checks gave."""

    view: View
    values: dict[str, float]
    details: dict[str, str] = field(default_factory=dict)

    @property
    def scale(self) -> Scale:
        """The model that weighs them: sessions without a ledger of facts have one of their own."""
        return scales()["claim" if self.view.index.session.facts else "bare"]


def checked(claim: Reading, section: str, index: SessionIndex) -> Judged:
    """Features of a claim without the reader: coverage by each source, and every typed check."""
    view = View(claim, section, index.near(claim), index)
    found = run_checks(view)
    values = _coverage(view) | support(view)
    values |= {name: value for name, (value, _) in found.items()}
    return Judged(view, values, {name: detail for name, (_, detail) in found.items()})


def claim_features(claim: Reading, section: str, index: SessionIndex) -> Judged:
    """Features of a claim: coverage by each source, every typed check, and what the reader says.

    Each is 0 where nothing speaks against the claim; weights are 0 or above, so none speaks for it.
    """
    judged = checked(claim, section, index)
    doubt = 0.0 if copied(claim, index) else _doubt(judged.view)
    return replace(judged, values=judged.values | {"unborne": doubt})


def _doubt(view: View) -> float:
    """What the reader says of a claim, from 0 (borne out) to _SURE + _CALM."""
    lines = tuple(islice(lines_beside(view.claim, view.evidence, view.index), LINES))
    return _CALM + max(-_CALM, min(_SURE, unborne(view.claim.text, lines)))


_QUOTED = re.compile(r"[\"“]([^\"“”]{8,400})[\"”]")
_SAME = 95  # likeness (0-100) of letters from which a text stands in the session as it is


def copied(claim: Reading, index: SessionIndex) -> bool:
    """Whether a claim stands in the session word for word, or is a quotation that does.

    The reader is trained on what notes say in their own words, and not asked about such.
    """
    quotes = [m[1] for m in _QUOTED.finditer(claim.low)]
    told = quotes or [claim.low.strip(" .")]
    rest = read(_QUOTED.sub(" ", claim.text)).keys - scaffold() if quotes else frozenset()
    return not rest and all(fuzz.partial_ratio(q, index.low) >= _SAME for q in told)


def _coverage(view: View) -> dict[str, float]:
    index, claim = view.index, view.claim
    missing = claim.keys - index.keys
    lost = index.total(missing) / (index.total(claim.keys) or 1.0)
    lost *= 1 - 0.5 * _fuzzy(missing, index)
    best = 1 - max(view.evidence.scores.values(), default=0.0)
    return {
        "uncovered": lost,
        "uncovered_near": view.novelty,
        "uncovered_best": best,
        "unheld": _beyond(view.novelty, 0.4),
        "unanchored": _beyond(best, 0.45),
        "scaffold": sum(k in scaffold() for k in claim.keys) / max(1, len(claim.keys)),
        "firm": float(bool(cues().lists["firm"].search(claim.low))),
    }


def _beyond(value: float, start: float) -> float:
    """0 up to a start, then rising to 1: a fair paraphrase shares some words, invention few."""
    return max(0.0, value - start) / (1 - start)


def _fuzzy(missing: frozenset[str], index: SessionIndex) -> float:
    """Share of the missing words that nearly are a word of the source."""
    if not missing:
        return 0.0
    near = sum(index.nearly(key) for key in missing)
    return near / len(missing)


@dataclass(frozen=True)
class NoteView:
    """A note laid out for asking what it conveys."""

    sentences: tuple[Reading, ...]
    keys: frozenset[str]
    values: frozenset[float]
    likenesses: tuple[dict[str, float], ...]
    """For each sentence, its likeness to every fact that it shares a word with."""
    brevity: float
    """How much shorter (0-1) it is than the facts together: the shorter, the more it leaves out."""

    def kinship(self, fact_id: str) -> tuple[float, float]:
        """Likeness (0-1) of a fact to its likest sentence, and by how much another is liker there.

        Two facts of one session share words: a sentence that is about the one holds some of the
        other's.
        """
        best, rival = 0.0, 1.0
        for row in self.likenesses:
            own = row.get(fact_id, 0.0)
            if own:
                other = max((v for k, v in row.items() if k != fact_id), default=0.0)
                best, rival = max(best, own), min(rival, max(0.0, other - own))
        return best, rival

    @classmethod
    def of(cls, sentences: Sequence[Reading], index: SessionIndex) -> NoteView:
        """From its sentences."""
        told = sum(len(s.keys) for s in sentences)
        known = sum(len(read(f.statement).keys) for f in index.session.facts or [])
        return cls(
            tuple(sentences),
            frozenset().union(*(s.keys for s in sentences)),
            frozenset().union(*(s.values for s in sentences)),
            tuple(index.fact_likenesses(s) for s in sentences),
            max(0.0, 1 - told / known) if known else 0.0,
        )


@dataclass(frozen=True)
class FactView:
    """A fact's features against a note, and the sentence that comes nearest to it."""

    values: dict[str, float]
    nearest: int | None


def fact_features(fact: Fact, note: NoteView, index: SessionIndex) -> FactView:
    """Features of a fact against a note: how little of it the note conveys."""
    wordings = [read(fact.statement)]
    if fact.generalised:
        wordings.append(read(fact.generalised))
    made = [_against(w, note, index) for w in wordings]
    best = min(made, key=lambda m: m.values["fact_best"])
    own, rival = note.kinship(fact.id)
    best.values["fact_kinship"] = 1 - own
    best.values["fact_rival"] = rival
    best.values.update(_told(wordings, note, index))
    return FactView(best.values | {"fact_generalised": float(len(wordings) > 1)}, best.nearest)


def _told(wordings: list[Reading], note: NoteView, index: SessionIndex) -> dict[str, float]:
    """What of a fact's distinctive words and people no sentence, or two in a row, tells."""
    people = wordings[0].people - {"client", "clinician"}
    runs: list[Sequence[Reading]] = [(s,) for s in note.sentences]
    runs += zip(note.sentences, note.sentences[1:], strict=False)
    best, strange = 0.0, 1.0
    for wording in wordings:
        for run in runs:
            held = _distinct(wording, run, index)
            if held > best:
                best = held
                named = frozenset().union(*(s.people for s in run))
                strange = len(people - named) / len(people) if people else 0.0
    return {
        "fact_distinct": 1 - best,
        "fact_people": strange if best else float(bool(people)),
    }


def _distinct(fact: Reading, run: Sequence[Reading], index: SessionIndex) -> float:
    """Share of a fact told; a word or number weighs the more, the fewer facts hold it."""
    keys = frozenset().union(*(s.keys for s in run))
    values = {round(v, 3) for s in run for n in s.numbers for v in n.values}
    weights = [(index.among_facts(k), k in keys) for k in sorted(fact.keys)]
    weights += [(index.among_facts(v), v in values) for v in sorted(fact.values)]
    whole = sum(w for w, _ in weights)
    return sum(w for w, told in weights if told) / whole if whole else 0.0


def _against(fact: Reading, note: NoteView, index: SessionIndex) -> FactView:
    single = [index.cover(fact.keys, s.keys) for s in note.sentences]
    pairs = [
        index.cover(fact.keys, a.keys | b.keys)
        for a, b in zip(note.sentences, note.sentences[1:], strict=False)
    ]
    nearest = max(range(len(single)), key=single.__getitem__, default=None)
    best = max(single, default=0.0)
    wanted = {round(n.value, 3): n for n in fact.numbers if not n.retracted}
    there = note.sentences[nearest] if nearest is not None else None
    near = {round(v, 3) for n in there.numbers for v in n.values} if there else set()
    return FactView(
        {
            "fact_whole": 1 - index.cover(fact.keys, note.keys),
            "fact_best": 1 - best,
            "fact_pair": 1 - max([best, *pairs]),
            "fact_heaviest": _heaviest(fact, note, index),
            "fact_numbers": float(bool(wanted)),
            "fact_numbers_missing": _gone(wanted, note.values),
            "fact_numbers_far": _gone(wanted, near),
            "note_brief": note.brevity,
        },
        nearest,
    )


def _heaviest(fact: Reading, note: NoteView, index: SessionIndex) -> float:
    """Share of the fact's three weightiest words that the note lacks."""
    top = sorted(fact.keys, key=lambda k: (-index.weight(k), k))[:3]
    return sum(k not in note.keys for k in top) / len(top) if top else 0.0


def _gone(wanted: Collection[float], there: frozenset[float] | set[float]) -> float:
    if not wanted:
        return 0.0
    return sum(v not in there for v in wanted) / len(wanted)
