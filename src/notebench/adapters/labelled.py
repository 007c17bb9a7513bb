"""What labelled data of any origin come down to: drafts with what people said of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from ..records import Draft, Session

WRONG_LABELS = frozenset({"contradicted", "fabricated", "inference", "unsupported"})
"""Labels that count as wrong."""
LEFT_OUT = frozenset({"uncheckable", "disputed"})
"""Labels that count as neither: nothing to check, or raters who disagree."""
CLEAN = "clean"
"""Style of drafts without any error."""

Kind = Literal["wrong", "omitted", "effort", "precision", "recall", "f1"]
Units = Mapping[str, Mapping[str, float]]
"""Figures by section and name; the section "" is the whole note."""


@dataclass(frozen=True)
class Labelled:
    """A draft with its session and what its labels say."""

    session: Session
    draft: Draft
    style: str = ""
    labels: tuple[dict[str, Any], ...] = ()
    """One for each sentence, in order: section, text, label, error_type and, where several people
    rated it, votes (True: wrong), in the order of the set's raters."""
    due: tuple[str, ...] = ()
    """Ids of the facts that are labelled."""
    omitted: frozenset[str] = frozenset()
    """Those of them that the draft leaves out."""
    strata: Mapping[str, str] = field(default_factory=dict)
    """Stratum of a fact, by id."""
    scores: Units = field(default_factory=dict)
    """What people scored, by the names of the set's targets."""
    rivals: Units = field(default_factory=dict)
    """Other measures of the same units, higher for worse."""


@dataclass(frozen=True)
class Target:
    """A score that people gave to notes or sections, and the prediction to hold beside it."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class LabelledSet:
    """Labelled drafts of one origin, with what has to be known to read figures about them."""

    name: str
    items: tuple[Labelled, ...]
    raters: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many of what could not be used."""
    ledger_for_claims: bool = True
    """Whether sentences are judged with the facts in view. No where the facts come from a note
    that the drafter never saw: what is judged is the draft against the talk."""

    @property
    def about(self) -> str:
        """What the labels are, in a few sentences."""
        return " ".join(_about().get(self.name, {}).get("about", "").split())

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the tables of wrong sentences and of omitted facts."""
        return _TITLES | {k: v for k, v in _about().get(self.name, {}).items() if k in _TITLES}

    @property
    def mismatches(self) -> frozenset[str]:
        """Tables ("wrong", "omitted") whose labels nobody gave: what belongs to another session
        stands for what is wrong or left out, so they say nothing of how often a verifier errs."""
        return frozenset(_about().get(self.name, {}).keys() & _TITLES.keys())


_TITLES = {"wrong": "Wrong sentences", "omitted": "Omitted facts"}


@cache
def _about() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("notebench.adapters") / "about.toml").read_text("utf-8"))
