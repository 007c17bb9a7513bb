"""How natural and how distinct generated sessions are: lengths, repetition, variety, invariants.

    python benchmarks/session_realism.py [--n 500] [--seed 0] [--problem P] [--top 30]

Lengths stand beside those of real therapy demonstrations (133 motivational-interviewing
transcripts; quartiles other than the median are those of a log-normal with their mean and median).
Repetition counts 5-grams of a session found in another one, of the same problem and of others.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from statistics import mean

from notebench.records import Session
from notebench.sessions import check, generate
from notebench.sessions.depth import depth

TARGETS = {"clinician": (5, 10, 20, 16.7), "client": (4, 8, 17, 15.0)}
"""Quartiles and mean of words a turn in real demonstrations."""
_WORD = re.compile(r"[a-z0-9']+")


def words(text: str) -> list[str]:
    """Lower-case words of a text."""
    return _WORD.findall(text.lower())


def grams(session: Session, n: int = 5) -> set[tuple[str, ...]]:
    """The distinct n-grams within turns of a session."""
    turns = [words(t.text) for t in session.transcript]
    return {tuple(w[i : i + n]) for w in turns for i in range(len(w) - n + 1)}


def quartiles(values: Iterable[int]) -> tuple[int, int, int]:
    """Lower quartile, median, upper quartile."""
    ranked = sorted(values)
    return tuple(ranked[len(ranked) * k // 4] for k in (1, 2, 3))  # type: ignore[return-value]


class Overlaps:
    """5-grams that pairs of sessions share."""

    def __init__(self, sessions: list[Session]) -> None:
        self.grams = [grams(s) for s in sessions]
        self.problems = [s.scenario["problem"] for s in sessions]
        owners: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, held in enumerate(self.grams):
            for gram in held:
                owners[gram].append(number)
        self.owners = owners
        self.shared: Counter[tuple[int, int]] = Counter()
        for who in owners.values():
            self.shared.update((a, b) for i, a in enumerate(who) for b in who[i + 1 :])

    def shares(self, chosen: Callable[[int, int], bool]) -> list[float]:
        """For each chosen pair, the larger of the two shares of 5-grams found in the other."""
        size = len(self.grams)
        pairs = ((a, b) for a in range(size) for b in range(a + 1, size) if chosen(a, b))
        return sorted(
            self.shared[p] / max(1, min(len(self.grams[p[0]]), len(self.grams[p[1]])))
            for p in pairs
        )

    def same(self) -> list[float]:
        """Shares of pairs of the same problem."""
        return self.shares(lambda a, b: self.problems[a] == self.problems[b])

    def across(self) -> list[float]:
        """Shares of pairs of different problems."""
        return self.shares(lambda a, b: self.problems[a] != self.problems[b])

    def anywhere(self, same: bool) -> float:
        """Mean share of a session's 5-grams found in any other, of its problem or of others."""
        out = []
        for number, held in enumerate(self.grams):
            found = sum(
                any(
                    o != number and (self.problems[o] == self.problems[number]) == same
                    for o in self.owners[g]
                )
                for g in held
            )
            out.append(found / max(1, len(held)))
        return mean(out)


def most_shared_turns(sessions: list[Session], least: int = 8) -> int:
    """Most whole turns of at least that many words that any two sessions share."""
    owners: dict[str, set[int]] = defaultdict(set)
    for number, session in enumerate(sessions):
        for turn in session.transcript:
            if len(said := words(turn.text)) >= least:
                owners[" ".join(said)].add(number)
    pairs: Counter[tuple[int, int]] = Counter()
    for held in owners.values():
        who = sorted(held)
        pairs.update((a, b) for i, a in enumerate(who) for b in who[i + 1 :])
    return max(pairs.values(), default=0)


def distinct(sessions: list[Session], n: int) -> float:
    """distinct-n: different n-grams over all n-grams of a session, averaged over sessions."""
    out = []
    for session in sessions:
        turns = [words(t.text) for t in session.transcript]
        all_ = [tuple(w[i : i + n]) for w in turns for i in range(len(w) - n + 1)]
        out.append(len(set(all_)) / max(1, len(all_)))
    return mean(out)


def _spread(name: str, shares: list[float]) -> None:
    if shares:
        at = [shares[min(len(shares) - 1, int(len(shares) * q))] for q in (0.5, 0.95)]
        print(
            f"5-grams shared, pairs of {name}: mean {mean(shares):.2%}, median {at[0]:.2%}, "
            f"95th percentile {at[1]:.2%}, most {shares[-1]:.2%} ({len(shares)} pairs)"
        )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--problem")
    parser.add_argument("--top", type=int, default=0, help="show that many commonest 5-grams")
    given = parser.parse_args()
    begun = time.perf_counter()
    sessions = list(generate(given.n, given.seed, problem=given.problem))
    print(f"{given.n / (time.perf_counter() - begun):.0f} sessions a second")
    for role, target in TARGETS.items():
        turns = [len(words(t.text)) for s in sessions for t in s.transcript if t.speaker == role]
        print(f"words a {role}'s turn: quartiles {quartiles(turns)}, mean {mean(turns):.1f} "
              f"(real: {target[:3]}, {target[3]})")  # fmt: skip
    share = mean(
        sum(len(words(t.text)) for t in s.transcript if t.speaker == "clinician")
        / sum(len(words(t.text)) for t in s.transcript)
        for s in sessions
    )
    print(f"clinician's share of words: {share:.0%} (real: 52%)")
    asks = [t.text.rstrip().endswith("?") for s in sessions for t in s.transcript
            if t.speaker == "clinician"]  # fmt: skip
    print(f"clinician's turns that end in a question: {mean(asks):.0%}")
    totals = [sum(len(words(t.text)) for t in s.transcript) for s in sessions]
    print(f"words {min(totals)} to {max(totals)}, quartiles {quartiles(totals)}; turns "
          f"{quartiles(len(s.transcript) for s in sessions)}; facts "
          f"{quartiles(len(s.facts or []) for s in sessions)}")  # fmt: skip
    print("distinct-1, -2, -3: " + ", ".join(f"{distinct(sessions, n):.3f}" for n in (1, 2, 3)))
    overlaps = Overlaps(sessions)
    _spread("the same problem", overlaps.same())
    _spread("different problems", overlaps.across())
    print(f"5-grams of a session found in any other: same problem {overlaps.anywhere(True):.1%}, "
          f"other problems {overlaps.anywhere(False):.1%}")  # fmt: skip
    print(f"most whole turns of 8 words and more in common: {most_shared_turns(sessions)}")
    broken = Counter(p.split(":")[0] for s in sessions for p in check(s))
    short = Counter(p.split(":")[0] for s in sessions for p in depth(s))
    print(f"invariants broken: {sum(broken.values())}; depth not reached: {dict(short)}")
    for s in sessions:
        for p in check(s)[:1]:
            print(f"  {s.session_id}: {p}")
    counts = Counter({g: len(set(o)) for g, o in overlaps.owners.items()})
    for gram, count in counts.most_common(given.top):
        print(f"  {count:4d}  {' '.join(gram)}")


if __name__ == "__main__":
    main()
