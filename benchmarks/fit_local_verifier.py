"""Fit the local verifier's three logistic models and write them into the package.

    python benchmarks/fit_local_verifier.py --challenge DIR --mts DIR [--generated N]

Run it after fit_reader.py, whose reader is one of the features. Rows: sentences and due facts of
the tune half of the challenge drafts (challenge_split.toml), and with less weight notes written for
fitting and sentences of generated sessions (the clinician's own notes, errors planted in them, and
sentences without any source, unsourced.py), none of which the reader was trained on. The report
half is never read. Weights are held at 0 or above: no check may speak for a sentence. The strength
of the penalty, the threshold and the scale of the probabilities come from leaving one session of
the tune half, and a share of the others, out at a time. Sessions without a ledger of facts have a
model of their own, fitted on the same without their ledgers, on written talk and on summaries of
MTS-Dialog's test sets.
"""

from __future__ import annotations

import argparse
import json
import random
import tomllib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from reader_pairs import dialogues, mts_pairs, split
from scipy.optimize import minimize
from unsourced import FORMATS, KINDS, sentences, strays
from written_notes import unread_by_the_reader

from notebench.adapters.challenge import WRONG_LABELS, load_challenge
from notebench.adapters.measures import Rated, auroc, caught, flagged
from notebench.records import Session
from notebench.verifiers.base import claims
from notebench.verifiers.features import NoteView, claim_features, fact_features
from notebench.verifiers.index import SessionIndex
from notebench.verifiers.local import checkable
from notebench.verifiers.scale import Scale
from notebench.verifiers.terms import read

SEED = 30_000  # of the generated sessions: others than the reader was trained on
STRAYS = 4  # sentences of no source of each kind for each generated session
WEIGHTS = {
    "claim": {"challenge": 1.0, "written": 0.5, "own": 0.25, "planted": 0.25, "unsourced": 0.5},
    "bare": {
        "challenge": 0.3, "written": 1.0, "mts": 1.0, "own": 0.35, "planted": 0.2,
        "unsourced": 0.35,
    },
    "fact": {"challenge": 1.0},
}  # fmt: skip
"""Of a row by its origin. Without a ledger, notes of talk count most: the wrong sentences of the
challenge drafts are subtle by design, and those of models' notes mostly have no source at all."""

HERE = Path(__file__).parent
TARGET = HERE.parent / "src" / "notebench" / "verifiers" / "local_model.json"
PENALTIES = (2, 4, 8)
"""Of the weights; more would shrink what fires seldom and is nearly always right."""
MOST_FALSE_FLAGS = 0.07  # of right sentences of the tune half
MOST_FALSE_FLAGS_OWN = 0.05  # of sentences of the clinicians' own generated notes
FLOORS = {
    "claim": {"not_assessed": 0.9, "number_absent": 0.5},
    "bare": {"not_assessed": 0.9},
    "fact": {},
}
"""Assumed: a session that lists a topic as not assessed leaves no doubt about a statement on it,
and a number that stands nowhere and follows from nothing, where there is a ledger, is wrong."""


class Row(NamedTuple):
    """Features of one labelled thing."""

    group: str
    values: dict[str, float]
    bad: bool
    origin: str = "challenge"
    weight: float = 1.0


def challenge_rows(folder: str, ledger: bool = True) -> tuple[list[Row], list[Row]]:
    """Rows of sentences and of due facts from the tune half, with or without a ledger of facts."""
    tune = tomllib.loads((HERE / "challenge_split.toml").read_text("utf-8"))["tune"]
    rated, facts = [], []
    indexes: dict[str, SessionIndex] = {}
    for item in load_challenge(folder, only=tune):
        name = item.session.session_id
        session = item.session if ledger else item.session.model_copy(update={"facts": None})
        index = indexes.setdefault(name, SessionIndex(session))
        readings = []
        for claim, label in zip(claims(item.draft), item.labels, strict=True):
            reading = read(claim.text)
            readings.append(reading)
            if label["label"] != "uncheckable" and checkable(reading):
                judged = claim_features(reading, claim.section, index)
                rated.append(Row(name, judged.values, label["label"] in WRONG_LABELS))
        note = NoteView.of(readings, index)
        for fact in session.facts or []:
            if fact.id in item.due:
                view = fact_features(fact, note, index)
                facts.append(Row(name, view.values, fact.id in item.omitted))
    return rated, facts


def generated_rows(count: int, ledger: bool = True) -> list[Row]:
    """Generated sessions: their clinicians' own notes, planted errors, sentences of no source."""
    from notebench.sessions import generate

    sessions = list(generate(count, seed=SEED))
    rng = random.Random(SEED)
    rows = []
    for at, session in enumerate(sessions):
        known = session if ledger else session.model_copy(update={"facts": None})
        index, format = SessionIndex(known), FORMATS[at % len(FORMATS)]

        def add(
            origin: str, section: str, text: str, bad: bool,
            index: SessionIndex = index, group: str = session.session_id,
        ) -> None:  # fmt: skip
            reading = read(text)
            if checkable(reading):
                values = claim_features(reading, section, index).values
                rows.append(Row(group, values, bad, origin))

        note = session.reference(format)
        for section, text in sentences(note) if note else ():
            add("own", section, text, False)
        for section, text in planted(session, format):
            add("planted", section, text, True)
        for stray in strays(session, sessions, "fit", STRAYS, rng):
            add("unsourced", stray.section, stray.text, True)
    return rows


def written_rows(ledger: bool = True) -> list[Row]:
    """Notes written for fitting, those that the reader was not trained on."""
    rows = []
    for session, told in unread_by_the_reader():
        if bool(session.facts) == ledger:
            index = SessionIndex(session)
            for text, kind in told:
                values = claim_features(read(text), "", index).values
                rows.append(Row(session.session_id, values, bool(kind), "written"))
    return rows


def mts_rows(folder: Path) -> list[Row]:
    """Summaries of MTS-Dialog's test sets, those that the reader was not trained on."""
    _, unread = split(list(mts_pairs(folder)))
    indexes = {s.session_id: SessionIndex(s) for s, _, _ in dialogues(folder)}
    return [
        Row(p.group, claim_features(read(p.sentence), "S", indexes[p.group]).values, p.bad, "mts")
        for p in unread
    ]


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


def left_out(rows: list[Row], penalty: float) -> dict[str, list[Rated]]:
    """Rows by origin, each rated by a model that never saw its session (or its sixth of them)."""
    groups = sorted({r.group for r in rows if r.origin == "challenge"})
    fold = {g: i for i, g in enumerate(groups)}
    fold |= {g: i % len(groups) for i, g in enumerate(sorted({r.group for r in rows} - set(fold)))}
    rated: dict[str, list[Rated]] = {}
    for out in range(len(groups)):
        seen, unseen = ([r for r in rows if (fold[r.group] == out) == is_out] for is_out in (0, 1))
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


def _odds(p: float) -> float:
    p = min(max(p, 1e-6), 1 - 1e-6)
    return float(np.log(p / (1 - p)))


def calibrated(rated: list[Rated]) -> tuple[float, float]:
    """Slope and shift that bring left-out log-odds in line with the shares that were wrong."""
    odds = np.array([_odds(r.p) for r in rated])
    y = np.array([r.bad for r in rated], dtype=float)

    def loss(b: np.ndarray) -> float:
        z = b[0] * odds + b[1]
        return float((np.logaddexp(0, z) - y * z).sum())

    slope, shift = minimize(loss, [1.0, 0.0], method="Nelder-Mead").x
    return float(slope), float(shift)


def moved(rated: dict[str, list[Rated]], slope: float, shift: float) -> dict[str, list[Rated]]:
    """The same with their log-odds on that scale."""
    scale = Scale(shift, {"odds": slope}, 0.5)
    return {
        origin: [r._replace(p=scale.probability({"odds": _odds(r.p)})) for r in held]
        for origin, held in rated.items()
    }


def served(rated: dict[str, list[Rated]]) -> float:
    """Mean AUROC over the origins that hold right and wrong things, generated ones as one."""
    made = ("own", "planted", "unsourced")
    groups = [held for origin, held in rated.items() if origin not in made]
    groups.append([r for origin in made for r in rated.get(origin, [])])
    return float(np.mean([auroc(held) for held in groups if held]))


def model(rows: list[Row], name: str) -> dict[str, object]:
    """The fitted model as data, with what leaving one session out says of it."""
    rows = [r._replace(weight=WEIGHTS[name][r.origin]) for r in rows]
    tried = {p: left_out(rows, p) for p in PENALTIES}
    penalty = max(tried, key=lambda p: (round(served(tried[p]), 3), p))
    slope, shift = calibrated(tried[penalty]["challenge"])
    rated = moved(tried[penalty], slope, shift)
    cut = threshold(rated) if name != "fact" else 0.5
    names = sorted(rows[0].values)
    intercept, weights = fit(rows, names, penalty)
    intercept, weights = slope * intercept + shift, slope * weights
    print(
        f"{name}: penalty {penalty}, threshold {cut}, slope {slope:.2f}, shift {shift:.2f}, "
        f"left-out AUROC {auroc(rated['challenge']):.3f}"
    )
    shares = {}
    for origin, group in sorted(rated.items()):
        shares[origin] = {"n": len(group)}
        if 0 < sum(r.bad for r in group) < len(group):
            shares[origin]["auroc"] = round(auroc(group), 3)
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


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--challenge", required=True, help="folder of the challenge drafts")
    parser.add_argument("--mts", required=True, type=Path, help="folder of MTS-Dialog's csv files")
    parser.add_argument("--generated", type=int, default=48, help="generated sessions to add")
    arguments = parser.parse_args()
    rows, facts = challenge_rows(arguments.challenge)
    rows += generated_rows(arguments.generated) + written_rows()
    bare, _ = challenge_rows(arguments.challenge, ledger=False)
    bare += generated_rows(arguments.generated, ledger=False) + written_rows(ledger=False)
    bare += mts_rows(arguments.mts)
    made = {
        "fitted_on": "tune half of the challenge drafts; notes written for fitting that the reader "
        f"was not trained on; {arguments.generated} generated sessions "
        f"(seed {SEED}) with the clinician's own sentences, planted errors, and up to {STRAYS} "
        f"sentences without a source of each of these kinds: {', '.join(KINDS)}",
        "weights_by_origin": WEIGHTS,
        "threshold_of_claims": f"the lowest at which, leaving sessions out, at most "
        f"{MOST_FALSE_FLAGS:.0%} of the right sentences of the tune half and at most "
        f"{MOST_FALSE_FLAGS_OWN:.0%} of the clinicians' own generated sentences are flagged",
        "models": {
            "claim": model(rows, "claim"),
            "bare": model(bare, "bare"),
            "fact": model(facts, "fact"),
        },
    }
    TARGET.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    print(f"wrote {TARGET}")


if __name__ == "__main__":
    main()
