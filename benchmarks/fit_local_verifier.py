"""Fit the local verifier's two logistic models and write them into the package.

    python benchmarks/fit_local_verifier.py --challenge DIR [--planted N]

Rows: sentences and due facts of the tune half of the challenge drafts (challenge_split.toml), and
with less weight sentences of one tune session put into another's note (pure invention) and, with
--planted, N generated sessions with errors planted in their reference notes. The report half is
never read. Weights are held at 0 or above: no check may speak for a sentence. The strength of the
penalty and the threshold come from leaving one session of the tune half out at a time.
"""

from __future__ import annotations

import argparse
import json
import random
import tomllib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from notebench.adapters.challenge import WRONG_LABELS, load_challenge
from notebench.adapters.measures import Rated, auroc, caught, flagged
from notebench.verifiers.base import claims
from notebench.verifiers.features import NoteView, claim_features, fact_features
from notebench.verifiers.index import SessionIndex
from notebench.verifiers.local import checkable
from notebench.verifiers.terms import read

STRANGERS = 20  # sentences of other sessions' notes for each session
LESSER = 0.2  # weight of a row that is not a labelled challenge sentence

HERE = Path(__file__).parent
TARGET = HERE.parent / "src" / "notebench" / "verifiers" / "local_model.json"
MOST_FALSE_FLAGS = 0.10
# Assumed: a session that lists a topic as not assessed leaves no doubt about a statement on it.
FLOORS = {"claim": {"not_assessed": 0.9}, "fact": {}}


class Row(NamedTuple):
    """Features of one labelled thing."""

    group: str
    values: dict[str, float]
    bad: bool
    weight: float = 1.0


def challenge_rows(folder: str) -> tuple[list[Row], list[Row]]:
    """Rows of sentences and of due facts from the tune half."""
    tune = tomllib.loads((HERE / "challenge_split.toml").read_text("utf-8"))["tune"]
    sentences, facts = [], []
    indexes: dict[str, SessionIndex] = {}
    for item in load_challenge(folder, only=tune):
        name = item.session.session_id
        index = indexes.setdefault(name, SessionIndex(item.session))
        readings = []
        for claim, label in zip(claims(item.draft), item.labels, strict=True):
            reading = read(claim.text)
            readings.append(reading)
            if label["label"] != "uncheckable" and checkable(reading):
                judged = claim_features(reading, claim.section, index)
                sentences.append(Row(name, judged.values, label["label"] in WRONG_LABELS))
        note = NoteView.of(readings, index)
        for fact in item.session.facts or []:
            if fact.id in item.due:
                view = fact_features(fact, note, index)
                facts.append(Row(name, view.values, fact.id in item.omitted))
    return sentences, facts


def stranger_rows(folder: str) -> list[Row]:
    """Right sentences of one tune session judged against another: none of it happened there."""
    tune = tomllib.loads((HERE / "challenge_split.toml").read_text("utf-8"))["tune"]
    items = load_challenge(folder, only=tune)
    rng = random.Random(0)
    rows = []
    for name in tune:
        session = next(i.session for i in items if i.session.session_id == name)
        index = SessionIndex(session)
        others = [
            label
            for item in items
            if item.session.session_id != name
            for label in item.labels
            if label["label"] == "supported"
        ]
        for label in rng.sample(others, STRANGERS):
            judged = claim_features(read(label["text"]), label["section"], index)
            rows.append(Row(name, judged.values, True, LESSER))
    return rows


def planted_rows(count: int) -> list[Row]:
    """Sentences of reference notes of generated sessions in which errors were planted."""
    from notebench.drafters.base import Task
    from notebench.drafters.saboteur import Saboteur
    from notebench.sessions import generate

    rows = []
    for at, session in enumerate(generate(count, seed=20_000)):
        task = Task(session, "polish", ("SOAP", "DAP", "BIRP")[at % 3])
        draft, index = Saboteur(options={"errors": 4}).draft(task), SessionIndex(session)
        planted = {(e["section"], e["start"]) for e in draft.provenance["planted"]}
        for claim in claims(draft):
            reading = read(claim.text)
            if checkable(reading):
                judged = claim_features(reading, claim.section, index)
                bad = (claim.section, claim.start) in planted
                rows.append(Row(session.session_id, judged.values, bad, LESSER))
    return rows


def fit(rows: list[Row], names: list[str], penalty: float) -> tuple[float, np.ndarray]:
    """Intercept and weights (0 or above) of a logistic model with an L2 penalty."""
    x = np.array([[r.values[n] for n in names] for r in rows])
    y = np.array([r.bad for r in rows], dtype=float)
    w = np.array([r.weight for r in rows])
    scale = np.where(x.std(0) > 1e-9, x.std(0), 1.0)
    z = x / scale

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        odds = b[0] + z @ b[1:]
        p = 1 / (1 + np.exp(-odds))
        value = float((w * (np.logaddexp(0, odds) - y * odds)).sum() + penalty * (b[1:] ** 2).sum())
        slope = w * (p - y)
        return value, np.concatenate([[slope.sum()], z.T @ slope + 2 * penalty * b[1:]])

    start = np.zeros(len(names) + 1)
    bounds = [(None, None)] + [(0.0, None)] * len(names)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B")
    return float(found.x[0]), found.x[1:] / scale


def left_out(rows: list[Row], names: list[str], penalty: float) -> list[Rated]:
    """Each row rated by a model that never saw its session."""
    rated = []
    for group in sorted({r.group for r in rows if r.weight == 1.0}):
        intercept, weights = fit([r for r in rows if r.group != group], names, penalty)
        for row in rows:
            if row.group == group and row.weight == 1.0:
                odds = intercept + sum(
                    w * row.values[n] for n, w in zip(names, weights, strict=True)
                )
                rated.append(Rated(group, float(1 / (1 + np.exp(-odds))), row.bad))
    return rated


def threshold(rated: list[Rated]) -> float:
    """The lowest threshold that flags no more of the right things than allowed."""
    steps = [s / 100 for s in range(5, 80)]
    return next((t for t in steps if flagged(rated, t) <= MOST_FALSE_FLAGS), 0.5)


def model(rows: list[Row], name: str) -> dict[str, object]:
    """The fitted model as data, with what leaving one session out says of it."""
    names = sorted(rows[0].values)
    tried = {p: auroc(left_out(rows, names, p)) for p in (0.5, 1, 2, 4, 8, 16, 32)}
    penalty = max(tried, key=lambda p: (round(tried[p], 2), p))
    rated = left_out(rows, names, penalty)
    cut = threshold(rated) if name == "claim" else 0.5
    intercept, weights = fit(rows, names, penalty)
    print(
        f"{name}: {len(rows)} rows, {sum(r.bad for r in rows)} bad, penalty {penalty}, "
        f"left-out AUROC {tried[penalty]:.3f}, threshold {cut} catches {caught(rated, cut):.2f} "
        f"and flags {flagged(rated, cut):.2f}"
    )
    kept = {n: round(float(w), 4) for n, w in zip(names, weights, strict=True) if w > 1e-4}
    return {
        "intercept": round(intercept, 4), "threshold": cut, "floors": FLOORS[name],
        "weights": kept, "rows": len(rows),
        "penalty": penalty, "left_out_auroc": round(tried[penalty], 4),
    }  # fmt: skip


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--challenge", required=True, help="folder of the challenge drafts")
    parser.add_argument("--planted", type=int, default=0, help="generated sessions to add")
    arguments = parser.parse_args()
    sentences, facts = challenge_rows(arguments.challenge)
    sentences += stranger_rows(arguments.challenge)
    if arguments.planted:
        sentences += planted_rows(arguments.planted)
    made = {
        "fitted_on": f"tune half of the challenge drafts; {STRANGERS} sentences of other sessions "
        f"for each session; {arguments.planted} generated sessions with planted errors",
        "models": {"claim": model(sentences, "claim"), "fact": model(facts, "fact")},
    }
    TARGET.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    print(f"wrote {TARGET}")


if __name__ == "__main__":
    main()
