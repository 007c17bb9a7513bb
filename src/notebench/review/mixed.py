"""Linear models with random effects, by restricted maximum likelihood (REML).

    y = X b + sum over components of Z u + e,   u ~ N(0, s^2 ratio),   e ~ N(0, s^2)

A component is a grouping (reviewer, note) with a value for each row: 1 for an intercept, a centred
measure for a slope. Components may be crossed.
Source: Bates et al. 2015, J Stat Softw 67(1), for the profiled criterion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

LEAST, START, MOST = -9.0, -1.0, 7.0
"""Bounds and start of the logarithm of a variance ratio; the lower one means nothing at all."""


class Component(NamedTuple):
    """A random effect: which group each row is in (0, 1, ...), and by how much it counts there."""

    name: str
    groups: np.ndarray
    values: np.ndarray

    @property
    def size(self) -> int:
        """Number of groups."""
        return int(self.groups.max()) + 1


@dataclass(frozen=True)
class Fit:
    """What was estimated."""

    beta: np.ndarray
    """Fixed effects, in the order of the columns of X."""
    covariance: np.ndarray
    """Of the fixed effects."""
    sigma: float
    """Standard deviation of the residuals."""
    spreads: dict[str, float]
    """Standard deviation of each component."""
    effects: dict[str, np.ndarray]
    """Predicted effect of each group, by component."""
    criterion: float
    """-2 restricted log likelihood, up to a constant that hangs on X alone."""
    ratios: np.ndarray
    """Variance of each component over that of the residuals."""


class _Sums:
    """The cross products that the criterion needs, made once.

    Within one component they are diagonal, so the largest component is eliminated by division, and
    only the others (a few groups) are left to a matrix.
    """

    def __init__(self, y: np.ndarray, x: np.ndarray, components: Sequence[Component]) -> None:
        import numpy as np
        from scipy.sparse import csr_array, hstack

        sizes = [c.size for c in components]
        self.big = int(np.argmax(sizes)) if sizes else -1
        rows = np.arange(len(y))
        parts = [csr_array((c.values, (rows, c.groups)), (len(y), c.size)) for c in components]
        z: Any = hstack(parts).tocsr() if parts else csr_array((len(y), 0))
        self.n, self.p = x.shape
        self.which = np.repeat(np.arange(len(parts)), sizes).astype(int)
        self.large = self.which == self.big
        small, large = z[:, ~self.large], z[:, self.large]
        self.ss, self.sl = (small.T @ small).toarray(), (small.T @ large).toarray()
        self.ll = np.asarray(large.multiply(large).sum(axis=0)).ravel()
        self.right = z.T @ np.column_stack([x, y])
        both = np.column_stack([x, y])
        self.xy = both.T @ both

    def solve(self, ratios: np.ndarray) -> dict[str, Any]:
        """Fixed effects, their covariance, predictions and the criterion at some ratios."""
        import numpy as np
        from scipy.linalg import cho_factor, cho_solve

        root = np.sqrt(ratios)[self.which]
        s, g = root[~self.large], root[self.large]
        diagonal = 1 + g * self.ll * g
        across = s[:, None] * self.sl * g
        divided = across / diagonal
        factor = cho_factor(np.eye(len(s)) + s[:, None] * self.ss * s - divided @ across.T)
        right = root[:, None] * self.right
        solved = np.empty_like(right)
        solved[~self.large] = cho_solve(factor, right[~self.large] - divided @ right[self.large])
        rest = right[self.large] - across.T @ solved[~self.large]
        solved[self.large] = rest / diagonal[:, None]
        whitened = self.xy - right.T @ solved
        xvx, xvy = whitened[:-1, :-1], whitened[:-1, -1]
        beta = np.linalg.solve(xvx, xvy)
        left = float(whitened[-1, -1] - beta @ xvy)
        variance = max(left, 1e-9) / (self.n - self.p)
        determinant = 2 * np.log(np.diag(factor[0])).sum() + np.log(diagonal).sum()
        criterion = determinant + np.linalg.slogdet(xvx)[1] + (self.n - self.p) * np.log(variance)
        return {
            "beta": beta, "variance": variance, "covariance": variance * np.linalg.inv(xvx),
            "criterion": float(criterion), "u": root * (solved[:, -1] - solved[:, :-1] @ beta),
        }  # fmt: skip


def reml(
    y: np.ndarray,
    x: np.ndarray,
    components: Sequence[Component] = (),
    ratios: np.ndarray | None = None,
) -> Fit:
    """Fit by REML; x: (rows, columns) of full column rank, with more rows than columns.

    ratios: variances of the components over the residual variance, taken as known.
    """
    import numpy as np

    sums = _Sums(y, x, components)
    ratios = _best(sums, components) if ratios is None else ratios
    solved = sums.solve(ratios)
    sigma = float(np.sqrt(solved["variance"]))
    names = [c.name for c in components]
    return Fit(
        beta=solved["beta"],
        covariance=solved["covariance"],
        sigma=sigma,
        spreads={n: sigma * float(np.sqrt(r)) for n, r in zip(names, ratios, strict=True)},
        effects={n: solved["u"][sums.which == i] for i, n in enumerate(names)},
        criterion=solved["criterion"],
        ratios=ratios,
    )


def _best(sums: _Sums, components: Sequence[Component]) -> np.ndarray:
    """The ratios with the least criterion."""
    import numpy as np
    from scipy.optimize import minimize

    if not components:
        return np.zeros(0)
    # In units of what a component adds to a row, ratios of slopes and intercepts are alike.
    units = np.array([max(float(np.mean(c.values**2)), 1e-12) for c in components])
    found = minimize(
        lambda t: sums.solve(np.exp(t) / units)["criterion"],
        np.full(len(components), START),
        method="Powell",
        bounds=[(LEAST, MOST)] * len(components),
        options={"xtol": 1e-3, "ftol": 1e-8},
    )
    return np.where(found.x > LEAST + 0.05, np.exp(found.x) / units, 0.0)
