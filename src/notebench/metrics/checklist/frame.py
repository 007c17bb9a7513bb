"""Readers of what the chart can tell: who, when, how long, where, which code and diagnosis."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...text import content_words
from ...text.numbers import numbers
from .found import ABSENT, Found, by_words, judged
from .note import View
from .spec import Element, spec

_LABEL = re.compile(r"\b(?i:client|patient|name|pt)\s*:\s*([A-Z][\w.-]*)")
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(?:20)?(\d\d)\b")
_CLOCK = r"(\d{1,2}):(\d\d)\s*([ap]\.?m\b\.?)?"
_SPAN = re.compile(
    rf"{_CLOCK}\s*(?:-|–|—|to|until|till|through|/|"
    rf",?\s*(?:and\s+)?(?:stop|end)\w*(?: time)?:?)\s*{_CLOCK}",
    re.IGNORECASE,
)
_MINUTES = re.compile(r"\b(\d{1,3})[- ]?min(?:ute)?s?\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"(?:duration|total time|time spent|length of session)\W{0,3}\d|"
    r"\d[- ]?min(?:ute)?s? (?:\w+ ){0,2}(?:session|visit|psychotherapy|evaluation|"
    r"contact|appointment|in all)|"
    r"(?:session|visit|contact|appointment)(?: of| lasted| time|,|:) ?\(?\d{1,3} ?min|"
    r"time (?:in|with) (?:session|client)|crisis contact",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"\b(?:session|seen|visit|time|start|started|psychotherapy|evaluation|appointment|dos)\b", re.I
)
"""Words of a sentence that says when a session was."""
_ICD = re.compile(r"\b[FGRZ]\d\d(?:\.\d{1,4})?\b")
_LATER = re.compile(r"\b(?:next|return|follow|rtc|appointment|booster|last|prior|previous)", re.I)
_SIGNER = re.compile(
    r"(?i:signed(?: electronically)? by|signature|clinician:|therapist:|provider:)\s*:?\s*"
    r"([A-Z][a-z]+(?: [A-Z]\.?)? [A-Z][a-z]+)"
)
_SIGNED = re.compile(r"\b(?:electronically|digitally|e-?)\s?signed\b", re.IGNORECASE)
_NO_AI = re.compile(r"\b(?:no|without|not)\b[^.;]{0,30}\b(?:AI|artificial|automated)\b", re.I)
_OTHERS = {"partner": "partner", "spouse": "partner", "husband": "partner", "wife": "partner",
           "parent": "parent", "guardian": "parent", "mother": "parent", "father": "parent",
           "interpreter": "interpreter"}  # fmt: skip


def pseudonym(view: View, element: Element) -> Found:
    """The client's name in the record, or a labelled name or initials."""
    names = {p.name for p in view.session.participants if p.role == "client" and p.name}
    if any(re.search(rf"\b{re.escape(n)}\b", view.text) for n in names):
        return Found(True, True)
    labels = _LABEL.findall(view.text)
    if len(labels) != 1:  # none, or lines of talk, each with its speaker
        return ABSENT
    initials = {n[:1] for n in names}
    given = labels[0].strip(".")
    if not names or (len(given) <= 3 and given[:1] in initials):
        return Found(True, True if names else None)
    return Found(True, False, f"{given} is not the client's name in the record.")


def date(view: View, element: Element) -> Found:
    """A date that the note gives as that of the session, against the chart's."""
    held = next(_dates(str(view.session.chart.get("date") or "")), None)
    given = set()
    for line in view.lines:
        label = element.words.search(line.text) if element.words else None
        days = list(_dates(line.text))
        if label and days and not _LATER.search(line.text[: label.end()]):
            given.add(days[0])
        elif held in days and not _LATER.search(line.text):
            given.add(held)
    wrong = [d for d in given if held and d != held]
    return judged(
        bool(given), ["The date is not that of the chart."] if wrong else [], True if held else None
    )


def _dates(text: str) -> Iterator[tuple[int, int]]:
    """(month, day) of every date in a text."""
    for number in numbers(text):
        if number.kind == "date":
            yield int(number.value) // 100, int(number.value) % 100
    for match in _SLASHED.finditer(text):
        yield int(match[1]), int(match[2])


def clock(view: View, element: Element) -> Found:
    """Start and stop: the stop after the start, both as on the chart."""
    match = session_span(view)
    if not match:
        return ABSENT
    start, stop = _ends(match)
    untrue = [] if _lasted(start, stop) else [f"{match[0]}: the stop is not after the start."]
    held = _charted_span(view)
    if held and not untrue and not _same(match, held):
        untrue.append(f"{match[0]}; on the chart {held[0]}.")
    return judged(True, untrue, True if held else None)


def session_span(view: View) -> re.Match[str] | None:
    """Where the note says from when to when the session ran; other spans are hours of sleep, say.

    It is in a sentence that speaks of the session; without any such, the chart's own span, or one
    of a session's length.
    """
    held = _charted_span(view)
    found = [(line, m) for line in view.lines for m in _SPAN.finditer(line.text)]
    framed = [m for line, m in found if _FRAME.search(line.text) or _of_session(line.text)]
    loose = [m for _, m in found if (held and _same(m, held)) or 15 <= _lasted(*_ends(m)) <= 180]
    return next(iter([*framed, *loose]), None)


def _of_session(text: str) -> bool:
    """Whether a sentence speaks of the session as a whole: its minutes are the session's."""
    coded = any(code in text for code in spec().codes)
    return coded or bool(_WHOLE.search(text))


def _charted_span(view: View) -> re.Match[str] | None:
    chart = view.session.chart
    return _SPAN.search(f"{chart.get('start') or ''} to {chart.get('stop') or ''}")


def _ends(match: re.Match[str]) -> tuple[int, int]:
    return _minute(*match.groups()[:3]), _minute(*match.groups()[3:6])


def _same(one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two spans are the same on a clock of 12 hours."""
    return all((a - b) % 720 == 0 for a, b in zip(_ends(one), _ends(other), strict=True))


def _minute(hour: str, minute: str, half: str | None) -> int:
    """Minutes since midnight; without a.m. or p.m. as written."""
    h = int(hour)
    if half:
        h = h % 12 + (12 if half[0] in "pP" else 0)
    return h * 60 + int(minute)


def _lasted(start: int, stop: int) -> int:
    """Minutes between two clock times, over noon on a 12-hour clock; 0: the stop is not after."""
    if stop > start:
        return stop - start
    over_noon = stop + 720 - start
    return over_noon if start < 780 and 0 < over_noon <= 240 else 0


def charted_minutes(view: View) -> int | None:
    """The length of the session on its chart."""
    chart = view.session.chart
    if isinstance(given := chart.get("minutes"), int | float):
        return int(given)
    match = _charted_span(view)
    return (_lasted(*_ends(match)) or None) if match else None


def noted_minutes(view: View) -> list[int]:
    """Lengths that the note gives for the session."""
    span = session_span(view)
    return [
        int(m[1])
        for line in view.lines
        if _of_session(line.text) or (span and span[0] in line.text)
        for m in _MINUTES.finditer(line.text)
    ]


def duration(view: View, element: Element) -> Found:
    """Minutes, against the chart and against the note's own start and stop."""
    given = noted_minutes(view)
    if not given:
        return ABSENT
    held, span = charted_minutes(view), session_span(view)
    untrue = [f"{given[0]} minutes; on the chart {held}."] if held and held not in given else []
    if span and _lasted(*_ends(span)) and _lasted(*_ends(span)) not in given:
        untrue.append(f"{given[0]} minutes do not fit {span[0]}.")
    return judged(True, untrue, True if held else None)


def code(view: View, element: Element) -> Found:
    """A service code, against the chart's and against the minutes."""
    known = spec().codes
    given = [c for c in known if re.search(rf"\b{c}\b", view.text)]
    if not given:
        return ABSENT
    held = str(view.session.chart.get("cpt") or "")
    extensions = {known[c].extended_by for c in given}
    untrue = [
        f"{c}; on the chart {held}." for c in given if held and c != held and c not in extensions
    ]
    minutes = next(iter(noted_minutes(view)), charted_minutes(view))
    for c in given:
        span = known[c].minutes
        most = span[1] if span and known[c].extended_by not in given else None
        if span and minutes and not span[0] <= minutes <= (most or minutes):
            untrue.append(f"{minutes} minutes do not fit {c}.")
    return judged(True, untrue, True if held else None)


def setting(view: View, element: Element) -> Found:
    """In person, by video or by audio, against the chart."""
    told = "\n".join(n.text for n in view.lines if not spec().settings_aside.search(n.text))
    named = {name for name, words in spec().settings.items() if words.search(told)}
    held = str(view.session.chart.get("setting") or "")
    exact = named - {"telehealth"}
    wrong = {n for n in exact if held and n != held}
    if held == "in_person" and "telehealth" in named:
        wrong.add("telehealth")
    untrue = [f"The chart says {held.replace('_', ' ')}."] if wrong else []
    return judged(bool(exact), untrue, True if held else None)


def participants(view: View, element: Element) -> Found:
    """Who attended, against the list of participants."""
    stated = {who for who, words in spec().attendance.items() if words.search(view.text)}
    known = {_OTHERS.get(p.role.lower()) for p in view.session.participants} - {None}
    if not view.session.participants:
        return Found(bool(stated), None)
    others, relatives = stated - {"alone", "together"}, known - {"interpreter"}
    untrue = [f"No {who} is among the participants." for who in sorted(others - known)]
    if "together" in stated and not relatives:
        untrue.append("Nobody from the client's life is among the participants.")
    told = others | (relatives if "together" in stated else set())
    if "alone" in stated and relatives and not relatives & told:
        untrue.append("Somebody else took part.")
    return judged(bool(stated) and known <= told, untrue, True)


def diagnosis(view: View, element: Element) -> Found:
    """The chart's diagnosis by code or name, and no other."""
    held = str(view.session.chart.get("diagnosis") or "")
    known = held + "\n" + view.sources + "\n" + (view.session.prior_note or "")
    codes, own = set(_ICD.findall(view.text)), set(_ICD.findall(held))
    name = re.sub(r"\(.*?\)|,.*", "", held).strip().lower()
    named = bool(codes & own) or bool(name and name in view.text.lower())
    added = sorted(codes - set(_ICD.findall(known))) if own else []
    for disorder in spec().disorders if held else ():
        match = disorder.search(view.text)
        if match and not disorder.search(known):
            added.append(match[0])
    found = by_words(view, element)
    untrue = [f"{a} is not the diagnosis supplied." for a in added]
    if not untrue and found.right is False and not named:
        return found
    return judged(named or found.present, untrue, True if named else found.right)


def goal(view: View, element: Element) -> Found:
    """A goal of the plan: by the findings, else by the words that it shares with the chart's."""
    found = by_words(view, element)
    if not found.present or found.right is not None:
        return found
    goals = [set(content_words(str(g))) for g in _listed(view.session.chart.get("goals"))]
    text = set(content_words(view.text))
    shared = any(g and len(g & text) * 2 >= len(g) for g in goals)
    return Found(True, True if shared else None)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value] if value else []


def signature(view: View, element: Element) -> Found:
    """A place to sign; a draft that is signed already, or by somebody else, is untrue."""
    signer = _SIGNER.search(view.text)
    if not signer and not any(element.shows(n.text) for n in view.lines):
        return ABSENT
    clinicians = {p.name for p in view.session.participants if p.role == "clinician"}
    if signer and clinicians and signer[1] not in clinicians:
        return Found(True, False, f"{signer[1]} is not the clinician of the record.")
    drafted = view.draft.drafter != "reference" and not view.draft.drafter.startswith("import:")
    if drafted and _SIGNED.search(view.text):
        return Found(True, False, "A draft is not signed before a clinician has read it.")
    return Found(True, None if signer and not clinicians else True)


def ai_use(view: View, element: Element) -> Found:
    """A word on how the note was made."""
    if not any(element.shows(n.text) for n in view.lines):
        return ABSENT
    denied = _NO_AI.search(view.text)
    return judged(True, ["The draft was not written by hand."] if denied else [], True)
