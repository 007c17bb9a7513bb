"""Note formats, kept as data: one TOML file each, named after the format."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from ..errors import UnknownName
from ..records import Draft, Section
from ..registry import suggest


@dataclass(frozen=True)
class SectionSpec:
    """A section of a format: its headings, and the kinds of facts that are well placed in it."""

    name: str
    title: str
    aliases: tuple[str, ...]
    guidance: str
    kinds: frozenset[str]


@dataclass(frozen=True)
class Format:
    """A note format."""

    name: str
    title: str
    sections: tuple[SectionSpec, ...]

    def allowed(self, kind: str) -> list[str]:
        """Names of the sections in which a fact of that kind is well placed."""
        return [s.name for s in self.sections if kind in s.kinds]

    def split(self, text: str) -> list[Section]:
        """Sections of a note given as one text, cut at its headings.

        A heading stands at the start of a line, alone or before a colon, with or without Markdown
        marks. Text before the first heading goes into the first section. Without any heading the
        whole text is one section, named after the first.
        """
        first = self.sections[0].name
        parts: list[tuple[str, int, int]] = []
        at, name = 0, first
        for match in self._heading.finditer(text):
            parts.append((name, at, match.start()))
            heading = match["long"] or match["short"]
            at, name = match.end(), self._by_alias[" ".join(heading.lower().split())]
        parts.append((name, at, len(text)))
        merged: dict[str, list[str]] = {}
        for name, start, end in parts:
            if piece := text[start:end].strip():
                merged.setdefault(name, []).append(piece)
        order = [s.name for s in self.sections]
        return [
            Section(name=name, text="\n".join(merged[name]))
            for name in sorted(merged, key=order.index)
        ]

    def join(self, sections: Sequence[Section]) -> str:
        """One text with headings; `split` gives the sections back."""
        titles = {s.name: s.title for s in self.sections}
        if len(self.sections) == 1:
            return "\n".join(s.text for s in sections)
        return "\n\n".join(f"{titles.get(s.name, s.name)}:\n{s.text}" for s in sections)

    @cached_property
    def _by_alias(self) -> dict[str, str]:
        return {a.lower(): s.name for s in self.sections for a in (*s.aliases, s.title)}

    @cached_property
    def _heading(self) -> re.Pattern[str]:
        def either(names: list[str]) -> str:
            names = sorted(names, key=len, reverse=True)
            return "|".join(re.escape(n).replace(r"\ ", r"[ \t]+") for n in names) or "(?!)"

        # A full word may stand alone on its line; a single letter needs a colon, a full stop or
        # a bracket, or Markdown around it, since "I" and "a" also begin sentences.
        mark = r"[#*_\[( \t]*"
        close = r"[*_\])]*[ \t]*(?:\([^)\n]*\)[ \t]*)?"
        return re.compile(
            rf"^{mark}(?:(?P<long>{either([a for a in self._by_alias if len(a) > 2])})"
            rf"{close}(?:[:–—-]+[*_ \t]*|\.?[ \t]*$)"
            rf"|(?P<short>{either([a for a in self._by_alias if len(a) <= 2])})"
            rf"[*_\])]*[ \t]*(?:[:)/][*_ \t]*|[ \t]*$))",
            re.IGNORECASE | re.MULTILINE,
        )


@cache
def _all() -> dict[str, Format]:
    found: dict[str, Format] = {}
    for entry in sorted(files(__name__).iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            made = _read(tomllib.loads(entry.read_text("utf-8")))
            found[made.name.lower()] = made
    return found


def _read(data: dict) -> Format:
    sections = tuple(
        SectionSpec(
            s["name"], s["title"], tuple(s["aliases"]), s["guidance"], frozenset(s["kinds"])
        )
        for s in data["sections"]
    )
    return Format(data["name"], data["title"], sections)


def names() -> list[str]:
    """Names of all formats, as they are written."""
    return [f.name for f in _all().values()]


def get(name: str) -> Format:
    """The format of that name, in any case. Raises UnknownName."""
    try:
        return _all()[name.lower()]
    except KeyError:
        raise UnknownName(
            f"no note format is called {name!r}", mend=suggest(name, names())
        ) from None


def add(data: dict) -> Format:
    """Add a format from the same layout as the data files, for this process."""
    made = _read(data)
    _all()[made.name.lower()] = made
    return made


def sections_of(draft: Draft) -> list[Section]:
    """Sections of a draft: as given, or its text split at the format's headings."""
    if draft.sections:
        return list(draft.sections)
    return get(draft.format).split(draft.text or "")
