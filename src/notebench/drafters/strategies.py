"""How a note is got from a model: in one call, a call a section, or a call for each short unit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import NotebenchError
from ..formats import Format, SectionSpec
from ..llm.messages import Completion, Request
from ..llm.prompts import Prompt
from ..records import MAX_TEXT, Section
from ..text.control import replaced
from .base import Task
from .material import Material, Unit
from .placing import gathered, kind_of, section_for

if TYPE_CHECKING:
    from ..llm.client import Client


@dataclass
class Writing:
    """One note being written: what is asked, of whom, and every answer so far."""

    client: Client
    model: str
    task: Task
    format: Format
    material: Material
    prompt: Prompt
    options: Mapping[str, Any]
    answers: list[Completion] = field(default_factory=list)
    remarks: dict[str, Any] = field(default_factory=dict)
    """What the reader of the note's provenance should know of how the answers were read."""

    def ask(self, messages: Sequence[Mapping[str, str]], step: str, **more: Any) -> str:
        """The model's answer, white space around it taken off; it may be empty."""
        o = self.options
        answer = self.client.complete(
            Request(
                model=self.model, messages=messages, temperature=float(o["temperature"]),
                max_tokens=o["max_tokens"] or self.prompt.settings["max_tokens"],
                seed=self.task.random_seed(step), api_base=o["api_base"] or None,
                extra={**o["params"], "sample": self.task.sample}, **more,
            )
        )  # fmt: skip
        self.answers.append(answer)
        if sum(len(a.text) for a in self.answers) > MAX_TEXT:
            raise NotebenchError(
                f"the model's answer is over {MAX_TEXT:,} characters",
                where=self.where,
                mend="set a smaller max_tokens",
            )
        return answer.text.strip()

    @property
    def where(self) -> str:
        """The note being written, for errors."""
        return f"drafter {self.model!r}, session {self.task.session.session_id}"

    def render(self, **fields: Any) -> list[dict[str, str]]:
        """The prompt's messages, with the fields that every strategy has."""
        opened, closed = self.material.marks()
        return self.prompt.render(
            workflow=self.task.workflow, tasks=self.prompt.settings.get("tasks", {}),
            restraint=self.options["restraint"], source=self.material.whole(), open=opened,
            close=closed, **fields,
        )  # fmt: skip


Strategy = Callable[[Writing], list[Section]]


def whole(w: Writing) -> list[Section]:
    """One call; the answer is cut at its headings, or read as JSON where that was asked for."""
    headings = "\n".join(f"{s.title}: {s.guidance}" for s in w.format.sections)
    messages = w.render(title=w.format.title, headings=headings)
    if not w.options["json"]:
        return _cut(w, w.ask(messages, "whole"))
    text = w.ask(messages, "whole", response_format=_schema(w.format))
    return _from_json(w, text)


def by_section(w: Writing) -> list[Section]:
    """A call for each section; one that the model calls empty is left out."""
    written, empty = [], []
    for spec in w.format.sections:
        messages = w.render(heading=spec.title, guidance=spec.guidance)
        text = _without_heading(w.ask(messages, f"section {spec.name}"), spec, w.format)
        if not text or text.rstrip(".").lower() == "none recorded":
            empty.append(spec.name)
        else:
            written.append(Section(name=spec.name, text=_kept(w, text)))
    if empty:
        w.remarks["empty_sections"] = empty
    return written


def by_chunk(w: Writing) -> list[Section]:
    """A call for each unit of the material; each answer is placed by cue words (data/cues.toml)."""
    speakers = list(dict.fromkeys(t.speaker.capitalize() for t in w.task.session.transcript))
    grammar = _grammar(w, speakers) if w.options["grammar"] else None
    placed: list[tuple[str, str]] = []
    empty = 0
    for at, unit in enumerate(w.material.units):
        messages = _with_examples(w, unit, " or ".join(f'"{name}"' for name in speakers))
        text = " ".join(w.ask(messages, f"chunk {at}", grammar=grammar).split())
        if text:
            placed.append((_place(unit, text, w.format), _kept(w, text)))
        empty += not text
    if empty:
        w.remarks["empty_chunks"] = empty
    return gathered(placed, w.format)


STRATEGIES: dict[str, Strategy] = {"whole": whole, "by_section": by_section, "by_chunk": by_chunk}
"""Strategies by name."""


def _grammar(w: Writing, speakers: Sequence[str]) -> str:
    written: str = w.prompt.settings["grammar"][w.task.workflow]
    names = " | ".join(json.dumps(name) for name in speakers)
    return written.replace("SPEAKER", f"({names})")


def _with_examples(w: Writing, unit: Unit, speakers: str) -> list[dict[str, str]]:
    def turns(text: str) -> list[dict[str, str]]:
        return w.render(unit=text.replace('"', "'"), speakers=speakers)

    *system, question = turns(unit.text)
    shown: list[dict[str, str]] = []
    for example in w.prompt.settings["examples"][w.task.workflow]:
        shown += [turns(example["unit"])[-1], {"role": "assistant", "content": example["answer"]}]
    return [*system, *shown, question]


def _place(unit: Unit, answer: str, format: Format) -> str:
    """A note's sentence stays in its section; else the unit's cues decide, then the answer's."""
    if unit.section:
        return unit.section
    return section_for(kind_of(unit.text, default=kind_of(answer)), format)


def _cut(w: Writing, text: str) -> list[Section]:
    sections = w.format.split(_kept(w, text)) if text else []
    if len(w.format.sections) > 1 and len(sections) == 1:
        w.remarks["unheaded"] = True
    return sections


def _without_heading(text: str, spec: SectionSpec, format: Format) -> str:
    """The answer without a heading that repeats the section's own."""
    first, _, rest = text.partition("\n")
    bare = first.strip(" #*_:").lower()
    if rest and bare in {spec.title.lower(), *(a.lower() for a in spec.aliases)}:
        return rest.strip()
    for name in (spec.title, *spec.aliases):
        if text.lower().startswith(f"{name.lower()}:"):
            return text[len(name) + 1 :].strip()
    return text


def _from_json(w: Writing, text: str) -> list[Section]:
    """Sections of a JSON answer; one that is no such object is cut at headings as it is."""
    try:
        held = json.loads(text)
        pairs = [(s.name, str(held[s.title]).strip()) for s in w.format.sections]
    except (ValueError, KeyError, TypeError):
        w.remarks["not_json"] = True
        return _cut(w, text)
    return [Section(name=name, text=_kept(w, held)) for name, held in pairs if held]


def _schema(format: Format) -> dict[str, Any]:
    titles = [s.title for s in format.sections]
    schema = {
        "type": "object", "properties": {t: {"type": "string"} for t in titles},
        "required": titles, "additionalProperties": False,
    }  # fmt: skip
    return {
        "type": "json_schema",
        "json_schema": {"name": "progress_note", "strict": True, "schema": schema},
    }


def _kept(w: Writing, text: str) -> str:
    """The text with control characters, which records refuse, replaced by U+FFFD and counted."""
    kept, count = replaced(text)
    if count:
        w.remarks["replaced_characters"] = w.remarks.get("replaced_characters", 0) + count
    return kept
