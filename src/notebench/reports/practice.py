"""What a run means for a practice: how many notes need mending, and where to look first."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from .. import taxonomy
from ..metrics.base import Case
from ..metrics.faithfulness import grade
from ..records import WRONG
from ..storage import TALLY_COLUMNS
from .content import content, counted
from .data import CELL, Cell, RunData
from .tables import NO_VALUE, Shown, Table, amount, estimated

if TYPE_CHECKING:
    import pandas as pd

COUNTS = ("critical", "flagged")
"""Notes with a critical flag, and with any flag."""


def practice_table(run: RunData, headline: Table, sections: Table) -> Table:
    """A row for the clinician and each drafter under test: notes, of all, that need mending.

    headline: the table with the share of must facts left out; sections: that of flagged sentences
    by section, for where to look first.
    """
    cells = [c for c in run.cells if c[0] == "reference" or c in run.models]
    data = _shares(run, cells)
    found = {(r["drafter"], r["workflow"], r["count"]): r for r in data.to_dict("records")}
    rows = [
        [
            Shown(run.name(cell)),
            *(_count(run, found.get((*cell, name)), cell) for name in COUNTS),
            _left_out(run, headline, cell),
            _look_first(sections, cell),
        ]
        for cell in cells
        if any((*cell, name) in found for name in COUNTS)
    ]
    about = content()["practice"]
    signature = run.signature("notes that need mending")
    return Table("practice", about["title"], about["columns"], rows, data, signature)


def _shares(run: RunData, cells: list[Cell]) -> pd.DataFrame:
    """Share of notes by count; a note in which it can't be told is not in it."""
    import pandas as pd

    # counted as shares of sentences, so that shares of 0 and 1 get their interval as well
    rows = [
        {**case.tally("hallucination", told, 1).model_dump(), "count": name}
        for case in run.cases
        if (case.draft.drafter, case.draft.workflow) in cells
        for name, told in _needs(case).items()
    ]
    table = pd.DataFrame(rows, columns=[*TALLY_COLUMNS, "count"])
    return run.estimate("hallucination", (*CELL, "count"), table)


def _needs(case: Case) -> dict[str, bool]:
    """Whether a note has each of COUNTS; nothing where none of its sentences was decided."""
    if not case.scored:
        return {}
    flags = taxonomy.flags(case.session)
    grades = [grade(c, flags) for c in case.claims if c.verdict in WRONG]
    return {"critical": "critical" in grades, "flagged": bool(grades)}


def _count(run: RunData, row: Any, cell: Cell) -> Shown:
    if row is None:
        return Shown(NO_VALUE)
    share = estimated(run, row, "hallucination", cell[0])
    counts = f"{row['amount']:.0f} of {counted(int(row['out_of']), 'note')}"
    return Shown(counts, f"{share.text}, {share.interval}", share.title)


def _left_out(run: RunData, headline: Table, cell: Cell) -> Shown:
    """Must facts left out a note, with their share of those due."""
    for row in headline.data.to_dict("records"):
        if (row["metric"], row["drafter"], row["workflow"]) == ("omission.must", *cell):
            notes = sum((d.drafter, d.workflow) == cell for d in run.drafts)
            share = estimated(run, row, "omission.must", cell[0])
            if notes and share.text != NO_VALUE:
                shown = f"{share.text} of them, {share.interval}"
                return Shown(f"{row['amount'] / notes:.1f} a note", shown, share.title)
    return Shown(NO_VALUE)


def _look_first(sections: Table, cell: Cell) -> Shown:
    """The section with the highest share of flagged sentences; none where nothing is flagged."""
    own = [
        r
        for r in sections.data.to_dict("records")
        if (r["drafter"], r["workflow"]) == cell and r["amount"] and not isnan(r["estimate"])
    ]
    if not own:
        return Shown(content()["practice"]["nowhere"])
    top = max(own, key=lambda r: r["estimate"])
    return Shown(
        str(top["section"]) or content()["practice"]["whole"],
        f"{amount(top['estimate'], 'share')} of its sentences",
    )
