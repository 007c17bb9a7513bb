"""Options of a drafter: defaults filled in, unknown names and wrong types refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import NotebenchError, UnknownName
from ..registry import suggest


def filled(drafter: str, given: Mapping[str, Any] | None, defaults: Mapping[str, Any]) -> dict:
    """The defaults with the given options over them.

    A default of None takes any value. Raises UnknownName for an option that the drafter does not
    have, and NotebenchError for a value of another type than its default.
    """
    where = f"options of drafter {drafter!r}"
    merged = dict(defaults)
    for name, value in (given or {}).items():
        if name not in defaults:
            raise UnknownName(
                f"no option is called {name!r}", where=where, mend=suggest(name, defaults)
            )
        default = defaults[name]
        if default is not None and not _alike(value, default):
            raise NotebenchError(
                f"option {name} is {value!r}",
                where=where,
                mend=f"give it a value like {default!r}",
            )
        merged[name] = value
    return merged


def _alike(value: Any, default: Any) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    return isinstance(value, type(default))
