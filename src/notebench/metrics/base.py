"""What a metric is: a case in, tallies out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from ..records import ClaimFinding, Draft, FactFinding, Session, Tally


@dataclass(frozen=True)
class Case:
    """One draft with its session and what one verifier found in it."""

    session: Session
    draft: Draft
    findings: tuple[ClaimFinding | FactFinding, ...] = field(default=())

    @cached_property
    def claims(self) -> list[ClaimFinding]:
        """Findings about sentences."""
        return [f for f in self.findings if isinstance(f, ClaimFinding)]

    @cached_property
    def facts(self) -> list[FactFinding]:
        """Findings about facts."""
        return [f for f in self.findings if isinstance(f, FactFinding)]

    def tally(self, metric: str, amount: float, out_of: float, section: str = "") -> Tally:
        """A tally of this case."""
        d = self.draft
        return Tally(
            session_id=d.session_id, drafter=d.drafter, workflow=d.workflow, format=d.format,
            sample=d.sample, section=section, stratum=stratum(self.session), metric=metric,
            amount=float(amount), out_of=float(out_of),
        )  # fmt: skip


Metric = Callable[[Case], Iterable[Tally]]
"""A metric gives no tally where it can't be measured: never a 0 in its place."""


def stratum(session: Session) -> str:
    """problem/session_type/flags of a session, flags sorted and joined by +."""
    scenario = session.scenario
    return "/".join(
        [
            str(scenario.get("problem", "")),
            str(scenario.get("session_type", "")),
            "+".join(sorted(session.listed("complexity"))),
        ]
    )
