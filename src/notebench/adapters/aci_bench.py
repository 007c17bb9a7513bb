"""ACI-Bench: role-played visits with the clinic notes written of them; no marks by people.

Yim, Fu, Ben Abacha, Snider, Lin and Yetisgen 2023, Scientific Data 10:586. Layout, from github
wyim/aci-bench (README.md, SETUP.md): data/challenge_data/{train, valid, clinicalnlp_taskB_test1,
clinicalnlp_taskC_test2, clef_taskC_test3}.csv with dataset, encounter_id, dialogue, note;
data/src_experiment_data/{train, valid, test1, test2, test3}_{aci, virtscribe}_{asr, asrcorr,
humantrans}.csv with dataset, id, dialogue, note (the same visits, transcribed in several ways); and
both again as *_json/*.json, {"data": [{"src", "tgt", "file"}]}. *_metadata.csv and baselines/
(systems' notes) are no source here. Turns begin with [doctor] or [patient].

The files hold no judgement of any sentence. What can be measured is a known mismatch: each note's
own sentences against sentences of the same division from the note of another visit, the one whose
talk shares most words with this one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import NotebenchError
from ..records import Draft, Section, Sentence, Session
from ..text import content_words, split_sentences
from .labelled import Labelled, LabelledSet
from .reading import find_all, missing, read_csv, read_json, read_text, turns

SPLITS = ("train", "valid", "test1", "test2", "test3")
_EACH = 4
_ALIKE = 75
"""Likeness (0-100) from which a stranger's sentence repeats one of the note's own."""
_LEAST_WORDS = 3
_SYSTEMS = {"baselines", "predictions", "results"}
_PLACES = (
    "challenge_data/*.csv", "src_experiment_data/*.csv", "*.csv",
    "challenge_data_json/*.json", "src_experiment_data_json/*.json", "*.json",
)  # fmt: skip
_NOT_WHOLE = ("_metadata", "_subjective", "_objective_", "_assessment_and_plan")
_HEADING = re.compile(r"^[ \t]*([A-Za-z][A-Za-z/&\- ]{1,40}?)[ \t]*(:?)[ \t]*$", re.MULTILINE)
_MEND = "give ACI-Bench's data folder, with challenge_data/valid.csv and the like"


class Visit(NamedTuple):
    """A talk and the note of it."""

    name: str
    dialogue: str
    note: str


def load(path: str | Path, split: str = "all") -> LabelledSet:
    """Notes with their own sentences and a stranger's. split: one of SPLITS, or all.

    Raises NotebenchError where no file of the layout is there.
    """
    visits = list(_visits(Path(path), split))
    if len(visits) < 2:
        raise NotebenchError(
            f"{len(visits)} visits with a dialogue and a note"
            + ("" if split == "all" else f" in files named for {split}"),
            where=str(path), mend=_MEND,
        )  # fmt: skip
    notes = [divisions(v.note) for v in visits]
    words = [set(content_words(v.dialogue)) for v in visits]
    items: list[Labelled] = []
    for at, visit in enumerate(visits):
        session = Session(
            session_id=f"aci-{visit.name}", transcript=turns(visit.dialogue),
            scenario={"problem": "outpatient", "session_type": "visit"},
        )  # fmt: skip
        own, strange = notes[at], notes[_nearest(at, words)]
        items += _labelled(session, "own", own, _chosen(own))
        items += _labelled(session, "stranger", strange, _strangers(strange, own))
    return LabelledSet("aci-bench", tuple(items))


def _visits(path: Path, split: str) -> Iterator[Visit]:
    seen: set[str] = set()
    for file in _files(path):
        if split != "all" and split not in file.stem:
            continue
        for visit in _rows(file):
            if visit.name not in seen and visit.dialogue.strip() and visit.note.strip():
                seen.add(visit.name)
                yield visit


def _files(path: Path) -> list[Path]:
    """The files of visits: of the challenge, else of the transcription study, else of any folder.

    Raw recognition (asr) comes last, so that a visit is taken as corrected where it can be.
    """
    if path.is_file():
        return [path]
    for pattern in _PLACES:
        found = [f for f in find_all(path, [pattern]) if _is_visits(f, path)]
        if found:
            return sorted(found, key=lambda f: (f.stem.endswith("_asr"), str(f)))
    raise missing(path, "CSV with dialogue and note, or JSON with src and tgt", _MEND)


def _is_visits(file: Path, below: Path) -> bool:
    """Whether a file holds whole visits: not systems' notes, parts of notes, or other data."""
    parts = set(file.relative_to(below).parts)
    if parts & _SYSTEMS or any(mark in file.name for mark in _NOT_WHOLE):
        return False
    text = read_text(file)
    if file.suffix == ".json":
        return '"src"' in text and '"tgt"' in text
    head = text.partition("\n")[0].lower()
    return "dialogue" in head and "note" in head


def _rows(file: Path) -> Iterator[Visit]:
    if file.suffix == ".json":
        data = read_json(file)
        entries: list[dict[str, Any]] = data.get("data", []) if isinstance(data, dict) else data
        for entry in entries:
            if isinstance(entry, dict) and {"src", "tgt"} <= entry.keys():
                name = str(entry.get("file") or f"{file.stem}-{len(entry['src'])}")
                yield Visit(name.split("-")[0], entry["src"], entry["tgt"])
        return
    for row in read_csv(file, ("dialogue", "note")):
        name = row.get("encounter_id") or row.get("id") or ""
        yield Visit(
            name.strip() or f"{file.stem}-{len(row['dialogue'])}", row["dialogue"], row["note"]
        )


@cache
def _heads() -> dict[str, str]:
    data = tomllib.loads((files("notebench.adapters") / "aci_bench.toml").read_text("utf-8"))
    return {heading: name for name, held in data.items() for heading in held}


def divisions(note: str) -> dict[str, str]:
    """A note's text by division, without the headings that begin one. Before any: S."""
    found: dict[str, list[str]] = {}
    at, name = 0, "S"
    for match in _HEADING.finditer(note):
        begun = _heads().get(" ".join(match[1].lower().split()))
        if begun is None or not (match[2] or match[1].isupper()):
            continue
        found.setdefault(name, []).append(note[at : match.start()].strip())
        at, name = match.end(), begun
    found.setdefault(name, []).append(note[at:].strip())
    whole = {name: "\n".join(p for p in parts if p) for name, parts in found.items()}
    return {name: text for name, text in whole.items() if text}


def _nearest(at: int, words: list[set[str]]) -> int:
    """The other visit whose talk shares the largest part of the words of both."""

    def likeness(other: int) -> float:
        either = words[at] | words[other]
        return len(words[at] & words[other]) / len(either) if either else 0.0

    return max((o for o in range(len(words)) if o != at), key=lambda o: (likeness(o), -o))


def _stated(text: str) -> list[str]:
    """Sentences with enough words to be about something; headings and single terms are none."""
    return [
        s.text for s in split_sentences(text)
        if len(content_words(s.text)) >= _LEAST_WORDS and not s.text.endswith(":")
    ]  # fmt: skip


def _spread(sentences: list[str]) -> list[str]:
    """At most _EACH of them, spread evenly."""
    step = max(1.0, len(sentences) / _EACH)
    return [sentences[int(n * step)] for n in range(min(_EACH, len(sentences)))]


def _chosen(note: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for name, text in note.items():
        for sentence in _spread(_stated(text)):
            yield name, sentence, "supported"


def _strangers(strange: dict[str, str], own: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    from rapidfuzz.fuzz import ratio

    known = [s for text in own.values() for s in _stated(text)]
    for name, text in strange.items():
        if name in own:
            new = [s for s in _stated(text) if all(ratio(s, k) < _ALIKE for k in known)]
            for sentence in _spread(new):
                yield name, sentence, "unsupported"


def _labelled(
    session: Session, kind: str, note: dict[str, str], marked: Iterable[tuple[str, str, str]]
) -> Iterator[Labelled]:
    labels = tuple(
        {"section": name, "text": text, "label": label, "error_type": None}
        for name, text, label in marked
    )
    if labels:
        draft = Draft(
            draft_id=f"{session.session_id}-{kind}", session_id=session.session_id, drafter=kind,
            format="SOAP", sections=[Section(name=n, text=t) for n, t in note.items()],
            sentences=[Sentence(section=x["section"], text=x["text"]) for x in labels],
        )  # fmt: skip
        yield Labelled(session, draft, kind, labels)
