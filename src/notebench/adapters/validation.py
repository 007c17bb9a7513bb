"""How well a verifier agrees with labels, on data sets in their published layout.

Intervals are 95%, from resampling whole sessions. What a verifier could not decide is counted and
left out of the measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import NotebenchError, UnknownName
from ..registry import suggest
from ..verifiers import make
from ..verifiers.base import Verifier, label_of
from . import aci_bench, challenge, mts_dialog, primock57, tn_eval
from .figures import agreement_rows, note_rows, omitted_rows, type_rows, wrong_rows
from .judging import VERIFIER, FactRating, Judged, Sentence, judge
from .labelled import LabelledSet
from .measures import Bin, Rated, reliability
from .notes import scored
from .results import TITLES, ValidationResult

__all__ = ["DATASETS", "DataSet", "ValidationResult", "load", "measure", "summarise", "validate"]


@dataclass(frozen=True)
class DataSet:
    """A data set that can be validated on."""

    load: Callable[[str | Path, str], LabelledSet]
    """From a path and a split."""
    splits: tuple[str, ...]
    """Its splits, the one taken unasked first."""


DATASETS = {
    "challenge": DataSet(challenge.load, ("report", "tune", "all")),
    "primock57": DataSet(primock57.load, ("all",)),
    "tn-eval": DataSet(tn_eval.load, ("all", "human", "llm")),
    "mts-dialog": DataSet(mts_dialog.load, ("all", "1", "2", "3", "4")),
    "aci-bench": DataSet(aci_bench.load, ("all", *aci_bench.SPLITS)),
}
"""Labelled data by name."""


def validate(
    name: str,
    path: str | Path,
    verifier: str | Verifier = "local",
    split: str | None = None,
    progress: bool = False,
) -> ValidationResult:
    """Measures of a verifier on a data set, beside plain baselines.

    path: the folder that holds it, as published. split: one of the data set's; the first of them if
    not said. progress: show it in a terminal. Answers of models are kept, so that the same again
    asks no model. Raises NotebenchError where the data are not there or can't be read, or a model
    can't be asked.
    """
    from ..llm.cache import AnswerCache
    from ..llm.client import Client
    from ..runs.drafting import check_ready

    data, split = load(name, path, split)
    judge_by = verifier
    if isinstance(judge_by, str):
        judge_by = make(judge_by, client=Client(cache=AnswerCache()))
    check_ready([judge_by])
    return measure(data, judge_by, split, progress)


def load(name: str, path: str | Path, split: str | None = None) -> tuple[LabelledSet, str]:
    """A data set by name, and the split that was taken. Raises NotebenchError."""
    if name not in DATASETS:
        raise UnknownName(f"no labelled data set is called {name!r}", mend=suggest(name, DATASETS))
    known = DATASETS[name].splits
    chosen = known[0] if split is None else split
    if chosen not in known:
        raise UnknownName(f"{name} has no split called {chosen!r}", mend=suggest(chosen, known))
    try:
        return DATASETS[name].load(path, chosen), chosen
    except NotebenchError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise NotebenchError(
            f"{name} can't be read, its layout is not the published one: "
            f"{type(error).__name__}: {str(error).splitlines()[0]}",
            where=str(path),
            mend="give the files as they were published; the loader says which it knows",
        ) from error


def measure(
    data: LabelledSet, verifier: Verifier, split: str = "all", progress: bool = False
) -> ValidationResult:
    """Have a data set judged and measure everything that its labels allow."""
    return summarise(data, judge(data, verifier, progress), label_of(verifier), split)


def summarise(
    data: LabelledSet, judged: Judged, verifier: str, split: str = "all"
) -> ValidationResult:
    """The figures over what was judged already. verifier: its name, as results carry it."""
    rows = (
        *wrong_rows(judged),
        *type_rows(judged),
        *agreement_rows(judged, data.raters),
        *omitted_rows(judged),
        *note_rows(scored(data, judged)),
    )
    return ValidationResult(
        data=data.name, verifier=verifier, split=split, about=data.about,
        sessions=len({i.session.session_id for i in data.items}), drafts=len(data.items), rows=rows,
        unscored=judged.unscored, left_out=data.left_out, calibration=_calibration(judged),
        titles=TITLES | data.titles,
    )  # fmt: skip


def _calibration(judged: Judged) -> dict[str, tuple[Bin, ...]]:
    told = [s for s in judged.sentences if s.bad is not None]
    due = [f for f in judged.facts if f.bad is not None]
    return {"wrong": _bins(told), "omitted": _bins(due)}


def _bins(items: Iterable[Sentence | FactRating]) -> tuple[Bin, ...]:
    rated = [Rated(i.session, i.scores[VERIFIER], bool(i.bad)) for i in items]
    return tuple(reliability(rated))
