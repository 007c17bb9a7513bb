"""Simulated reviewers whose ways are known: what `review fit` has to find again.

Each reviewer reads and mends at a pace of their own and notices a share of the errors. Nothing here
is about real people; the numbers are chosen to be recovered.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from notebench.review.timed import Timed


@dataclass(frozen=True)
class Population:
    """How reviewers are and differ; seconds unless said otherwise."""

    fixed: float = 20.0
    fixed_sd: float = 8.0
    """Between reviewers."""
    word: float = 0.35
    """A word of the draft, on average over reviewers: 171 words a minute."""
    incorrect: float = 6.0
    omitted: float = 9.0
    reading_sd: float = 0.25
    """Share by which reviewers differ in reading."""
    editing_sd: float = 0.2
    """Share by which they differ in mending."""
    detection: float = 0.6
    """Share of the errors that a reviewer notices, on average."""
    detection_sd: float = 0.06
    note_sd: float = 6.0
    """Notes differ by it for reasons nobody counts."""
    noise: float = 10.0


def simulate(
    seed: int, reviewers: int = 10, notes: int = 40, people: Population | None = None,
    shared: bool = True,
) -> pd.DataFrame:  # fmt: skip
    """Timed reviews, with the errors planted and caught. shared: all review the same notes."""
    p, rng = people or Population(), np.random.default_rng(seed)
    pool = notes if shared else notes * reviewers
    words = rng.integers(80, 320, pool)
    wrong, missing = rng.poisson(4, pool), rng.poisson(3, pool)
    odd = rng.normal(0, p.note_sd, pool)
    rows: list[dict[str, Any]] = []
    for r in range(reviewers):
        fixed = rng.normal(p.fixed, p.fixed_sd)
        reading, editing = (max(0.2, rng.normal(1, s)) for s in (p.reading_sd, p.editing_sd))
        d = float(np.clip(rng.normal(p.detection, p.detection_sd), 0.05, 0.95))
        for n in range(pool) if shared else range(r * notes, (r + 1) * notes):
            found, added = rng.binomial(wrong[n], d), rng.binomial(missing[n], d)
            seconds = (
                fixed + reading * p.word * words[n]
                + editing * (p.incorrect * found + p.omitted * added)
                + odd[n] + rng.normal(0, p.noise)
            )  # fmt: skip
            rows.append({
                "reviewer": f"r{r:02d}", "note": f"n{n:03d}", "group": f"c{n // 2:03d}",
                "seconds": max(1.0, seconds), "words": int(words[n]), "incorrect": int(found),
                "omitted": int(added), "edit_distance": int(4 * found + 12 * added),
                "planted": int(wrong[n]), "caught": int(found),
            })  # fmt: skip
    return pd.DataFrame(rows)


def timed(seed: int, **options: Any) -> Timed:
    """The same, as a loader gives it."""
    return Timed(simulate(seed, **options), ("words", "incorrect", "omitted"), "simulated")


def write_primock57(folder: Path, table: pd.DataFrame) -> Path:
    """The table as a results.csv in the layout of PriMock57's human evaluation."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "results.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["Evaluator", "Consultation", "Model", "Evaluator Note", "Model Note",
                      "Post-edited note", "Post-edit time", "Incorrect Statements", "Omissions",
                      "Other Issues"])  # fmt: skip
        for row in table.to_dict("records"):
            draft = " ".join(["word"] * int(row["words"]))
            wrong = "\n".join("!- "[i % 2] + f" wrong {i}" for i in range(int(row["incorrect"])))
            left = "\n".join(f"- left out {i}" for i in range(int(row["omitted"])))
            edited = f"{draft} <omission>{'more ' * int(row['edit_distance'])}</omission>"
            out.writerow([row["reviewer"], row["group"], row["note"], "own", draft, edited,
                          row["seconds"], wrong, left, ""])  # fmt: skip
    return path
