"""What a report is made from: the records of a run, with whatever is missing left empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__, formats, stats
from ..formats import Format
from ..metrics.base import Case
from ..records import WRONG, ClaimFinding, Draft, FactFinding, Failure, Manifest, Session
from ..runs.folder import RunFolder
from ..runs.judging import cases
from ..storage import TALLY_COLUMNS
from .content import content, counted, label

if TYPE_CHECKING:
    import pandas as pd

Cell = tuple[str, str]
"""How a note was made: drafter and workflow."""

CELL = ("drafter", "workflow")
"""The columns of a cell."""

ESTIMATED = ("estimate", "low", "high", "sessions", "amount", "out_of", "method")
"""Columns of an estimate after the metric and the group."""

CHECKS = ("reference", "extractive", "saboteur", "paraphraser")
"""Drafters that no model stands behind."""


@dataclass(frozen=True)
class RunData:
    """A run as read."""

    path: Path
    manifest: Manifest
    sessions: list[Session]
    drafts: list[Draft]
    findings: list[ClaimFinding | FactFinding]
    failures: list[Failure]
    tallies: pd.DataFrame

    @classmethod
    def load(cls, path: Path) -> RunData:
        """Read a run folder. Only the manifest must be there."""
        import pandas as pd

        folder = RunFolder.open(path)
        has_tallies = folder.tallies_file.is_file()
        return cls(
            path=path,
            manifest=folder.manifest(),
            sessions=folder.sessions() if folder.sessions_file.is_file() else [],
            drafts=folder.drafts(),
            findings=folder.findings(),
            failures=folder.failures(),
            tallies=folder.tallies() if has_tallies else pd.DataFrame(columns=TALLY_COLUMNS),
        )

    @cached_property
    def by_id(self) -> dict[str, Session]:
        """Sessions by id."""
        return {s.session_id: s for s in self.sessions}

    @cached_property
    def cases(self) -> list[Case]:
        """Drafts whose session is in the run, with their findings, in order."""
        known = [d for d in self.drafts if d.session_id in self.by_id]
        return cases(self.sessions, known, self.findings)

    @cached_property
    def cells(self) -> list[Cell]:
        """All ways in which notes were made: the clinician's first, checks last."""
        places = {"reference": 0, "extractive": 2, "saboteur": 3, "paraphraser": 4}
        cells: set[Cell] = {(d.drafter, d.workflow) for d in self.drafts}
        cells |= {(str(a), str(b)) for a, b in self.tallies[list(CELL)].itertuples(index=False)}
        return sorted(cells, key=lambda c: (places.get(c[0], 1), c))

    @cached_property
    def formats(self) -> list[str]:
        """Formats of the run's notes."""
        return sorted({d.format for d in self.drafts} | set(map(str, self.tallies["format"])))

    @cached_property
    def known_formats(self) -> list[Format]:
        """The definitions of those formats, as far as there are any here."""
        known = {name.lower() for name in formats.names()}
        return [formats.get(name) for name in self.formats if name.lower() in known]

    @property
    def models(self) -> list[Cell]:
        """Cells that are under test: all but the clinician's note and the checks."""
        return [c for c in self.cells if c[0] not in CHECKS]

    def name(self, cell: Cell) -> str:
        """A cell in words."""
        drafter, workflow = cell
        if drafter in ("reference", "saboteur", "paraphraser"):
            return label("drafters", drafter)
        return f"{label('drafters', drafter)}, {label('workflows', workflow)}"

    @cached_property
    def verifier(self) -> str:
        """name@version of whoever judged the notes."""
        names = sorted({f.verifier for f in self.findings})
        given = (self.manifest.model_extra or {}).get("verifier")
        return ", ".join(names) or str(given or "none")

    @cached_property
    def prompts(self) -> dict[str, list[str]]:
        """Prompts (name@version) by drafter."""
        found: dict[str, set[str]] = {}
        for draft in self.drafts:
            prompt = draft.provenance.get("prompt")
            if isinstance(prompt, dict):
                name = f"{prompt.get('name')}@{prompt.get('version')}"
                found.setdefault(draft.drafter, set()).add(name)
        return {drafter: sorted(names) for drafter, names in sorted(found.items())}

    @cached_property
    def due_drafts(self) -> int:
        """Notes that were to be had: those that were, and those that failed."""
        return len(self.drafts) + sum(f.stage == "draft" for f in self.failures)

    def estimate(
        self,
        metrics: str | Sequence[str],
        by: Sequence[str],
        tallies: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """`stats.estimate` with the run's seed, of its own tallies or of others; empty for none."""
        import pandas as pd

        table = self.tallies if tallies is None else tallies
        if table.empty:
            return pd.DataFrame(columns=["metric", *by, *ESTIMATED])
        return stats.estimate(table, metrics, by, seed=self.manifest.seed)

    def claim_tallies(self) -> pd.DataFrame:
        """Scored sentences with their error type: one row a draft and type, in tally columns.

        Every draft has a row for every type of the run, so that the types share a denominator.
        """
        import pandas as pd

        scored = [
            (case, [c for c in case.claims if c.verdict not in ("unscored", "uncheckable")])
            for case in self.cases
        ]
        types = sorted({error_type(c) for _, cs in scored for c in cs if c.verdict in WRONG})
        rows = [
            {
                **case.tally("hallucination", 0, len(claims)).model_dump(),
                "amount": sum(error_type(c) == kind for c in claims if c.verdict in WRONG),
                "error_type": kind,
            }
            for case, claims in scored
            if claims
            for kind in types
        ]
        return pd.DataFrame(rows, columns=[*TALLY_COLUMNS, "error_type"])

    def signature(self, metric: str, n: int | None = None, drafter: str | None = None) -> str:
        """All that a number hangs on, in one line."""
        prompts = self.prompts.get(drafter, []) if drafter else sorted(self.manifest.prompts)
        return signature(
            metric, data=self.manifest.inputs.get("sessions", ""), verifier=self.verifier,
            prompts=prompts, n=len(self.sessions) if n is None else n, seed=self.manifest.seed,
            version=self.manifest.notebench,
        )  # fmt: skip

    def explained(self, metric: str) -> str:
        """Why a metric could not be measured."""
        reasons = content()["not_measurable"]
        return str(reasons.get(metric.partition(".")[0], reasons["other"]))


def signature(
    metric: str,
    *,
    data: str,
    verifier: str,
    prompts: Sequence[str],
    n: int,
    seed: int,
    version: str = __version__,
) -> str:
    """All that a number hangs on, in one line. data: sha256 of the sessions; n: how many."""
    parts = [
        metric,
        f"data {data[:8] or 'unknown'}",
        f"verifier {verifier}",
        f"prompt {'+'.join(prompts) or 'none'}",
        f"n {counted(n, 'session')}",
        f"seed {seed}",
        f"notebench {version}",
    ]
    return " | ".join(parts)


def error_type(claim: ClaimFinding) -> str:
    """The error type of a wrong sentence; one that the verifier did not name is "unnamed"."""
    return claim.error_type or "unnamed"
