"""A session as a script that people can read aloud."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from ..html.markup import words
from ..records import Session
from ..text.tokens import count_words

WORDS_A_MINUTE = 150
"""Pace of reading aloud by which a script's length is told: an assumption."""
_SLUG = 60


@dataclass(frozen=True)
class Script:
    """A session to be played, with the name of its files. It shows no fact and no note."""

    number: int
    session: Session

    @cached_property
    def slug(self) -> str:
        """A name that is safe for files, unlike any other of the kit."""
        safe = re.sub(r"[^A-Za-z0-9_-]+", "-", self.session.session_id).strip("-")[:_SLUG]
        return f"{self.number:03d}-{safe or 'session'}"

    @cached_property
    def cast(self) -> dict[str, str]:
        """How each speaker is called in the script, in the order of their first words."""
        # Whoever reads the clinician reads it as themselves: a clinician's name says nothing.
        people = [p for p in reversed(self.session.participants) if p.role != "clinician"]
        names = {p.role: p.name for p in people if p.name}
        return {
            role: f"{words(role).capitalize()} ({names[role]})" if role in names
            else words(role).capitalize()
            for role in dict.fromkeys(t.speaker for t in self.session.transcript)
        }  # fmt: skip

    @property
    def minutes(self) -> int:
        """How long it takes to read aloud, about."""
        spoken = sum(count_words(t.text) for t in self.session.transcript)
        return max(1, round(spoken / WORDS_A_MINUTE))

    @property
    def about(self) -> list[tuple[str, str]]:
        """What the chart says of the appointment itself: (label, value)."""
        chart, scenario = self.session.chart, self.session.scenario
        times = " to ".join(str(chart[k]) for k in ("start", "stop") if chart.get(k))
        rows = [
            ("Date", chart.get("date")),
            ("Time", times),
            ("Setting", chart.get("setting")),
            ("Kind of session", scenario.get("session_type")),
        ]
        return [(label, words(str(value))) for label, value in rows if value]

    @property
    def lines(self) -> list[tuple[int, str, str, int]]:
        """Turn number, speaker as called in the script, text, place of the speaker in the cast."""
        order = list(self.cast)
        return [
            (t.turn, self.cast[t.speaker], t.text, order.index(t.speaker))
            for t in self.session.transcript
        ]


def scripts_of(sessions: Iterable[Session]) -> list[Script]:
    """Scripts, numbered from 1."""
    return [Script(number, session) for number, session in enumerate(sessions, 1)]


def guide(fill: dict[str, str], audio: bool) -> dict[str, Any]:
    """The words of the guide: title, lead, and steps with head, text and a command or none.

    fill: what stands in for the names in braces. audio: also what is said of recordings.
    """
    told = tomllib.loads(files(__package__).joinpath("guide.toml").read_text("utf-8"))
    told["steps"] = [
        {
            "head": step["head"],
            "text": [t.format(**fill) for t in step["text"] + step.get("audio", []) * audio],
            "command": step.get("command", "").format(**fill),
        }
        for step in told["steps"]
    ]
    return told


def environment() -> Any:
    """Templates; in HTML everything is escaped, and a name that is not there is an error."""
    from textwrap import fill

    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    made = Environment(
        loader=PackageLoader("notebench.kit"), autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters["wrapped"] = lambda text, indent: fill(
        text, 78, initial_indent=" " * indent, subsequent_indent=" " * indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return made
