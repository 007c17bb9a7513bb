"""Finding sessions that can carry what a design asks for, and writing the notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Any

from ...drafters import Task, make
from ...errors import NotebenchError
from ...records import Draft, Session
from ...sessions import generate
from ...verifiers import make as make_verifier
from .answers import Findings, doubt, key_of, known_as
from .design import Sheet, Slot
from .plan import Plan, level
from .style import Style, styled

TRIES = 3
"""Ways in which an error is planted in a session before another session is tried."""
_PRIOR = 4
"""People for whom the verifier's word counts, beside the real ones. Assumed."""

People = Mapping[str, tuple[int, int]]
"""By error: how many people missed it, out of how many."""


@dataclass
class Notes:
    """The notes of a drill."""

    sessions: list[Session] = field(default_factory=list)
    """By position."""
    drafts: dict[tuple[int, int, Style], Draft] = field(default_factory=dict)
    """By position, slot and style."""


@dataclass
class Workshop:
    """Makes the notes that sheets ask for."""

    plan: Plan
    seed: int
    people: People = field(default_factory=dict)
    findings: dict[str, Findings] = field(default_factory=dict)
    """What the verifier says of each draft that it was asked about."""

    def __post_init__(self) -> None:
        self._verifier = make_verifier("local")
        self._made: dict[tuple[str, tuple[str, ...], str], Draft | None] = {}

    def notes(
        self, made: Sequence[Slot], sheets: Sequence[Sheet], sessions: Sequence[Session] | None
    ) -> Notes:
        """Notes for every place of the sheets. Raises NotebenchError where sessions run out."""
        asked: dict[int, set[tuple[int, Style]]] = {}
        for sheet in sheets:
            for place in sheet.places:
                asked.setdefault(place.position, set()).add((place.slot, place.style))
        found = Notes()
        left = self._sessions(sessions, 40 + 12 * len(asked))
        waiting: list[Session] = []  # those that did not suit an earlier place
        for position in sorted(asked):
            session, drafts = self._carrier(position, sorted(asked[position]), made, waiting, left)
            found.sessions.append(session)
            found.drafts.update({(position, *wanted): d for wanted, d in drafts.items()})
        return found

    def _sessions(self, given: Sequence[Session] | None, most: int) -> Iterator[Session]:
        plan = self.plan
        if given is not None:
            wanted = set(plan.problems)
            return (s for s in given if not wanted or wanted & set(s.listed("problem")))
        streams = [
            generate(most, self.seed, problem=problem, formats=[plan.format])
            for problem in plan.problems or (None,)
        ]
        together = (s for row in zip_longest(*streams) for s in row if s is not None)
        return (s for _, s in zip(range(most), together, strict=False))

    def _carrier(
        self,
        position: int,
        wanted: Sequence[tuple[int, Style]],
        made: Sequence[Slot],
        waiting: list[Session],
        left: Iterator[Session],
    ) -> tuple[Session, dict[tuple[int, Style], Draft]]:
        """The next session that can carry all that is wanted, with the notes."""
        tried = 0
        for session in chain(list(waiting), _taking(left, waiting)):
            tried += 1
            drafts = self._all(session, wanted, made)
            if drafts is not None:
                waiting.remove(session)
                return session, drafts
        types = sorted({t for slot, _ in wanted for t in made[slot].types})
        raise NotebenchError(
            f"none of {tried} sessions can carry what note {position + 1} of the drill is to hold: "
            f"{', '.join(types) or 'nothing wrong'}",
            where="the drill asked for",
            mend="ask for more error types, sections or severities, for no level, or give more "
            "sessions",
        )

    def _all(
        self, session: Session, wanted: Sequence[tuple[int, Style]], made: Sequence[Slot]
    ) -> dict[tuple[int, Style], Draft] | None:
        found: dict[tuple[int, Style], Draft] = {}
        for slot, style in wanted:
            draft = self.draft(session, made[slot], style)
            if draft is None:
                return None
            found[slot, style] = draft
        return found

    def draft(self, session: Session, slot: Slot, style: Style) -> Draft | None:
        """The note of a session with a slot's errors; None where they can't be planted so."""
        if session.reference(self.plan.format) is None:
            return None
        asked = (session.session_id, slot.types, slot.level)
        if asked not in self._made:
            self._made[asked] = self._written(session, slot)
        draft = self._made[asked]
        return None if draft is None else styled(draft, style)

    def _written(self, session: Session, slot: Slot) -> Draft | None:
        def task(sample: int) -> Task:
            return Task(session, "polish", self.plan.format, sample, self.seed)

        if not slot.types:
            return make("reference").draft(task(0))
        options: dict[str, Any] = {"errors": len(slot.types), "types": list(slot.types)}
        if len(self.plan.severities) == 1:
            options["severity"] = self.plan.severities[0]
        for sample in range(TRIES):
            try:
                draft = make("saboteur", options).draft(task(sample))
            except NotebenchError:  # it can't be planted in this session
                continue
            if self._fits(session, draft, slot):
                return draft
        return None

    def _fits(self, session: Session, draft: Draft, slot: Slot) -> bool:
        planted = draft.provenance["planted"]
        severities, sections = self.plan.severities, self.plan.sections
        if any(
            (severities and p["severity"] not in severities)
            or (sections and p["section"] not in sections)
            for p in planted
        ):
            return False
        if not slot.level:
            return True
        band = level(slot.level)
        found = self.judged(session, draft)
        name = [known_as(session.session_id, p, band.style) for p in planted]
        hard = [self.difficulty(doubt(p, found), n) for p, n in zip(planted, name, strict=True)]
        return all(d is not None and band.easiest <= d <= band.hardest for d in hard)

    def judged(self, session: Session, draft: Draft) -> Findings:
        """What the verifier says of a draft; asked once."""
        if draft.draft_id not in self.findings:
            self.findings[draft.draft_id] = self._verifier.verify(session, draft)
        return self.findings[draft.draft_id]

    def key(self, session: Session, draft: Draft) -> dict[str, Any]:
        """The answer key of a note, with difficulties as far as people or the verifier tell."""
        key = key_of(session, draft, self.judged(session, draft))
        for error in key["errors"]:
            error["difficulty"] = self.difficulty(error["p"], error["known_as"])
        return key

    def difficulty(self, p: float | None, known_as: str) -> float | None:
        """0-1: 1 - the verifier's p, drawn towards the share of people who missed the error."""
        missed, of = self.people.get(known_as, (0, 0))
        if p is None:
            return round(missed / of, 3) if of else None
        return round((missed + _PRIOR * (1 - p)) / (of + _PRIOR), 3)


def _taking(left: Iterator[Session], waiting: list[Session]) -> Iterator[Session]:
    """Further sessions; each is kept among those that wait until it is used."""
    for session in left:
        waiting.append(session)
        yield session
