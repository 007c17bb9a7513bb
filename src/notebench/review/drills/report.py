"""Reports on a marked drill, for a trainee and for the group: nothing is loaded or run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...html import Html, tag, words
from ...stats.intervals import Interval
from .answers import told, where_told
from .marking import Marked, MarkedNote
from .measures import TRAITS, reliability
from .paper import printable
from .parts import (
    bar,
    beside,
    head,
    how,
    label,
    measures,
    numbers,
    shown,
    some,
    table,
    text,
    traits,
)

if TYPE_CHECKING:
    from .score import Scored

_MAIN = ("found", "false_alarms", "d", "seconds")
_MORE = (
    "found_wrong", "found_left_out", "found_risk", "c", "named", "clean_passed", "untouched",
    "seconds_per_found", "carried",
)  # fmt: skip
_SURE = ("brier", "overconfidence")
_TREND = ("trend_found", "trend_false_alarms", "trend_seconds")


def trainee_page(scored: Scored, name: str, one: Marked) -> str:
    """The report for one participant."""
    values, notes = scored.by_reviewer[name], one.notes
    right = [t for n in notes for t in n.right]
    errors = [t for n in notes for t in n.errors]
    said = text(
        "trainee", notes=some(len(notes), "note"), hits=sum(t.marked for t in errors),
        errors=some(len(errors), "planted error"), alarms=sum(t.marked for t in right),
        right=some(len(right), "sentence"),
    )  # fmt: skip
    title = f"{scored.key['title']}: {name}"
    body = [
        tag("h1", title), tag("p", said, class_="lead"), _unfinished(one.unfinished),
        numbers(values, _MAIN),
        head("every"), *_errors(notes), *_alarms(notes),
        head("known"), *beside(values, notes),
        head("kinds"), *traits(notes, ("severity", "error_type", "section")),
        head("more"), measures(values, _MORE),
        head("sure"), *_calibration(values, notes),
        head("sitting"), _sitting(notes), measures(values, _TREND), _foot(scored),
    ]  # fmt: skip
    return printable(title, body)


def group_page(scored: Scored, pages: Sequence[str]) -> str:
    """The report on all participants. pages: names of the trainees' reports, in order."""
    notes = scored.notes
    said = text(
        "group", people=some(len(scored.marked), "participant"), notes=some(len(notes), "note")
    )
    title = f"{scored.key['title']}: the group"
    body = [
        tag("h1", title), tag("p", said, class_="lead"),
        _unfinished(sum(m.unfinished for m in scored.marked)), numbers(scored.group, _MAIN),
        *_experiment(scored),
        head("people"), _participants(scored, pages),
        head("known"), *beside(scored.group, notes),
        head("kinds"), *traits(notes, tuple(TRAITS)),
        head("more"), measures(scored.group, _MORE),
        head("sure"), *_calibration(scored.group, notes),
        head("sitting"), measures(scored.group, _TREND),
        head("hardest"), _hardest(scored), _foot(scored),
    ]  # fmt: skip
    return printable(title, body)


def _unfinished(n: int) -> Html | None:
    return tag("p", text("unfinished", notes=some(n, "note")), class_="small") if n else None


def _calibration(values: Mapping[str, Interval], notes: Sequence[MarkedNote]) -> Iterable[Html]:
    if all(n.confidence is None for n in notes):
        yield tag("p", text("no_confidence"))
        return
    yield measures(values, _SURE)
    rows = [
        (
            f"{100 * r['from']:.0f} to {100 * r['to']:.0f}%",
            r["notes"],
            f"{100 * r['said']:.0f}%",
            shown(r["true"], "share"),
            bar(r["true"]),
        )
        for r in reliability(notes)
        if r["notes"]
    ]
    heads = ("Sure by", "Notes", "Mean said", "Nothing serious was overlooked", "Drawn")
    yield table(heads, rows, "How sure, and how often right")


def _sitting(notes: Sequence[MarkedNote]) -> Html:
    rows = [
        (
            f"Note {n.order}",
            _found(n),
            sum(t.marked for t in n.right) + n.strays,
            f"{n.seconds:.0f} s" + (" (time was up)" if n.timed_out else ""),
            "not said" if n.confidence is None else f"{100 * n.confidence:.0f}%",
        )
        for n in notes
    ]
    heads = ("Note", "Errors found", "False alarms", "Time", "How sure")
    return table(heads, rows, "Note by note")


def _found(note: MarkedNote) -> str:
    hits, n = sum(t.marked for t in note.errors), len(note.errors)
    return f"{'✓' * hits}{'✗' * (n - hits)} {hits} of {n}" if n else "no error in it"


def _errors(notes: Sequence[MarkedNote]) -> Iterable[Html]:
    found = [(n.order, t.marked, t.error) for n in notes for t in n.errors if t.error]
    yield tag("ul", *(_error(*one) for one in found))


def _error(order: int, hit: bool, error: Mapping[str, Any]) -> Html:
    left_out, before = error["left_out"], error["before"]
    turns = ", ".join(map(str, error["turns"]))
    return tag(
        "li",
        tag("p", tag("b", "✓ Found" if hit else "✗ Missed"),
            f" · note {order} · {error['severity']} · {told(error)}"),
        tag("p", "Left out: " if left_out else "In the note: ",
            tag("q", left_out or error["after"])),
        tag("p", "It should say: ", tag("q", before)) if before and not left_out else None,
        tag("p", f"{where_told(error)}: turn {turns}") if turns else None,
        class_="found" if hit else "missed",
    )  # fmt: skip


def _alarms(notes: Sequence[MarkedNote]) -> Iterable[Html]:
    held = [(n.order, s) for n in notes for s in n.alarms()]
    if held:
        yield head("alarms")
        items = (tag("li", f"Note {at}, {s['section']}: ", tag("q", s["text"])) for at, s in held)
        yield tag("ul", *items)


def _participants(scored: Scored, pages: Sequence[str]) -> Html:
    names = (*_MAIN, "c", "brier")
    people = zip(scored.by_reviewer.items(), scored.marked, pages, strict=True)
    rows = [
        (
            tag("a", reviewer, href=f"{page}.html"),
            len(one.notes),
            *(shown(values[m], how(m)) for m in names),
        )
        for (reviewer, values), one, page in people
    ]
    return table(("Participant", "Notes", *map(label, names)), rows, "Participants")


def _hardest(scored: Scored) -> Html:
    worst = sorted(scored.errors(), key=lambda r: (-r["missed"] / r["people"], -r["people"]))
    texts = {(d, e["id"]): e for d, key in scored.key["notes"].items() for e in key["errors"]}
    rows = []
    for r in worst[:10]:
        error = texts[r["draft_id"], r["error"]]
        where = f"{'left out, ' if error['left_out'] else ''}section {error['section']}"
        rows.append((
            tag("q", error["left_out"] or error["after"]), words(r["error_type"]), r["severity"],
            f"{r['missed']} of {r['people']}", where,
        ))  # fmt: skip
    heads = ("Error", "Type", "Severity", "Missed by", "Where")
    return table(heads, rows, "Hardest errors, ten at most")


def _experiment(scored: Scored) -> Iterable[Html]:
    done = scored.compared
    if done is None:
        return
    yield tag("h2", f"The experiment: {done.question}")
    yield tag("p", done.reading)
    arms = [(a["label"], a["notes"], *(shown(a[m], how(m)) for m in _MAIN)) for a in done.arms]
    heads = ("Condition", "Notes", *map(label, _MAIN))
    yield table(heads, arms, "Conditions: means over participants")
    rows = []
    for c in done.rows:
        kind = how(c.measure)
        gap = shown(c.difference, {"share": "points", "seconds": "change"}.get(kind, kind))
        p = "" if c.p != c.p else f"{c.p:.3f} (least possible {c.least_p:.3f})"
        sides = (shown(side, kind, ends=False) for side in (c.first, c.last))
        rows.append((label(c.measure), *sides, gap, p, f"{c.reviewers}; {c.how}"))
    heads = ("Measure", done.first, done.last, "Difference (95% interval)", "p", "People; interval")
    yield table(heads, rows, f"{done.last} against {done.first}")
    gap = shown(done.by_error, "points")
    yield tag("p", text("by_error", errors=some(done.errors, "error"), gap=gap))
    yield tag("p", text("caution"))


def _foot(scored: Scored) -> Html:
    from ... import __version__

    return tag("p", text("foot", seed=scored.key["seed"], version=__version__), class_="small")
