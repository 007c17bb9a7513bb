"""A model's probabilities brought in line with labels: two numbers, kept beside the model.

The log-odds are stretched by a slope (1 / temperature) and shifted by an intercept, as in J. Platt,
"Probabilistic outputs for support vector machines" (1999). The order of the findings stays.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..errors import NotebenchError
from ..llm.weights import hash_of
from ..storage import write_text

FILE = "notebench-calibration.json"
"""Name of the file in a model's folder."""
KINDS = ("claim", "fact")
"""Kinds of findings, each calibrated by itself."""
_EDGE = 1e-6


@dataclass(frozen=True)
class Calibration:
    """How a model's probability is turned into a calibrated one."""

    slope: float = 1.0
    intercept: float = 0.0

    def __call__(self, p: float) -> float:
        """The calibrated probability (0-1) for a model's (0-1)."""
        return 1 / (1 + math.exp(-(self.slope * _odds(p) + self.intercept)))


def fit(probabilities: Sequence[float], wrong: Sequence[bool]) -> Calibration:
    """The calibration that makes labels likeliest.

    probabilities: `p_unfaithful` of sentences (or `p_omitted` of facts), as found without a
    calibration. wrong: whether each was wrong (or left out). Use data that nothing is measured on
    afterwards. Raises NotebenchError unless both kinds of label are there.
    """
    from scipy.optimize import minimize

    if len(probabilities) != len(wrong) or len(set(map(bool, wrong))) < 2:
        raise NotebenchError(
            f"{len(probabilities)} probabilities and {len(wrong)} labels can't be calibrated on",
            mend="give one label a probability, some true and some false",
        )
    rows = [(_odds(p), 1.0 if w else -1.0) for p, w in zip(probabilities, wrong, strict=True)]

    def loss(held: Sequence[float]) -> float:
        margins = (label * (held[0] * odds + held[1]) for odds, label in rows)
        return sum(math.log1p(math.exp(-m)) if m > -30 else -m for m in margins) / len(rows)

    # bounded, since labels that a probability separates fully would stretch it without end
    best = minimize(loss, (1.0, 0.0), bounds=((0.01, 20.0), (-20.0, 20.0))).x
    return Calibration(round(float(best[0]), 6), round(float(best[1]), 6))


def write(folder: str | Path, **made: Calibration) -> Path:
    """Keep calibrations by kind (claim, fact) in a model's folder; returns the file."""
    _known(made, "write()")
    file = Path(folder) / FILE
    write_text(file, json.dumps({k: asdict(c) for k, c in made.items()}, indent=2) + "\n")
    return file


def read(folder: Path) -> dict[str, Calibration]:
    """Calibrations of a model's folder by kind; those that it does not hold change nothing.

    Raises NotebenchError where the file is there and can't be read.
    """
    file = folder / FILE
    if not file.is_file():
        return dict.fromkeys(KINDS, Calibration())
    try:
        held = {k: Calibration(**v) for k, v in json.loads(file.read_text("utf-8")).items()}
        numbers = [n for c in held.values() for n in (c.slope, c.intercept)]
        if not all(math.isfinite(n) for n in numbers):
            raise ValueError("a number is not finite")
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise NotebenchError(
            f"it can't be read ({error})", where=str(file), mend="write it again, or remove it"
        ) from error
    _known(held, str(file))
    return dict.fromkeys(KINDS, Calibration()) | held


def identity(folder: Path) -> list[str]:
    """What tells a folder's calibration from others, for a verifier's version; [] without one."""
    file = folder / FILE
    return [f"c{hash_of(file)[:8]}"] if file.is_file() else []


def _known(made: dict[str, Calibration], where: str) -> None:
    if unknown := sorted(set(made) - set(KINDS)):
        raise NotebenchError(
            f"no kind of finding is called {unknown[0]!r}", where=where,
            mend="use " + " or ".join(KINDS),
        )  # fmt: skip


def _odds(p: float) -> float:
    inside = min(1 - _EDGE, max(_EDGE, p))
    return math.log(inside / (1 - inside))
