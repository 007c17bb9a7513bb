"""Agreement of raters, against published values and known cases."""

from __future__ import annotations

import random
from math import isnan

import pytest

from notebench.errors import NotebenchError
from notebench.stats.agreement import (
    agreement_interval,
    alpha_interval,
    cohen_kappa,
    kappa_interval,
    krippendorff_alpha,
    percent_agreement,
)


def rated(**raters: str) -> list[dict[str, object]]:
    """Items from one string a rater, a character an item; a dot is missing, digits are numbers."""
    return [
        {r: int(v) if v.isdigit() else v for r, v in zip(raters, column, strict=True) if v != "."}
        for column in zip(*raters.values(), strict=True)
    ]


# Krippendorff 2011, examples A to D
BINARY = rated(meg="0100000010", owen="1110010000")
NOMINAL = rated(ben="aabbdcccedda", gerry="babbbccceddd")
FOUR = rated(a="123321412...", b="1233224125.3", c=".3332342251.", d="12332441251.")


@pytest.mark.parametrize(
    ("data", "level", "published"),
    [
        (BINARY, "nominal", 0.095),
        (NOMINAL, "nominal", 0.692),
        (FOUR, "nominal", 0.743),
        (FOUR, "ordinal", 0.815),
        (FOUR, "interval", 0.849),
    ],
)
def test_alpha_is_as_published(data, level, published):
    assert krippendorff_alpha(data, level) == pytest.approx(published, abs=0.0005)


def test_an_order_of_words_stands_for_ranks():
    names = {1: "minor", 2: "major", 3: "critical", 4: "worse", 5: "worst"}
    worded = [{r: names[v] for r, v in item.items()} for item in FOUR]
    assert krippendorff_alpha(worded, "ordinal", list(names.values())) == pytest.approx(
        krippendorff_alpha(FOUR, "ordinal")
    )
    with pytest.raises(NotebenchError, match="not on the scale"):
        krippendorff_alpha(worded, "ordinal", ["minor", "major"])


def test_what_can_not_be_said_is_nan():
    assert isnan(krippendorff_alpha([]))
    assert isnan(krippendorff_alpha([{"a": 1}, {"b": 2}]))
    assert isnan(krippendorff_alpha([{"a": 1, "b": 1}] * 3))
    assert isnan(percent_agreement([{"a": 1, "b": None}]))
    assert isnan(cohen_kappa([{"a": 1, "b": 1}], "a", "b"))
    with pytest.raises(NotebenchError, match="must be numbers"):
        krippendorff_alpha([{"a": "x", "b": "y"}], "interval")


def test_alpha_of_chance_is_about_0_and_of_agreement_1():
    draw = random.Random(3)
    chance = [{"a": draw.randrange(4), "b": draw.randrange(4)} for _ in range(4000)]
    assert abs(krippendorff_alpha(chance)) < 0.03
    same = [dict.fromkeys("abc", i % 3) for i in range(9)]
    for level in ("nominal", "ordinal", "interval"):
        assert krippendorff_alpha(same, level) == 1


def test_kappa_is_as_worked_by_hand():
    """Table 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed 0.7, by chance 0.5."""
    items = [
        {"a": a, "b": b}
        for a, b, n in [("y", "y", 20), ("y", "n", 5), ("n", "y", 10), ("n", "n", 15)]
        for _ in range(n)
    ]
    assert cohen_kappa(items, "a", "b") == pytest.approx(0.4)
    assert percent_agreement(items) == pytest.approx(0.7)


def test_scikit_learn_gives_the_same_kappa():
    metrics = pytest.importorskip("sklearn.metrics")
    draw = random.Random(5)
    a = [draw.choice("xyz") for _ in range(200)]
    b = [v if draw.random() < 0.6 else draw.choice("xyz") for v in a]
    items = [{"a": x, "b": y} for x, y in zip(a, b, strict=True)]
    assert cohen_kappa(items, "a", "b") == pytest.approx(metrics.cohen_kappa_score(a, b))


def study(draw: random.Random, sessions: int, each: int) -> tuple[list[dict[str, int]], list[int]]:
    """Two raters who see the same thing 80% of the time, and how common it is varies by session."""
    items, clusters = [], []
    for s in range(sessions):
        common = draw.betavariate(2, 3)
        for _ in range(each):
            truth = int(draw.random() < common)
            items.append({r: truth if draw.random() < 0.8 else 1 - truth for r in "ab"})
            clusters.append(s)
    return items, clusters


@pytest.mark.parametrize(("sessions", "least"), [(6, 0.9), (30, 0.9)])
def test_intervals_cover_the_truth(sessions, least):
    truth = krippendorff_alpha(study(random.Random(0), 4000, 20)[0])
    draw = random.Random(1)
    found = [alpha_interval(*study(draw, sessions, 20), n_boot=400) for _ in range(150)]
    assert sum(i.low <= truth <= i.high for i in found) / len(found) >= least


def test_intervals_hold_their_estimate_and_stay_in_range():
    items, clusters = study(random.Random(2), 12, 10)
    for found, value in [
        (alpha_interval(items, clusters), krippendorff_alpha(items)),
        (agreement_interval(items, clusters), percent_agreement(items)),
        (kappa_interval(items, clusters, "a", "b"), cohen_kappa(items, "a", "b")),
    ]:
        assert found.estimate == pytest.approx(value)
        assert -1 <= found.low < value < found.high <= 1
    alone = alpha_interval(items, [0] * len(items))
    assert isnan(alone.low)
    assert alone.estimate == pytest.approx(krippendorff_alpha(items))


def test_intervals_do_not_hang_on_the_order_of_items():
    items, clusters = study(random.Random(4), 12, 10)
    order = random.Random(5).sample(range(len(items)), len(items))
    assert alpha_interval(items, clusters) == pytest.approx(
        alpha_interval([items[i] for i in order], [clusters[i] for i in order])
    )
