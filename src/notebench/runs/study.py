"""The study file: what is compared with what, read from TOML and checked before anything runs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from .. import formats
from ..errors import NotebenchError, UnknownName
from ..records import Workflow
from ..registry import suggest
from ..storage import explain
from .folder import RunFolder

T = TypeVar("T")

SESSIONS = 12
"""Sessions to generate where a study does not say."""


def _once(names: list[T]) -> list[T]:
    if twice := [n for n in names if names.count(n) > 1]:
        raise ValueError(f"{twice[0]!r} stands twice; name it once")
    return names


def _folder_name(name: str) -> str:
    if not re.fullmatch(r"\w[\w. -]*", name):
        raise ValueError(f"{name!r} names no folder; use letters, digits, dots and dashes")
    return name


class Settings(BaseModel):
    """Base of the study's parts: unknown settings are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SessionSettings(Settings):
    """Which sessions: generated ones, or a file of them."""

    n: int | None = Field(default=None, ge=1)
    """How many to generate; with `file`, how many of it to use."""
    problem: str | None = None
    """Only this presenting problem."""
    noise: str | None = None
    """Noise on the transcript: asr."""
    file: str | None = None
    """A sessions.jsonl to use instead, relative to the study file."""

    @model_validator(mode="after")
    def _one_source(self) -> SessionSettings:
        if self.file and (self.problem or self.noise):
            raise ValueError(
                "problem and noise are for generated sessions; leave them out with file"
            )
        return self


class DrafterSettings(BaseModel):
    """One drafter and its options; every further setting goes to the drafter itself."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)

    name: str
    """local/<model>, a LiteLLM model string, reference, extractive, saboteur or paraphraser."""
    label: str | None = None
    """The name in tables, needed where one drafter is used twice with other options."""
    workflows: Annotated[list[Workflow], AfterValidator(_once)] | None = None
    """Only these of the study's workflows."""

    @property
    def shown_as(self) -> str:
        """Name in drafts and tables."""
        return self.label or self.name

    @property
    def options(self) -> dict[str, Any]:
        """What goes to the drafter."""
        return dict(self.model_extra or {})


class LimitSettings(Settings):
    """How hard models are asked, and when to stop."""

    concurrency: int = Field(default=4, ge=1, le=64)
    """Calls at once to models behind a server; embedded models run one call at a time."""
    timeout_s: float = Field(default=120, gt=0)
    """Seconds before a call is given up."""
    retries: int = Field(default=3, ge=0)
    """Further tries after a failure that may pass."""
    requests_per_minute: float | None = Field(default=None, gt=0)
    """Upper bound on calls a minute, over all models."""
    budget_usd: float | None = Field(default=None, ge=0)
    """The study stops before the call that would pass this."""

    def share(self, n: int) -> LimitSettings:
        """The limits of one of n parts that run at the same time."""
        rate, budget = self.requests_per_minute, self.budget_usd
        return self.model_copy(
            update={
                "requests_per_minute": rate and rate / n,
                "budget_usd": budget and budget / n,
            }
        )


class Study(Settings):
    """A whole study."""

    name: Annotated[str, AfterValidator(_folder_name)] = "study"
    """Name, used for the run folder."""
    seed: int = 0
    """Seed of sessions, drafters and intervals."""
    sessions: SessionSettings = Field(default_factory=lambda: SessionSettings(n=SESSIONS))
    """Which sessions."""
    drafters: list[DrafterSettings] = Field(min_length=1)
    """Who writes the notes."""
    formats: list[str] = Field(default_factory=lambda: ["SOAP"], min_length=1)
    """Note formats."""
    workflows: Annotated[list[Workflow], AfterValidator(_once)] = Field(
        default=["scribe"], min_length=1
    )
    """What the drafters are given."""
    samples: int = Field(default=1, ge=1)
    """Notes by each drafter for the same thing."""
    verifier: str = "local"
    """Who judges them."""
    metrics: list[str] | None = None
    """Metrics to tally; none named: all of them."""
    limits: LimitSettings = LimitSettings()
    """Limits."""
    cache: bool = True
    """Keep models' answers in the user's cache, so that asking again costs nothing."""
    base: Path = Field(default=Path(), exclude=True)
    """Folder that relative paths start from."""

    @field_validator("formats")
    @classmethod
    def _known_formats(cls, names: list[str]) -> list[str]:
        return _once([formats.get(name).name for name in names])

    @field_validator("drafters")
    @classmethod
    def _distinct(cls, drafters: list[DrafterSettings]) -> list[DrafterSettings]:
        shown = [d.shown_as for d in drafters]
        if twice := sorted({s for s in shown if shown.count(s) > 1}):
            raise ValueError(f"the drafter {twice[0]!r} stands twice; give one of them a label")
        return drafters


def load_study(path: str | Path) -> Study:
    """Read a study file, or the manifest.json of a run: the same study on that run's own sessions.

    Raises NotebenchError with the setting that is wrong and the mend.
    """
    source = Path(path)
    if source.name == "manifest.json":
        return _study_of_run(source)
    try:
        data = tomllib.loads(source.read_text("utf-8"))
    except OSError as error:
        raise NotebenchError(
            f"can't be read ({error.strerror})",
            where=str(source),
            mend="give the path of a study file; docs/studies.md shows one",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NotebenchError(
            f"not valid TOML ({error})", where=str(source), mend="mend that line"
        ) from error
    return make_study(data, where=str(source), base=source.resolve().parent)


def _study_of_run(source: Path) -> Study:
    """The study of a run; limit and shard have had their effect on the sessions that it holds."""
    folder = RunFolder(source.parent)
    settings = {**folder.manifest().study, "sessions": {"file": folder.sessions_file.name}}
    for earlier in ("limit", "shard"):  # once stood among the settings
        settings.pop(earlier, None)
    return make_study(settings, where=str(source), base=folder.path.resolve())


def make_study(data: dict[str, Any], *, where: str = "study", base: Path = Path()) -> Study:
    """A study from a mapping, with the same checks as a study file."""
    try:
        return Study.model_validate({**data, "base": base})
    except UnknownName as error:
        what = f"setting formats: {error.what}"
        raise UnknownName(what, where=where, mend=error.mend) from error
    except ValidationError as error:
        what, mend = explain(error, "setting", "docs/studies.md lists every setting")
        first = error.errors(include_url=False)[0]
        if first["type"] == "extra_forbidden":
            what = f"setting {'.'.join(map(str, first['loc']))}: no such setting"
            mend = suggest(str(first["loc"][-1]), _fields(first["loc"]))
        raise NotebenchError(what, where=where, mend=mend) from error


def _fields(location: tuple[Any, ...]) -> list[str]:
    """Settings known at the place where an unknown one was found."""
    parts: dict[str, type[BaseModel]] = {"sessions": SessionSettings, "limits": LimitSettings}
    known = parts.get(str(location[0]), Study) if len(location) > 1 else Study
    return [name for name in known.model_fields if name != "base"]
