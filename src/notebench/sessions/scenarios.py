"""The scenario library: YAML files, read once, checked as they are read.

One file a problem in ``library/``; what problems share in ``library/shared/``. The layout is told
in docs/adding-a-scenario.md.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ..errors import NotebenchError, UnknownName
from ..records import Disclosure, FactKind, Source
from ..registry import suggest

M = TypeVar("M", bound=BaseModel)


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

    A fact that the way taken does not tag does not become true. No talk: nothing is said of it.
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
                if not re.match(r"[TC]: \S", line):
                    raise ValueError(
                        f"talk {number}: a line must begin with 'T: ' or 'C: ': {line!r}"
                    )
                tagged.update(split_tags(line)[1])
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

    problems: dict[str, Problem]
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


def split_tags(line: str) -> tuple[str, list[str]]:
    """A line without the #tags at its end, and the tags."""
    match = re.search(r"(?:\s+#\w+)+\s*$", line)
    if not match:
        return line, []
    return line[: match.start()], re.findall(r"#(\w+)", match[0])


@cache
def library() -> Library:
    """The library that comes with notebench, read once."""
    return read_library(files("notebench.sessions").joinpath("library"))


def read_library(root: Traversable | Path) -> Library:
    """Read a library: problems in the folder itself, what they share in ``shared`` below it."""
    beats: list[Beat] = []
    banks: dict[str, Any] = {}
    for path in _yaml_files(root.joinpath("shared")):
        data = _load(path)
        if isinstance(data, dict) and "beats" in data:
            beats += [_made(Beat, b, path.name) for b in data.pop("beats")]
        banks[path.name.removesuffix(".yaml")] = data
    found = [_fitting(read_problem(path), banks) for path in _yaml_files(root)]
    return Library.model_construct(problems={p.problem: p for p in found}, beats=beats, banks=banks)


def read_problem(path: Traversable | Path) -> Problem:
    """Read one problem's file. Raises NotebenchError that names the file and the field."""
    return _made(Problem, _load(path), path.name)


def add(path: str | Path) -> str:
    """Add a problem from a YAML file to the library, for this process; returns its name.

    Raises NotebenchError that names the file and the field.
    """
    lib = library()
    problem = _fitting(read_problem(Path(path)), lib.banks)
    lib.problems[problem.problem] = problem
    return problem.problem


def _fitting(problem: Problem, banks: dict[str, Any]) -> Problem:
    """The problem, if the shared data have the measures and medications that it names."""
    for bank, names in (
        ("measures", [m.name for m in problem.measures]),
        ("medications", problem.medications),
    ):
        for name in names:
            if name not in banks[bank]:
                raise UnknownName(
                    f"shared/{bank}.yaml has no {name!r}", where=f"problem {problem.problem!r}",
                    mend=f"add it there, or {suggest(name, banks[bank])}",
                )  # fmt: skip
    return problem


def _yaml_files(folder: Traversable | Path) -> list[Any]:
    return sorted((e for e in folder.iterdir() if e.name.endswith(".yaml")), key=lambda e: e.name)


_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):
    """YAML in which "yes", "on", "10:30" and dates are what they look like: text."""


_Loader.yaml_implicit_resolvers = {
    first: [r for r in ways if r[0].rpartition(":")[2] not in ("bool", "int", "timestamp")]
    for first, ways in _SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?\d+$"), list("-0123456789"))


def _load(path: Traversable | Path) -> Any:
    try:
        return yaml.load(path.read_text("utf-8"), _Loader)
    except OSError as error:
        raise NotebenchError(
            f"can't be read ({error.strerror})", where=str(path), mend="check the path"
        ) from error
    except yaml.YAMLError as error:
        raise NotebenchError(
            f"not valid YAML ({error})", where=path.name, mend="quote the value, or mind the indent"
        ) from error


def _made(kind: type[M], data: Any, where: str) -> M:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "entry"
        name = data.get("id") or data.get("problem") if isinstance(data, dict) else None
        raise NotebenchError(
            f"{f'{name!r}, ' if name else ''}field {field}: {first['msg']}", where=where,
            mend="see docs/adding-a-scenario.md for the layout",
        ) from error  # fmt: skip
