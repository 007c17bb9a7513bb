"""PriMock57: consultations with statements of notes that a clinician marked right or wrong.

Papadopoulos Korfiatis et al. 2022 (ACL); checklists: Savkov et al. 2022 (EMNLP Industry). General
practice by video, not psychotherapy. From github babylonhealth/primock57: transcripts/*.TextGrid as
published, or flattened as transcripts.json (a list of {"consultation", "turns": [{"speaker",
"text"}]}). Its workbooks (consultation_checklists/*.xlsx, first sheet) have to be flattened:
note_statements.csv (consultation, note, statement, label; statements without a label are left out)
and checklist_facts.csv (consultation, clinician, section, level, fact, criticality: c critical, nc
not critical, i irrelevant, left out). Talks and sheets may lie in two folders side by side.

The sheets do not mark which facts a note conveys. What is known is that a note of one consultation
does not convey what was said in another, so the facts of the checklist are told from those of
another consultation.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import NotebenchError
from ..records import Draft, Fact, Section, Sentence, Session, Turn
from .labelled import Labelled, LabelledSet
from .reading import find, read_csv, read_json, role
from .textgrid import talks

_MEND = (
    "give the folder that holds PriMock57's talks (transcripts.json or transcripts/*.TextGrid) "
    "and note_statements.csv, in one folder or in two called primock57... side by side"
)
_BESIDE = "primock57*/**/"
_RIGHT, _WRONG = frozenset({"correct", "c", "right"}), frozenset({"incorrect", "i", "wrong"})
_MARKUP = re.compile(r"</?[A-Z]+\s*/?>")
_CRITICAL = {"c": "critical", "nc": "not critical"}
_CONTINUED = "↳ "


def load(path: str | Path, split: str = "all") -> LabelledSet:
    """Statements and, where there is a checklist_facts.csv, facts. Raises NotebenchError."""
    items = (*load_statements(path), *load_facts(path))
    if not items:
        raise NotebenchError(
            "no statement marked correct or incorrect belongs to a talk that is there",
            where=str(path), mend=_MEND,
        )  # fmt: skip
    talks_there = {s.session_id for s in load_sessions(path)}
    lost: Counter[str] = Counter()
    for (consultation, _), rows in _notes(path).items():
        if consultation in talks_there:
            lost["statements without a label"] += sum(_wrong(r) is None for r in rows)
        else:
            lost["statements without a talk"] += len(rows)
    return LabelledSet("primock57", items, left_out=dict(+lost))


def load_sessions(path: str | Path) -> list[Session]:
    """The consultations as sessions, without facts or rough notes."""
    return [
        Session(
            session_id=entry["consultation"],
            scenario={"problem": "primary_care", "session_type": "consultation"},
            transcript=list(_turns(entry["turns"])),
        )
        for entry in _transcripts(path)
    ]


def _turns(raw: list[dict[str, str]]) -> Iterator[Turn]:
    number = 0
    for turn in raw:
        text = " ".join(_MARKUP.sub("", turn["text"]).split())
        if text:
            number += 1
            yield Turn(turn=number, speaker=role(turn["speaker"]), text=text)


def load_statements(path: str | Path) -> list[Labelled]:
    """Notes as drafts cut into the labelled statements. Raises NotebenchError without the files."""
    sessions = {s.session_id: s for s in load_sessions(path)}
    notes = {
        key: marked
        for key, rows in _notes(path).items()
        if (marked := [r for r in rows if _wrong(r) is not None])
    }
    return [
        _labelled(sessions[c], note, rows)
        for (c, note), rows in sorted(notes.items())
        if c in sessions
    ]


def load_facts(path: str | Path) -> list[Labelled]:
    """Notes with the checklist's facts of their own consultation and as many of the next one.

    None where there is no checklist_facts.csv.
    """
    name = "checklist_facts.csv"
    try:
        file = find(path, [name], _MEND, beside=[_BESIDE + name])
    except NotebenchError:
        return []
    own = _checklists(file)
    sessions = {s.session_id: s for s in load_sessions(path)}
    known = [c for c in own if c in sessions]
    following = dict(zip(known, [*known[1:], *known[:1]], strict=True))
    return [
        _with_facts(sessions[c], note, rows, own[c], own[following[c]])
        for (c, note), rows in sorted(_notes(path).items())
        if c in following and following[c] != c
    ]


def _notes(path: str | Path) -> dict[tuple[str, str], list[dict[str, str]]]:
    notes: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    columns = ("consultation", "note", "statement", "label")
    file = find(path, ["note_statements.csv"], _MEND, beside=[_BESIDE + "note_statements.csv"])
    for row in read_csv(file, columns):
        if row["statement"].lstrip(_CONTINUED).strip():
            notes[row["consultation"].strip(), row["note"]].append(row)
    return notes


def _wrong(row: dict[str, str]) -> bool | None:
    """Whether a statement is marked incorrect; None: not marked."""
    label = row["label"].strip().lower()
    return True if label in _WRONG else False if label in _RIGHT else None


def _transcripts(path: str | Path) -> list[dict[str, Any]]:
    """The talks, flattened or as published."""
    kinds = ["transcripts.json", "*.TextGrid"]
    file = find(path, kinds, _MEND, beside=[_BESIDE + kind for kind in kinds])
    if file.suffix == ".json":
        return read_json(file)  # type: ignore[no-any-return]
    return talks(sorted(file.parent.glob("*.TextGrid")))


def _labelled(session: Session, note: str, rows: list[dict[str, str]]) -> Labelled:
    texts = [row["statement"].lstrip(_CONTINUED).strip() for row in rows]
    labels = tuple(
        {
            "section": "note",
            "text": text,
            "label": "contradicted" if _wrong(row) else "supported",
            "error_type": None,
        }
        for text, row in zip(texts, rows, strict=True)
    )
    sentences = [Sentence(section="note", text=t) for t in texts]
    return Labelled(session, _draft(session, note, texts, sentences), note, labels)


def _draft(
    session: Session, note: str, texts: list[str], sentences: list[Sentence] | None
) -> Draft:
    return Draft(
        draft_id=f"{session.session_id}-{note}", session_id=session.session_id, drafter="clinician",
        format="narrative", sections=[Section(name="note", text="\n".join(texts))],
        sentences=sentences,
    )  # fmt: skip


def _checklists(file: Path) -> dict[str, dict[str, str]]:
    """For each consultation its facts, each under those it belongs to, with how critical it is."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    above: list[str] = []
    for row in read_csv(file, ("consultation", "level", "fact", "criticality")):
        level = int(float(row["level"] or 0))
        text = row["fact"].strip()
        above = [*above[:level], text]
        if text and (stratum := _CRITICAL.get(row["criticality"].strip())):
            statement = ": ".join([*above[:1], text] if level else [text])
            found[row["consultation"]].setdefault(statement, stratum)
    return found


def _with_facts(
    session: Session, note: str, rows: list[dict[str, str]],
    own: dict[str, str], other: dict[str, str],
) -> Labelled:  # fmt: skip
    same = {_bare(text) for text in own}
    strangers = [text for text in other if _bare(text) not in same][: len(own)]
    named = [(f"own-{n}", text, own[text]) for n, text in enumerate(own)]
    named += [(f"other-{n}", text, other[text]) for n, text in enumerate(strangers)]
    facts = [
        Fact(id=name, kind="history", statement=text, disclosure="must") for name, text, _ in named
    ]
    texts = [row["statement"].lstrip(_CONTINUED).strip() for row in rows]
    draft = _draft(session, f"{note}-facts", texts, None)
    return Labelled(
        session.model_copy(update={"facts": facts}), draft, note,
        due=tuple(name for name, _, _ in named),
        omitted=frozenset(name for name, _, _ in named if name.startswith("other-")),
        strata={name: stratum for name, _, stratum in named},
    )  # fmt: skip


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
