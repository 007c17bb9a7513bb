"""The accountability record as a page that a person can read and print."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ..html import Html, tag, words
from ..storage import write_text
from .choices import choices
from .document import document
from .identifiers import kinds
from .record import records, wording

_SIGNS = {"shown": "✓", "partly": "◐", "not_shown": "✗"}
_HOLDS = {True: "✓", False: "✗"}


class Written(NamedTuple):
    """Where records were written."""

    overview: Path
    """A page that lists them."""
    notes: int


def write_records(run: Path, out: Path) -> Written:
    """A JSON file and a page for each reviewed note, and a page that lists them."""
    rows: list[tuple[str, dict[str, Any]]] = []
    for record in records(run):
        name = _file_name(record, {taken.lower() for taken, _ in rows})
        text = json.dumps(record, ensure_ascii=False, indent=1)
        write_text(out / f"{name}.json", text + "\n")
        write_text(out / f"{name}.html", record_html(record))
        rows.append((name, record))
    return Written(write_text(out / "index.html", _index(rows)), len(rows))


def _file_name(record: Mapping[str, Any], taken: set[str]) -> str:
    """A name for the record's files that none has yet, whatever signs the ids are made of."""
    name = re.sub(r"[^\w-]+", "_", f"{record['draft_id']}-{record['reviewer']}")
    names = (name, *(f"{name}-{n}" for n in range(2, len(taken) + 2)))
    return next(free for free in names if free.lower() not in taken)


def record_html(record: Mapping[str, Any]) -> str:
    """One record as a page."""
    text = wording()
    body = [
        tag("h1", text["title"]),
        tag("p", f"Note {record['draft_id']} of session {record['session_id']}, reviewed by "
                 f"{record['reviewer']}", class_="lead"),
        tag("p", text["lead"], class_="nb-sub"),
        tag("h2", "Four questions"), *(_question(q) for q in record["questions"]),
        tag("h2", "How it was made"), _terms(_made(record["made"])),
        tag("h2", "What was sent where"), _sent(record["sent"]),
        tag("h2", "How it was reviewed"), *_review(record),
        tag("h2", "What was changed"), *_corrections(record),
        tag("h2", "What was confirmed"), _attested(record["attested"]),
        tag("h2", "From draft to chart"), _states(record),
    ]  # fmt: skip
    return document(f"{text['title']}: {record['draft_id']}", body)


def _question(question: Mapping[str, Any]) -> Html:
    answer = question["answer"]
    return tag(
        "section",
        tag("h3", question["question"]),
        tag("p", f"{_SIGNS[answer]} {wording()['answers'][answer]}", class_=f"answer {answer}"),
        tag("ul", *(
            tag("li", f"{_HOLDS[e['holds']]} {e['label']}: ", tag("b", e["value"]))
            for e in question["evidence"]
        ), class_="evidence"),
        tag("p", f"Not on record: {'; '.join(question['missing'])}.", class_="nb-sub")
        if question["missing"] else None,
        class_="question",
    )  # fmt: skip


def _made(made: Mapping[str, Any]) -> Iterable[tuple[str, object]]:
    for key, value in made.items():
        if key != "workflow" and value not in (None, "", {}, []):
            shown = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
            yield (
                words(key.removesuffix("_words")),
                ", ".join(map(str, value)) if isinstance(value, list) else shown,
            )


def _terms(pairs: Iterable[tuple[str, object]]) -> Html:
    return tag(
        "dl", *(p for k, v in pairs for p in (tag("dt", k), tag("dd", v))), class_="nb-chart"
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Html:
    return tag(
        "div",
        tag("table",
            tag("thead", tag("tr", *(tag("th", h, scope="col") for h in head))),
            tag("tbody", *(tag("tr", *(tag("td", cell) for cell in row)) for row in rows)),
            class_="nb-table"),
        class_="wide", tabindex="0", role="region", aria_label="Table",
    )  # fmt: skip


def _sent(places: Iterable[Mapping[str, Any]]) -> Html:
    named = kinds()
    left = {True: "yes", False: "no", None: "not known"}

    def identifiers(place: Mapping[str, Any]) -> str:
        return (
            "; ".join(f"{named[k]}: {n}" for k, n in place["identifiers"].items()) or "none found"
        )

    rows = [
        (p["to"], p["why"], left[p["left_this_machine"]], p["words"], identifiers(p),
         "this very text" if p["exact"] else "rebuilt") for p in places
    ]  # fmt: skip
    head = ("To", "Why", "Left this machine", "Words", "Identifiers (counted by patterns)",
            "Text counted")  # fmt: skip
    return _table(head, rows)


def _review(record: Mapping[str, Any]) -> list[Html]:
    r, d = record["reviewed"], record["dwell"]
    expected = (
        f"{d['expected_s']:.0f} s ({d['expected_low_s']:.0f}-{d['expected_high_s']:.0f})"
        if d["expected_s"] is not None else "not measurable"
    )  # fmt: skip
    pairs = [
        ("worked", f"{r['active_s']:.0f} s"),
        ("least that reading takes (model)", f"{d['least_s']:.0f} s"),
        ("expected with what was found (model)", expected),
        ("kept apart", f"{r['idle_s']:.0f} s idle, {r['hidden_s']:.0f} s hidden, "
                       f"{r['paused_s']:.0f} s on pause"),
        ("keystrokes", r["keystrokes"]), ("looks at the session", r["looks"]),
        ("searches", r["searches"]), ("blind to the drafter", "yes" if r["blind"] else "no"),
        ("sure that no serious error is left",
         "not said" if r["confidence"] is None else f"{r['confidence']:.0f} %"),
        ("remark", r["remark"] or "none"),
    ]  # fmt: skip
    rows = [
        (s["title"], f"{s['active_s']:.1f}", f"{s['shown_s']:.1f}", f"{s['least_s']:.1f}",
         "yes" if s["long_enough"] else "no")
        for s in d["sections"]
    ]  # fmt: skip
    head = ("Section", "Worked in, s", "On screen, s", "Least to read, s (model)", "Long enough")
    return [_terms(pairs), _table(head, rows)]


def _corrections(record: Mapping[str, Any]) -> list[Html]:
    corrections, found = record["corrections"], record["found"]
    titles = {s["name"]: s["title"] for s in record["dwell"]["sections"]}
    parts: list[Html] = []
    for section in corrections["sections"]:
        names = {"removed": "del", "added": "ins"}
        diff = (tag(names[w], t) if w in names else t for w, t in section["diff"])
        parts += [tag("h3", titles[section["name"]]), tag("p", *diff, class_="nb-text")]
    if not corrections["changed"]:
        parts.insert(0, tag("p", "The draft was kept as it was."))
    lines = [_mark(m, titles) for m in found["marks"]]
    lines += [_missing(m, titles) for m in found["missing"]]
    return [*parts, tag("h3", "Marked"), tag("ul", *(tag("li", line) for line in lines))
            if lines else tag("p", "Nothing was marked.")]  # fmt: skip


def _mark(mark: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    kind = mark["error_type"] and words(mark["error_type"])
    said = [_label("marks", mark["kind"]), kind, _weight(mark), mark["comment"]]
    return f"{titles[mark['section']]}: “{mark['text']}” {', '.join(x for x in said if x)}"


def _missing(item: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    section = titles.get(item["section"], item["section"])
    return ", ".join(x for x in (f"Missing in {section}: “{item['text']}”", _weight(item)) if x)


def _weight(found: Mapping[str, Any]) -> str:
    return f"weighs {_label('severities', found['severity']).lower()}" if found["severity"] else ""


def _label(of: str, name: str) -> str:
    """The words under which the review page offered a choice."""
    return next((c["label"] for c in choices()[of] if c["id"] == name), words(name))


def _attested(attested: Iterable[Mapping[str, Any]]) -> Html:
    rows = [
        (_label("topics", a["topic"]),
         a.get("now") or a.get("text") or "(the note says nothing on it)", _answer(a))
        for a in attested
    ]  # fmt: skip
    return _table(("On", "Statement", "Answer"), rows) if rows else tag("p", "Nothing was asked.")


def _answer(attested: Mapping[str, Any]) -> str:
    answer = attested.get("answer")
    of = "answers" if attested.get("text") else "silences"
    return _label(of, answer) if answer else "not answered"


def _states(record: Mapping[str, Any]) -> Html:
    rows = [(s["state"], s.get("at") or "not known") for s in record["states"]]
    return _table(("State", "When (UTC)"), rows)


def _index(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    text = wording()
    body = [tag("h1", "Accountability records"), tag("p", text["lead"], class_="nb-sub"), _table(
        ("Note", "Reviewer", *(q["text"] for q in text["questions"])),
        ((tag("a", r["draft_id"], href=f"{name}.html"), r["reviewer"],
          *(f"{_SIGNS[q['answer']]} {text['answers'][q['answer']]}" for q in r["questions"]))
         for name, r in rows),
    )]  # fmt: skip
    return document("Accountability records", body)
