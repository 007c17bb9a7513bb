"""An entailment model: how far one text follows from another, or goes against it."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..errors import MissingDependency, NotebenchError
from ..llm.runtime import threads

_BATCH = 16
_LONGEST = 512
"""Most tokens of a pair: passages are short, and long ones cost time and blur."""
_LEAST_PREMISE = 8
"""Tokens of the premise that must fit beside a hypothesis."""
_HEAD = "ForSequenceClassification"


@dataclass(frozen=True)
class Relation:
    """What a model makes of a premise and a hypothesis; probabilities, as the model gives them."""

    entails: float
    """Of the hypothesis following from the premise."""
    contradicts: float = 0.0
    """Of the two not being true together; 0 from a model without such a label."""


@dataclass(frozen=True)
class Labels:
    """Places of a model's labels among its outputs."""

    entails: int
    contradicts: int | None


@cache
def settings() -> dict[str, Any]:
    """Label names and reasons, from nli.toml."""
    return tomllib.loads((files("notebench.verifiers") / "nli.toml").read_text("utf-8"))


def labels_of(config: Mapping[str, Any], where: str) -> Labels:
    """Which output stands for what, by the names that a model's config.json gives its labels.

    Raises NotebenchError where the model is none for entailment, or its labels have no names.
    """
    heads = config.get("architectures") or []
    if not any(str(h).endswith(_HEAD) for h in heads):
        raise NotebenchError(
            f"it is no model that classifies texts ({', '.join(map(str, heads)) or 'no head'})",
            where=where, mend="name one that was trained for entailment (NLI)",
        )  # fmt: skip
    names = _names(config)
    places = {kind: i for i, name in sorted(names.items()) if (kind := _kind(name))}
    known = len(places) == len(names) > 1
    if not known or "entailment" not in places or len(places) > 3:
        told = ", ".join(f"{i} {n!r}" for i, n in sorted(names.items())) or "none"
        raise NotebenchError(
            f"its labels do not say which is entailment, contradiction and neutral: {told}",
            where=f"{where}, id2label",
            mend="name an entailment model; if it is one, write the names into its config.json",
        )
    return Labels(places["entailment"], places.get("contradiction"))


def _names(config: Mapping[str, Any]) -> dict[int, str]:
    """Names by place, from id2label or the other way round from label2id."""
    try:
        if config.get("id2label"):
            return {int(i): str(name) for i, name in config["id2label"].items()}
        return {int(i): str(name) for name, i in (config.get("label2id") or {}).items()}
    except (AttributeError, TypeError, ValueError):
        return {}


def _kind(name: str) -> str | None:
    plain = "_".join(name.lower().replace("-", " ").replace("_", " ").split())
    return next((kind for kind, forms in settings()["labels"].items() if plain in forms), None)


class EntailmentModel:
    """A text classifier trained for entailment, from a folder in the layout of transformers.

    The settings are read when it is made, and the weights when it is first asked. Code that a model
    brings along is never run. Raises MissingDependency, and NotebenchError for another kind.
    """

    def __init__(self, folder: Path, name: str) -> None:
        need_packages()
        self.folder, self._where = folder, f"model {name}"
        file = folder / "config.json"
        try:
            config = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise NotebenchError(
                f"its config.json can't be read ({error})", where=self._where,
                mend="name a folder that holds config.json, tokenizer and weights",
            ) from error  # fmt: skip
        self.labels = labels_of(config if isinstance(config, dict) else {}, self._where)

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        """Tokenizer and network, on the graphics processor where there is one."""
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        torch.set_num_threads(threads())
        try:
            tokenizer = AutoTokenizer.from_pretrained(self.folder, local_files_only=True)
            network, report = AutoModelForSequenceClassification.from_pretrained(
                self.folder, local_files_only=True, dtype=torch.float32, output_loading_info=True
            )
        except Exception as error:  # broken files raise whatever they happen to hit
            why = str(error).strip().splitlines() or [type(error).__name__]
            raise NotebenchError(
                f"it can't be loaded ({why[0][:200]})", where=self._where,
                mend="check that its files are whole, and that transformers is new enough for it",
            ) from error  # fmt: skip
        missing = sorted(report["missing_keys"])
        if missing:  # they would be filled with random numbers
            raise NotebenchError(
                f"its weights lack {len(missing)} of the parts that it needs ({missing[0]}, ...)",
                where=self._where, mend="name a model that was trained for entailment (NLI)",
            )  # fmt: skip
        device = "cuda" if torch.cuda.is_available() else "cpu"
        return tokenizer, network.to(device).eval()

    def load(self) -> None:
        """Read the weights now. Raises NotebenchError where they can't be."""
        _ = self._parts

    @cached_property
    def _limit(self) -> int:
        tokenizer, network = self._parts
        own = getattr(network.config, "max_position_embeddings", None) or _LONGEST
        return min(_LONGEST, int(tokenizer.model_max_length), int(own))

    def relations(self, pairs: Sequence[tuple[str, str]]) -> list[Relation | None]:
        """What the model makes of each (premise, hypothesis).

        A premise that is too long is cut at its end, a hypothesis never: None where it leaves no
        room for a premise.
        """
        fits = self._fitting({hypothesis for _, hypothesis in pairs})
        order = sorted(
            (i for i, (_, hypothesis) in enumerate(pairs) if hypothesis in fits),
            key=lambda i: (len(pairs[i][0]) + len(pairs[i][1]), i),
        )
        found: list[Relation | None] = [None] * len(pairs)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            for i, relation in zip(batch, self._batch([pairs[i] for i in batch]), strict=True):
                found[i] = relation
        return found

    def _fitting(self, hypotheses: Iterable[str]) -> set[str]:
        tokenizer, _ = self._parts
        room = self._limit - tokenizer.num_special_tokens_to_add(pair=True) - _LEAST_PREMISE
        plain = {"add_special_tokens": False, "truncation": False, "verbose": False}
        return {h for h in hypotheses if len(tokenizer(h, **plain)["input_ids"]) <= room}

    def _batch(self, pairs: Sequence[tuple[str, str]]) -> list[Relation]:
        import torch

        tokenizer, network = self._parts
        encoded = tokenizer(
            [p for p, _ in pairs], [h for _, h in pairs], truncation="only_first",
            max_length=self._limit, padding=True, return_tensors="pt",
        ).to(network.device)  # fmt: skip
        with torch.inference_mode():
            rows = network(**encoded).logits.double().softmax(-1).tolist()
        against = self.labels.contradicts
        return [
            Relation(row[self.labels.entails], row[against] if against is not None else 0.0)
            for row in rows
        ]


def need_packages() -> None:
    """Raises MissingDependency where transformers or torch is not installed."""
    absent = [p for p in ("torch", "transformers") if not importlib.util.find_spec(p)]
    if absent:
        raise MissingDependency(
            f"entailment models need {' and '.join(absent)}, not installed here",
            mend="pip install 'notebench[nli]', or use another verifier such as local",
        )
