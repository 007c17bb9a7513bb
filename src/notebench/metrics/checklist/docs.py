"""docs/audit.md, from the data: ``python -m notebench.metrics.checklist.docs docs/audit.md``."""

from __future__ import annotations

import sys
from importlib.resources import files

from ...storage import write_text
from ..cold_reader import questions
from ..docs import table
from .spec import Check, spec

HELD = {"words": "findings", "goal": "chart, findings", "measure_date": "findings, chart"}
"""Against what a reader holds an element, where its name does not say so."""
AGAINST = {
    "pseudonym": "participants", "participants": "participants", "signature": "participants",
    "ai_use": "drafter", "measure": "facts, range", "medication": "facts, talk", "dose": "facts",
    "technique": "findings, facts",
    "risk": "what nobody asked, findings", "diagnosis": "chart, talk", "code": "chart, minutes",
    "duration": "chart, times", "clock": "chart, each other",
}  # fmt: skip


def markdown() -> str:
    """The whole page."""
    text = files(__package__).joinpath("docs.md").read_text("utf-8")
    head, _, tail = text.partition("<!-- made from data -->")
    return "\n\n".join([head.strip(), *_made(), tail.strip()]) + "\n"


def _made() -> list[str]:
    cloned = spec().cloned
    return [
        "## The checks",
        table(("check", "asks", "asked of", "elements, and what each is held against", "source"),
              map(_check, spec().checks)),
        "## Sources",
        "\n".join(f"- **{name}**: {words}" for name, words in spec().sources.items()),
        "## Minutes and codes",
        "CPT is a registered trademark of the American Medical Association; only numbers and "
        "minutes are given here. A code whose minutes were not checked against a source is not "
        "scored.",
        table(("code", "minutes", "source"), [(c, _minutes(c), k.source)
                                              for c, k in spec().codes.items()]),
        "## Copied from the note before",
        f"A word counts as copied where it stands in a run of {cloned['run']} words that the note "
        f"before holds word for word ({cloned['source']}). A note is marked as cloned from a share "
        f"of {cloned['threshold']:g} on. {cloned['threshold_source']}",
        "## The cold reader's questions",
        "A question is answered where the note conveys all of its facts, or any one, as the table "
        "says; answered wrongly where one of them is distorted (of those of which any will do, "
        "where none is right), or where the note gives an answer that the session does not hold.",
        table(("question", "facts of kind", "of disclosure", "needs"), [
            (q.ask, ", ".join(sorted(q.facts.kinds)), ", ".join(q.levels), q.need)
            for q in questions()
        ]),
    ]  # fmt: skip


def _check(check: Check) -> tuple[str, str, str, str, str]:
    asked = spec().conditions
    elements = []
    for e in check.elements:
        against = AGAINST.get(e.reader, HELD.get(e.reader, "chart"))
        where = "" if e.applies in ("always", check.applies) else f"; {asked[e.applies]}"
        elements.append(f"{e.id} ({against}{where})")
    title = f"{check.number}. {check.title}"
    return title, check.asks, asked[check.applies], "; ".join(elements), ", ".join(check.source)


def _minutes(code: str) -> str:
    span = spec().codes[code].minutes
    if span is None:
        return "not scored"
    return f"{span[0]} and more" if span[1] is None else f"{span[0]} to {span[1]}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m notebench.metrics.checklist.docs FILE")
    print(write_text(sys.argv[1], markdown()))
