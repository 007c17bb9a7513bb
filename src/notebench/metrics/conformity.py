"""Whether a draft has the shape of its format, and whether facts stand where they belong."""

from __future__ import annotations

from collections.abc import Iterator

from .. import formats
from ..formats import Format
from ..records import Draft, Fact, Tally
from .base import Case


def conformity(case: Case) -> Iterator[Tally]:
    """Checks of form passed, out of those that could be made."""
    made = checks(case.draft)
    yield case.tally("conformity", sum(made), len(made))


def checks(draft: Draft) -> list[bool]:
    """Checks of form, each with whether the draft passes it.

    One for each section of the format (there and not empty); for drafts that came in sections, also
    one for their order and one for having no others. A draft that came as one text is cut at the
    format's own headings, so those two can't be made.
    """
    form = formats.get(draft.format)
    sections = [(section_name(form, s.name), s.text) for s in formats.sections_of(draft)]
    filled = {name for name, text in sections if text.strip()}
    order = [s.name for s in form.sections]
    made = [name in filled for name in order]
    if draft.sections:
        known = [order.index(name) for name, _ in sections if name in order]
        made += [known == sorted(set(known)), len(known) == len(sections)]
    return made


def misplaced(case: Case) -> Iterator[Tally]:
    """Conveyed facts found only in sections where the format does not have them.

    Out of the conveyed facts that some sentence is said to convey.
    """
    form = formats.get(case.draft.format)
    conveyed = {f.fact_id for f in case.facts if f.verdict == "conveyed"}
    where: dict[str, set[str]] = {}
    for claim in case.claims:
        for fact_id in claim.facts:
            where.setdefault(fact_id, set()).add(section_name(form, claim.section))
    placed = [
        where[fact.id].isdisjoint(allowed)
        for fact in case.session.facts or []
        if fact.id in conveyed and fact.id in where and (allowed := _allowed(form, fact))
    ]
    if placed:
        yield case.tally("misplaced", sum(placed), len(placed))


def _allowed(form: Format, fact: Fact) -> list[str]:
    """Sections in which a fact is well placed: its own word on it, else by its kind."""
    own = {name.lower(): sections for name, sections in fact.sections.items()}
    return own.get(form.name.lower()) or form.allowed(fact.kind)


def section_name(form: Format, given: str) -> str:
    """A section's short name in its format, however it is headed; unknown ones stay as given."""
    low = " ".join(given.lower().split())
    for section in form.sections:
        if low in {n.lower() for n in (section.name, section.title, *section.aliases)}:
            return section.name
    return given
