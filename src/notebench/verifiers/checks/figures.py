"""Checks of numbers: doses, scores, dates, counts."""

from __future__ import annotations

from ..passages import surroundings
from .view import View, among, check, idle, listed


@check
def number_absent(view: View) -> tuple[float, str]:
    """A number that stands nowhere in today's source."""
    known = view.index.values | view.derived_values
    missing = [n for n in view.numbers if not among(n, known)]
    return float(bool(missing)), listed({n.text for n in missing})


@check
def number_far(view: View) -> tuple[float, str]:
    """A number that stands in the source, and not near what the claim is about."""
    if not view.content:  # nothing that the number could be about
        return 0.0, ""
    far = [
        n for n in view.numbers if among(n, view.index.values) and not among(n, view.near_values)
    ]
    return float(bool(far)), listed({n.text for n in far})


@check
def number_swapped(view: View) -> tuple[float, str]:
    """Another number of the source stands among the claim's words more fitly than this one."""
    worst, detail = 0.0, ""
    for number in view.numbers:
        if among(number, view.derived_values) or among(number, view.index.dates):
            continue
        best, other = {True: 0.0, False: 0.0}, ""
        for fit, mention in view.index.fits(surroundings(view.claim, number)):
            same = bool(set(mention.number.values) & set(number.values))
            if fit > best[same] and (
                same or not (mention.number.retracted or idle(mention.number))
            ):
                best[same] = fit
                other = other if same else mention.number.text
        if best[False] - best[True] > worst and among(number, view.index.values):
            worst, detail = best[False] - best[True], f"{number.text} (said: {other})"
    return worst, detail


@check
def number_not_in_fact(view: View) -> tuple[float, str]:
    """The fact that a clause restates has numbers, and not this one."""
    for unit in view.evidence.units:
        fact = next((a for a in unit.anchors if a.fact is not None), None)
        if fact is None or not fact.numbers:
            continue
        said = {
            round(v, 3)
            for p in (*view.evidence.facts, *view.evidence.notes)
            for n in p.numbers
            for v in n.values
        }
        said |= view.derived_values | view.index.dates
        counted = {n.text for n in view.numbers}
        wrong = [n for n in unit.claim.numbers if n.text in counted and not among(n, said)]
        if wrong:
            return view.index.cover(unit.claim.keys, fact.keys), listed({n.text for n in wrong})
    return 0.0, ""


@check
def number_retracted(view: View) -> tuple[float, str]:
    """A number that was said and taken back at once."""
    for number in view.numbers:
        near = [n for p in view.evidence.all for n in p.numbers if among(n, number.values)]
        if near and all(n.retracted for n in near):
            return 1.0, number.text
    return 0.0, ""


@check
def number_prior(view: View) -> tuple[float, str]:
    """A number that only the note of the session before holds near these words."""
    for number in view.numbers:
        if among(number, view.index.prior_values) and not among(number, view.near_values):
            return 1.0, number.text
    return 0.0, ""


@check
def unit_clash(view: View) -> tuple[float, str]:
    """The same number beside another unit."""
    for number in view.numbers:
        near = [n for p in view.evidence.all for n in p.numbers if among(n, number.values)]
        units = {n.unit for n in near if n.unit}
        if among(number, view.derived_values) or number.unit == "point":
            continue
        if number.unit and units and number.unit not in units and all(n.unit for n in near):
            return 1.0, number.text
    return 0.0, ""
