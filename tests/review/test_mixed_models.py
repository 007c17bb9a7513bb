"""The mixed models: against closed forms and against the same algebra written out."""

from __future__ import annotations

import numpy as np
import pytest

from notebench.review.mixed import Component, reml


def _one_way(groups: int, size: int, between: float, seed: int):
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(groups), size)
    y = 5 + rng.normal(0, between, groups)[who] + rng.normal(0, 2, groups * size)
    return y, who, Component("group", who, np.ones(len(y)))


def test_balanced_one_way_is_the_analysis_of_variance() -> None:
    groups, size = 12, 7
    y, who, component = _one_way(groups, size, 3.0, 1)
    found = reml(y, np.ones((len(y), 1)), [component])
    means = np.array([y[who == g].mean() for g in range(groups)])
    within = sum(((y[who == g] - means[g]) ** 2).sum() for g in range(groups))
    mse, msb = within / (groups * (size - 1)), size * means.var(ddof=1)
    assert found.sigma == pytest.approx(mse**0.5, rel=1e-3)
    assert found.spreads["group"] == pytest.approx(((msb - mse) / size) ** 0.5, rel=1e-2)
    assert found.beta[0] == pytest.approx(y.mean())
    assert found.covariance[0, 0] == pytest.approx(msb / len(y), rel=1e-2)
    shrunk = (1 - mse / msb) * (means - y.mean())
    assert found.effects["group"] == pytest.approx(shrunk, rel=2e-2, abs=1e-2)


def test_without_components_it_is_least_squares() -> None:
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(40), rng.normal(size=(40, 2))])
    y = x @ [1, 2, 3] + rng.normal(size=40)
    found = reml(y, x)
    beta, rest, *_ = np.linalg.lstsq(x, y, rcond=None)
    assert found.beta == pytest.approx(beta)
    assert found.sigma**2 == pytest.approx(rest[0] / 37)
    assert found.covariance == pytest.approx(found.sigma**2 * np.linalg.inv(x.T @ x))


def test_crossed_effects_and_slopes_are_generalised_least_squares() -> None:
    rng = np.random.default_rng(3)
    people, notes = np.repeat(np.arange(4), 9), np.tile(np.arange(9), 4)
    load = rng.uniform(0, 5, 36)
    x = np.column_stack([np.ones(36), load])
    y = x @ [10, 4] + rng.normal(0, 3, 4)[people] + rng.normal(0, 2, 9)[notes] + rng.normal(size=36)
    parts = [Component("person", people, np.ones(36)), Component("note", notes, np.ones(36)),
             Component("pace", people, load)]  # fmt: skip
    ratios = np.array([2.0, 0.5, 0.1])
    found = reml(y, x, parts, ratios)
    v = np.eye(36)
    for part, ratio in zip(parts, ratios, strict=True):
        z = np.zeros((36, part.size))
        z[np.arange(36), part.groups] = part.values
        v += ratio * z @ z.T
    inverse = np.linalg.inv(v)
    xvx = x.T @ inverse @ x
    beta = np.linalg.solve(xvx, x.T @ inverse @ y)
    left = y - x @ beta
    variance = left @ inverse @ left / 34
    assert found.beta == pytest.approx(beta)
    assert found.sigma**2 == pytest.approx(variance)
    assert found.covariance == pytest.approx(variance * np.linalg.inv(xvx))
    logs = np.linalg.slogdet(v)[1] + np.linalg.slogdet(xvx)[1]
    assert found.criterion == pytest.approx(logs + 34 * np.log(variance))
    z = np.zeros((36, 9))
    z[np.arange(36), notes] = 1
    assert found.effects["note"] == pytest.approx(0.5 * z.T @ inverse @ left)


def test_the_estimate_is_at_the_least_criterion() -> None:
    y, _, component = _one_way(8, 6, 1.5, 4)
    x = np.ones((len(y), 1))
    found = reml(y, x, [component])
    for factor in (0.8, 1.25):
        assert reml(y, x, [component], found.ratios * factor).criterion > found.criterion


def test_an_effect_that_is_not_there_is_nothing() -> None:
    y = np.tile([1.0, 2.0, 3.0], 6)  # every group alike: less than nothing between them
    who = np.repeat(np.arange(6), 3)
    found = reml(y, np.ones((18, 1)), [Component("group", who, np.ones(18))])
    assert found.spreads["group"] == 0
    assert found.effects["group"] == pytest.approx(np.zeros(6))
