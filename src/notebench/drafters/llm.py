"""Notes written by a language model: embedded, or any that LiteLLM reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import NotebenchError, UnknownName
from ..formats import get
from ..llm import prompts
from ..llm.messages import Request
from ..records import Draft, Section
from ..registry import suggest
from .base import Task
from .made import draft_of
from .material import Material, material_of
from .options import filled
from .strategies import STRATEGIES, Writing

if TYPE_CHECKING:
    from ..llm.client import Client

_DEFAULTS: dict[str, Any] = {
    "strategy": "",
    "temperature": 0.0,
    "max_tokens": 0,
    "turns": 10,
    "api_base": "",
    "params": {},
    "prompt": "",
    "restraint": True,
    "grammar": True,
    "json": False,
}


class LLMDrafter:
    """Asks a model for the note.

    options:
      strategy     whole (one call), by_section, or by_chunk (a call for each bullet or group of
                   turns); by default by_chunk for embedded models and whole for all others
      temperature  0
      max_tokens   most tokens of one answer; 0: as the prompt's file says
      turns        turns of talk in a unit of by_chunk
      api_base     base URL of a server
      params       further parameters of the model (top_p, repeat_penalty, api_key_env ...)
      prompt       name of the prompt's file in drafters/prompts; by default the strategy's
      restraint    whether the prompt asks to leave out what a note should not hold
      grammar      whether by_chunk holds the answer to one or two plain sentences (GBNF); by
                   default for embedded models only, since few servers take a grammar
      json         whether whole asks for a JSON object by schema in place of headings

    What the model writes stays as it came: headings are cut off, white space around the parts is
    trimmed, control characters that no record may hold are replaced. `provenance` records these
    and which answers were cut short.
    """

    workflows: tuple[str, ...] = ("scribe", "organise", "polish")

    def __init__(
        self,
        name: str,
        options: Mapping[str, Any] | None = None,
        *,
        client: Client | None = None,
    ) -> None:
        from ..llm.client import is_remote

        self.name = name
        local = name.startswith("local/")
        self.options = filled(name, options, {**_DEFAULTS, "grammar": local})
        self.options["strategy"] = self.options["strategy"] or ("by_chunk" if local else "whole")
        if self.options["strategy"] not in STRATEGIES:
            raise UnknownName(
                f"no strategy is called {self.options['strategy']!r}",
                where=f"options of drafter {name!r}",
                mend=suggest(self.options["strategy"], STRATEGIES),
            )
        self._prompt = prompts.load(__package__, self.options["prompt"] or self.options["strategy"])
        self._client = client
        self.parallel = not local
        self.remote = is_remote(name, self.options["api_base"] or None)

    def spec(self) -> dict[str, Any]:
        """Model, options, prompt, and for an embedded model its weights and runtime."""
        spec = {"drafter": "llm", "model": self.name, **self.options, "prompt": self._prompt_id()}
        if self.name.startswith("local/"):
            from ..llm.runtime import identity

            spec["embedded"] = identity(self.name)
        return spec

    def ready(self) -> None:
        """Raises NotebenchError where the model can't be asked: no weights, key or server."""
        from ..llm.endpoints import check

        o = self.options
        grammar = "root ::= " if o["strategy"] == "by_chunk" and o["grammar"] else None
        check(
            Request(
                model=self.name, messages=(), api_base=o["api_base"] or None, extra=o["params"],
                grammar=grammar,
            )
        )  # fmt: skip

    def draft(self, task: Task) -> Draft:
        """The note. Raises NotebenchError where the model can't be asked or answers nothing."""
        material = material_of(task, self.options["turns"])
        writing = Writing(
            self._connected(), self.name, task, get(task.format), material, self._prompt,
            self.options,
        )  # fmt: skip
        sections = STRATEGIES[self.options["strategy"]](writing)
        _check(sections, writing)
        return draft_of(
            self, task, sections, inputs=self._inputs(material), given=self._given(material),
            provenance=self._provenance(writing),
        )  # fmt: skip

    def _connected(self) -> Client:
        if self._client is None:
            from ..llm.client import Client

            self._client = Client()
        return self._client

    def _shows_chart(self) -> bool:
        return self.options["strategy"] != "by_chunk"

    def _inputs(self, material: Material) -> Sequence[str]:
        if self._shows_chart() or material.source.startswith("note:"):
            return material.inputs
        return [i for i in material.inputs if i != "chart"]

    def _given(self, material: Material) -> object:
        return material.whole() if self._shows_chart() else [u.text for u in material.units]

    def _prompt_id(self) -> dict[str, Any]:
        p = self._prompt
        return {"name": p.name, "version": p.version, "sha256": p.sha256}

    def _provenance(self, writing: Writing) -> dict[str, Any]:
        answers = writing.answers
        costs = [a.cost_usd for a in answers]
        reasons = Counter(a.finish_reason for a in answers)
        o = self.options
        return {
            "model": self.name, "strategy": o["strategy"], "prompt": self._prompt_id(),
            "params": {
                "temperature": o["temperature"],
                "max_tokens": o["max_tokens"] or self._prompt.settings["max_tokens"],
                **o["params"],
            },
            "source": writing.material.source, "calls": len(answers),
            "prompt_tokens": sum(a.prompt_tokens for a in answers),
            "completion_tokens": sum(a.completion_tokens for a in answers),
            "cost_usd": None if None in costs else sum(c for c in costs if c is not None),
            "latency_s": round(sum(a.latency_s for a in answers), 3),
            "time": max(a.time for a in answers),
            "finish_reasons": dict(sorted(reasons.items())), "truncated": reasons["length"],
            **writing.remarks,
        }  # fmt: skip


def _check(sections: Sequence[Section], writing: Writing) -> None:
    if not any(s.text.strip() for s in sections):
        reasons = ", ".join(sorted({a.finish_reason for a in writing.answers}))
        raise NotebenchError(
            f"the model answered nothing (finish reason: {reasons or 'none'})",
            where=writing.where,
            mend="try a larger max_tokens, another strategy, or another model",
        )
