"""MTS-Dialog: short summaries by four systems, each scored by people fact by fact.

Ben Abacha, Yim, Fan and Lin 2023, "An Empirical Study of Clinical Note Generation from
Doctor-Patient Encounters" (EACL). Layout, from github abachaa/MTS-Dialog (README.md;
Correlation-Study/ or ManualScores/): MTS-Dialog-Automatic-Summaries-ValidationSet.csv with ID,
Dialogue, Reference Summary, Automatic Summary, and
MTS-Dialog-Manual-Scores4CorrelationStudy.csv with FactualPrecision, FactualRecall, FactualF1,
HallucinationRate, OmissionRate and Edit Distance (Correction), without ids: rows correspond by
position, 400 of them, four systems on the same 100 dialogues in turn.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from ..errors import NotebenchError
from ..records import Draft, Fact, Section, Session
from ..text import content_words, split_sentences
from .baselines import whole_text
from .labelled import Labelled, LabelledSet, Target
from .reading import find, read_csv, turns

_COLUMNS = {
    "hallucinationrate": Target("hallucination rate", "wrong"),
    "omissionrate": Target("omission rate", "omitted"),
    "edit distance (correction)": Target("edit effort", "effort"),
    "factualprecision": Target("factual precision", "precision"),
    "factualrecall": Target("factual recall", "recall"),
    "factualf1": Target("factual F1", "f1"),
}
_PIECES = re.compile(r"\s*;\s*|,\s+(?:and\s+|or\s+)?")
_IN_A_LIST = 4  # words


def load(path: str | Path, split: str = "all") -> LabelledSet:
    """All summaries of the correlation study. split: all, or 1 to 4 for one system.

    Raises NotebenchError where a file is missing or the two do not correspond.
    """
    mend = "give the folder of MTS-Dialog that holds its automatic summaries and manual scores"
    summaries = find(path, ["MTS-Dialog-Automatic-Summaries*.csv", "*Automatic-Summar*.csv"], mend)
    manual = find(path, ["MTS-Dialog-Manual-Scores*.csv", "*Manual-Scores*.csv"], mend)
    rows = read_csv(summaries, ("id", "dialogue", "reference summary", "automatic summary"))
    scores = read_csv(manual, _COLUMNS)
    if len(rows) != len(scores):
        raise NotebenchError(
            f"{len(rows)} summaries, and {len(scores)} rows of scores in {manual.name}",
            where=str(summaries), mend="give both files as published: they correspond by position",
        )  # fmt: skip
    lost: Counter[str] = Counter()
    sessions: dict[str, Session] = {}
    systems: Counter[str] = Counter()
    items = []
    for row, scored in zip(rows, scores, strict=True):
        name = row["id"].strip()
        systems[name] += 1
        if split not in ("all", str(systems[name])):
            continue
        if not row["automatic summary"].strip():
            lost["empty summaries"] += 1
            continue
        session = sessions.setdefault(name, _session(name, row))
        items.append(_labelled(session, f"system {systems[name]}", row, _human(scored, lost)))
    return LabelledSet(
        "mts-dialog", tuple(items), targets=tuple(_COLUMNS.values()), left_out=dict(lost),
        ledger_for_claims=False,
    )  # fmt: skip


def _session(name: str, row: dict[str, str]) -> Session:
    return Session(
        session_id=f"mts-{name}",
        scenario={"problem": "primary_care", "session_type": "part of a visit"},
        transcript=turns(row["dialogue"]),
        facts=[
            Fact(id=f"F{n:02}", kind="history", statement=piece, disclosure="must")
            for n, piece in enumerate(pieces(row["reference summary"]), 1)
        ],
    )


def pieces(reference: str) -> list[str]:
    """The facts of a reference summary: sentences, cut at semicolons, and lists at commas.

    A clause is a list where it has three parts or more, and none after the first is longer than
    four words: no sentence fits in there. Parts without content are none.
    """
    found: list[str] = []
    for span in split_sentences(reference):
        for clause in re.split(r"\s*;\s*", span.text):
            parts = [p for p in _PIECES.split(clause) if p.strip()]
            listed = len(parts) > 2 and all(len(p.split()) <= _IN_A_LIST for p in parts[1:])
            found += [p.strip(" .") for p in (parts if listed else [clause])]
    kept = [p for p in found if content_words(p)]
    return kept or [reference.strip()]


def _labelled(
    session: Session, system: str, row: dict[str, str], human: dict[str, float]
) -> Labelled:
    text = row["automatic summary"].strip()
    draft = Draft(
        draft_id=f"{session.session_id}-{system[-1]}", session_id=session.session_id,
        drafter=system, format="narrative", sections=[Section(name="note", text=text)],
    )  # fmt: skip
    rivals = whole_text(text, row["reference summary"].strip())
    return Labelled(session, draft, system, scores={"": human}, rivals={"": rivals})


def _human(row: dict[str, str], lost: Counter[str]) -> dict[str, float]:
    """People's scores. One that is no number from 0 to 1 is left out and counted."""
    found = {}
    for column, target in _COLUMNS.items():
        try:
            value = float(row[column])
        except ValueError:
            value = -1.0
        if 0 <= value <= 1:
            found[target.name] = value
        else:
            lost[f"scores of {target.name} outside 0 to 1"] += 1
    return found
