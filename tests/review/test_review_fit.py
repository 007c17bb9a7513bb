"""Fitting to timed reviews: simulated reviewers found again, and predictors held out."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from population import Population, simulate, timed

from notebench.errors import NotebenchError
from notebench.metrics.effort import Load
from notebench.review import fit as fitting
from notebench.review.fit import fit
from notebench.review.params import FIXED, Params, model_of, read_params
from notebench.review.timed import Timed
from notebench.review.training import train

PEOPLE = Population()
TRUE = {FIXED: PEOPLE.fixed, "words": PEOPLE.word, "incorrect": PEOPLE.incorrect,
        "omitted": PEOPLE.omitted}  # fmt: skip
TIMES = 20
"""Simulations of the coverage: of 20 intervals of 95%, more than 4 miss once in 400 times."""


@cache
def fitted(seed: int = 1, reviewers: int = 6, notes: int = 30) -> Params:
    return fit(timed(seed, reviewers=reviewers, notes=notes))


def _errors(found: Params, held_out: str, on: str) -> dict:
    return {e.predictor: e for e in found.errors if e.held_out == held_out and e.on == on}


@pytest.fixture(scope="module")
def many() -> list[Params]:
    """Fits to several populations, without what is held out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "errors", lambda *_: [])
        return [fit(timed(100 + s, reviewers=8, notes=20)) for s in range(TIMES)]


def test_intervals_hold_what_the_population_is_made_of(many: list[Params]) -> None:
    held = Counter(
        name for p in many for name, true in TRUE.items()
        if p.prices[name].low <= true <= p.prices[name].high
    )  # fmt: skip
    held["detection"] = sum(
        p.detection.low <= PEOPLE.detection <= p.detection.high for p in many if p.detection
    )
    assert min(held.values()) >= TIMES - 4, held


def test_estimates_are_right_on_average(many: list[Params]) -> None:
    for name, true in TRUE.items():
        values = np.array([p.prices[name].estimate for p in many])
        assert abs(values.mean() - true) < 4 * values.std() / TIMES**0.5, name
    variance = np.mean([p.reviewer_sd**2 for p in many])
    assert variance**0.5 == pytest.approx(PEOPLE.fixed_sd, rel=0.35)
    assert np.mean([p.residual_sd for p in many]) == pytest.approx(PEOPLE.noise, rel=0.1)
    assert np.mean([p.note_sd or 0 for p in many]) == pytest.approx(PEOPLE.note_sd, rel=0.25)
    paces = [p.paces.get("pace_reading", 0.0) for p in many]
    assert np.mean(paces) == pytest.approx(PEOPLE.reading_sd, rel=0.25)


def test_the_fitted_model_is_nearer_than_simpler_ones_where_held_out() -> None:
    found = fitted()
    for held_out, on in (("reviewer", "reviews"), ("consultation", "reviews"),
                         ("consultation", "means over reviewers")):  # fmt: skip
        errors = _errors(found, held_out, on)
        assert set(errors) == {"fitted", "the counts profile as shipped", "length only",
                               "edit distance", "constant"}  # fmt: skip
        own = errors.pop("fitted")
        assert own.low < own.seconds < own.high and own.more is None
        for other in errors.values():
            assert other.seconds > own.seconds
            assert other.more == pytest.approx(other.seconds - own.seconds)
            assert other.more_low < other.more < other.more_high
    known = _errors(found, "consultation", "reviews")["fitted"].seconds
    assert known < _errors(found, "reviewer", "reviews")["fitted"].seconds


def test_nothing_of_a_held_out_reviewer_is_used() -> None:
    table = simulate(3, reviewers=5, notes=20)
    slow = table.assign(seconds=table["seconds"] + 500 * (table["reviewer"] == "r04"))
    found = fit(Timed(slow, ("words", "incorrect", "omitted"), "simulated"))
    # Whoever is 500 s slower can't be told from the others, so a fifth of the reviews is far off.
    assert _errors(found, "reviewer", "reviews")["fitted"].seconds > 0.9 * 500 / 5


def test_noise_is_not_taken_for_signal() -> None:
    rng = np.random.default_rng(4)
    table = simulate(4, reviewers=4, notes=20).assign(seconds=rng.uniform(50, 150, 80))
    found = fit(Timed(table, ("words", "incorrect", "omitted"), "simulated"))
    for name in ("words", "incorrect", "omitted"):
        assert found.prices[name].low < 0 < found.prices[name].high
    more = _errors(found, "consultation", "reviews")["constant"]
    assert more.more_low < 0 or more.more < 3


def test_each_note_reviewed_once_tells_no_notes_apart() -> None:
    found = fit(timed(2, reviewers=4, notes=20, shared=False))
    assert found.agreement is None
    assert not [e for e in found.errors if e.on != "reviews"]
    assert fitted().agreement is not None and fitted().agreement > 0.5


def test_the_same_data_give_the_same_file(tmp_path: Path) -> None:
    one, other = (fit(timed(1, reviewers=4, notes=12)).write(tmp_path / n) for n in "ab")
    assert one.read_bytes() == other.read_bytes()
    assert read_params(one) == read_params(other)
    shuffled = simulate(1, reviewers=4, notes=12).sample(frac=1, random_state=0)
    again = fit(Timed(shuffled, ("words", "incorrect", "omitted"), "simulated"))
    for name, price in read_params(one).prices.items():
        assert again.prices[name].estimate == pytest.approx(price.estimate, rel=1e-3)


def test_parameters_make_a_model() -> None:
    found = fitted()
    model = model_of(found, n=4000)
    work = Load(200, 14, 0, 3, 2, 0, counted=True)
    price = {name: p.estimate for name, p in found.prices.items()}
    expected = price[FIXED] + 200 * price["words"] + 3 * price["incorrect"] + 2 * price["omitted"]
    estimate = model.estimate(work)
    assert estimate.estimate == pytest.approx(expected)
    assert estimate.low < expected < estimate.high
    assert model.parameters["detection"].default == pytest.approx(found.detection.estimate)
    unnoticed = model.estimate(Load(200, 14, 0, 3, 2, 0))
    assert unnoticed.estimate < expected
    assert model.tornado(work)[0].parameter.startswith("fitted_")


def test_its_interval_holds_reviews_of_new_people() -> None:
    model = model_of(fit(timed(1, reviewers=12, notes=30)), n=4000)
    new = simulate(77, reviewers=12, notes=15)
    inside = []
    for row in new.to_dict("records"):
        work = Load(row["words"], None, 0, row["incorrect"], row["omitted"], 0, counted=True)
        found = model.estimate(work)
        inside.append(found.low <= row["seconds"] <= found.high)
    assert np.mean(inside) > 0.85


def test_a_known_reviewer_is_predicted_by_their_own_ways() -> None:
    table = simulate(6, reviewers=4, notes=20)
    made = train(table, ("words", "incorrect", "omitted"))
    stranger = table.assign(reviewer="nobody")
    own = np.abs(made.predict(table) - table["seconds"]).mean()
    assert own < np.abs(made.predict(stranger) - table["seconds"]).mean()


def test_what_the_data_lacks_is_named() -> None:
    with pytest.raises(NotebenchError, match="doesn't hold keystrokes.*\n.*words, incorrect"):
        fit(timed(1, reviewers=4, notes=12), ["keystrokes"])
    with pytest.raises(NotebenchError, match="5 timed reviews are too few"):
        fit(timed(1, reviewers=1, notes=5))


def test_a_feature_that_says_nothing_is_left_out_and_said_so() -> None:
    table = simulate(1, reviewers=4, notes=12).assign(transcript_words=1500)
    found = fit(Timed(table, ("incorrect", "transcript_words", "omitted"), "simulated"))
    assert found.features == ["incorrect", "omitted"]
    assert any("transcript_words says nothing" in r for r in found.remarks)


def test_one_reviewer_is_enough_to_fit_and_too_few_to_hold_out() -> None:
    found = fit(timed(1, reviewers=1, notes=30))
    assert found.reviewer_sd == 0 and {e.held_out for e in found.errors} == {"consultation"}
    assert any("a single reviewer" in r for r in found.remarks)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"features": ["words"]}, "don't fit each other"),
        ({"residual_sd": "wide"}, "field residual_sd"),
        ({"schema_version": 2}, "schema_version: 2"),
        (None, "can't be read|no parameters"),
    ],
)
def test_a_broken_file_of_parameters_is_named(tmp_path: Path, change, says) -> None:
    path = fitted().write(tmp_path / "p.json")
    data = json.loads(path.read_text("utf-8"))
    path.write_text("{" if change is None else json.dumps({**data, **change}), encoding="utf-8")
    with pytest.raises(NotebenchError, match=says):
        read_params(path)


def test_what_only_timed_data_tell_can_not_be_estimated_from_findings() -> None:
    table = simulate(1, reviewers=4, notes=12).assign(keystrokes=lambda t: t["edit_distance"] + 5)
    found = fit(Timed(table, ("keystrokes",), "simulated"))
    with pytest.raises(NotebenchError, match="keystrokes: neither findings nor counts"):
        model_of(found)
