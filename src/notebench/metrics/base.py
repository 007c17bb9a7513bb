"""What a metric is: a case in, tallies out; or all cases of a run in, the tallies of each out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    def scored(self) -> list[ClaimFinding]:
        """Findings about sentences that can be checked and were decided."""
        return [c for c in self.claims if c.verdict not in ("unscored", "uncheckable")]

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

CorpusMetric = Callable[[Sequence[Case]], Iterable[Iterable[Tally]]]
"""A metric that looks across notes: the tallies of each case, in the order of the cases.

It sees all cases that are counted together (a run, a call of `tally`), so its tallies of one note
hang on the others: those of a shard are counted anew when shards are merged.
"""


def client_of(session: Session) -> str:
    """Whom a session is about: the chart's client_id, else the session stands for a client."""
    return str(session.chart.get("client_id") or session.session_id)


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
