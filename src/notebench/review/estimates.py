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
from .model import Model, Values, generator, interval, mean_load

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
    manual = by_hand = saved = even = None
    if known := [item for item in of if item.words_by_hand is not None]:
        manual = _means(model, known)
        by_hand = _interval(model, lambda m, p: writing(m.words_by_hand, p), manual)
    writes = [item for item in known if saves_writing(item.case)]
    if writes:
        spared = manual if len(writes) == len(known) else _means(model, writes)
        saved = _interval(
            model,
            lambda m, p: writing(m.words_by_hand, p) - model.seconds(m.work, p, m.notes),
            spared,
        )
        even = _interval(
            model, lambda m, p: model.break_even(m.work, writing(m.words_by_hand, p), p), spared
        )
    every = manual if len(known) == len(of) else _means(model, of)

    def left(detection: str) -> Interval:
        return _interval(
            model, lambda m, p: m.risk.left(p[detection], p["omission_detection"]), every
        )

    return Modelled(
        seconds=_interval(model, lambda m, p: model.seconds(m.work, p, m.notes), every),
        by_hand=by_hand,
        saved=saved,
        break_even_errors=even,
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


def _means(model: Model, of: Sequence[Item]) -> tuple[_Means, _Means]:
    """Means over the notes: plain, and with the sessions taken anew for each draw."""
    weights = _weights(model, [item.case.session.session_id for item in of])

    def means(w: Any) -> _Means:
        import numpy as np

        def mean(values: list[float]) -> Number:
            array = np.asarray(values, float)
            return array.mean() if w is None else w @ array / w.sum(axis=1)

        return _Means(
            mean_load([item.work for item in of], w),
            mean([item.words_by_hand or 0 for item in of]),
            Risk(mean([i.risk.wrong for i in of]), mean([i.risk.missing for i in of])),
            len(of),
        )

    plain = means(None)
    return plain, plain if weights is None else means(weights)


def _weights(model: Model, sessions: Sequence[str]) -> Any:
    """How often each note counts in each draw (draws, notes); None for a single session."""
    import numpy as np

    names = sorted(set(sessions))
    if len(names) < 2:
        return None
    rng = generator(model.seed, "sessions")
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=model.n)
    return times[:, [names.index(s) for s in sessions]].astype(float)


def _interval(
    model: Model,
    value: Callable[[_Means, Values], Number],
    means: tuple[_Means, _Means] | None,
) -> Interval:
    assert means is not None
    plain, anew = means
    return interval(value(plain, model.central), value(anew, model.drawn))
