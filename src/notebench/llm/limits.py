"""What a client may use: time, tries, calls a minute, money."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from ..errors import BudgetExceeded


@dataclass(frozen=True)
class Limits:
    """Limits of a client, shared by all threads that use it."""

    timeout_s: float = 120
    """Seconds to wait for a server. Embedded models are bounded by max_tokens instead."""
    retries: int = 3
    """How often a failed call is tried again."""
    requests_per_minute: float | None = None
    """Calls a minute to servers, evenly spaced; None: as fast as they come."""
    budget_usd: float | None = None
    """Most to spend; None: no limit."""


class Pace:
    """Spaces calls evenly over threads."""

    def __init__(
        self, per_minute: float | None, sleep: Callable[[float], None], clock: Callable[[], float]
    ) -> None:
        self._gap = 60.0 / per_minute if per_minute else 0.0
        self._sleep, self._clock = sleep, clock
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Return when the next call may go out."""
        if not self._gap:
            return
        with self._lock:
            now = self._clock()
            at = max(now, self._next)
            self._next = at + self._gap
        if at > now:
            self._sleep(at - now)


@dataclass
class Purse:
    """What was spent, and what calls under way may still cost at most."""

    budget: float | None
    """Most to spend in USD."""
    spent: float = 0.0
    """USD spent, as far as prices are known."""
    held: float = 0.0
    """USD that calls under way may cost."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, most: float) -> None:
        """Set aside what a call may cost. Raises BudgetExceeded where that passes the budget."""
        with self.lock:
            if self.budget is not None and self.spent + self.held + most > self.budget:
                raise BudgetExceeded(
                    f"the budget of {self.budget:.2f} USD would be passed: {self.spent:.4f} spent, "
                    f"{self.held:.4f} under way, up to {most:.4f} for the next call",
                    mend="raise the budget and run again; what was answered is kept",
                )
            self.held += most

    def settle(self, held: float, paid: float) -> None:
        """Give back what was set aside and count what was paid."""
        with self.lock:
            self.held -= held
            self.spent += paid


_FIRST_S, _MOST_S = 1.0, 60.0
_jitter = random.Random()  # only spreads waiting threads out: nothing of it reaches a result


def backoff(attempt: int) -> float:
    """Seconds before the next try: doubling from 1 to 60, less up to a half by chance."""
    most = min(_FIRST_S * 2.0 ** (attempt - 1), _MOST_S)
    return most * _jitter.uniform(0.5, 1.0)
