"""Fit the local verifier's two logistic models and write them into the package.

    python benchmarks/fit_local_verifier.py --challenge DIR [--generated N]

Rows: sentences and due facts of the tune half of the challenge drafts (challenge_split.toml), and
with less weight sentences of generated sessions: the clinician's own notes, errors planted in
them, and sentences without any source (unsourced.py). The report half is never read. Weights are
held at 0 or above: no check may speak for a sentence. The strength of the penalty and the
threshold come from leaving one session of the tune half, and a share of the generated ones, out at
a time.
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
from unsourced import FORMATS, KINDS, sentences, strays

from notebench.adapters.challenge import WRONG_LABELS, load_challenge
from notebench.adapters.measures import Rated, auroc, caught, flagged
from notebench.records import Session
from notebench.verifiers.base import claims
from notebench.verifiers.features import NoteView, claim_features, fact_features, sourceless
from notebench.verifiers.index import SessionIndex
from notebench.verifiers.local import checkable
from notebench.verifiers.scale import Scale
from notebench.verifiers.terms import read

SEED = 20_000  # of the generated sessions
STRAYS = 4  # sentences of no source of each kind for each generated session
WEIGHTS = {"own": 0.35, "planted": 0.35, "unsourced": 0.15}
"""Of a row that is not a labelled sentence of the challenge drafts, which count 1."""

HERE = Path(__file__).parent
TARGET = HERE.parent / "src" / "notebench" / "verifiers" / "local_model.json"
MOST_FALSE_FLAGS = 0.07  # of right sentences of the tune half
MOST_FALSE_FLAGS_OWN = 0.05  # of sentences of the clinicians' own generated notes
# Assumed: a session that lists a topic as not assessed leaves no doubt about a statement on it.
FLOORS = {"claim": {"not_assessed": 0.9}, "fact": {}}


class Row(NamedTuple):
    """Features of one labelled thing."""

    group: str
    values: dict[str, float]
    bad: bool
    weight: float = 1.0
    origin: str = "challenge"


def challenge_rows(folder: str) -> tuple[list[Row], list[Row]]:
    """Rows of sentences and of due facts from the tune half."""
    tune = tomllib.loads((HERE / "challenge_split.toml").read_text("utf-8"))["tune"]
    rated, facts = [], []
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
                rated.append(Row(name, judged.values, label["label"] in WRONG_LABELS))
        note = NoteView.of(readings, index)
        for fact in item.session.facts or []:
            if fact.id in item.due:
                view = fact_features(fact, note, index)
                facts.append(Row(name, view.values, fact.id in item.omitted))
    return rated, facts


def generated_rows(count: int) -> list[Row]:
    """Generated sessions: their clinicians' own notes, planted errors, sentences of no source."""
    from notebench.sessions import generate

    sessions = list(generate(count, seed=SEED))
    rng = random.Random(SEED)
    rows = []
    for at, session in enumerate(sessions):
        # every third is judged without its fact ledger, as a session from elsewhere would be
        known = session if at % 3 else session.model_copy(update={"facts": None})
        index, format = SessionIndex(known), FORMATS[at // 3 % len(FORMATS)]

        def add(
            origin: str, section: str, text: str, bad: bool,
            index: SessionIndex = index, group: str = session.session_id,
        ) -> None:  # fmt: skip
            reading = read(text)
            if checkable(reading):
                values = claim_features(reading, section, index).values
                name = origin if index.session.facts else f"{origin}, no ledger"
                rows.append(Row(group, values, bad, WEIGHTS[origin], name))

        note = session.reference(format)
        for section, text in sentences(note) if note else ():
            add("own", section, text, False)
        for section, text in planted(session, format):
            add("planted", section, text, True)
        for stray in strays(session, sessions, "fit", STRAYS, rng):
            add("unsourced", stray.section, stray.text, True)
    return rows


def planted(session: Session, format: str) -> list[tuple[str, str]]:
    """Section and text of the sentences into which an error was planted."""
    from notebench.drafters.base import Task
    from notebench.drafters.saboteur import Saboteur

    draft = Saboteur(options={"errors": 6}).draft(Task(session, "polish", format))
    wrong = {(e["section"], e["start"]) for e in draft.provenance["planted"] if e["after"]}
    return [(c.section, c.text) for c in claims(draft) if (c.section, c.start) in wrong]


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


SOURCE = (
    "alone_stated", "alone_both", "unlike", "alone_bare", "padding", "repeats", "loops", "scaffold",
    "clause_alone", "clause_apart", "unanchored", "unheld", "uncovered", "uncovered_best",
    "uncovered_near",
)  # fmt: skip
"""What the model of having no source reads; the other models read the rest."""
SOURCE_PENALTY = 2


def source_model(rows: list[Row]) -> Scale:
    """Sentences without a source against right ones: planted and subtle errors are not in it."""
    kept = [
        r._replace(weight=WEIGHTS["own"])
        for r in rows
        if r.origin.split(",")[0] in ("own", "unsourced") or (r.origin == "challenge" and not r.bad)
    ]
    intercept, weights = fit(kept, list(SOURCE), SOURCE_PENALTY)
    return Scale(intercept, dict(zip(SOURCE, map(float, weights), strict=True)), 0.5)


def sourced(rows: list[Row], source: Scale) -> list[Row]:
    """The rows with what the source model says in place of what it reads."""
    made = []
    for row in rows:
        values = {n: v for n, v in row.values.items() if n not in SOURCE}
        made.append(row._replace(values=values | {"sourceless": sourceless(source, row.values)}))
    return made


def left_out(rows: list[Row], penalty: float) -> dict[str, list[Rated]]:
    """Rows by origin, each rated by a model that never saw its session (or its sixth of them)."""
    groups = sorted({r.group for r in rows if r.origin == "challenge"})
    fold = {g: i for i, g in enumerate(groups)}
    fold |= {g: i % len(groups) for i, g in enumerate(sorted({r.group for r in rows} - set(fold)))}
    rated: dict[str, list[Rated]] = {}
    for out in range(len(groups)):
        seen, unseen = ([r for r in rows if (fold[r.group] == out) == is_out] for is_out in (0, 1))
        if SOURCE[0] in rows[0].values:
            source = source_model(seen)
            seen, unseen = sourced(seen, source), sourced(unseen, source)
        names = sorted(seen[0].values)
        intercept, weights = fit(seen, names, penalty)
        scale = Scale(intercept, dict(zip(names, map(float, weights), strict=True)), 0.5)
        for row in unseen:
            p = scale.probability(row.values)
            rated.setdefault(row.origin, []).append(Rated(row.group, p, row.bad))
    return rated


def threshold(rated: dict[str, list[Rated]]) -> float:
    """The lowest threshold that flags no more of the right things than allowed, by origin."""
    steps = [s / 100 for s in range(5, 80)]
    own = rated.get("own", [])
    return next(
        (
            t
            for t in steps
            if flagged(rated["challenge"], t) <= MOST_FALSE_FLAGS
            and not (own and flagged(own, t) > MOST_FALSE_FLAGS_OWN)
        ),
        0.5,
    )


def served(rated: dict[str, list[Rated]]) -> float:
    """Mean AUROC over the challenge drafts and the generated sessions, where there are any."""
    generated = [r for origin, held in rated.items() if origin != "challenge" for r in held]
    parts = [auroc(rated["challenge"]), *([auroc(generated)] if generated else [])]
    return float(np.mean(parts))


def model(rows: list[Row], name: str) -> dict[str, object]:
    """The fitted model as data, with what leaving one session out says of it."""
    tried = {p: left_out(rows, p) for p in (2, 4, 8, 16, 32)}
    penalty = max(tried, key=lambda p: (round(served(tried[p]), 3), p))
    rated = tried[penalty]
    cut = threshold(rated) if name == "claim" else 0.5
    if name == "claim":
        rows = sourced(rows, source_model(rows))
    names = sorted(rows[0].values)
    intercept, weights = fit(rows, names, penalty)
    print(
        f"{name}: penalty {penalty}, threshold {cut}, "
        f"left-out AUROC {auroc(rated['challenge']):.3f}"
    )
    shares = {}
    for origin, group in sorted(rated.items()):
        shares[origin] = {"n": len(group)}
        for what, share in (("caught", caught(group, cut)), ("flagged", flagged(group, cut))):
            if not np.isnan(share):
                shares[origin][what] = round(share, 3)
        print(f"  {origin}: {shares[origin]}")
    kept = {n: round(float(w), 4) for n, w in zip(names, weights, strict=True) if w > 1e-4}
    return {
        "intercept": round(intercept, 4), "threshold": cut, "floors": FLOORS[name],
        "weights": kept, "penalty": penalty, "left_out_auroc": round(auroc(rated["challenge"]), 4),
        "left_out": shares,
    }  # fmt: skip


def as_data(scale: Scale) -> dict[str, object]:
    """A model without figures of its own."""
    kept = {n: round(w, 4) for n, w in scale.weights.items() if w > 1e-4}
    return {"intercept": round(scale.intercept, 4), "threshold": 0.5, "weights": kept}


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--challenge", required=True, help="folder of the challenge drafts")
    parser.add_argument("--generated", type=int, default=72, help="generated sessions to add")
    arguments = parser.parse_args()
    rows, facts = challenge_rows(arguments.challenge)
    rows += generated_rows(arguments.generated)
    made = {
        "fitted_on": f"tune half of the challenge drafts; {arguments.generated} generated sessions "
        f"(seed {SEED}) with the clinician's own sentences, planted errors, and up to {STRAYS} "
        f"sentences without a source of each of these kinds: {', '.join(KINDS)}",
        "weights_by_origin": {"challenge": 1.0, **WEIGHTS},
        "threshold_of_claims": f"the lowest at which, leaving sessions out, at most "
        f"{MOST_FALSE_FLAGS:.0%} of the right sentences of the tune half and at most "
        f"{MOST_FALSE_FLAGS_OWN:.0%} of the clinicians' own generated sentences are flagged",
        "models": {
            "source": as_data(source_model(rows)),
            "claim": model(rows, "claim"),
            "fact": model(facts, "fact"),
        },
    }
    TARGET.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    print(f"wrote {TARGET}")


if __name__ == "__main__":
    main()
