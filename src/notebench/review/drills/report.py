"""Reports on a marked drill, for a trainee and for the group: one file each, nothing loaded or run."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ...html import Html, tag, words
from ...stats.intervals import Interval
from .answers import told, where_told
from .marking import Marked, MarkedNote
from .measures import TRAITS, reliability, strata, wording
from .paper import document

if TYPE_CHECKING:
    from .score import Scored

FEW = 10
"""Trials below which a share is called a hint and no more. Assumed."""
_HEAD = ("found", "false_alarms", "d", "seconds")
_MORE = (
    "found_wrong", "found_left_out", "found_risk", "c", "named", "clean_passed", "untouched",
    "seconds_per_found", "carried",
)  # fmt: skip
_SURE = ("brier", "overconfidence")
_TREND = ("trend_found", "trend_false_alarms", "trend_seconds")


@cache
def norms() -> list[dict[str, Any]]:
    """What is known from the literature, as data with sources."""
    text = files(__package__).joinpath("norms.toml").read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["norms"]
    return found


def trainee_page(scored: Scored, one: Marked) -> str:
    """The report for one participant."""
    values = next(
        v for m, v in zip(scored.marked, scored.by_reviewer.values(), strict=True) if m is one
    )
    hits = sum(t.marked for n in one.notes for t in n.errors)
    total = sum(len(n.errors) for n in one.notes)
    alarms, right = (
        sum(t.marked for n in one.notes for t in n.right),
        sum(len(n.right) for n in one.notes),
    )
    body = [
        tag("h1", f"{scored.key['title']}: {one.reviewer}"),
        tag("p", f"You did {_n(len(one.notes), 'note')}. You found {hits} of {_n(total, 'planted error')}, "
                 f"and marked {alarms} of {_n(right, 'sentence')} that were right.", class_="lead"),
        _left(one.unfinished), _numbers(values),
        tag("h2", "Beside what is known"), *_norms(values, one.notes),
        tag("h2", "What you found, by kind of error"),
        *_traits(one.notes, ("severity", "error_type", "section")),
        tag("h2", "In more detail"), _measures(values, _MORE),
        tag("h2", "How sure, and how right"), *_calibration(values, one.notes),
        tag("h2", "Over the sitting"), _sitting(one.notes), _measures(values, _TREND),
        tag("h2", "Every error"), *_errors(one.notes), *_alarms(one.notes), _foot(scored),
    ]  # fmt: skip
    return document(f"{scored.key['title']}: {one.reviewer}", body)


def group_page(scored: Scored, names: Sequence[str]) -> str:
    """The report on all participants."""
    notes, n = scored.notes, len(scored.marked)
    body = [
        tag("h1", f"{scored.key['title']}: the group"),
        tag("p", f"{_n(n, 'participant')}, {_n(len(notes), 'note')}. Numbers are means over participants "
                 "with 95% intervals" + (" (Student)." if n > 1 else "; with one participant there are none."),
            class_="lead"),
        _left(sum(m.unfinished for m in scored.marked)), _numbers(scored.group),
        *(_experiment(scored) if scored.compared else ()),
        tag("h2", "Participants"), _participants(scored, names),
        tag("h2", "Beside what is known"), *_norms(scored.group, notes),
        tag("h2", "What was found, by kind of error"),
        *_traits(notes, tuple(TRAITS)),
        tag("h2", "In more detail"), _measures(scored.group, _MORE),
        tag("h2", "How sure, and how right"), *_calibration(scored.group, notes),
        tag("h2", "Over the sitting"), _measures(scored.group, _TREND),
        tag("h2", "Hardest errors"), _hardest(scored), _foot(scored),
    ]  # fmt: skip
    return document(f"{scored.key['title']}: the group", body)


def _n(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _left(unfinished: int) -> Html | None:
    said = f"{_n(unfinished, 'note')} not done; not counted."
    return tag("p", said, class_="small") if unfinished else None


def shown(value: Interval, how: str, between: bool = True) -> str:
    """A measure as text, with its interval."""
    scale, digits, unit = {
        "share": (100, 0, "%"), "points": (100, 0, " points"), "seconds": (1, 0, " s"),
        "change": (1, 0, " s"), "number": (1, 2, ""),
    }[how]  # fmt: skip
    if value.estimate != value.estimate:
        return "not measurable"
    sign = "+" if how in ("points", "change") else ""
    text = f"{value.estimate * scale:{sign}.{digits}f}{unit}"
    if value.low == value.low and between:
        text += f" ({value.low * scale:.{digits}f} to {value.high * scale:.{digits}f})"
    return text.replace("-", "−")


def _numbers(values: Mapping[str, Interval]) -> Html:
    items = []
    for name in _HEAD:
        about = wording()["measures"][name]
        value = values[name]
        between = shown(value, about["shown"])[len(shown(value, about["shown"], False)) :]
        items.append(tag("li", tag("b", shown(value, about["shown"], False)), about["label"], between,
                         tag("span", f": {about['means']}", class_="small")))  # fmt: skip
    return tag("ul", *items, class_="numbers")


def table(head: Iterable[str], rows: Iterable[Iterable[object]], caption: str) -> Html:
    """A table whose first column names its rows."""
    body = []
    for first, *rest in rows:
        body.append(tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in rest)))
    return tag(
        "div",
        tag("table", tag("caption", caption),
            tag("thead", tag("tr", *(tag("th", h, scope="col") for h in head))),
            tag("tbody", *body), class_="nb-table bars"),
        class_="wide", tabindex="0", role="region", aria_label=caption,
    )  # fmt: skip


def _measures(values: Mapping[str, Interval], names: Sequence[str]) -> Html:
    about = wording()["measures"]
    rows = [
        (about[n]["label"], shown(values[n], about[n]["shown"]), about[n]["means"])
        for n in names
        if n != "carried" or values[n].estimate == values[n].estimate
    ]
    return table(("Measure", "Value (95% interval)", "Meaning"), rows, "Measures")


def bar(share: float, low: float, high: float, norm: tuple[float, float] | None = None) -> Html:
    """A share as a bar with its interval; what it shows stands beside it as text."""
    if share != share:
        return Html("")
    parts = [f'<rect x="0" y="4" width="{200 * share:.1f}" height="10" fill="#1a5a6e"/>']
    if norm:
        width = 200 * (norm[1] - norm[0])
        parts.insert(
            0,
            f'<rect x="{200 * norm[0]:.1f}" y="0" width="{width:.1f}" height="18" fill="#ffe58a"/>',
        )
    if low == low:
        parts.append(f'<path d="M{200 * low:.1f} 9H{200 * high:.1f}M{200 * low:.1f} 5v8M{200 * high:.1f} 5v8" '
                     'stroke="#1b2126" stroke-width="1.5" fill="none"/>')  # fmt: skip
    return Html('<svg width="200" height="18" viewBox="0 0 200 18" aria-hidden="true" focusable="false">'
                '<rect x=".5" y="3.5" width="199" height="11" fill="none" stroke="#87929c"/>'
                + "".join(parts) + "</svg>")  # fmt: skip


def _traits(notes: Sequence[MarkedNote], names: Sequence[str]) -> Iterable[Html]:
    for trait in names:
        rows = strata(notes, TRAITS[trait])
        if not rows or (len(rows) == 1 and trait in ("style", "problem")):
            continue
        label = wording()["traits"][trait]
        yield table(
            (label, "Found", "Share found (95% interval)", "", "d′ of its wrong sentences"),
            [(words(r["name"]), f"{r['hits']} of {r['errors']}",
              shown(r["found"], "share") + (" · few" if r["errors"] < FEW else ""),
              bar(*r["found"]), shown(r["d"], "number")) for r in rows],
            f"By {label.lower()}",
        )  # fmt: skip
    yield tag("p", f"“Few”: fewer than {FEW} errors, a hint and no more. d′ sets each row's wrong sentences "
              "against all right sentences; what is left out has no sentence and is not in it.", class_="small")  # fmt: skip


def _norms(values: Mapping[str, Interval], notes: Sequence[MarkedNote]) -> Iterable[Html]:
    rows = []
    for norm in norms():
        name, _, trait = norm["measure"].partition(":")
        here, where = values[name], wording()["measures"][name]["label"]
        if trait:
            kind, _, level = trait.partition(":")
            found = [r for r in strata(notes, TRAITS[kind]) if r["name"] == level]
            if not found:
                continue
            here, where = found[0]["found"], f"{where}, section {level}"
        low, high = norm["low"], norm["high"]
        rows.append((where, shown(here, "share"), bar(*here, norm=(low, high)),
                     f"{100 * low:.0f} to {100 * high:.0f}%", f"{norm['who']}. {norm['what']}.",
                     f"{norm['differs']}.", norm["source"]))  # fmt: skip
    yield tag("p", "From the literature, on other people, other texts and other errors: something to hold these "
              "results against, and no pass mark. In a drill people know that there are errors, so they look for "
              "them. The wide band behind a bar is the published range.")  # fmt: skip
    yield table(("Measure", "Here", "", "Published", "Who and what", "What differs", "Source"), rows,
                "Results beside published ones")  # fmt: skip


def _calibration(values: Mapping[str, Interval], notes: Sequence[MarkedNote]) -> Iterable[Html]:
    said = [n for n in notes if n.confidence is not None]
    if not said:
        yield tag("p", "Nobody said how sure they were.")
        return
    yield _measures(values, _SURE)
    rows = [
        (f"{100 * r['from']:.0f} to {100 * r['to']:.0f}%", r["notes"],
         "" if r["said"] != r["said"] else f"{100 * r['said']:.0f}%",
         shown(r["true"], "share") if r["notes"] else "", bar(*r["true"]) if r["notes"] else "")
        for r in reliability(notes)
    ]  # fmt: skip
    head = ("Sure by", "Notes", "Mean said", "Nothing serious was overlooked", "")
    yield table(head, rows, "How sure, and how often right")


def _sitting(notes: Sequence[MarkedNote]) -> Html:
    def found(n: MarkedNote) -> str:
        hits = sum(t.marked for t in n.errors)
        return (
            "no error in it"
            if not n.errors
            else f"{'✓' * hits}{'✗' * (len(n.errors) - hits)} {hits} of {len(n.errors)}"
        )

    rows = [
        (f"Note {n.order}", found(n), sum(t.marked for t in n.right) + n.strays,
         f"{n.seconds:.0f} s" + (" (time was up)" if n.timed_out else ""),
         "not said" if n.confidence is None else f"{100 * n.confidence:.0f}%")
        for n in notes
    ]  # fmt: skip
    return table(("Note", "Errors found", "False alarms", "Time", "How sure"), rows, "Note by note")


def _errors(notes: Sequence[MarkedNote]) -> Iterable[Html]:
    items = []
    for note in notes:
        for trial in note.errors:
            e = trial.error or {}
            turns = ", ".join(map(str, e["turns"]))
            items.append(tag("li",
                tag("p", tag("b", "✓ Found" if trial.marked else "✗ Missed"),
                    f" · note {note.order} · {e['severity']} · {told(e)}"),
                tag("p", "Left out: " if e["left_out"] else "In the note: ", tag("q", e["left_out"] or e["after"])),
                tag("p", "It should say: ", tag("q", e["before"])) if e["before"] and not e["left_out"] else None,
                tag("p", f"{where_told(e)}: turn {turns}") if turns else None,
                class_="found" if trial.marked else "missed"))  # fmt: skip
    yield tag("ul", *items)


def _alarms(notes: Sequence[MarkedNote]) -> Iterable[Html]:
    held = [(n, s) for n in notes for s in _marked_right(n)]
    if held:
        yield tag("h2", "Right, and marked all the same")
        yield tag(
            "ul",
            *(tag("li", f"Note {n.order}, {s['section']}: ", tag("q", s["text"])) for n, s in held),
        )


def _marked_right(note: MarkedNote) -> list[Mapping[str, Any]]:
    apart = {n for e in note.key["errors"] for n in (e["sentence"], *e["also"])}
    sentences = [s for n, s in enumerate(note.key["sentences"]) if n not in apart]
    return [s for s, t in zip(sentences, note.right, strict=True) if t.marked]


def _participants(scored: Scored, names: Sequence[str]) -> Html:
    about = wording()["measures"]
    rows = [
        (tag("a", reviewer, href=f"trainee-{name}.html"), len(one.notes),
         *(shown(values[m], about[m]["shown"]) for m in (*_HEAD, "c", "brier")))
        for (reviewer, values), one, name in zip(
            scored.by_reviewer.items(), scored.marked, names, strict=True)
    ]  # fmt: skip
    head = ("Participant", "Notes", *(about[m]["label"] for m in (*_HEAD, "c", "brier")))
    return table(head, rows, "Participants")


def _hardest(scored: Scored) -> Html:
    worst = sorted(
        scored.errors(), key=lambda r: (-r["missed"] / r["people"], -r["people"], r["draft_id"])
    )
    texts = {(d, e["id"]): e for d, key in scored.key["notes"].items() for e in key["errors"]}
    rows = []
    for r in worst[:10]:
        e = texts[r["draft_id"], r["error"]]
        rows.append((tag("q", e["left_out"] or e["after"]), words(r["error_type"]), r["severity"],
                     f"{r['missed']} of {r['people']}", f"left out, section {e['section']}" if e["left_out"]
                     else f"section {e['section']}"))  # fmt: skip
    return table(
        ("Error", "Type", "Severity", "Missed by", "Where"), rows, "Hardest errors, ten at most"
    )


def _experiment(scored: Scored) -> Iterable[Html]:
    done, about = scored.compared, wording()["measures"]
    if done is None:
        return
    yield tag("h2", f"The experiment: {done.question}")
    yield tag("p", done.reading)
    yield table(
        ("Condition", "Notes", *(about[m]["label"] for m in ("found", "false_alarms", "d", "seconds"))),
        [(a["label"], a["notes"], *(shown(a[m], about[m]["shown"]) for m in ("found", "false_alarms", "d", "seconds")))
         for a in done.arms], "Conditions: means over participants")  # fmt: skip
    rows = []
    for c in done.rows:
        how = about[c.measure]["shown"]
        gap = {"share": "points", "seconds": "change"}.get(how, how)
        p = "" if c.p != c.p else f"{c.p:.3f} (least possible {c.least_p:.3f})"
        rows.append((about[c.measure]["label"], shown(c.first, how, False), shown(c.last, how, False),
                     shown(c.difference, gap), p, f"{c.reviewers}; {c.how}"))  # fmt: skip
    yield table(("Measure", done.first, done.last, "Difference (95% interval)", "p", "Participants; interval"),
                rows, f"{done.last} against {done.first}")  # fmt: skip
    yield tag("p", f"By error: over {_n(done.errors, 'error')} seen under both conditions, the share who found it "
              f"differs by {shown(done.by_error, 'points')}. p comes of swapping conditions within participants, "
              "is not corrected for the number of measures, and can't be small with few participants: with fewer "
              "than six it can't reach 0.05. An interval that holds 0 does not show that there is no "
              "difference.")  # fmt: skip


def _foot(scored: Scored) -> Html:
    from ... import __version__

    return tag("p", f"Unit: the sentence. d′ and c with the log-linear correction; intervals after Gourevitch and "
               f"Galanter, widened for errors in one note being alike; shares with Wilson intervals on effective "
               f"trials. Seed {scored.key['seed']}, notebench {__version__}. Sessions are made up. This measures a "
               f"drill and is no judgement of anybody's fitness.", class_="small")  # fmt: skip
