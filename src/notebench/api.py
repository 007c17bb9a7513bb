"""The Python surface, as it reads in a notebook."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import NotebenchError, UnknownName
from .records import ClaimFinding, Draft, FactFinding, Manifest, Session
from .rows import dataset_features, dataset_row, draft_row, session_row
from .storage import read_jsonl, write_jsonl

if TYPE_CHECKING:
    import datasets
    import pandas as pd

    from .runs.study import Study
    from .verifiers.ratings import Ratings

Path_ = str | os.PathLike[str]


class Sessions(list[Session]):
    """Sessions, with a table in a notebook and a way to `datasets` and back to disk."""

    def to_dataset(self) -> datasets.Dataset:
        """A Hugging Face Dataset, a row a session.

        Parts whose keys differ from session to session (scenario, chart, attributes ...) are JSON
        strings, so that every row has the same columns.
        """
        import datasets

        rows = [dataset_row(s) for s in self]
        return datasets.Dataset.from_list(rows, features=dataset_features())

    def to_pandas(self) -> pd.DataFrame:
        """A row a session: scenario, sizes, and whether truth is known fact by fact."""
        import pandas as pd

        return pd.DataFrame([session_row(s) for s in self])

    def save(self, path: Path_) -> Path:
        """Write a sessions.jsonl."""
        write_jsonl(path, self)
        return Path(path)

    def __getitem__(self, key: Any) -> Any:
        """By position, by slice, or by session_id."""
        if isinstance(key, str):
            for session in self:
                if session.session_id == key:
                    return session
            raise NotebenchError(f"no session is called {key!r}")
        found = super().__getitem__(key)
        return Sessions(found) if isinstance(key, slice) else found

    def _repr_html_(self) -> str:
        return self.to_pandas().to_html(index=False)


def sessions(
    n: int = 12,
    seed: int = 0,
    *,
    problem: str | None = None,
    session_type: str | None = None,
    modality: str | None = None,
    complexity: Sequence[str] | None = None,
    formats: Sequence[str] = ("SOAP", "DAP", "BIRP"),
    noise: str | None = None,
) -> Sessions:
    """Synthetic sessions whose truth is known fact by fact; the same for the same arguments.

    problem, session_type, modality: that one for all; None: drawn. complexity: these flags, and
    none that comes by chance; None: drawn. formats: those of the reference notes. noise: "asr".
    """
    from .sessions import generate

    return Sessions(
        generate(
            n,
            seed,
            problem=problem,
            session_type=session_type,
            modality=modality,
            complexity=complexity,
            formats=formats,
            noise=noise,
        )  # fmt: skip
    )


def load_sessions(path: Path_) -> Sessions:
    """Sessions of a file. Raises NotebenchError with file, line and field."""
    return Sessions(read_jsonl(path, Session))


def load_drafts(path: Path_) -> list[Draft]:
    """Drafts of a file. Raises NotebenchError with file, line and field."""
    drafts: list[Draft] = read_jsonl(path, Draft)
    _known_formats(drafts, f"{path}, ")
    return drafts


def _known_formats(drafts: Iterable[Draft], where: str = "") -> None:
    from .formats import get

    for draft in drafts:
        try:
            get(draft.format)
        except UnknownName as error:
            raise UnknownName(
                f"field format: {error.what}",
                where=f"{where}draft {draft.draft_id!r}",
                mend=error.mend,
            ) from error


def check(
    sessions: Iterable[Session],
    drafts: Sequence[Draft],
    *,
    verifier: str = "local",
    progress: bool = True,
) -> Checked:
    """Judge notes from anywhere against their sessions."""
    from .llm.cache import AnswerCache
    from .llm.client import Client
    from .runs.drafting import check_ready
    from .runs.judging import verify
    from .runs.progress import progress_bar
    from .verifiers import make

    known = list(sessions)
    _known_formats(drafts)
    judge = make(verifier, client=Client(cache=AnswerCache()))
    check_ready([judge])
    findings, failed = verify(judge, known, drafts, progress_bar(progress))
    why = [f"{d.draft_id}: {getattr(error, 'what', repr(error))}" for d, error in failed]
    return Checked(known, list(drafts), findings, why)


class Judged:
    """Sessions, drafts and findings: what both a run and a check come down to."""

    session_records: list[Session]
    draft_records: list[Draft]
    finding_records: list[ClaimFinding | FactFinding]

    @cached_property
    def drafts(self) -> pd.DataFrame:
        """A row a draft: ids, drafter, workflow, format, its text and words."""
        import pandas as pd

        return pd.DataFrame([draft_row(d) for d in self.draft_records])

    @cached_property
    def findings(self) -> pd.DataFrame:
        """A row a finding, of sentences (kind claim) and of facts (kind fact)."""
        import pandas as pd

        return pd.DataFrame([f.model_dump() for f in self.finding_records])

    def corrected(
        self, metrics: str | Sequence[str] | None = None, ratings: Path_ | Sequence[Path_] = ()
    ) -> pd.DataFrame:
        """Rates of hallucination and omission beside what they come to when the verifier errs.

        Rows by drafter and workflow: raw; corrected by the verifier's accuracy on labelled data;
        and, where people rated some of the notes, by their labels and the verifier together.
        ratings: files of people's ratings, beside those that a run holds. docs/correction.md says
        what each rests on.
        """
        from .runs.corrected import corrected
        from .runs.judging import cases
        from .verifiers.accuracy import KINDS
        from .verifiers.ratings import joined, read_ratings

        named = [ratings] if isinstance(ratings, str | os.PathLike) else ratings
        files = [Path(r) for r in named]
        parts = [*self._rated(), *([read_ratings(files)] if files else [])]
        return corrected(
            cases(self.session_records, self.draft_records, self.finding_records),
            [metrics] if isinstance(metrics, str) else list(metrics or KINDS),
            ratings=joined(parts) if parts else None,
        )

    def _rated(self) -> list[Ratings]:
        """What people said of the notes, as far as it is kept beside them."""
        return []

    def draft(self, draft_id: str) -> DraftView:
        """One draft with its findings, highlighted in a notebook. The start of an id will do."""
        found = [d for d in self.draft_records if d.draft_id.startswith(draft_id)]
        exact = [d for d in found if d.draft_id == draft_id]
        if len(exact or found) != 1:
            raise NotebenchError(
                f"{len(found) or 'no'} drafts have an id that starts with {draft_id!r}",
                mend="look at run.drafts for the ids",
            )
        draft = (exact or found)[0]
        of_it = [f for f in self.finding_records if f.draft_id == draft.draft_id]
        session = next(s for s in self.session_records if s.session_id == draft.session_id)
        return DraftView(draft, session, of_it)


class DraftView:
    """A draft beside what was found in it."""

    def __init__(
        self, draft: Draft, session: Session, findings: list[ClaimFinding | FactFinding]
    ) -> None:
        self.record, self.session, self.findings = draft, session, findings

    def __repr__(self) -> str:
        return f"DraftView({self.record.draft_id!r}, {len(self.findings)} findings)"

    def _repr_html_(self) -> str:
        from .formats import sections_of
        from .html import draft_html

        cut = self.record.model_copy(update={"sections": sections_of(self.record)})
        return draft_html(cut, self.findings)


class Checked(Judged):
    """The outcome of `check`."""

    def __init__(
        self,
        sessions: list[Session],
        drafts: list[Draft],
        findings: list[ClaimFinding | FactFinding],
        failed: list[str],
    ) -> None:
        self.session_records, self.draft_records = sessions, drafts
        self.finding_records, self.failed = findings, failed

    @cached_property
    def tallies(self) -> pd.DataFrame:
        """Tallies of every metric that can be measured."""
        import pandas as pd

        from .metrics import tally
        from .runs.judging import cases

        of = cases(self.session_records, self.draft_records, self.finding_records)
        return pd.DataFrame([t.model_dump() for t in tally(of)])


class Run(Judged):
    """A run folder, opened."""

    def __init__(self, path: Path_) -> None:
        from .runs.folder import RunFolder

        self.folder = RunFolder.open(Path(path))

    @classmethod
    def open(cls, path: Path_) -> Run:
        """Open an existing run folder."""
        return cls(path)

    @property
    def path(self) -> Path:
        """The folder."""
        return self.folder.path

    @cached_property
    def manifest(self) -> Manifest:
        """What it was made from."""
        return self.folder.manifest()

    @cached_property
    def session_records(self) -> list[Session]:  # type: ignore[override]
        """The sessions."""
        return self.folder.sessions()

    @cached_property
    def draft_records(self) -> list[Draft]:  # type: ignore[override]
        """The drafts."""
        return self.folder.drafts()

    @cached_property
    def finding_records(self) -> list[ClaimFinding | FactFinding]:  # type: ignore[override]
        """The findings."""
        return self.folder.findings()

    @property
    def sessions(self) -> Sessions:
        """The sessions."""
        return Sessions(self.session_records)

    @cached_property
    def tallies(self) -> pd.DataFrame:
        """The tallies, one row a metric, section and draft; columns as in records.Tally."""
        return self.folder.tallies()

    @cached_property
    def reviews(self) -> pd.DataFrame:
        """Reviews by people, one row each (records.Review); empty where nobody reviewed."""
        import pandas as pd

        from .review.importing import read_reviews

        return pd.DataFrame([r.model_dump() for r in read_reviews(self.path)])

    def estimate(
        self, metric: str, by: Sequence[str] = ("drafter", "workflow"), **options: Any
    ) -> pd.DataFrame:
        """A metric with its 95% interval, clustered by session."""
        from . import stats

        return stats.estimate(
            self.tallies, metric, by=tuple(by), **{"seed": self.manifest.seed, **options}
        )

    def compare(
        self, a: str, b: str, metrics: str | Sequence[str] | None = None, **options: Any
    ) -> pd.DataFrame:
        """Paired difference, a minus b: estimate, interval, p and n for each metric."""
        from . import stats

        return stats.compare(self.tallies, metrics, a, b, **{"seed": self.manifest.seed, **options})

    def _rated(self) -> list[Ratings]:
        from .runs.people import ratings_in

        found = ratings_in(self.folder)
        return [found] if found else []

    def report(self, audience: str = "research") -> Path:
        """Write the report and give its path."""
        from .reports import build

        return build(self.path, audience=audience)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r}, {len(self.draft_records)} drafts)"


def run(study: Path_ | Study | dict[str, Any], out: Path_ | None = None, **options: Any) -> Run:
    """Run a study (a file, a mapping, or a Study), or go on with it, and open its folder.

    out: the run folder; by default runs/<name of the study>. options: limit, shard, progress.
    """
    from .runs import Study, execute, load_study
    from .runs.study import make_study

    if isinstance(study, dict):
        made = make_study(study)
    else:
        made = study if isinstance(study, Study) else load_study(study)  # type: ignore[arg-type]
    folder = execute(made, Path(out) if out else Path("runs") / made.name, **options)
    return Run(folder.path)
