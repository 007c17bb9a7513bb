"""Plants known errors in the clinician's note, to measure how well a verifier finds them.

Each sentence left alone stands exactly as the clinician wrote it: a verifier that calls one of
those wrong is mistaken, and one that passes a planted one has missed it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
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
from .sabotage.edits import REWRITES, edits
from .sabotage.inventions import BANKS, inventions
from .sabotage.page import Change, Page, record
from .sabotage.truth import Truth

OMISSION = "omission"
TYPES: tuple[str, ...] = tuple(sorted({*REWRITES, *BANKS, OMISSION}))
"""Error types that it can plant; `omission` drops a sentence."""


class Saboteur:
    """Puts errors into the reference note and records exactly which.

    options: errors, how many (3); types, a list of names of TYPES (all of them). Types are taken
    in turn, in a seeded order. provenance["planted"] lists the sentences changed, added or dropped:
    section, sentence_index, half-open start and end in the section's final text, error_type,
    severity, before, after, and the ids of the facts that it distorts or leaves out.
    """

    workflows: tuple[str, ...] = ("polish",)
    remote = False

    def __init__(self, name: str = "saboteur", options: Mapping[str, Any] | None = None) -> None:
        self.name = name
        self.options = filled(name, options, {"errors": 3, "types": list(TYPES)})
        for kind in self.options["types"]:
            if kind not in TYPES:
                raise UnknownName(
                    f"no error type that can be planted is called {kind!r}",
                    where=f"options of drafter {name!r}",
                    mend=suggest(str(kind), TYPES),
                )
        if self.options["errors"] < 1 or not self.options["types"]:
            raise NotebenchError(
                "nothing to plant",
                where=f"options of drafter {name!r}",
                mend="ask for errors = 1 or more and at least one of types",
            )

    def spec(self) -> dict[str, Any]:
        """Its options and a hash of its rules and wordings."""
        words = content_hash(data("edits"), data("inventions"), data("cues"), length=12)
        return {"drafter": "saboteur", "data": words, **self.options}

    def draft(self, task: Task) -> Draft:
        """The note with its errors. Raises NotebenchError where they can't all be planted."""
        note, format = reference_of(task), get(task.format)
        truth = Truth(task.session, note)
        rng = random.Random(task.random_seed("saboteur", self.options))
        page = Page.of(in_order(note.sections, format))
        page = self._planted(page, truth, task, rng)
        flags = taxonomy.flags(task.session)

        def severity(change: Change) -> str:
            return taxonomy.severity(change.error_type, stratum_flags=flags, kinds=change.kinds)

        return draft_of(
            self, task, page.written(), inputs=INPUTS["polish"], given=note,
            provenance={"strategy": "plant", "planted": record(page, severity)},
        )  # fmt: skip

    def _planted(self, page: Page, truth: Truth, task: Task, rng: random.Random) -> Page:
        wanted: int = self.options["errors"]
        left = list(self.options["types"])
        rng.shuffle(left)
        done = 0
        while done < wanted and left:
            kind = left.pop(0)
            changes = _changes(kind, page, truth, task, rng)
            changed = next((p for c in changes if (p := page.changed(c)) is not None), None)
            if changed is not None:
                page, done = changed, done + 1
                left.append(kind)
        if done < wanted:
            raise NotebenchError(
                f"only {done} of {wanted} errors of the asked types can be planted in the "
                f"{task.format} note",
                where=f"session {task.session.session_id}",
                mend="ask for fewer errors or for more types",
            )
        return page


def _changes(
    kind: str, page: Page, truth: Truth, task: Task, rng: random.Random
) -> Iterator[Change]:
    if kind == OMISSION:
        yield from _omissions(page, truth, rng)
    if kind in REWRITES:
        yield from edits(kind, page, truth, rng)
    if kind in BANKS:
        yield from inventions(kind, page, truth, get(task.format), rng)


def _omissions(page: Page, truth: Truth, rng: random.Random) -> Iterator[Change]:
    """Sentences without which the note no longer conveys a fact that it must."""
    standing = page.untouched()
    rng.shuffle(standing)
    for section, at, text in standing:
        rest = " ".join(
            s.text
            for name, held in page.sections.items()
            for place, s in enumerate(held)
            if (name, place) != (section, at)
        )
        lost = truth.only_in(text, rest)
        if lost:
            kinds = tuple(f.kind for f in lost)
            worst = max(
                (taxonomy.omission_of(k) for k in kinds),
                key=lambda t: taxonomy.LEVELS.index(t.severity),
            )
            yield Change(
                worst.name, section, at, None, facts=tuple(f.id for f in lost), kinds=kinds
            )
