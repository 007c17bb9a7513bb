"""Fit the scale of the local-llm verifier, and measure it on drafts that it was not fitted on.

    python benchmarks/fit_local_llm.py --challenge DIR [--tune N] [--report N] [--facts N]
                                       [--generated N] [--notes N] [--timed N] [--render]

Asks the embedded model about a stratified sample of the tune half of the challenge drafts
(challenge_split.toml) and, with less weight, of generated notes with planted errors; fits the scale
and the threshold; writes them into the package. Then it asks about a sample of the report half and
judges whole notes with `local` and `local-llm` one after the other, and writes what it measured to
benchmarks/results/local_llm.json. Answers are kept in the user's cache: a stopped run goes on.
--render prints the figures of the last run as Markdown and asks nothing.

Half of a sample is wrong where there are enough, so that both sides are measured equally well; the
fit weighs its rows back to the share that is wrong in the tune half.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from tqdm.auto import tqdm

from notebench.adapters.challenge import WRONG_LABELS, Labelled, load_challenge
from notebench.adapters.measures import Rated, auroc, caught, flagged, with_interval
from notebench.formats import sections_of
from notebench.llm.client import AnswerCache, Client
from notebench.storage import write_text
from notebench.verifiers import make
from notebench.verifiers.base import claims, label_of
from notebench.verifiers.llm_excerpt import Excerpts
from notebench.verifiers.local_llm import DEFAULT, LocalLlmVerifier, Scale, fitted, prompts

HERE = Path(__file__).parent
SCALE = HERE.parent / "src" / "notebench" / "verifiers" / "local_llm.json"
RESULTS = HERE / "results" / "local_llm.json"
SEED = 41
GENERATED_SEED, GENERATED_SESSIONS = 20_500, 5
GENERATED_WEIGHT = 0.35  # of a generated sentence; a labelled one counts 1
MOST_FALSE_FLAGS = 0.10  # of the right sentences of the tune half


class Question(NamedTuple):
    """One thing to ask about, and its label."""

    session: str
    bad: bool
    odds: Callable[[], float | None]
    kind: str = ""
    weight: float = 1.0


class Answered(NamedTuple):
    """A question with the model's log-odds."""

    question: Question
    odds: float


def split(folder: str, half: str) -> list[Labelled]:
    """The labelled drafts of one half."""
    halves = tomllib.loads((HERE / "challenge_split.toml").read_text("utf-8"))
    return load_challenge(folder, only=halves[half])


def of_claims(items: Sequence[Labelled], verifier: LocalLlmVerifier) -> list[Question]:
    """A question for every sentence that has a label."""
    sources = {i.session.session_id: Excerpts.of_session(i.session) for i in items}
    found = []
    for item in items:
        name = item.session.session_id
        for claim, label in zip(claims(item.draft), item.labels, strict=True):
            if label["label"] == "uncheckable":
                continue
            bad = label["label"] in WRONG_LABELS

            def odds(text: str = claim.text, source: Excerpts = sources[name]) -> float | None:
                return verifier.claim_odds(text, source)[0]

            found.append(Question(name, bad, odds, label["error_type"] or "" if bad else ""))
    return found


def of_facts(items: Sequence[Labelled], verifier: LocalLlmVerifier) -> list[Question]:
    """A question for every fact that is due."""
    found = []
    for item in items:
        note = Excerpts.of_note(sections_of(item.draft))
        for fact in item.session.facts or []:
            if fact.id in item.due:
                odds = lambda fact=fact, note=note: verifier.fact_odds(fact, note)  # noqa: E731
                found.append(Question(item.session.session_id, fact.id in item.omitted, odds))
    return found


def of_generated(count: int, verifier: LocalLlmVerifier) -> list[Question]:
    """Sentences of clinicians' generated notes, and those into which an error was planted."""
    from notebench.drafters.base import Task
    from notebench.drafters.saboteur import Saboteur
    from notebench.sessions import generate

    found = []
    for session in generate(count, seed=GENERATED_SEED, formats=["SOAP"]):
        draft = Saboteur(options={"errors": 5}).draft(Task(session, "polish", "SOAP"))
        wrong = {(e["section"], e["start"]) for e in draft.provenance["planted"] if e["after"]}
        source = Excerpts.of_session(session)
        for claim in claims(draft):
            bad = (claim.section, claim.start) in wrong

            def odds(text: str = claim.text, source: Excerpts = source) -> float | None:
                return verifier.claim_odds(text, source)[0]

            found.append(Question(session.session_id, bad, odds, weight=GENERATED_WEIGHT))
    return found


def sample(questions: Sequence[Question], n: int, seed: int = SEED) -> list[Question]:
    """n questions, half of them bad as far as there are, sessions and error types in turn."""
    rng = random.Random(seed)
    bad = _in_turn([q for q in questions if q.bad], rng)[: n // 2]
    return bad + _in_turn([q for q in questions if not q.bad], rng)[: n - len(bad)]


def _in_turn(questions: Sequence[Question], rng: random.Random) -> list[Question]:
    mixed = rng.sample(list(questions), len(questions))
    seen: dict[tuple[str, str], int] = {}
    ranked = []
    for at, question in enumerate(mixed):
        key = (question.session, question.kind)
        seen[key] = seen.get(key, 0) + 1
        ranked.append((seen[key], at, question))
    return [question for _, _, question in sorted(ranked, key=lambda r: r[:2])]


def ask(questions: Sequence[Question], what: str) -> tuple[list[Answered], int]:
    """The answers, and how many questions got neither yes nor no."""
    bar = tqdm(questions, desc=what, unit="question")
    given = [(question, question.odds()) for question in bar]
    known = [Answered(q, odds) for q, odds in given if odds is not None]
    return known, len(given) - len(known)


def fit(rows: Sequence[Answered], share: float) -> Scale:
    """A logistic scale, rows weighed so that this share of each origin is bad."""
    odds = np.array([r.odds for r in rows])
    bad = np.array([r.question.bad for r in rows])
    weight = np.array([r.question.weight for r in rows])
    for origin in sorted(set(weight)):
        here = weight == origin
        for side, wanted in ((bad, share), (~bad, 1 - share)):
            weight[here & side] *= wanted * here.sum() / max((here & side).sum(), 1)

    def loss(b: np.ndarray) -> float:
        z = b[0] - b[1] * odds
        # the small penalty keeps a slope finite where the sample is separable
        return float((weight * (np.logaddexp(0, z) - bad * z)).sum() + 0.01 * b[1] ** 2)

    found = minimize(loss, np.zeros(2), method="L-BFGS-B")
    return Scale(slope=round(float(found.x[1]), 4), intercept=round(float(found.x[0]), 4))


def threshold(rows: Sequence[Answered], scale: Scale, most: float) -> float:
    """The lowest probability that at most this share of the right rows reach."""
    right = sorted(scale.probability(r.odds) for r in rows if not r.question.bad)
    allowed = int(most * len(right))
    return round(right[-allowed - 1] + 0.0001, 4)


def rated(rows: Sequence[Answered], scale: Scale) -> list[Rated]:
    """Rows as the measures take them."""
    return [
        Rated(r.question.session, scale.probability(r.odds), r.question.bad) for r in rows
    ]  # fmt: skip


def fit_scales(arguments: argparse.Namespace, verifier: LocalLlmVerifier) -> dict[str, Any]:
    """Fit both scales on the tune half and write them into the package; what was asked."""
    items = split(arguments.challenge, "tune")
    every = {"claim": of_claims(items, verifier), "fact": of_facts(items, verifier)}
    share = {kind: sum(q.bad for q in found) / len(found) for kind, found in every.items()}
    made = sample(of_generated(GENERATED_SESSIONS, verifier), arguments.generated)
    own, _ = ask(sample(every["claim"], arguments.tune), "tune, sentences")
    generated, _ = ask(made, "generated sentences")
    facts, _ = ask(sample(every["fact"], arguments.facts), "tune, facts")
    claim, fact = fit([*own, *generated], share["claim"]), fit(facts, share["fact"])
    claim = replace(claim, threshold=threshold(own, claim, MOST_FALSE_FLAGS))
    scale = {"prompts": [p.version for p in prompts()], "claim": vars(claim), "fact": vars(fact)}
    write_text(SCALE, json.dumps({"models": {DEFAULT: scale}}, indent=1) + "\n")
    fitted.cache_clear()
    return {
        "sentences": len(own), "generated": len(generated), "facts": len(facts),
        "auroc": round(auroc(rated(own, claim)), 3),
        "auroc_generated": round(auroc(rated(generated, claim)), 3),
    }  # fmt: skip


def measure(arguments: argparse.Namespace, client: Client) -> dict[str, Any]:
    """Figures on the report half, with the scales that are in the package."""
    verifier = LocalLlmVerifier(client=client)
    items = split(arguments.challenge, "report")
    found: dict[str, Any] = {"verifier": f"{verifier.name}@{verifier.version}"}
    asked = {
        "sentences": (of_claims(items, verifier), arguments.report, fitted()[DEFAULT]["claim"]),
        "facts": (of_facts(items, verifier), arguments.facts, fitted()[DEFAULT]["fact"]),
    }
    for name, (questions, n, scale) in asked.items():
        rows, silent = ask(sample(questions, n), f"report, {name}")
        rates = rated(rows, scale)
        found[name] = {
            "n": len(rows), "bad": sum(r.bad for r in rates), "unscored": silent,
            "sessions": len({r.group for r in rates}), "threshold": scale.threshold,
            "auroc": _interval(rates, auroc),
            "caught": _interval(rates, lambda r, at=scale.threshold: caught(r, at)),
            "flagged": _interval(rates, lambda r, at=scale.threshold: flagged(r, at)),
        }  # fmt: skip
    return found


def _interval(rates: list[Rated], measure: Callable[..., float]) -> list[float]:
    value = with_interval(rates, measure)
    return [round(float(v), 4) for v in (value.value, value.low, value.high)]


def speed(items: Sequence[Labelled], notes: int, each: int) -> dict[str, Any]:
    """Seconds of one core that a note takes, by both verifiers on the same notes in turn.

    `local` judges whole notes, after a first one of the session; `local-llm` answers so many
    questions of each kind, evenly spread over the note, scaled to all of them. Processor time does
    not depend on what else the machine does; nothing comes from the cache.
    """
    local, asked = make("local"), LocalLlmVerifier(client=Client())
    by_session: dict[str, list[Labelled]] = {}
    for item in items:
        by_session.setdefault(item.session.session_id, []).append(item)
    chosen = [own[:2] for own in list(by_session.values())[:notes]]
    asked.claim_odds("Warm.", Excerpts.of_session(items[0].session))  # loads the model
    seconds = dict.fromkeys(("local", "local-llm"), 0.0)
    questions = 0
    for first, item in tqdm(chosen, desc="notes timed", unit="note"):
        local.verify(first.session, first.draft)
        seconds["local"] += _timed(partial(local.verify, item.session, item.draft))
        for kind in (of_claims([item], asked), of_facts([item], asked)):
            some = kind[:: max(1, len(kind) // each)]
            took = sum(_timed(question.odds) for question in some)
            seconds["local-llm"] += took / len(some) * len(kind)
            questions += len(kind)
    return {
        "local": label_of(local), "notes": notes, "questions_a_note": round(questions / notes, 1),
        "local_s": round(seconds["local"] / notes, 4),
        "local_llm_s": round(seconds["local-llm"] / notes, 1),
        "times_as_fast": round(seconds["local-llm"] / seconds["local"]),
    }  # fmt: skip


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def markdown(results: dict[str, Any]) -> str:
    """The figures of a run as a Markdown block for docs/validation.md."""
    run, model = results["speed"], results["model"]
    lines = [
        f"{results['report']['verifier']}, model {model}, on samples of the report half of the "
        "challenge drafts, half of each sample wrong as far as there are; sentences at the "
        f"threshold that flags at most {MOST_FALSE_FLAGS:.0%} of the right ones asked about in the "
        "tune half. 95% intervals in "
        "brackets, sessions resampled.", "",
        "| asked about | n | of them bad | AUROC | caught | flagged wrongly | unscored |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name in ("sentences", "facts"):
        part = results["report"][name]
        shown = ["{:.2f} ({:.2f}-{:.2f})".format(*part[k]) for k in ("auroc", "caught", "flagged")]
        cells = [name, part["n"], part["bad"], *shown, part["unscored"]]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    tuned = results["tune"]
    lines += [
        "",
        f"Fitted on {tuned['sentences']} sentences and {tuned['facts']} facts of the tune half and "
        f"{tuned['generated']} generated sentences (AUROC there {tuned['auroc']:.2f} and "
        f"{tuned['auroc_generated']:.2f}). In one run on {run['notes']} note(s) of "
        f"{run['questions_a_note']:.0f} questions: {run['local_llm_s']:.0f} s of one core a note, "
        f"{run['local']} {run['local_s']:.3f} s, {run['times_as_fast']:,} times as fast.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--challenge", help="folder of the challenge drafts")
    parser.add_argument("--tune", type=int, default=100, help="sentences to fit on")
    parser.add_argument("--report", type=int, default=150, help="sentences to measure on")
    parser.add_argument("--facts", type=int, default=80, help="facts, in each half")
    parser.add_argument("--generated", type=int, default=40, help="generated sentences to fit on")
    parser.add_argument("--notes", type=int, default=3, help="notes to time")
    parser.add_argument("--timed", type=int, default=3, help="questions of each kind to time")
    parser.add_argument("--render", action="store_true", help="print the last run's figures")
    arguments = parser.parse_args()
    if not arguments.render:
        client = Client(cache=AnswerCache())
        tuned = fit_scales(arguments, LocalLlmVerifier(client=client))
        found = {"model": DEFAULT, "tune": tuned, "report": measure(arguments, client)}
        report = split(arguments.challenge, "report")
        found["speed"] = speed(report, arguments.notes, arguments.timed)
        RESULTS.parent.mkdir(exist_ok=True)
        write_text(RESULTS, json.dumps(found, indent=1) + "\n")
    print(markdown(json.loads(RESULTS.read_text("utf-8"))))


if __name__ == "__main__":
    main()
