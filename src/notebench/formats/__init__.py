"""Note formats, kept as data: one TOML file each, named after the format."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
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
        marks. Text before the first heading goes into the first section; text under a heading for
        two sections ("A/P:") into the one named first; text under a repeated heading to what stood
        under it before. A letter that two sections share means the next of them. Without any
        heading the whole text is one section, named after the first.
        """
        order = [s.name for s in self.sections]
        if len(order) == 1:
            return [Section(name=order[0], text=text.strip())] if text.strip() else []
        parts: list[tuple[str, int, int]] = []
        at, name, seen = 0, order[0], -1
        for match in self._heading.finditer(text):
            parts.append((name, at, match.start()))
            heading = match["long"] or match["short"] or match["capital"]
            fitting = self._by_alias[" ".join(heading.lower().split())]
            name = next((n for n in fitting if order.index(n) > seen), fitting[-1])
            at, seen = match.end(), order.index(name)
        parts.append((name, at, len(text)))
        merged: dict[str, list[str]] = {}
        for name, start, end in parts:
            if piece := text[start:end].strip():
                merged.setdefault(name, []).append(piece)
        return [
            Section(name=name, text="\n".join(merged[name]))
            for name in sorted(merged, key=order.index)
        ]

    def join(self, sections: Sequence[Section]) -> str:
        """One text with headings; `split` gives the sections back."""
        titles = {s.name: s.title for s in self.sections}
        if len(self.sections) == 1:
            return plain(sections)
        return "\n\n".join(f"{titles.get(s.name, s.name)}:\n{s.text}" for s in sections)

    @cached_property
    def _by_alias(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for spec in self.sections:
            for alias in {a.lower() for a in (*spec.aliases, spec.title)}:
                found.setdefault(alias, []).append(spec.name)
        return found

    @cached_property
    def _heading(self) -> re.Pattern[str]:
        def either(names: list[str]) -> str:
            names = sorted(names, key=len, reverse=True)
            return "|".join(re.escape(n).replace(r"\ ", r"[ \t]+") for n in names) or "(?!)"

        # A full word may stand alone on its line. A letter needs a colon, since "I" and "a" also
        # begin sentences; as a capital it may also stand alone, in brackets or before a dash.
        aliases = [a for spec in self.sections for a in (*spec.aliases, spec.title)]
        long = either([a for a in aliases if len(a) > 2])
        short = either([a for a in aliases if len(a) <= 2])
        mark = r"[#*_\[( \t]*(?:\d[.)][*_ \t]*)?"
        joint = rf"(?:[ \t]*(?:[/&+]|\band\b)[ \t]*(?:{long}|{short})\b)?"
        close = r"[*_\])]*[ \t]*(?:\([^)\n]*\)[*_ \t]*)?"
        dash = r"(?:—|[–-]+(?=\s|$))"
        end = r"[ \t\r]*$"
        letter = rf"(?:(?:{short})[*_)\]]*[ \t]*[-–—:.(/][ \t]*[*_]*)?"
        return re.compile(
            rf"^{mark}(?:{letter}(?P<long>{long}){joint}{close}(?:(?::|{dash})[*_ \t]*|\.?{end})"
            rf"|(?P<short>{short}){joint}{close}:[*_ \t]*"
            rf"|(?-i:(?P<capital>{short}))[*_]*"
            rf"(?:[ \t]*[)\]/](?=\s)[*_ \t]*|[ \t]+{dash}[ \t]*|{end}))",
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


def plain(sections: Iterable[Section]) -> str:
    """The texts of some sections, one below the other, without headings."""
    return "\n".join(s.text for s in sections)


def sections_of(draft: Draft) -> list[Section]:
    """Sections of a draft: as given, or its text split at the format's headings."""
    if draft.sections:
        return list(draft.sections)
    return get(draft.format).split(draft.text or "")
