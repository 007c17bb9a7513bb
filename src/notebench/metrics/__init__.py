"""Metrics: functions from a case to tallies, what each one is called, and what it means.

Most look at one note. Corpus metrics look at all notes that are counted together (likeness, ranks)
and give each its tallies; they have a registry of their own, and are asked for in the same way.

Names have two levels. A family (``omission``) is one registered function; it may give several
tallies (``omission``, ``omission.must`` ...). What each tally means is data, in metrics.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import inf
from pathlib import Path
from typing import Literal

from ..errors import UnknownName
from ..records import Tally
from ..registry import Registry, suggest
from .base import Case, CorpusMetric, Metric, stratum

__all__ = [
    "Case", "CorpusMetric", "Info", "Metric", "corpus_registry", "families", "info", "metric_path",
    "names", "registry", "stratum", "tally",
]  # fmt: skip

registry: Registry[Metric] = Registry(
    "metric",
    {
        "audit": "notebench.metrics.checklist:audit_tallies",
        "authorship": "notebench.metrics.authorship:authorship",
        "certainty": "notebench.metrics.certainty:certainty",
        "cold_reader": "notebench.metrics.cold_reader:cold_reader",
        "conformity": "notebench.metrics.conformity:conformity",
        "distortion": "notebench.metrics.coverage:distortion",
        "hallucination": "notebench.metrics.faithfulness:hallucination",
        "meaning": "notebench.metrics.meaning:meaning",
        "misplaced": "notebench.metrics.conformity:misplaced",
        "omission": "notebench.metrics.coverage:omission",
        "overlap": "notebench.metrics.overlap:overlap",
        "polish": "notebench.metrics.polish:polish",
        "repetition": "notebench.metrics.verbosity:repetition",
        "residual_risk": "notebench.metrics.review_time:residual_risk",
        "restraint": "notebench.metrics.coverage:restraint",
        "review_time": "notebench.metrics.review_time:review_time",
        "unscored": "notebench.metrics.faithfulness:unscored",
        "verbosity": "notebench.metrics.verbosity:verbosity",
    },
)
"""Families of metrics. Other packages add theirs under the entry point group notebench.metric."""

corpus_registry: Registry[CorpusMetric] = Registry(
    "corpus_metric",
    {
        "gap": "notebench.metrics.gap:gap",
        "homogenisation": "notebench.metrics.homogenisation:homogenisation",
        "padding": "notebench.metrics.padding:padding",
    },
)
"""Families that look across notes; the entry point group is notebench.corpus_metric."""


@dataclass(frozen=True)
class Info:
    """What a metric means: used for labels in reports and for docs/metrics.md."""

    name: str
    """Name in the tallies."""
    title: str
    """Label in tables and figures."""
    unit: str
    """Of amount / out_of: share (of out_of, within 0-1), ratio, words, seconds, score, points, gap
    (difference of two scores, within -1 to 1)."""
    direction: Literal["lower", "higher", "none"]
    """Which way is better."""
    definition: str
    """One sentence."""
    formula: str
    """amount / out_of."""
    limits: str = ""
    """What it does not see."""
    source: str = ""
    """Where the definition or its numbers come from."""
    assumed: bool = False
    """Whether it rests on assumed numbers: a model, not a measurement."""
    signed: bool = False
    """Whether it can be below 0."""
    exact: bool = False
    """Whether it counts what was done in this run and estimates nothing: shown without interval."""

    @property
    def span(self) -> tuple[float, float]:
        """The least and the greatest value that it can have."""
        if self.unit == "gap":
            return (-1.0, 1.0)
        return (-inf if self.signed else 0.0, 1.0 if self.unit in ("share", "score") else inf)


@cache
def _known() -> dict[str, Info]:
    data = tomllib.loads(files(__name__).joinpath("metrics.toml").read_text("utf-8"))
    return {m["name"]: Info(**m) for m in data["metrics"]}


def families() -> list[str]:
    """Names of the registered functions, sorted."""
    return sorted({*registry.names(), *corpus_registry.names()})


def names() -> list[str]:
    """Names of all metrics as they stand in tallies, in the order of the documentation.

    A metric from another package is listed by the name of its family.
    """
    known = _known()
    heads = {name.partition(".")[0] for name in known}
    return [*known, *(f for f in families() if f not in heads)]


def info(name: str) -> Info:
    """What the metric of that name means. Raises UnknownName with the nearest names.

    For a metric from another package: its name and the first line of its docstring.
    """
    if name in _known():
        return _known()[name]
    family = _family(name)
    if family not in {n.partition(".")[0] for n in _known()}:
        own = corpus_registry if family in corpus_registry else registry
        doc = (own.get(family).__doc__ or "").strip().partition("\n")[0]
        return Info(name, name, "ratio", "none", doc, "amount / out_of", signed=True)
    raise UnknownName(f"no metric is called {name!r}", mend=suggest(name, names()))


def tally(cases: Iterable[Case], metrics: Sequence[str] | None = None) -> list[Tally]:
    """Tallies of all cases, in order.

    metrics: names of families (all their tallies) or of single metrics; None: all families. Where a
    metric can't be measured there is no tally. Corpus metrics are counted over all these cases.
    Raises UnknownName before anything is computed.
    """
    wanted = _wanted(families() if metrics is None else metrics)
    single = [(registry.get(f), only) for f, only in wanted.items() if f in registry]
    across = [(corpus_registry.get(f), only) for f, only in wanted.items() if f in corpus_registry]
    seen: list[Case] = []
    rows: list[list[Tally]] = []
    for case in cases:
        seen.append(case)
        rows.append([t for f, only in single for t in _chosen(f(case), only)])
    for function, only in across:
        for own, found in zip(rows, function(seen), strict=True):
            own.extend(_chosen(found, only))
    return [t for own in rows for t in own]


def _wanted(metrics: Iterable[str]) -> dict[str, set[str] | None]:
    """The families that the named metrics are of, each with the tallies wanted; None: all."""
    wanted: dict[str, set[str] | None] = {}
    for name in metrics:
        family = _family(name)
        if name == family:
            wanted[family] = None
        elif (only := wanted.setdefault(family, set())) is not None:
            only.add(name)
    return wanted


def _chosen(tallies: Iterable[Tally], only: set[str] | None) -> list[Tally]:
    return [t for t in tallies if only is None or t.metric in only]


def metric_path(name: str) -> str:
    """Absolute path of the `evaluate` module of a metric, for ``evaluate.load``; works offline.

    A single metric gives the module of its family. Raises UnknownName, so that a mistyped name
    never runs code from elsewhere.
    """
    path = Path(str(files(__name__))) / "modules" / f"{_family(name)}.py"
    if not path.is_file():
        raise UnknownName(
            f"the metric {name!r} has no evaluate module", mend="use notebench.metrics.tally"
        )
    return str(path.resolve())


def _family(name: str) -> str:
    """The family that gives the tally of that name."""
    family = name.partition(".")[0]
    builtin = name in _known() or any(n.startswith(f"{family}.") for n in _known())
    there = family in registry or family in corpus_registry
    if not there or (builtin and name not in {family, *_known()}):
        raise UnknownName(f"no metric is called {name!r}", mend=suggest(name, names()))
    return family
