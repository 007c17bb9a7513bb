"""The error taxonomy: names, severities and weights, kept as data in taxonomy.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

from .errors import UnknownName
from .records import Session, Severity
from .registry import suggest

LEVELS: tuple[Severity, ...] = ("minor", "major", "critical")
"""Severities, mildest first."""


@dataclass(frozen=True)
class ErrorType:
    """One way in which a note goes wrong."""

    name: str
    """Name, as findings give it."""
    description: str
    """What it is, in one phrase."""
    severity: Severity
    """Severity by default (assumed)."""
    sections: tuple[str, ...] = ()
    """Letters of the sections where it usually lands; empty: anywhere."""
    critical_for: frozenset[str] = frozenset()
    """Kinds of facts for which it is critical."""
    omits: frozenset[str] = frozenset()
    """For omissions: the kinds of facts that are left out."""
    fault: str = "content"
    """content, or restraint: true of the session, and still not for the note."""


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("taxonomy.toml").read_text("utf-8"))


@cache
def _types() -> dict[str, ErrorType]:
    made = (
        ErrorType(
            name=t["name"], description=t["description"], severity=t["severity"],
            sections=tuple(t.get("sections", ())),
            critical_for=frozenset(t.get("critical_for", ())),
            omits=frozenset(t.get("omits", ())), fault=t.get("fault", "content"),
        )
        for t in _data()["types"]
    )  # fmt: skip
    return {t.name: t for t in made}


def types() -> dict[str, ErrorType]:
    """All error types by name, in the order of the taxonomy."""
    return dict(_types())


def get(name: str) -> ErrorType:
    """The error type of that name. Raises UnknownName with the nearest names."""
    if name not in _types():
        raise UnknownName(f"no error type is called {name!r}", mend=suggest(name, _types()))
    return _types()[name]


def omission_of(kind: str) -> ErrorType:
    """The error type of leaving out a fact of that kind."""
    found = (t for t in _types().values() if kind in t.omits)
    return next(found, None) or get("omission_of_care")


def weights() -> dict[Severity, float]:
    """How many minor errors an error of each severity counts for. Assumed, not measured."""
    return cast("dict[Severity, float]", dict(_data()["weights"]))


def severity(
    error_type: str, *, stratum_flags: Iterable[str] = (), kinds: Iterable[str] = ()
) -> Severity:
    """Severity of an error of that type.

    stratum_flags: session type, problem and complexity flags (see `flags`); in a crisis, before a
    court and with minors it is one level up. kinds: kinds of the facts it touches, since some types
    are critical for risk or medication. Raises UnknownName for a type that is not in the taxonomy.
    """
    kind = get(error_type)
    level = LEVELS.index("critical" if kind.critical_for.intersection(kinds) else kind.severity)
    raised = raising().intersection(map(_plain, stratum_flags))
    return LEVELS[min(level + bool(raised), len(LEVELS) - 1)]


def raising() -> frozenset[str]:
    """Session types, problems and flags in which errors weigh one level more."""
    return frozenset(_data()["raised_in"])


def flags(session: Session) -> list[str]:
    """Problem, session type and complexity flags of a session, as `severity` takes them."""
    return [v for key in ("problem", "session_type", "complexity") for v in session.listed(key)]


def _plain(flag: str) -> str:
    return "_".join(flag.lower().replace("-", " ").replace("_", " ").split())
