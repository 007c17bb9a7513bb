"""What reviewing the notes of a run would take, by note and by drafter: always a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ..metrics.base import Case
from ..metrics.effort import Load, Number, writing
from ..metrics.review_time import Risk, load, risk, saves_writing, words_by_hand
from ..stats import Interval
from ..text.tokens import count_words
from .model import AMOUNTS, Model, Values, generator, interval

if TYPE_CHECKING:
    import pandas as pd

CELL = ("drafter", "workflow")
"""How a note was made."""
SECONDS = ("seconds", "by_hand", "saved")
"""Columns that hold seconds; each has _low and _high beside it."""
OTHERS = ("break_even_errors", "left_diligent", "left_in_practice")


class Item(NamedTuple):
    """One scored draft, as far as the models need it."""

    case: Case
    work: Load
    risk: Risk
    words_by_hand: int | None


@dataclass(frozen=True)
class Modelled:
    """What a note, or the notes of a drafter on average, would take and leave. Times in seconds."""

    seconds: Interval
    """Review."""
    by_hand: Interval | None
    """Writing the clinician's note by hand; None without such a note."""
    saved: Interval | None
    """by_hand less seconds; None where the draft stands in for no writing."""
    break_even_errors: Interval | None
    """Errors, in this mix, with which review takes as long as writing by hand."""
    left_diligent: Interval
    """Weight of the errors left after a diligent review, in minor errors."""
    left_in_practice: Interval
    """The same after review as it mostly is."""

    def row(self) -> dict[str, float | None]:
        """Flat: each number with its _low and _high; None where there is none."""
        flat: dict[str, float | None] = {}
        for name in (*SECONDS, *OTHERS):
            found: Interval | None = getattr(self, name)
            low, high = (found.low, found.high) if found else (None, None)
            flat |= {name: found and found.estimate, f"{name}_low": low, f"{name}_high": high}
        return flat


def items(cases: Iterable[Case]) -> list[Item]:
    """Drafts of which at least one sentence was scored, with what there is to do."""
    said: dict[str, int | None] = {}
    found = []
    for case in cases:
        if work := load(case):
            name = case.session.session_id
            if name not in said:
                turns = case.session.transcript or ()
                said[name] = sum(count_words(t.text) for t in turns) or None
            work = replace(work, transcript_words=said[name])
            found.append(Item(case, work, risk(case), words_by_hand(case)))
    return found


def modelled(model: Model, of: Sequence[Item]) -> Modelled:
    """The mean over some notes with 95% intervals; of: at least one.

    Over several sessions each draw also takes the sessions anew, with their notes.
    """
    known = [item for item in of if item.words_by_hand is not None]
    writes = [item for item in known if saves_writing(item.case)]

    def spent(m: _Means, p: Values) -> Number:
        return model.seconds(m.work, p, m.notes)

    def manual(m: _Means, p: Values) -> Number:
        return writing(m.words_by_hand, p)

    def over(notes: Sequence[Item], value: _Value) -> Interval | None:
        return _interval(model, value, notes) if notes else None

    def left(detection: str) -> Interval:
        return _interval(model, lambda m, p: m.risk.left(p[detection], p["omission_detection"]), of)

    return Modelled(
        seconds=_interval(model, spent, of),
        by_hand=over(known, manual),
        saved=over(writes, lambda m, p: manual(m, p) - spent(m, p)),
        break_even_errors=over(writes, lambda m, p: model.break_even(m.work, manual(m, p), p)),
        left_diligent=left("detection"),
        left_in_practice=left("detection_in_practice"),
    )


def by_note(model: Model, of: Sequence[Item]) -> pd.DataFrame:
    """One row a draft: note_id, session_id, drafter, workflow, format, sample and its numbers."""
    import pandas as pd

    rows = []
    for item in of:
        draft = item.case.draft
        about = {"note_id": draft.draft_id, "session_id": draft.session_id}
        about |= {c: getattr(draft, c) for c in (*CELL, "format", "sample")}
        rows.append(about | modelled(model, [item]).row())
    return pd.DataFrame(rows)


def by_drafter(model: Model, of: Sequence[Item]) -> pd.DataFrame:
    """One row a drafter and workflow: notes, sessions and the means over its notes."""
    import pandas as pd

    cells: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in of:
        cells[item.case.draft.drafter, item.case.draft.workflow].append(item)
    return pd.DataFrame(
        dict(zip(CELL, cell, strict=True))
        | {"notes": len(part), "sessions": len({i.case.session.session_id for i in part})}
        | modelled(model, part).row()
        for cell, part in sorted(cells.items())
    )


class _Means(NamedTuple):
    work: Load
    words_by_hand: Number
    risk: Risk
    notes: int


_Value = Callable[[_Means, Values], Number]


def _means(model: Model, of: Sequence[Item]) -> tuple[_Means, _Means]:
    """Means over the notes: plain, and with the sessions taken anew for each draw."""
    import numpy as np

    rows = np.array([_numbers(item) for item in of], float)
    names, which = np.unique([i.case.session.session_id for i in of], return_inverse=True)
    sums, counts = np.zeros((len(names), rows.shape[1])), np.bincount(which)
    np.add.at(sums, which, rows)
    plain = _of_numbers(rows.mean(axis=0), len(of))
    if len(names) < 2:
        return plain, plain
    rng = generator(model.seed, "sessions")
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=model.n)
    return plain, _of_numbers((times @ sums).T / (times @ counts), len(of))


def _numbers(item: Item) -> list[float]:
    """What a mean is taken of; NaN for what is not known of the note."""
    values = [getattr(item.work, name) for name in AMOUNTS]
    values += [item.words_by_hand, item.risk.wrong, item.risk.missing]
    return [float("nan") if v is None else float(v) for v in values]


def _of_numbers(means: Any, notes: int) -> _Means:
    """The same as mean work; what is not known of every note is not known of the mean."""
    import numpy as np

    *amounts, by_hand, wrong, missing = [None if np.isnan(m).any() else m for m in means]
    named: dict[str, Any] = dict(zip(AMOUNTS, amounts, strict=True))
    work = Load(**named)
    return _Means(work, by_hand, Risk(wrong, missing), notes)


def _interval(model: Model, value: _Value, of: Sequence[Item]) -> Interval:
    plain, anew = _means(model, of)
    return interval(value(plain, model.central), value(anew, model.drawn))
