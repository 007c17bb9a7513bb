"""Polish: faults of sentences, readability, monotone on damage, and nothing to do with truth."""

from __future__ import annotations

import random
from statistics import fmean

import pytest

from notebench import sessions
from notebench.drafters.base import Task
from notebench.drafters.saboteur import Saboteur
from notebench.metrics.base import Case
from notebench.metrics.polish import scores, whole
from notebench.metrics.prose import faults, rules
from notebench.metrics.readability import grade, syllables
from notebench.records import Draft
from notebench.text import split_sentences

FLUENT = "The client reported that she slept four hours a night."


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (FLUENT, ""),
        ("- walked daily", ""),  # an item of a list
        ("Goals for this month:", ""),
        ("Client denied SI, HI and AH.", ""),
        ("PHQ-9 was 14 (was 17).", ""),
        ("Did she keep the diary?", ""),
        ("Client had had an hour of sleep.", ""),
        ("She has had a urine test at 9 a.m. today.", ""),
        ("She was not sure whether or not to have an x-ray.", ""),
        ("Low mood, poor sleep.", "clipped"),
        ("the client slept badly.", "start"),
        ("The client slept badly", "unfinished"),
        ("The client spoke about the.", "order"),
        ("The of client spoke about sleep.", "order"),
        ("Of sleep she was afraid.", "order"),
        ("The client had a hour of sleep.", "order"),
        ("She has an unicorn of a job.", "order"),
        ("The client client slept badly.", "doubled"),
        ("The client slpt badly and was xqzrtl.", "garbled"),
        ("The client was tired \ufffd today.", "garbled"),
        ("The client was sl33ping.", "garbled"),
        ("The client was tired.client.client.", "garbled"),
        ("The client was tired (again.", "brackets"),
        ("The client was “fine.", "brackets"),
        ("...", ""),
    ],
)
def test_faults_of_a_sentence(sentence, found):
    assert faults(sentence) == frozenset(found.split())


def test_every_fault_has_a_weight_and_parts_add_up():
    weights = rules()
    assert sum(weights["weights"].values()) == pytest.approx(1)
    for part, names in (("readability", ("grade", "length")),
                        ("organisation", ("form", "lists", "spread", "links"))):  # fmt: skip
        assert sum(weights[part][n] for n in names) == pytest.approx(1)
    places = set(weights["classes"]) | {"END", "STOP"}
    for place, barred in weights["never_before"].items():
        assert {place, *barred} <= places


@pytest.mark.parametrize(
    ("word", "n"),
    [("sleep", 1), ("severe", 2), ("walked", 1), ("wanted", 2), ("anxiety", 4), ("denied", 2),
     ("ideation", 4), ("couples", 2), ("houses", 2), ("PTSD", 1), ("follow-up", 3), ("14", 1)],
)  # fmt: skip
def test_syllables(word, n):
    assert syllables(word) == n


def test_grade_is_that_of_flesch_and_kincaid():
    # 6 words, 1 sentence, 7 syllables
    assert grade(["The cat sat on the table."]) == pytest.approx(0.39 * 6 + 11.8 * 7 / 6 - 15.59)
    assert grade([]) is None is grade(["..."])


def shuffled(words, rng):
    words = list(words)
    rng.shuffle(words)
    return words


DAMAGE = {
    "shuffled words": lambda words, rng: shuffled(words, rng),
    "cut sentences": lambda words, rng: words[: max(1, 2 * len(words) // 3)],
    "doubled words": lambda words, rng: [words[0], *words],
    "garbled words": lambda words, rng: ["".join(shuffled(w.lower(), rng)) for w in words],
}


def noted(session, damage=None, share=1.0):
    """The clinician's note, a share of its sentences damaged, as a case."""
    note, rng = session.references[0], random.Random(5)

    def written(sentence):
        if damage is None or rng.random() >= share:
            return sentence
        return " ".join(DAMAGE[damage](sentence.split(), rng))

    sections = [
        {"name": s.name, "text": " ".join(written(x.text) for x in split_sentences(s.text))}
        for s in note.sections
    ]
    draft = {"draft_id": "d", "session_id": session.session_id, "drafter": "x",
             "format": note.format, "sections": sections}  # fmt: skip
    return Case(session, Draft.model_validate(draft))


@pytest.fixture(scope="module")
def generated():
    return sessions(n=8, seed=2)


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_lowers_polish_and_more_damage_lowers_it_more(damage, generated):
    before, some, all_ = (
        [whole(noted(s, damage, share)) for s in generated] for share in (0.0, 0.5, 1.0)
    )
    assert all(a < b for a, b in zip(all_, before, strict=True))
    assert fmean(all_) < fmean(some) < fmean(before)
    assert all(0 <= x <= 1 for x in before + all_)


def test_planted_errors_hardly_move_polish(generated):
    moved = []
    for session in generated:
        task = Task(session, "polish", session.references[0].format, seed=1)
        draft = Saboteur("saboteur", {"errors": 5}).draft(task)
        moved.append(whole(Case(session, draft)) - whole(noted(session)))
    assert abs(fmean(moved)) < 0.02 and max(map(abs, moved)) < 0.05


def test_the_parts_are_shown_and_make_the_whole(make, count):
    found = count(make(), "polish")
    weights = rules()["weights"]
    total = sum(weights[k] * found[f"polish.{k}"][0] for k in weights)
    assert found["polish"] == pytest.approx((total, 1), abs=1e-6)


@pytest.mark.parametrize(
    ("better", "worse", "part"),
    [
        ([("S", FLUENT), ("O", "-"), ("A", "-"), ("P", "-")], [("S", FLUENT)], "organisation"),
        ([("S", "- walks\n- reads")], [("S", "- walks\nThe client reads.")], "organisation"),
        ([("S", FLUENT)], [("S", "Word " * 60 + "is said.")], "readability"),
        ([("S", FLUENT)], [("S", "Institutionalization necessitates reconceptualization.")],
         "readability"),
    ],
)  # fmt: skip
def test_what_each_part_sees(make, better, worse, part):
    good, bad = (
        scores(make(sections=[{"name": n, "text": t} for n, t in sections]))[part]
        for sections in (better, worse)
    )
    assert bad < good


def test_a_note_without_words_has_no_polish(make, count):
    assert count(make(sections=[{"name": "S", "text": "..."}]), "polish") == {}
