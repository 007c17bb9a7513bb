"""How natural and how distinct generated sessions are; writes docs/validation.md's part of it.

    python benchmarks/session_realism.py [--n 500] [--seed 0] [--problem P] [--top 30]
        [--real challenge|primock57|annomi PATH]... [--planted 120] [--stream 10000]
        [--write docs/validation.md]

--planted: how well counting words finds errors planted in that many other sessions' notes.
--stream: speed and memory of writing that many. --real: transcripts from elsewhere, measured
beside the generated ones, and told from them by a classifier that has seen neither session.
--top: show that many of the commonest 5-grams.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

import planted_overlap
from validation_page import replaced

from notebench.adapters import annomi, primock57
from notebench.adapters.challenge import Labelled, load_challenge
from notebench.records import Session
from notebench.sessions import check, generate, realism
from notebench.stats.intervals import cluster_bootstrap
from notebench.storage import write_jsonl, write_text


def _once(labelled: Sequence[Labelled]) -> list[Session]:
    """The sessions behind labelled drafts, each once."""
    return list({one.session.session_id: one.session for one in labelled}.values())


LOADERS = {
    "challenge": lambda path: _once(load_challenge(path)),
    "primock57": primock57.load_sessions,
    "annomi": annomi.load_sessions,
}
NAMES = {
    "challenge": "hand-written sessions (12, by language models)",
    "primock57": "PriMock57 (mock consultations in general practice)",
    "annomi": "AnnoMI (demonstrations of motivational interviewing)",
}
WINDOW = 10
"""Turns that the classifier is shown at once."""


def length_rows(sessions: Sequence[Session], name: str) -> list[str]:
    """A row of the table of lengths for each role, and the ratio to the targets."""
    rows = []
    for role, target in realism.TARGETS.items():
        found = realism.turn_lengths(sessions, role)
        off = ", ".join(f"{a / b - 1:+.0%}" for a, b in zip(found, target, strict=True))
        shown = " / ".join(f"{v:.0f}" for v in found[:3])
        rows.append(f"| {name} | {role} | {shown} | {found.mean:.1f} | {off} |")
    return rows


def variety_row(sessions: Sequence[Session], name: str) -> str:
    """Variety within a session, and who talks and asks."""
    kinds = " | ".join(f"{realism.distinct(sessions, n):.3f}" for n in (1, 2, 3))
    return (
        f"| {name} | {kinds} | {realism.clinician_share(sessions):.0%} | "
        f"{realism.asking_share(sessions):.0%} |"
    )


def overlap_rows(sessions: Sequence[Session]) -> list[str]:
    """5-grams shared by pairs of sessions, and whole turns."""
    overlaps = realism.Overlaps(sessions)
    rows = []
    for name, shares in (
        ("one problem", overlaps.same()),
        ("different problems", overlaps.across()),
    ):
        if shares:
            p95 = shares[min(len(shares) - 1, int(len(shares) * 0.95))]
            any_ = overlaps.anywhere(name == "one problem")
            rows.append(
                f"| {name} | {len(shares):,} | {mean(shares):.2%} | {p95:.2%} | {shares[-1]:.2%} | "
                f"{any_:.1%} |"
            )
    return rows


def told_apart(made: Sequence[Session], real: Sequence[Session], seed: int = 0) -> str:
    """AUROC of a linear classifier on character and word n-grams, sessions held out, with interval.

    0.5: windows of generated talk can't be told from real ones. As many generated sessions are
    taken as there are real ones.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold
    from sklearn.pipeline import make_pipeline, make_union

    texts, labels, groups = [], [], []
    for label, sessions in ((1, made[: len(real)]), (0, real)):
        for session in sessions:
            said = [t.text.lower() for t in session.transcript]
            for at in range(0, len(said), WINDOW):
                texts.append("\n".join(said[at : at + WINDOW]))
                labels.append(label)
                groups.append(f"{label}/{session.session_id}")
    scores = [0.0] * len(texts)
    for train, test in GroupKFold(5).split(texts, labels, groups):
        model = make_pipeline(
            make_union(
                TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=30000),
                TfidfVectorizer(ngram_range=(1, 2), max_features=30000),
            ),
            LogisticRegression(max_iter=1000, random_state=seed),
        )
        model.fit([texts[i] for i in train], [labels[i] for i in train])
        for i, p in zip(test, model.predict_proba([texts[i] for i in test])[:, 1], strict=True):
            scores[i] = p
    by: dict[str, list[tuple[int, float]]] = {}
    for group, label, score in zip(groups, labels, scores, strict=True):
        by.setdefault(group, []).append((label, score))

    def auroc(clusters: list[list[tuple[int, float]]]) -> float:
        flat = [pair for cluster in clusters for pair in cluster]
        sides = {label for label, _ in flat}
        return roc_auc_score(*zip(*flat, strict=True)) if len(sides) == 2 else float("nan")

    found = cluster_bootstrap(list(by.values()), auroc, n_boot=300, seed=seed)
    return f"{found.estimate:.2f} [{found.low:.2f}, {found.high:.2f}]"


def planted_table(count: int) -> list[str]:
    """AUROC of word coverage for planted errors, type by type, of sessions at another seed."""
    made = list(generate(count, planted_overlap.SEED, formats=["SOAP"]))
    lines = [
        f"Errors planted in the SOAP notes of {count} other sessions (seed "
        f"{planted_overlap.SEED}), and how well the share of a sentence's words that the session "
        "lacks tells them from the untouched sentences: 0.5 is not at all.", "",
        "| planted error | planted | of | AUROC of absent words (95% interval) |",
        "|---|---|---|---|",
    ]  # fmt: skip
    for row in planted_overlap.overlaps(made):
        lines.append(f"| {row.name} | {row.planted} | {row.sessions} | {row.auroc} |")
    return ["", *lines]


def streamed(count: int) -> str:
    """Speed and memory of sessions written to a file one by one."""
    marks: dict[int, float] = {}

    def watched() -> Iterator[Session]:
        for number, session in enumerate(generate(count, 1), 1):
            if number in (count // 10, count):
                marks[number] = _memory()
            yield session

    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        write_jsonl(Path(folder) / "sessions.jsonl", watched())
    pace = count / (time.process_time() - start)
    (few, before), (all_, after) = sorted(marks.items())
    return (
        f"{count:,} sessions written as a stream: {pace:.0f} for each second of processor time on "
        f"one core, {before:.0f} MB of memory after {few:,} and {after:.0f} MB after {all_:,}."
    )


def _memory() -> float:
    """Resident memory of this process in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def report(sessions: Sequence[Session], real: dict[str, list[Session]], begun: str) -> str:
    """All tables, in Markdown."""
    groups = {"generated": sessions, **{NAMES[k]: v for k, v in real.items()}}
    lines = [
        f"{begun} Turns of the clinician and of the client; words by spaces and apostrophes.", "",
        "| sessions | role | words a turn, quartiles | mean | off the target "
        "(quartiles, mean) |", "|---|---|---|---|---|",
        *(row for name, held in groups.items() for row in length_rows(held, name)),
        *(f"| target: real demonstrations | {role} | "
          f"{t.lower:.0f} / {t.median:.0f} / {t.upper:.0f} | {t.mean} | |"
          for role, t in realism.TARGETS.items()), "",
        "| sessions | distinct-1 | distinct-2 | distinct-3 | clinician's share of words | "
        "clinician's turns with a question |", "|---|---|---|---|---|---|",
        *(variety_row(held, name) for name, held in groups.items()), "",
        "| 5-grams that two sessions share | pairs | mean | 95th percentile | most | "
        "of a session's, found in any other |", "|---|---|---|---|---|---|",
        *overlap_rows(sessions), "",
        f"Whole turns of {realism.LONG_TURN} words and more that any two sessions share: at most "
        f"{realism.most_shared_turns(sessions)}.", "",
    ]  # fmt: skip
    if real:
        head = f"AUROC of telling them apart, {WINDOW} turns at a time"
        lines += [f"| generated sessions against | {head} |", "|---|---|"]
        lines += [f"| {NAMES[k]} | {told_apart(sessions, v)} |" for k, v in real.items()]
    broken = Counter(p.split(":")[0] for s in sessions for p in check(s))
    lines += ["", f"Invariants broken in {len(sessions)} sessions: {sum(broken.values())}."]
    return "\n".join(lines)


def main() -> None:
    """Print the tables, or write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--problem")
    parser.add_argument("--top", type=int, default=0)
    parser.add_argument("--real", nargs=2, action="append", default=[], metavar=("KIND", "PATH"))
    parser.add_argument("--planted", type=int, default=0)
    parser.add_argument("--stream", type=int, default=0)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    start = time.perf_counter()
    sessions = list(generate(given.n, given.seed, problem=given.problem))
    pace = given.n / (time.perf_counter() - start)
    begun = f"{given.n} sessions at seed {given.seed}."
    real = {kind: LOADERS[kind](path) for kind, path in given.real}
    lines = [report(sessions, real, begun)]
    lines += planted_table(given.planted) if given.planted else []
    lines += ["", streamed(given.stream)] if given.stream else []
    text = "\n".join(lines)
    if given.write:
        write_text(given.write, replaced(given.write.read_text("utf-8"), text, "sessions"))
        print(f"wrote {given.write}")
    else:
        print(text)
    print(f"{pace:.0f} sessions a second")
    for session in sessions:
        for problem in check(session)[:1]:
            print(f"  {session.session_id}: {problem}")
    for gram, count in realism.Overlaps(sessions).commonest(given.top):
        print(f"  {count:4d}  {gram}")


if __name__ == "__main__":
    main()
