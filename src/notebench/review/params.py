"""Parameters fitted to timed reviews: their file, and the model they make."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .. import __version__
from ..errors import NotebenchError
from ..metrics.effort import Load, Number, Parameter, parameters
from ..storage import explain, write_text
from .model import DRAWS, Formula, Model, Values, generator

FIXED = "fixed"
"""The intercept: what a review takes whatever there is in it."""
PREFIX = "fitted_"


@dataclass(frozen=True)
class Feature:
    """Something that a review's time may hang on."""

    meaning: str
    unit: str
    per: int
    """Of how many of it a price is shown."""
    of: Callable[[Load, Values], Number] | None = None
    """From the work to how much of it there is; None: only timed data can tell."""
    edits: bool = False
    """Whether it counts what a reviewer changes, and not what they read."""


def _noticed(work: Load, p: Values) -> Number:
    return 1.0 if work.counted else p["detection"]


def _missed(work: Load, p: Values) -> Number:
    return 1.0 if work.counted else p["detection"] * p["omission_detection"]


FEATURES: dict[str, Feature] = {
    "words": Feature("words of the draft", "words", 100, lambda w, p: w.words),
    "claims": Feature("statements of the draft", "statements", 1, lambda w, p: w.sentences),
    "transcript_words": Feature(
        "words of the session", "words", 100, lambda w, p: w.transcript_words
    ),
    "incorrect": Feature(
        "incorrect statements", "statements", 1,
        lambda w, p: _noticed(w, p) * (w.unsupported + w.contradicted) + w.trims, edits=True,
    ),
    "omitted": Feature(
        "omissions", "omissions", 1, lambda w, p: _missed(w, p) * w.omitted, edits=True
    ),
    "incorrect_critical": Feature("critical incorrect statements", "statements", 1, edits=True),
    "omitted_critical": Feature("critical omissions", "omissions", 1, edits=True),
    "insertions": Feature("insertions", "insertions", 1, edits=True),
    "deletions": Feature("deletions", "deletions", 1, edits=True),
    "substitutions": Feature("substitutions", "substitutions", 1, edits=True),
    "shifts": Feature("shifts", "shifts", 1, edits=True),
    "keystrokes": Feature("keystrokes", "keys", 1, edits=True),
    "edits": Feature("edits", "edits", 1, edits=True),
    "edit_distance": Feature("words or characters changed", "of them", 1, edits=True),
}  # fmt: skip
"""What timed data may tell and a fit may use, by name."""


PACES = ("pace_editing", "pace_reading")
"""What reviewers may each do at a pace of their own."""


def paced_by(feature: str) -> str:
    """The pace that a feature's seconds go by."""
    known = FEATURES.get(feature)
    return PACES[0] if known and known.edits else PACES[1]


class Price(BaseModel):
    """An estimate with its 95% interval: seconds for one of a feature, or a share."""

    estimate: float
    low: float
    high: float


class Error(BaseModel):
    """How far off predictions were where the data was held out."""

    predictor: str
    features: list[str]
    held_out: str
    """reviewer or consultation."""
    on: str
    """reviews, or means over the reviewers of a note."""
    seconds: float
    """Mean absolute error."""
    low: float | None
    high: float | None
    """95% interval; None where there are too few clusters for one."""
    more: float | None = None
    """By how much it exceeds the fitted model's error, over the same reviews."""
    more_low: float | None = None
    more_high: float | None = None
    rho: float | None = None
    """Rank correlation of predicted with real seconds."""
    n: int


class Params(BaseModel):
    """What `notebench review fit` writes and `notebench review estimate --params` reads."""

    model_config = ConfigDict(extra="allow")

    schema_version: int = 1
    kind: str = "notebench review parameters"
    notebench: str = __version__
    loader: str
    data: str
    """sha256 of the timed reviews as read."""
    reviews: int
    reviewers: int
    notes: int
    features: list[str]
    prices: dict[str, Price]
    """Seconds, by FIXED and feature; 95% intervals."""
    covariance: list[list[float]]
    """Of the prices, FIXED first, then in the order of the features."""
    reviewer_sd: float = Field(ge=0)
    """Seconds by which reviewers differ, whatever there is in a review."""
    paces: dict[str, float] = Field(default_factory=dict)
    """Share by which reviewers differ in pace, for those of PACES that the data tells apart."""
    note_sd: float | None = None
    """Seconds by which notes differ for reasons the features don't tell; None: not told apart."""
    residual_sd: float = Field(ge=0)
    detection: Price | None = None
    """Share of planted errors that reviewers noticed; None: none were planted."""
    agreement: float | None = None
    """Mean rank correlation of two reviewers' seconds over the notes that both had."""
    errors: list[Error] = Field(default_factory=list)
    remarks: list[str] = Field(default_factory=list)

    def write(self, path: str | Path) -> Path:
        """Write the file."""
        return write_text(path, json.dumps(self.model_dump(mode="json"), indent=1) + "\n")


def read_params(path: str | Path) -> Params:
    """Parameters from a file. Raises NotebenchError naming the field at fault."""
    mend = "give the file that `notebench review fit` wrote"
    try:
        found = Params.model_validate_json(Path(path).read_text("utf-8"))
    except ValidationError as error:
        what, mend = explain(error, "field", mend)
        raise NotebenchError(f"no parameters: {what}", where=str(path), mend=mend) from error
    except (OSError, ValueError) as error:
        raise NotebenchError(f"can't be read ({error})", where=str(path), mend=mend) from error
    size = len(found.features) + 1
    shape = [len(row) for row in found.covariance]
    if shape != [size] * size or list(found.prices) != [FIXED, *found.features]:
        raise NotebenchError(
            "prices, features and covariance don't fit each other", where=str(path), mend=mend
        )
    if found.schema_version != 1:
        raise NotebenchError(
            f"field schema_version: {found.schema_version} is not one this version reads",
            where=str(path), mend="use the version of notebench that wrote it",
        )  # fmt: skip
    return found


def model_of(params: Params, seed: int = 0, n: int = DRAWS, name: str = "params") -> Model:
    """The model that fitted parameters make. Its interval is that of one review by someone new.

    Raises NotebenchError where it needs what neither findings nor counts can tell.
    """
    if foreign := [f for f in params.features if f not in FEATURES or FEATURES[f].of is None]:
        raise NotebenchError(
            f"parameters for {', '.join(foreign)}: neither findings nor counts tell them",
            mend="fit with features that they tell, as far as the data holds them: "
            + ", ".join(name for name, about in FEATURES.items() if about.of),
        )
    own = {PREFIX + f: _parameter(f, price) for f, price in params.prices.items()}
    if d := params.detection:
        own["detection"] = replace(
            parameters()["detection"], default=d.estimate, low=d.low, high=d.high,
            source="Fitted to planted errors in timed reviews", assumed=False,
        )  # fmt: skip
    return Model(
        name=name, title=f"Fitted to {params.reviews} timed reviews by {params.reviewers} people",
        formula=_formula(params), parameters={**parameters(), **own}, seed=seed, n=n,
        basis="a model, at rates fitted to timed reviews",
        extra=lambda n, seed: _draws(params, n, seed),
    )  # fmt: skip


def _parameter(feature: str, price: Price) -> Parameter:
    about = FEATURES.get(feature)
    meaning = f"For each of the {about.meaning}" if about else "For any note"
    return Parameter(
        PREFIX + feature, price.estimate, price.low, price.high, "fitted", "seconds", meaning,
        "Fitted to timed reviews", False,
    )  # fmt: skip


def _formula(params: Params) -> Formula:
    named = [(PREFIX + f, FEATURES[f]) for f in params.features]

    def seconds(work: Load, p: Values) -> Number:
        total = p[PREFIX + FIXED]
        on: dict[str, Number] = dict.fromkeys(params.paces, 0.0)
        for name, about in named:
            part = p[name] * about.of(work, p) if about.of else 0.0
            total = total + part
            if (pace := PACES[0] if about.edits else PACES[1]) in on:
                on[pace] = on[pace] + part
        return total + sum(p.get(pace, 0.0) * part for pace, part in on.items())

    return seconds


def _draws(params: Params, n: int, seed: int) -> dict[str, Any]:
    """Prices drawn together, and a reviewer and a note that nobody knows."""
    import numpy as np

    names = [FIXED, *params.features]
    mean = [params.prices[name].estimate for name in names]
    drawn = generator(seed, "prices").multivariate_normal(mean, params.covariance, n)
    noise = np.hypot(params.residual_sd, params.note_sd or 0.0)
    return {
        **{PREFIX + name: drawn[:, i] for i, name in enumerate(names)},
        **{k: sd * generator(seed, k).standard_normal(n) for k, sd in params.paces.items()},
        "reviewer": params.reviewer_sd * generator(seed, "reviewer").standard_normal(n),
        "noise": noise * generator(seed, "noise").standard_normal(n),
    }
