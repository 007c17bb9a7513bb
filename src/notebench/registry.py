"""One registry for everything that can be named: drafters, verifiers, metrics.

Built-in entries are kept as ``module:attribute`` strings and imported when first asked for, so that
listing names costs nothing. Other packages add entries through entry points
(group ``notebench.<kind>``) or with the ``register`` decorator.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, Generic, TypeVar

from .errors import NotebenchError, UnknownName

T = TypeVar("T")


def suggest(name: str, known: Iterable[str]) -> str:
    """The words "did you mean ..." with the nearest known names, or the list of all of them."""
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if near:
        return "did you mean " + " or ".join(repr(n) for n in near) + "?"
    return "known: " + ", ".join(known) if known else "none is registered"


class Registry(Generic[T]):
    """Named entries of one kind, each imported on first use."""

    def __init__(self, kind: str, builtin: dict[str, str] | None = None) -> None:
        self.kind = kind
        self._lazy: dict[str, str] = dict(builtin or {})
        self._loaded: dict[str, T] = {}
        self._scanned = False

    def register(self, name: str) -> Callable[[T], T]:
        """Decorator that adds an entry; a name already taken by another entry is an error."""

        def add(entry: T) -> T:
            if self._taken(name, entry):
                raise NotebenchError(
                    f"the {self.kind} {name!r} is registered twice", mend="give one another name"
                )
            self._loaded[name] = entry
            return entry

        return add

    def _taken(self, name: str, entry: T) -> bool:
        if name in self._loaded:
            return self._loaded[name] is not entry
        own = f"{getattr(entry, '__module__', '')}:{getattr(entry, '__qualname__', '')}"
        return self._lazy.get(name, own) != own

    def names(self) -> list[str]:
        """All names, sorted."""
        self._scan()
        return sorted(self._lazy.keys() | self._loaded.keys())

    def get(self, name: str) -> T:
        """The entry of that name. Raises UnknownName with the nearest names."""
        if name not in self._loaded:
            self._scan()
        if name not in self._loaded:
            if name not in self._lazy:
                raise UnknownName(
                    f"no {self.kind} is called {name!r}", mend=suggest(name, self.names())
                )
            self._loaded.setdefault(name, self._imported(name, self._lazy[name]))
        return self._loaded[name]

    def _imported(self, name: str, target: str) -> Any:
        module, _, attribute = target.partition(":")
        try:
            return getattr(import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            raise NotebenchError(
                f"the {self.kind} {name!r} can't be loaded ({error})",
                where=target,
                mend="install the package that adds it again, or remove it",
            ) from error

    def __contains__(self, name: object) -> bool:
        return name in self._loaded or name in self.names()

    def _scan(self) -> None:
        if self._scanned:
            return
        self._scanned = True
        from importlib.metadata import entry_points

        for point in entry_points(group=f"notebench.{self.kind}"):
            self._lazy.setdefault(point.name, point.value)

    def items(self) -> list[tuple[str, Any]]:
        """(name, entry) for every entry, all imported."""
        return [(name, self.get(name)) for name in self.names()]
