"""How natural and how distinct sessions are, in numbers that real transcripts can be held against.

Targets: 133 motivational-interviewing demonstrations (AnnoMI; Wu et al. 2022), of which the
median, the mean and the therapist's share of words are known to this project; the other quartiles
are those of a log-normal with that median and mean.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import mean
from typing import NamedTuple

from ..records import Session


class Lengths(NamedTuple):
    """Words a turn."""

    lower: float
    """Lower quartile."""
    median: float
    """Median."""
    upper: float
    """Upper quartile."""
    mean: float
    """Mean."""


TARGETS = {"clinician": Lengths(5, 10, 20, 16.7), "client": Lengths(4, 8, 17, 15.0)}
"""Words a turn in real demonstrations, by role."""
CLINICIAN_SHARE = 0.52
"""Share of all words that are the therapist's in those demonstrations."""
LONG_TURN = 8
"""Words from which on a turn that two sessions share counts as repeated."""
_WORD = re.compile(r"[a-z0-9']+")


def words(text: str) -> list[str]:
    """Lower-case words of a text."""
    return _WORD.findall(text.lower())


def turn_lengths(sessions: Iterable[Session], role: str) -> Lengths:
    """Quartiles and mean of the words of a role's turns. Raises ValueError where it has none."""
    found = sorted(len(words(t.text)) for s in sessions for t in s.transcript if t.speaker == role)
    if not found:
        raise ValueError(f"no turn is a {role}'s")
    lower, median, upper = (found[len(found) * k // 4] for k in (1, 2, 3))
    return Lengths(lower, median, upper, mean(found))


def clinician_share(sessions: Iterable[Session]) -> float:
    """The clinician's share of a session's words, averaged over sessions."""
    shares = []
    for session in sessions:
        spoken = [(t.speaker == "clinician", len(words(t.text))) for t in session.transcript]
        shares.append(sum(n for own, n in spoken if own) / max(1, sum(n for _, n in spoken)))
    return mean(shares)


def asking_share(sessions: Iterable[Session]) -> float:
    """Share of the clinician's turns that hold a question mark."""
    asks = ["?" in t.text for s in sessions for t in s.transcript if t.speaker == "clinician"]
    return mean(asks)


def distinct(sessions: Iterable[Session], n: int) -> float:
    """distinct-n: different n-grams within turns over all of them, averaged over sessions."""
    out = []
    for session in sessions:
        found = [g for t in session.transcript for g in _grams(words(t.text), n)]
        out.append(len(set(found)) / max(1, len(found)))
    return mean(out)


class Overlaps:
    """n-grams within turns that sessions have in common.

    A pair's share is the number of n-grams that both have over those of the one that has fewer.
    """

    def __init__(self, sessions: Sequence[Session], n: int = 5) -> None:
        self.grams = [{g for t in s.transcript for g in _grams(words(t.text), n)} for s in sessions]
        self._families = [s.scenario.get("problem") for s in sessions]
        self.owners: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, held in enumerate(self.grams):
            for gram in held:
                self.owners[gram].append(number)
        self._shared: Counter[tuple[int, int]] = Counter()
        for who in self.owners.values():
            self._shared.update((a, b) for i, a in enumerate(who) for b in who[i + 1 :])

    def same(self) -> list[float]:
        """Shares of all pairs of one problem, in order."""
        return self._shares(lambda a, b: self._families[a] == self._families[b])

    def across(self) -> list[float]:
        """Shares of all pairs of different problems, in order."""
        return self._shares(lambda a, b: self._families[a] != self._families[b])

    def anywhere(self, same: bool) -> float:
        """Share of a session's n-grams found in any other of its problem, or of others; mean.

        It grows with the number of sessions, as it would for real ones.
        """
        out = []
        for number, held in enumerate(self.grams):
            mine = self._families[number]
            found = sum(
                any(o != number and (self._families[o] == mine) == same for o in self.owners[g])
                for g in held
            )
            out.append(found / max(1, len(held)))
        return mean(out)

    def commonest(self, count: int) -> list[tuple[str, int]]:
        """The n-grams that most sessions have, and how many have each."""
        ranked = sorted(self.owners.items(), key=lambda item: (-len(item[1]), item[0]))
        return [(" ".join(gram), len(who)) for gram, who in ranked[:count]]

    def _shares(self, chosen: Callable[[int, int], bool]) -> list[float]:
        size = len(self.grams)
        return sorted(
            self._shared[a, b] / max(1, min(len(self.grams[a]), len(self.grams[b])))
            for a in range(size)
            for b in range(a + 1, size)
            if chosen(a, b)
        )


def most_shared_turns(sessions: Iterable[Session], least: int = LONG_TURN) -> int:
    """Most whole turns of at least that many words that any two sessions have in common."""
    owners: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, session in enumerate(sessions):
        for turn in session.transcript:
            if len(said := words(turn.text)) >= least:
                owners[tuple(said)].add(number)
    pairs: Counter[tuple[int, int]] = Counter()
    for held in owners.values():
        who = sorted(held)
        pairs.update((a, b) for i, a in enumerate(who) for b in who[i + 1 :])
    return max(pairs.values(), default=0)


def _grams(said: list[str], n: int) -> list[tuple[str, ...]]:
    return [tuple(said[i : i + n]) for i in range(len(said) - n + 1)]
