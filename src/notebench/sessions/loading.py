"""Reading the scenario library: YAML files, read once, checked as they are read.

One file a problem in ``library/``; what problems share in ``library/shared/``.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from ..errors import NotebenchError, UnknownName
from ..registry import suggest
from ..storage import explain
from .scenarios import Beat, Library, Problem

M = TypeVar("M", bound=BaseModel)


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
    return Library.model_construct(problems=_Problems(root, banks), beats=beats, banks=banks)


class _Problems(MutableMapping[str, Problem]):
    """Problems by name, each read from the file of its name when it is first asked for."""

    def __init__(self, root: Traversable | Path, banks: dict[str, Any]) -> None:
        self._paths = {path.name.removesuffix(".yaml"): path for path in _yaml_files(root)}
        self._read: dict[str, Problem] = {}
        self._banks = banks

    def __getitem__(self, name: str) -> Problem:
        if name not in self._read:
            path = self._paths[name]
            problem = _fitting(read_problem(path), self._banks)
            if problem.problem != name:
                raise NotebenchError(
                    f"the file is named {name!r} and its problem {problem.problem!r}",
                    where=path.name, mend="give both the same name",
                )  # fmt: skip
            self._read[name] = problem
            # The library lives as long as the process; looking through it for garbage again and
            # again would take a tenth of the time that generating takes.
            gc.freeze()
        return self._read[name]

    def __setitem__(self, name: str, problem: Problem) -> None:
        self._read[name] = problem

    def __delitem__(self, name: str) -> None:
        del self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._paths, *self._read}))

    def __len__(self) -> int:
        return len({*self._paths, *self._read})


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
                    f"shared/{bank}.yaml has no {name!r}",
                    where=f"problem {problem.problem!r}",
                    mend=f"add it there, or {suggest(name, banks[bank])}",
                )
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
        what, mend = explain(error, "field", "see docs/adding-a-scenario.md for the layout")
        name = data.get("id") or data.get("problem") if isinstance(data, dict) else None
        raise NotebenchError(
            f"{f'{name!r}, ' if name else ''}{what}", where=where, mend=mend
        ) from error
