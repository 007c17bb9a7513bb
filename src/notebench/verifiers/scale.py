"""A logistic model kept as data: features in, calibrated probability out."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Scale:
    """One fitted model."""

    intercept: float
    weights: Mapping[str, float]
    threshold: float
    """From this probability on, the verdict is the bad one."""
    floors: Mapping[str, float] = field(default_factory=dict)
    """Least probability where a feature is 1. Assumed, not fitted: what the session itself says."""

    def parts(self, values: Mapping[str, float]) -> dict[str, float]:
        """What each feature adds to the log-odds."""
        return {name: weight * values.get(name, 0.0) for name, weight in self.weights.items()}

    def odds(self, values: Mapping[str, float]) -> float:
        """Log-odds."""
        return self.intercept + sum(self.parts(values).values())

    def probability(self, values: Mapping[str, float]) -> float:
        """Probability, rounded to 4 places so that platforms agree."""
        odds = self.odds(values)
        p = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
        least = [floor for name, floor in self.floors.items() if values.get(name, 0.0) >= 1]
        return round(max([p, *least]), 4)


@cache
def scales() -> dict[str, Scale]:
    """The fitted models by name: claim, bare (a claim where no ledger of facts is), fact."""
    data = json.loads((files("notebench.verifiers") / "local_model.json").read_text("utf-8"))
    return {
        name: Scale(m["intercept"], m["weights"], m["threshold"], m.get("floors", {}))
        for name, m in data["models"].items()
    }
