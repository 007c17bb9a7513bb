"""What is found of one element in a note, and how that is read from words and findings alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from .note import Line, View
from .spec import Element


class Found(NamedTuple):
    """Whether an element is there, whether it is true, and why not."""

    present: bool
    right: bool | None = None
    """None: there is nothing to hold it against."""
    why: str = ""


Reader = Callable[[View, Element], Found]
ABSENT = Found(False)


def by_words(view: View, element: Element, lines: Sequence[Line] | None = None) -> Found:
    """There where a sentence shows it or a fact that carries it is conveyed; true by findings.

    lines: the note's sentences where a reader sees their verdicts in another way.
    """
    lines = view.lines if lines is None else lines
    carriers = {f.id: f for f in view.carriers(element.facts)}
    fates = {i: view.fates[i] for i in carriers if view.fates.get(i) in ("conveyed", "distorted")}
    shown = [n for n in lines if element.shows(n.text)]
    conveying = [n for n in lines if n.right and not n.facts.isdisjoint(carriers)]
    if wrong := wrong_line(view, element, [*shown, *conveying], lines):
        return Found(True, False, f"{wrong.text} {wrong.reason}".strip())
    if not shown and not conveying and not fates:
        return ABSENT
    distorted = [i for i, fate in fates.items() if fate == "distorted"]
    if distorted and (element.strict or len(distorted) == len(fates)):
        return Found(True, False, f"Not as it was: {carriers[distorted[0]].statement}")
    sure = any(n.right for n in [*shown, *conveying]) or "conveyed" in fates.values()
    return Found(True, True if sure else None)


def wrong_line(
    view: View, element: Element, own: Sequence[Line], lines: Sequence[Line]
) -> Line | None:
    """A sentence that makes the element untrue, if there is one: of those that show it, or of all
    the note's."""
    wrong = [n for n in own if n.right is False]
    if wrong and (element.strict or not any(n.right for n in own)):
        return wrong[0]
    return next((n for n in lines if n.right is False and _bears(view, element, n)), None)


def _bears(view: View, element: Element, line: Line) -> bool:
    """Whether a wrong sentence makes an element untrue wherever it stands."""
    return line.error in element.anywhere or (element.plan and line.section in view.plan)


def judged(present: bool, untrue: Iterable[str], right: bool | None) -> Found:
    """There or not; untrue where there is a reason for it, else as given."""
    reasons = list(untrue)
    return Found(True, False, " ".join(reasons)) if reasons else Found(present, right)
