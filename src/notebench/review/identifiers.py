"""How many identifiers a text holds: counts, never the identifiers themselves."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from ..records import Session

_CAPITAL = re.compile(r"(?<=[a-z,] )([A-Z][a-z]{2,20})\b")
_SMALL = re.compile(r"\b[a-z]{3,20}\b")
_CALENDAR = frozenset(
    """Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May
    June July August September October November December""".split()
)


def identifier_counts(text: str, session: Session) -> dict[str, int]:
    """Mentions by kind, kinds without one left out.

    names: of the people in the session. possible_names: other words with a capital inside a
    sentence that never stand without one; some of them are brands or places. Patterns miss what is
    written in other ways, so the counts are a floor for what is there.
    """
    names = {p.name for p in session.participants if p.name}
    words = re.findall(r"[^\W\d_]+(?:-\w+)?", text)
    found = {"names": sum(w in names for w in words)}
    small = set(_SMALL.findall(text))
    found["possible_names"] = sum(
        m not in names and m not in _CALENDAR and m.lower() not in small
        for m in _CAPITAL.findall(text)
    )
    found |= {kind: len(pattern.findall(text)) for kind, pattern in _patterns().items()}
    return {kind: n for kind, n in found.items() if n}


def kinds() -> dict[str, str]:
    """What is counted, in words, by kind."""
    own = {"names": "names of people in the session", "possible_names": "other possible names"}
    return own | {k["name"]: k["meaning"] for k in _data()}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {k["name"]: re.compile(k["pattern"]) for k in _data()}


@cache
def _data() -> list[dict[str, str]]:
    text = files(__package__).joinpath("identifiers.toml").read_text("utf-8")
    kinds: list[dict[str, str]] = tomllib.loads(text)["kinds"]
    return kinds
