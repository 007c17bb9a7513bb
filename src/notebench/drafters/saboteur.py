"""Plants known errors in the clinician's note, to measure how well a verifier finds them.

Each sentence left alone stands exactly as the clinician wrote it: a verifier that calls one of
those wrong is mistaken, and one that passes a planted one has missed it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

from .. import taxonomy
from ..errors import NotebenchError, UnknownName
from ..formats import get
from ..records import Draft, content_hash
from ..registry import suggest
from .base import INPUTS, Task
from .made import draft_of, in_order, reference_of
from .options import filled
from .placing import data
from .sabotage.page import Change, Page, record
from .sabotage.planters import DEFAULT, PLANTERS, TYPES
from .sabotage.truth import Truth

__all__ = ["TYPES", "Saboteur"]


class Saboteur:
    """Puts errors into the reference note and records exactly which.

    options: errors, how many (3); types, a list of names of TYPES (those that make a note say what
    is false, or say nothing of what it must); severity, only errors that come out as minor, major
    or critical (any). Types are taken in turn, in a seeded order; of the ways to plant one, those
    are preferred that counting words would not find. provenance["planted"]
    lists the sentences changed, added, moved or dropped: section, sentence_index, half-open start
    and end in the section's final text, error_type, severity, before, after, and the ids of the
    facts that it distorts or leaves out.
    """

    workflows: tuple[str, ...] = ("polish",)
    remote = False

    def __init__(self, name: str = "saboteur", options: Mapping[str, Any] | None = None) -> None:
        self.name = name
        self.options = filled(
            name, options, {"errors": 3, "types": list(DEFAULT), "severity": "any"}
        )
        where = f"options of drafter {name!r}"
        for kind in self.options["types"]:
            if kind not in TYPES:
                raise UnknownName(
                    f"no error type that can be planted is called {kind!r}",
                    where=where,
                    mend=suggest(str(kind), TYPES),
                )
        if self.options["errors"] < 1 or not self.options["types"]:
            raise NotebenchError(
                "nothing to plant",
                where=where,
                mend="ask for errors = 1 or more and at least one of types",
            )
        if self.options["severity"] not in ("any", *taxonomy.LEVELS):
            raise UnknownName(
                f"no severity is called {self.options['severity']!r}",
                where=where,
                mend=suggest(self.options["severity"], ("any", *taxonomy.LEVELS)),
            )

    def spec(self) -> dict[str, Any]:
        """Its options and a hash of its rules and wordings."""
        words = content_hash(data("edits"), data("inventions"), data("cues"), length=12)
        return {"drafter": "saboteur", "data": words, **self.options}

    def draft(self, task: Task) -> Draft:
        """The note with its errors. Raises NotebenchError where they can't all be planted."""
        note, format = reference_of(task), get(task.format)
        flags = taxonomy.flags(task.session)

        def severity(change: Change) -> str:
            return taxonomy.severity(change.error_type, stratum_flags=flags, kinds=change.kinds)

        page = self._planted(Page.of(in_order(note.sections, format)), task, severity)
        return draft_of(
            self, task, page.written(), inputs=INPUTS["polish"], given=note,
            provenance={"strategy": "plant", "planted": record(page, severity)},
        )  # fmt: skip

    def _planted(self, page: Page, task: Task, severity: Callable[[Change], str]) -> Page:
        truth, format = Truth(task.session, reference_of(task)), get(task.format)
        rng = random.Random(task.random_seed("saboteur", self.options))
        wanted: int = self.options["errors"]
        left = list(self.options["types"])
        rng.shuffle(left)
        done, idle = 0, []
        while done < wanted and left:
            kind = left.pop(0)
            found = PLANTERS[kind](kind, page, truth, format, rng)
            fitting = [c for c in found if self.options["severity"] in ("any", severity(c))]
            fitting.sort(key=lambda c: _conspicuous(c, page, truth))
            changed = next((p for c in fitting if (p := page.changed(c)) is not None), None)
            if changed is None:
                idle.append(kind)
            else:
                page, done = changed, done + 1
                left.append(kind)
        if done < wanted:
            raise self._too_few(done, sorted(idle), task)
        return page

    def _too_few(self, done: int, idle: list[str], task: Task) -> NotebenchError:
        level = self.options["severity"]
        how = "" if level == "any" else f" at severity {level}"
        return NotebenchError(
            f"only {done} of {self.options['errors']} errors of the asked types can be planted"
            f"{how} in the {task.format} note; nothing (more) can for: {', '.join(idle)}",
            where=f"session {task.session.session_id}",
            mend="ask for fewer errors or for more types"
            + ("" if level == "any" else _reachable(level, task)),
        )


def _conspicuous(change: Change, page: Page, truth: Truth) -> int:
    """How far counting words would give a change away: a coarse rank, 0 for least.

    That is how the share of its words that the session lacks differs from that of the sentence
    before (in tenths); of one that is added, from that of the sentences around it (in quarters).
    """
    if change.text is None or change.moved_from:
        return 0
    if change.adds:
        usual = median(truth.strange(text) for _, _, text in page.untouched())
        return int(4 * abs(truth.strange(change.text) - usual))
    before = page.sections[change.section][change.at].text
    return round(10 * abs(truth.strange(change.text) - truth.strange(before)))


def _reachable(level: str, task: Task) -> str:
    """Which types come out at that severity in the task's session, in words."""
    flags = taxonomy.flags(task.session)
    able = [
        name
        for name, kind in taxonomy.types().items()
        if level
        in (
            taxonomy.severity(name, stratum_flags=flags),
            taxonomy.severity(name, stratum_flags=flags, kinds=kind.critical_for),
        )
    ]
    if not able:
        return f"; no type comes out as {level} in a session of this kind"
    return f"; here these can come out as {level}: {', '.join(able)}"
