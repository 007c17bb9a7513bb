"""The entries of the scenario library: what a problem, a beat and a fact are made of.

The layout is told in docs/adding-a-scenario.md.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, MutableMapping
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ..errors import UnknownName
from ..records import Disclosure, FactKind, Source
from ..registry import suggest

SPEAKERS = {
    "T": "clinician", "C": "client", "P": "partner", "G": "parent", "I": "interpreter",
}  # fmt: skip
"""Who speaks, by the letter that begins a line of talk."""
LATER = "---"
"""Line of talk after which the rest is said later in the session."""
MARKS = "!~"
"""Marks of a tag: ! corrected in the same breath, ~ revised from what was said before."""
_LINE = re.compile(rf"[{''.join(SPEAKERS)}]: \S")


def _as_lines(value: Any) -> Any:
    return [s.strip() for s in value.splitlines() if s.strip()] if isinstance(value, str) else value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Lines = Annotated[list[str], BeforeValidator(_as_lines)]
"""A block of text, one wording a line."""
Names = Annotated[list[str], BeforeValidator(_as_list)]
"""One name or a list of them."""


class Spec(BaseModel):
    """Base of all library entries: frozen, a field nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stale(Spec):
    """What was true last time and is not today."""

    statement: str
    """The fact in one plain sentence."""
    note: Lines
    """How the last note put it."""


class FactSpec(Spec):
    """A fact to be filled in."""

    kind: FactKind
    """What it is about."""
    statement: str
    """The fact in one plain sentence."""
    disclosure: Disclosure = "should"
    """How a good note treats it."""
    part: str | None = None
    """Part of a note that it belongs to (placing.yaml); None: as its kind does."""
    note: Lines = []
    """Wordings of a note's sentence; for facts to be generalised, in general terms."""
    rough: Lines = []
    """Wordings in the clinician's shorthand; none: never jotted down."""
    back: Lines = []
    """How the clinician says it back to the client, as a clause: "you slept four hours"."""
    traces: list[str] = []
    """Words that would give it away in a note, for facts to be left out or generalised."""
    cues: list[str] = []
    """Words, beside the statement's own, that speak of it in talk or notes."""
    attributes: dict[str, Any] = {}
    """Values behind the statement."""
    stale: Stale | None = None
    """What the last note said instead."""
    source: Source = "transcript"
    """Where it comes from."""

    @model_validator(mode="after")
    def _whole(self) -> FactSpec:
        hidden = self.disclosure in ("exclude", "psychotherapy_note_only")
        if not hidden and self.disclosure != "optional" and not self.note:
            raise ValueError("a fact that notes may hold needs a `note` wording")
        if hidden and self.note:
            raise ValueError(f"a fact with disclosure {self.disclosure} must have no `note`")
        if self.disclosure in ("exclude", "generalise") and not self.traces:
            raise ValueError(f"a fact with disclosure {self.disclosure} needs `traces`")
        return self


class When(Spec):
    """In which sessions a beat can come up; an empty condition always holds."""

    type: Names = []
    """Session types."""
    flags: Names = []
    """Flags, all of which are set."""
    without: Names = []
    """Flags, none of which is set."""
    trend: Names = []
    """Direction of the measure: improved, worse, unchanged, first."""
    modality: Names = []
    """Kinds of treatment, as the problem names them."""
    client: Names = []
    """Things that the client has: partner, children, job, medication ..."""


class Beat(Spec):
    """A stretch of talk of a few turns about one thing, with what becomes true by it."""

    id: str
    """Name, unique in the library file."""
    phase: str
    """Place in the session (shapes.yaml)."""
    weight: float = 1.0
    """How often it is taken, against others of its phase."""
    when: When = When()
    """Condition."""
    about: Names = []
    """Subjects; no two beats of a session share one, so that they can't contradict each other."""
    topics: Names = []
    """Topics of topics.yaml that it raises."""
    slots: dict[str, Any] = {}
    """Values to be drawn."""
    talk: list[str] = []
    """Ways in which the talk goes, in lines "T: ..." and "C: ..." with #fact tags at their ends.

    The letters are those of SPEAKERS. A tag's mark says how the fact came up: ``#nights!``
    corrected in the same breath, ``#nights~`` put otherwise at first and revised here. What
    follows a line ``---`` is said later in the session. A fact that the way taken does not tag
    does not become true. No talk: nothing is said of it.
    """
    facts: dict[str, FactSpec] = {}
    """What becomes true, by the tag used in the talk."""
    joint: Lines = []
    """Note sentences that convey several facts at once, each with #fact tags at its end."""

    @model_validator(mode="after")
    def _tags(self) -> Beat:
        tagged: set[str] = set()
        for number, talk in enumerate(self.talk, 1):
            for line in _as_lines(talk):
                if line != LATER and not _LINE.match(line):
                    raise ValueError(
                        f"talk {number}: a line must begin with one of "
                        f"{', '.join(f'{letter}: ' for letter in SPEAKERS)}: {line!r}"
                    )
                tagged.update(tag.rstrip(MARKS) for tag in split_tags(line)[1])
        for line in self.joint:
            _known(split_tags(line)[1], self.facts, "joint")
        spoken = {key for key, fact in self.facts.items() if fact.source == "transcript"}
        _known(tagged, spoken, "talk")
        if unsaid := sorted(spoken - tagged):
            raise ValueError(f"no line of talk is tagged #{unsaid[0]}")
        return self


def _known(tags: Iterable[str], facts: Container[str], where: str) -> None:
    if odd := sorted(tag for tag in tags if tag not in facts):
        raise ValueError(f"{where}: no fact is called {odd[0]!r}")


class Diagnosis(Spec):
    """A diagnosis with its code."""

    name: str
    """Name as charts have it."""
    code: str
    """ICD-10-CM code."""
    traits: Names = []
    """What conditions can ask about where the chart has it, such as dx_provisional."""


class Goal(Spec):
    """A treatment-plan goal, after "to"."""

    text: str
    """As the plan has it."""
    said: str
    """As the client would say it, in the first person."""


class MeasureUse(Spec):
    """How a problem uses a measure."""

    name: str
    """Key in measures.yaml."""
    low: int
    """Lowest usual total."""
    high: int
    """Highest usual total."""


class Problem(Spec):
    """A presenting problem: one file of the library."""

    problem: str
    """Name."""
    prefix: str = Field(pattern=r"^[a-z]{2,8}$")
    """First part of its session ids."""
    presenting: str
    """The problem in a note's words, after "for": "worry and tension"."""
    modalities: dict[str, str] = Field(min_length=1)
    """Kinds of treatment: name in records, and name in notes."""
    diagnoses: list[Diagnosis] = Field(min_length=1)
    """Diagnoses that charts give."""
    goals: list[Goal] = Field(min_length=2)
    """Treatment-plan goals."""
    measures: list[MeasureUse] = Field(min_length=1)
    """Measures used."""
    medications: list[str] = []
    """Keys in medications.yaml."""
    cadence_days: list[int] = [7]
    """Days to the next session."""
    flags: list[str] = []
    """Flags that its sessions always carry."""
    chances: dict[str, float] = {}
    """Chances of flags, in place of the usual ones."""
    types: dict[str, float] = {}
    """How often each session type comes, in place of the usual."""
    lacks: Names = []
    """What its clients never have: job, children, partner, medication ..."""
    covers: Names = []
    """Subjects that are this problem's own: shared beats about them stay out."""
    relatives_out: Names = []
    """Terms of family, such as mother, that its talk uses for somebody of its own."""
    pronouns: Names = []
    """Pronoun sets that clients can have; none: any."""
    age: tuple[int, int] = (19, 74)
    """Age range in years."""
    slots: dict[str, Any] = {}
    """Values drawn once a session, for all of its beats."""
    asides: Lines = []
    """What clients with it say that fits anywhere and adds no fact: one sentence a line."""
    beats: list[Beat]
    """Its own beats; the shared ones come on top."""


class Library(Spec):
    """Everything there is."""

    problems: MutableMapping[str, Problem]
    """By name."""
    beats: list[Beat]
    """Shared beats."""
    banks: dict[str, Any]
    """All other shared data, by file name."""

    def problem(self, name: str) -> Problem:
        """The problem of that name. Raises UnknownName."""
        try:
            return self.problems[name]
        except KeyError:
            raise UnknownName(
                f"no problem is called {name!r}", mend=suggest(name, self.problems)
            ) from None


@cache
def split_tags(line: str) -> tuple[str, tuple[str, ...]]:
    """A line without the #tags at its end, and the tags with their marks."""
    match = re.search(r"(?:\s+#\w+[!~]?)+\s*$", line)
    if not match:
        return line, ()
    return line[: match.start()], tuple(re.findall(r"#(\w+[!~]?)", match[0]))
