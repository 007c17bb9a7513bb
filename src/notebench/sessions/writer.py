"""A language model says a session's talk anew; what it says is kept only if the truth still holds.

The talk goes to the model in stretches. A stretch comes back turn by turn and is taken if every
turn is there, holds the numbers, names and polarity that it held, still conveys its facts, and
breaks no invariant of the session. Else the library's own wording stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..llm import prompts
from ..llm.client import Client, Request
from ..records import Session, Turn, content_hash
from ..text.tokens import count_words
from .check import check
from .invariants.reading import stems, values
from .loading import library
from .topics import mentioned

_TURNS = 8
"""Most turns of a stretch: small models lose the thread of longer ones."""
_KEPT = 0.5
"""Share of a fact's words in its evidence that must still be there (an assumption)."""
_LENGTHS = (0.4, 3.0)
"""Least and most words of a new turn, as a multiple of the old one's, beyond a few words."""
_LINE = re.compile(r"^\W*(\d+)[.):]?\s*\(?([a-z]+)\)?\s*[:\-]\s*(.+)$", re.IGNORECASE)
_NEGATIVE = re.compile(r"\b(?:no|nope|nah|not|never|none|nothing|nobody|neither)\b|n't\b", re.I)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")


@dataclass
class Rewriting:
    """What became of a session's talk."""

    session: Session
    """The session, with scenario.writer = {model, prompt, stretches, reworded, fell_back}; a
    stretch that came back word for word is neither reworded nor fell back."""
    refused: list[str] = field(default_factory=list)
    """Why stretches fell back, one sentence each."""


class Writer:
    """Rewrites sessions with one model. Raises NotebenchError where it can't be asked."""

    def __init__(self, model: str, client: Client | None = None, api_base: str | None = None):
        self.model, self.client, self.api_base = model, client or Client(), api_base
        self.prompt = prompts.load("notebench.sessions", "rewrite")

    def rewrite(self, session: Session) -> Rewriting:
        """The session with those stretches said anew that still tell the truth."""
        done = Rewriting(session)
        broken_before = set(check(session))
        reworded = 0
        stretches = list(_stretches(session))
        for stretch in stretches:
            turns, reason = self._said_anew(done.session, stretch, broken_before)
            if turns:
                done.session = _with(done.session, turns)
                reworded += turns != stretch
            else:
                done.refused.append(f"turns {stretch[0].turn}-{stretch[-1].turn}: {reason}")
        told = {
            "model": self.model, "prompt": self.prompt.id, "stretches": len(stretches),
            "reworded": reworded, "fell_back": len(done.refused),
        }  # fmt: skip
        scenario = {**done.session.scenario, "writer": told}
        done.session = done.session.model_copy(update={"scenario": scenario})
        return done

    def _said_anew(
        self, session: Session, stretch: list[Turn], broken_before: set[str]
    ) -> tuple[list[Turn], str]:
        """The new turns, or none and why."""
        answer = self.client.complete(self._request(session, stretch))
        turns, reason = _read(answer.text, stretch)
        if not turns:
            return [], reason
        for old, new in zip(stretch, turns, strict=True):
            if reason := _changed(session, old, new):
                return [], f"turn {old.turn} {reason}"
        broken = set(check(_with(session, turns))) - broken_before
        return ([], sorted(broken)[0]) if broken else (turns, "")

    def _request(self, session: Session, stretch: list[Turn]) -> Request:
        key = content_hash(session.session_id, stretch[0].turn, length=12)
        talk = "\n".join(f"{t.turn} {t.speaker}: {t.text}" for t in stretch)
        messages = self.prompt.render(
            talk=talk, count=len(stretch), open=f"<talk {key}>", close=f"</talk {key}>"
        )
        settings = self.prompt.settings
        return Request(
            model=self.model, messages=messages, temperature=settings["temperature"],
            max_tokens=settings["max_tokens"], seed=int(key[:7], 16), api_base=self.api_base,
        )  # fmt: skip


def _stretches(session: Session) -> Iterator[list[Turn]]:
    """The talk in order, cut where no fact spans the cut if there is such a place."""
    spans = [(min(f.evidence), max(f.evidence)) for f in session.facts or [] if f.evidence]
    stretch: list[Turn] = []
    for turn in session.transcript:
        stretch.append(turn)
        whole = not any(low <= turn.turn < high for low, high in spans)
        if len(stretch) >= _TURNS or (whole and len(stretch) >= _TURNS // 2):
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _with(session: Session, turns: list[Turn]) -> Session:
    new = {t.turn: t for t in turns}
    talk = [new.get(t.turn, t) for t in session.transcript]
    return session.model_copy(update={"transcript": talk})


def _read(text: str, stretch: list[Turn]) -> tuple[list[Turn], str]:
    """The turns of an answer; none, and why, if they are not the stretch's."""
    found = [m for line in text.splitlines() if (m := _LINE.match(line.strip()))]
    given = [(int(m[1]), m[2].lower()) for m in found]
    if given != [(t.turn, t.speaker) for t in stretch]:
        return [], f"{len(given)} of {len(stretch)} turns came back, or not in their order"
    return [
        t.model_copy(update={"text": m[3].strip().strip('"')})
        for t, m in zip(stretch, found, strict=True)
    ], ""


def _changed(session: Session, old: Turn, new: Turn) -> str:
    """How a turn says other than it did; empty: it does not."""
    if values(old.text) != values(new.text) or re.search(r"\d", new.text):
        return "has other numbers"
    names = set(_NAME.findall(new.text)) - _known(session)
    if names:
        return f"brings in {min(names)}"
    if bool(_NEGATIVE.search(old.text)) != bool(_NEGATIVE.search(new.text)):
        return "says no where it said yes, or yes where it said no"
    if ("?" in old.text) != ("?" in new.text):
        return "asks where it told, or tells where it asked"
    words, now = count_words(old.text), count_words(new.text)
    if not _LENGTHS[0] * words - 2 <= now <= _LENGTHS[1] * words + 4:
        return f"has {now} words in place of {words}"
    for topic in library().banks["topics"]:
        if mentioned(topic, new.text) and not mentioned(topic, old.text):
            return f"brings up {topic}"
    return _lost(session, old, new)


def _known(session: Session) -> set[str]:
    """Words with a capital that the session has."""
    names = " ".join(p.name or "" for p in session.participants)
    texts = [names, *(t.text for t in session.transcript)]
    return {word for text in texts for word in re.findall(r"\b[A-Z][a-z]+", text)}


def _lost(session: Session, old: Turn, new: Turn) -> str:
    """Which fact the new turn carries too little of."""
    for fact in session.facts or []:
        if old.turn not in fact.evidence:
            continue
        about = stems(" ".join([fact.statement, *fact.cues])) & stems(old.text)
        if about and len(about & stems(new.text)) < _KEPT * len(about):
            return f"no longer carries {fact.id} ({fact.statement})"
    return ""
