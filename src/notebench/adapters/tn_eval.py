"""TN-Eval: SOAP notes of therapy talks, each sentence marked faithful or not by two therapists.

Shah, Xu, Liu, Burnsky, Bertagnolli and Shivade 2025, "TN-Eval: Rubric and Evaluation Protocols for
Measuring the Quality of Behavioral Therapy Notes" (ACL industry track, arXiv 2503.20648). Layout,
from github amazon-science/TN-Eval-Data (README.md, data/notes_part1.json to notes_part10.json):
each file is a list of entries {"id", "mi_quality", "human", "llm_llama31_70B",
"llm_mistral_large_v2"}; the last three are notes, each {"note": {"subjective", "objective",
"assessment", "plan": text}, "metrics_<model>": {section: scores}, "align_score": {section: number},
"metrics_human": [one for each of two therapists: {section: {"rubric_faithfulness_raw":
{"sentence_1": 1 or 0, ...}, "likert_faithfulness": 1-5, ...}}]}. 1 is faithful. The sentences
themselves are not in the file: they are those of the section's text, cut into as many as were
marked (cutting.py).

The talk is the AnnoMI transcript whose transcript_id is the entry's id (github uccollab/AnnoMI,
AnnoMI-full.csv or AnnoMI-simple.csv); it has to lie in the same folder, below it or beside it.

Read leniently: notes are whatever parts of an entry hold a "note", therapists may be a list or
named, marks may be numbers, true/false or words, in an object or a list, and entries may stand in
an object by id or under another key.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from ..errors import NotebenchError
from ..records import Draft, Section, Sentence, Session
from . import annomi
from .cutting import cut
from .labelled import Labelled, LabelledSet, Target
from .reading import find_all, missing, read_json

SECTIONS = {"subjective": "S", "objective": "O", "assessment": "A", "plan": "P"}
RATERS = ("first therapist", "second therapist")
_UNFAITHFUL = "unfaithful share, therapists' mean"
_LIKERT = "Likert faithfulness, therapists' mean"
TARGETS = (Target(_UNFAITHFUL, "wrong"), Target(_LIKERT, "precision"))
_TRUE = frozenset({"1", "1.0", "true", "yes", "faithful", "supported"})
_FALSE = frozenset({"0", "0.0", "false", "no", "unfaithful", "unsupported", "not faithful"})


def load(path: str | Path, split: str = "all") -> LabelledSet:
    """The notes of a folder with their marks. split: all, human or llm (by who wrote the note).

    Raises NotebenchError where the notes or the transcripts are missing, or no mark can be read.
    """
    talks = {s.session_id.removeprefix("annomi-"): s for s in annomi.load_sessions(path)}
    lost: Counter[str] = Counter()
    items = []
    for file, entry in _entries(Path(path)):
        session = talks.get(_number(entry.get("id", entry.get("transcript_id", ""))))
        if session is None:
            lost["entries without a transcript of that id"] += 1
            continue
        for author, part in entry.items():
            if not (isinstance(part, dict) and "note" in part) or not _wanted(author, split):
                continue
            found = _labelled(session, author, part, lost)
            if found is not None:
                items.append(found)
            elif "metrics_human" not in part:
                lost["notes without marks"] += 1
        last = file
    if not items:
        raise NotebenchError(
            "no note with sentences marked by people could be read"
            + (f" ({', '.join(f'{n} {what}' for what, n in lost.items())})" if lost else ""),
            where=str(last if lost else path),
            mend='give notes_part*.json as published, with "note" and "metrics_human" holding '
            '"rubric_faithfulness_raw", and the AnnoMI CSV it belongs to',
        )
    return LabelledSet("tn-eval", tuple(items), RATERS, TARGETS, dict(lost))


def _wanted(author: str, split: str) -> bool:
    return split == "all" or (author == "human") == (split == "human")


def _entries(path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    files = find_all(path, ["notes_part*.json", "notes*.json", "*.json"])
    if not files:
        raise missing(
            path,
            "notes_part*.json",
            "give the folder of TN-Eval-Data that holds notes_part1.json and so on",
        )
    for file in sorted(files, key=_natural):
        for entry in _listed(read_json(file)):
            yield file, entry


def _natural(file: Path) -> tuple[list[int], str]:
    return [int(n) for n in re.findall(r"\d+", file.name)], str(file)


def _listed(data: Any) -> Iterator[dict[str, Any]]:
    """Entries, in a list, in an object by id, or deeper."""
    if isinstance(data, list):
        for part in data:
            yield from _listed(part)
    elif isinstance(data, dict):
        if any(isinstance(part, dict) and "note" in part for part in data.values()):
            yield data
            return
        for name, part in data.items():
            for entry in _listed(part) if isinstance(part, dict | list) else ():
                yield {"id": name, **entry}


def _number(name: Any) -> str:
    """An id as AnnoMI writes it: "7" for 7, 7.0 and "007"."""
    text = str(name).strip().removesuffix(".0")
    return str(int(text)) if text.isdigit() else text


def _labelled(
    session: Session, author: str, part: Mapping[str, Any], lost: Counter[str]
) -> Labelled | None:
    raters = _raters(part.get("metrics_human"))
    sections, labels = [], []
    scores: dict[str, dict[str, float]] = {}
    for title, text in _note(part["note"]).items():
        marks = [_marks(rater.get(title)) for rater in raters]
        if not text.strip() or not any(marks):
            continue
        sentences = _cut(text, marks)
        if not sentences:
            lost["sections whose marks do not fit their sentences"] += 1
            continue
        name = SECTIONS[title]
        sections.append(Section(name=name, text=text))
        voted = list(_by_sentence(marks, len(sentences)))
        labels += [_label(name, s, votes) for s, votes in zip(sentences, voted, strict=True)]
        if single := sum(len(set(votes) - {None}) > 0 and None in votes for votes in voted):
            lost["sentences that only one therapist marked"] += single
        scores[name] = _scores([rater.get(title) or {} for rater in raters], marks)
    if not labels:
        return None
    draft = Draft(
        draft_id=f"{session.session_id}-{author}", session_id=session.session_id, drafter=author,
        format="SOAP", sections=sections,
        sentences=[Sentence(section=x["section"], text=x["text"]) for x in labels],
    )  # fmt: skip
    return Labelled(
        session, draft, author, tuple(labels), scores=scores, rivals=_rivals(part, list(scores))
    )


def _note(note: Any) -> dict[str, str]:
    """Texts by section: an object as published, or one text with headings."""
    if isinstance(note, str):
        from ..formats import get

        titles = {short: title for title, short in SECTIONS.items()}
        return {titles[s.name]: s.text for s in get("SOAP").split(note)}
    known = {_title(title): text for title, text in dict(note or {}).items()}
    return {
        title: "\n".join(map(str, text)) if isinstance(text, list) else str(text or "")
        for title, text in known.items()
        if title in SECTIONS
    }


def _title(given: Any) -> str:
    """A section's title in lower case; its letter, and a colon behind it, will do."""
    name = str(given).strip().rstrip(":").strip().lower()
    return next((t for t, short in SECTIONS.items() if name == short.lower()), name)


def _cut(text: str, marks: list[list[bool | None]]) -> list[str]:
    """A section's sentences, as many as a therapist marked; none where no count fits."""
    counts = sorted({len(m) for m in marks if m}, reverse=True)
    return next((found for n in counts if (found := cut(text, n))), [])


def _raters(given: Any) -> list[dict[str, Any]]:
    """What each of the first two people said, by section in lower case."""
    people = list(given.values()) if isinstance(given, dict) else list(given or [])
    if isinstance(given, dict) and SECTIONS.keys() & {_title(k) for k in given}:
        people = [given]  # one person, not wrapped in a list
    return [
        {_title(title): held for title, held in person.items()}
        for person in people[: len(RATERS)]
        if isinstance(person, dict)
    ]


def _marks(section: Any) -> list[bool | None]:
    """For each sentence whether it was marked faithful; None where it was not marked."""
    raw = section.get("rubric_faithfulness_raw") if isinstance(section, dict) else None
    if isinstance(raw, list):
        return [_faithful(value) for value in raw]
    if not isinstance(raw, dict):
        return []
    numbered = {int(m[0]): v for name, v in raw.items() if (m := re.search(r"\d+", str(name)))}
    first = min(numbered, default=1)
    start = min(first, 1)  # counted from 1 as published, or from 0
    return [_faithful(numbered.get(n)) for n in range(start, max(numbered, default=0) + 1)]


def _faithful(value: Any) -> bool | None:
    text = str(value).strip().lower()
    return True if text in _TRUE else False if text in _FALSE else None


def _by_sentence(marks: list[list[bool | None]], n: int) -> Iterator[tuple[bool | None, ...]]:
    """For each sentence what each rater says: wrong, right, or nothing. Others' counts are void."""
    fitting = [m if len(m) == n else [None] * n for m in marks]
    fitting += [[None] * n] * (len(RATERS) - len(fitting))
    for held in zip(*fitting, strict=True):
        yield tuple(None if mark is None else not mark for mark in held)


def _label(section: str, text: str, votes: tuple[bool | None, ...]) -> dict[str, Any]:
    given = set(votes)
    label = "unsupported" if given == {True} else "supported" if given == {False} else "disputed"
    return {
        "section": section, "text": text, "label": label, "error_type": None, "votes": votes,
    }  # fmt: skip


def _scores(raters: list[dict[str, Any]], marks: list[list[bool | None]]) -> dict[str, float]:
    shares = [sum(m is False for m in held) / len(given) for held in marks
              if (given := [m for m in held if m is not None])]  # fmt: skip
    likert = [
        float(r["likert_faithfulness"]) for r in raters if _is_number(r, "likert_faithfulness")
    ]
    found = {_UNFAITHFUL: shares, _LIKERT: likert}
    return {name: sum(held) / len(held) for name, held in found.items() if held}


def _rivals(part: Mapping[str, Any], sections: list[str]) -> dict[str, dict[str, float]]:
    """Measures published with the notes, turned round so that higher is worse."""
    rivals: dict[str, dict[str, float]] = {name: {} for name in sections}
    for key, held in part.items():
        if not isinstance(held, dict):
            continue
        for title, value in held.items():
            name = SECTIONS.get(_title(title))
            if name not in rivals:
                continue
            if key == "align_score" and _is_number(held, title):
                rivals[name]["AlignScore, published"] = 1 - float(value)
            elif key.startswith("metrics_") and _is_number(value, "likert_faithfulness"):
                judge = f"{key.removeprefix('metrics_')} as judge, published"
                rivals[name][judge] = 5 - float(value["likert_faithfulness"])
    return rivals


def _is_number(held: Any, key: str) -> bool:
    value = held.get(key) if isinstance(held, dict) else None
    return isinstance(value, int | float) and isfinite(value)
