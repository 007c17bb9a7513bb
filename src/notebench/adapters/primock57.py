"""PriMock57: consultations with statements of notes that a clinician marked right or wrong.

Papadopoulos Korfiatis et al. 2022 (ACL); checklists: Savkov et al. 2022 (EMNLP Industry). General
practice by video, not psychotherapy. From github babylonhealth/primock57, whose TextGrid files and
workbooks (consultation_checklists/*.xlsx, first sheet) are flattened: transcripts.json (a list of
{"consultation", "turns": [{"speaker", "text"}]}), note_statements.csv (consultation, note,
statement, label; statements without a label are left out) and checklist_facts.csv (consultation,
clinician, section, level, fact, criticality: c critical, nc not critical, i irrelevant, left out).

The sheets do not mark which facts a note conveys. What is known is that a note of one consultation
does not convey what was said in another, so the facts of the checklist are told from those of
another consultation.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ..records import Draft, Fact, Section, Sentence, Session, Turn
from .labelled import Labelled, LabelledSet
from .reading import find, find_all, read_csv, read_json, role

_MEND = "give the folder that holds PriMock57's transcripts.json and note_statements.csv"
_MARKUP = re.compile(r"</?[A-Z]+\s*/?>")
_CRITICAL = {"c": "critical", "nc": "not critical"}
_CONTINUED = "↳ "


def load(path: str | Path, split: str = "all") -> LabelledSet:
    """Statements and, where there is a checklist_facts.csv, facts. Raises NotebenchError."""
    return LabelledSet("primock57", (*load_statements(path), *load_facts(path)))


def load_sessions(path: str | Path) -> list[Session]:
    """The consultations as sessions, without facts or rough notes."""
    return [
        Session(
            session_id=entry["consultation"],
            scenario={"problem": "primary_care", "session_type": "consultation"},
            transcript=list(_turns(entry["turns"])),
        )
        for entry in read_json(find(path, ["transcripts.json"], _MEND))
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
        if (marked := [r for r in rows if r["label"] in ("correct", "incorrect")])
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
    files = find_all(path, ["checklist_facts.csv"])
    if not files:
        return []
    own = _checklists(files[0])
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
    for row in read_csv(find(path, ["note_statements.csv"], _MEND), columns):
        if row["statement"].lstrip(_CONTINUED).strip():
            notes[row["consultation"], row["note"]].append(row)
    return notes


def _labelled(session: Session, note: str, rows: list[dict[str, str]]) -> Labelled:
    texts = [row["statement"].lstrip(_CONTINUED).strip() for row in rows]
    labels = tuple(
        {
            "section": "note",
            "text": text,
            "label": "supported" if row["label"] == "correct" else "contradicted",
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
        level = int(row["level"] or 0)
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
