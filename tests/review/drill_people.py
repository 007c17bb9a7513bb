"""Simulated participants of drills, whose rates are known, and keys to mark them by.

Everything here is drawn from a seed. Who notices what is independent from sentence to sentence, so
the true d' of a participant is that of the two rates.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
from population import Population

from notebench.review.drills.build import file_name

RATES = NormalDist()


@dataclass(frozen=True)
class Participant:
    """How somebody reviews."""

    name: str
    detection: float
    """Share of the errors that they notice."""
    false_alarm: float = 0.05
    """Share of the right sentences that they mark."""
    seconds: float = 90.0
    """Mean seconds a note."""
    quicker: float = 0.0
    """Seconds by which each note is quicker than the one before."""
    confidence: float | None = 80.0
    """What they say, in percent."""

    @property
    def d(self) -> float:
        """Their true sensitivity."""
        return RATES.inv_cdf(self.detection) - RATES.inv_cdf(self.false_alarm)


def participants(n: int, seed: int, people: Population | None = None) -> list[Participant]:
    """n people drawn from the population that `review fit` is tested with."""
    p, rng = people or Population(), np.random.default_rng(seed)
    return [
        Participant(
            f"r{i:02d}",
            float(np.clip(rng.normal(p.detection, p.detection_sd), 0.05, 0.95)),
            float(np.clip(rng.normal(0.06, 0.02), 0.01, 0.5)),
        )
        for i in range(1, n + 1)
    ]


def error(number: int, sentence: int | None, **changes: Any) -> dict[str, Any]:
    """An entry of a key."""
    return {
        "id": f"e{number}", "known_as": f"k{number}", "about": [], "error_type": "wrong_value",
        "severity": "major", "section": "S", "sentence": sentence, "also": [], "before": "was so",
        "after": None if sentence is None else "is not so",
        "left_out": "something left out" if sentence is None else None, "facts": [],
        "words": ["somet", "left"], "tell": [], "turns": [3] if sentence is None else [],
        "closest": False, "p": 0.5, "difficulty": 0.5, **changes,
    }  # fmt: skip


def handmade_key(
    names: list[str], notes: int, seed: int = 0, sentences: int = 12, errors: int = 3,
    clean: float = 0.25, experiment: dict[str, Any] | None = None,
    arm: Callable[[int, int], tuple[str | None, int]] = lambda person, note: (None, note),
) -> dict[str, Any]:  # fmt: skip
    """A key of many notes. arm: from person and note to condition and place (from 0)."""
    rng = np.random.default_rng(seed)
    keyed: dict[str, Any] = {}
    for n in range(notes):
        wrong = [] if rng.random() < clean else sorted(rng.choice(sentences, errors, replace=False))
        text = [f"Sentence {i} of note {n}." for i in range(sentences)]
        starts = np.cumsum([0, *(len(t) + 1 for t in text)])
        keyed[f"d{n}"] = {
            "session_id": f"s{n}", "problem": "insomnia", "format": "SOAP", "position": n,
            "style": "as_written", "polish": 0.9,
            "sentences": [{"section": "S", "start": int(a), "end": int(a) + len(t), "text": t}
                          for a, t in zip(starts, text, strict=False)],
            "errors": [error(i, int(w)) for i, w in enumerate(wrong, 1)],
        }  # fmt: skip
    pages = {}
    for person, name in enumerate(names):
        placed = {n: arm(person, n) for n in range(notes)}
        pages[f"b-{name}"] = {"reviewer": name, "set": 0, "notes": {
            f"n{n}": {"draft_id": f"d{n}", "order": at + 1, "block": 0, "arm": which, "slot": n}
            for n, (which, at) in placed.items()
        }}  # fmt: skip
    return {
        "notebench_drill": 1, "title": "Hand-made", "seed": seed,
        "plan": {"experiment": experiment}, "pages": pages, "notes": keyed,
    }  # fmt: skip


def answer(
    key: dict[str, Any], bundle: str, who: Participant, seed: int = 0,
    detection: Callable[[dict[str, Any], dict[str, Any]], float] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A result file of somebody. detection: from place and error to a rate of noticing."""
    rng = np.random.default_rng([seed, sum(map(ord, who.name))])
    page, notes = key["pages"][bundle], []
    for note, place in sorted(page["notes"].items(), key=lambda item: item[1]["order"]):
        told = key["notes"][place["draft_id"]]
        marks, missing = [], []
        wrong = {e["sentence"]: e for e in told["errors"] if e["sentence"] is not None}
        apart = {n for e in told["errors"] for n in e["also"]}
        for n, s in enumerate(told["sentences"]):
            rate = who.false_alarm
            if n in wrong:
                rate = detection(place, wrong[n]) if detection else who.detection
            if n not in apart and rng.random() < rate:
                marks.append({**s, "id": f"m{len(marks)}", "kind": "invented",
                              "verdict": "unsupported", "severity": "major"})  # fmt: skip
        for e in told["errors"]:
            rate = detection(place, e) if detection else who.detection
            if e["sentence"] is None and rng.random() < rate:
                missing.append({"id": f"x{len(missing)}", "text": e["left_out"], "section": "S"})
        spent = max(5.0, who.seconds - who.quicker * place["order"] + rng.normal(0, 5))
        notes.append({
            "note": note, "order": place["order"], "closed": "2026-03-02T10:00:00Z", "marks": marks,
            "missing": missing, "confidence": who.confidence, "time": {"active_s": spent},
        })  # fmt: skip
    return {
        "notebench_review": 1, "kind": "result", "mode": "drill", "bundle": bundle, "salt": "x",
        "reviewer": who.name, "saved": "2026-03-02T11:00:00Z", "complete": True, "notes": notes,
    }  # fmt: skip


def written(folder: Path, name: str, value: Any) -> Path:
    """A value as a JSON file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(value), "utf-8")
    return path


def taken(
    folder: Path, key: dict[str, Any], people: list[Participant], **options: Any
) -> list[Path]:
    """The key and everybody's result as files; the key comes first."""
    paths = [written(folder, "key", key)]
    for bundle, page in key["pages"].items():
        who = next(p for p in people if p.name == page["reviewer"])
        paths.append(
            written(folder, f"result-{file_name(who.name)}", answer(key, bundle, who, **options))
        )
    return paths
