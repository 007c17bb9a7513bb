"""The audit list as data: checks.yaml read, its patterns compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from ...records import Fact
from ..ledger import OVERRIDING, WITHHELD

Pattern = re.Pattern[str]


def pattern(fragments: Iterable[str]) -> Pattern | None:
    """One pattern of all fragments, from the start of a word; None where there are none."""
    given = list(fragments)
    return re.compile(rf"(?<!\w)(?:{'|'.join(given)})", re.IGNORECASE) if given else None


def _free(fragments: Iterable[str]) -> Pattern | None:
    given = list(fragments)
    return re.compile("|".join(given), re.IGNORECASE) if given else None


@dataclass(frozen=True)
class Selector:
    """Which facts carry an element."""

    kinds: frozenset[str] = frozenset()
    names: Pattern | None = None
    not_names: Pattern | None = None
    statement: Pattern | None = None
    without: Pattern | None = None
    when: Pattern | None = None
    unit: str = ""
    previous: bool = False
    drugs: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Selector:
        """From its entry in the data."""
        compiled = {
            key: _free(given.get(key, ()))
            for key in ("names", "not_names", "statement", "without", "when")
        }
        return cls(
            kinds=frozenset(given.get("kinds", ())), unit=given.get("unit", ""),
            previous=given.get("previous", False), drugs=given.get("drugs", False), **compiled,
        )  # fmt: skip

    def takes(self, fact: Fact) -> bool:
        """Whether a fact carries the element; what belongs outside the note never does."""
        name, about = str(fact.attributes.get("name") or ""), fact.attributes
        wanted = (
            (self.names, name), (self.statement, fact.statement),
            (self.when, str(about.get("when") or "")),
        )  # fmt: skip
        unwanted = ((self.not_names, name), (self.without, fact.statement))
        return (
            fact.kind in self.kinds
            and (fact.disclosure not in WITHHELD or fact.kind in OVERRIDING)
            and all(p is None or p.search(text) for p, text in wanted)
            and not any(p is not None and p.search(text) for p, text in unwanted)
            and (not self.unit or about.get("unit") == self.unit)
            and (not self.previous or about.get("previous") is not None)
            and (not self.drugs or bool(spec().drug.search(name)))
        )


@dataclass(frozen=True)
class Element:
    """One thing that a check asks for."""

    id: str
    words: Pattern | None
    link: Pattern | None
    facts: Selector | None
    reader: str
    strict: bool
    anywhere: frozenset[str]
    applies: str
    known: str
    plan: bool
    """Whether any wrong sentence of the note's plan makes it untrue."""

    def shows(self, text: str) -> bool:
        """Whether a sentence shows it."""
        return bool(
            self.words
            and self.words.search(text)
            and (self.link is None or self.link.search(text) or spec().drug.search(text))
        )


@dataclass(frozen=True)
class Check:
    """One check of the list."""

    id: str
    number: int
    title: str
    asks: str
    source: tuple[str, ...]
    """Names of the sources that ask for it, in Spec.sources."""
    applies: str
    uncalled: bool
    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Code:
    """A service code. minutes: (least, most or None); None: goes by no minutes, or not verified."""

    minutes: tuple[int, int | None] | None
    source: str
    extended_by: str = ""
    """The code that is added where it lasts longer."""


@dataclass(frozen=True)
class Spec:
    """The whole list with what its readers look up."""

    version: int
    sources: Mapping[str, str]
    conditions: Mapping[str, str]
    """When a check is asked for, in words."""
    checks: tuple[Check, ...]
    codes: Mapping[str, Code]
    measures: Mapping[str, tuple[Pattern, tuple[float, float] | None]]
    """How a measure is named, and its range where that was checked."""
    drug: Pattern
    disorders: tuple[Pattern, ...]
    settings: Mapping[str, Pattern]
    settings_aside: Pattern
    attendance: Mapping[str, Pattern]
    dangers: frozenset[str]
    denials: frozenset[str]
    cloned: Mapping[str, Any] = field(default_factory=dict)


@cache
def spec() -> Spec:
    """The list as shipped."""
    data = yaml.safe_load(files(__package__).joinpath("checks.yaml").read_text("utf-8"))
    bank = files("notebench.sessions") / "library" / "shared"
    library = yaml.safe_load((bank / "measures.yaml").read_text("utf-8"))
    drugs = [*yaml.safe_load((bank / "medications.yaml").read_text("utf-8")), *data["drugs"]]
    return Spec(
        version=data["version"],
        sources=data["sources"],
        conditions=data["conditions"],
        checks=tuple(_check(given) for given in data["checks"]),
        codes={code: _code(given) for code, given in data["codes"].items()},
        measures={n: _measure(n, m) for n, m in {**library, **data["measures"]}.items()},
        drug=re.compile(rf"\b(?:{'|'.join(map(re.escape, drugs))})\b", re.IGNORECASE),
        disorders=tuple(_sure(pattern([d])) for d in data["disorders"]),
        settings={name: _sure(pattern(ps)) for name, ps in data["settings"].items()},
        settings_aside=_sure(pattern(data["settings_aside"])),
        dangers=frozenset(data["dangers"]),
        denials=frozenset(data["denials"]),
        attendance={name: _sure(pattern(ps)) for name, ps in data["attendance"].items()},
        cloned=data["cloned"],
    )


def _check(given: Mapping[str, Any]) -> Check:
    return Check(
        id=given["id"], number=given["number"], title=given["title"], asks=given["asks"],
        source=tuple(given["source"]),
        applies=given.get("applies", "always"), uncalled=given.get("uncalled", False),
        elements=tuple(_element(e) for e in given["elements"]),
    )  # fmt: skip


def _element(given: Mapping[str, Any]) -> Element:
    return Element(
        id=given["id"], words=pattern(given.get("words", ())), link=pattern(given.get("link", ())),
        facts=Selector.of(given["facts"]) if "facts" in given else None,
        reader=given.get("reader", "words"), strict=given.get("strict", True),
        anywhere=frozenset(given.get("anywhere", ())), applies=given.get("applies", "always"),
        known=given["known"], plan=given.get("plan", False),
    )  # fmt: skip


def _code(given: Mapping[str, Any]) -> Code:
    minutes = given["minutes"] if given["verified"] else None
    span = (minutes[0], minutes[1]) if minutes else None
    return Code(span, given["source"], given.get("extended_by", ""))


def _measure(name: str, given: Mapping[str, Any]) -> tuple[Pattern, tuple[float, float] | None]:
    loose = re.escape(name).replace(r"\-", r"[- ]?")
    ways = [loose, *map(re.escape, given.get("also", ()))]
    # "Y-BOCS" must not be found in "Y-BOCS-II", nor "AUDIT" in "AUDIT-C"
    named = re.compile(rf"(?<![\w-])(?:{'|'.join(ways)})(?![\w]|-[A-Z0-9])", re.IGNORECASE)
    span = given.get("range")
    return named, (span[0], span[1]) if span else None


def _sure(found: Pattern | None) -> Pattern:
    if found is None:
        raise ValueError("an entry of checks.yaml has no pattern")
    return found
