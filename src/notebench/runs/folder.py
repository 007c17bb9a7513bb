"""The run folder: one file a stage, each whole or not there, and a journal while drafting."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ..errors import NotebenchError
from ..records import (
    SCHEMA_VERSION,
    ClaimFinding,
    Draft,
    FactFinding,
    Failure,
    Finding,
    Manifest,
    Session,
    Tally,
    content_hash,
)
from ..storage import (
    append_jsonl,
    explain,
    read_jsonl,
    read_tallies,
    to_line,
    writable,
    write_jsonl,
    write_tallies,
    write_text,
)

if TYPE_CHECKING:
    import pandas as pd

UNTIMED = frozenset({"latency_s", "time", "cached"})
"""Provenance that differs between equal runs; left out of digests."""


class RunFolder:
    """Names and reads the files of a run. Nothing is written but through its methods."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.manifest_file = self.path / "manifest.json"
        self.sessions_file = self.path / "sessions.jsonl"
        self.drafts_file = self.path / "drafts.jsonl"
        self.findings_file = self.path / "findings.jsonl"
        self.failures_file = self.path / "failures.jsonl"
        self.tallies_file = self.path / "tallies.parquet"
        self.journal_file = self.path / "drafts.partial.jsonl"

    @classmethod
    def open(cls, path: str | Path) -> RunFolder:
        """An existing run folder. Raises NotebenchError where there is none."""
        folder = cls(path)
        if not folder.manifest_file.is_file():
            raise NotebenchError(
                "not a run folder (no manifest.json in it)",
                where=str(path),
                mend="give the folder that `notebench run` or `notebench demo` wrote",
            )
        return folder

    def manifest(self) -> Manifest:
        """The manifest."""
        mend = "restore the file, or run the study again into another folder"
        where = str(self.manifest_file)
        try:
            found = Manifest.model_validate_json(self.manifest_file.read_text("utf-8"))
        except ValidationError as error:
            what, mend = explain(error, "field", mend)
            raise NotebenchError(f"not a manifest: {what}", where=where, mend=mend) from error
        except (OSError, ValueError) as error:
            raise NotebenchError(f"can't be read ({error})", where=where, mend=mend) from error
        if found.schema_version != SCHEMA_VERSION:
            raise NotebenchError(
                f"field schema_version: {found.schema_version} is not a layout this version reads",
                where=where,
                mend="use the version of notebench that wrote it",
            )
        return found

    def manifest_of(self, inputs: dict[str, str]) -> Manifest:
        """The manifest, if it is of a run with these inputs. Raises NotebenchError if not."""
        manifest = self.manifest()
        if manifest.inputs != inputs:
            raise NotebenchError(
                "the folder holds a run of another study, or of other sessions",
                where=str(self.path),
                mend="name another folder with --out, or remove this one",
            )
        return manifest

    def write_manifest(self, manifest: Manifest) -> None:
        """Write the manifest."""
        text = json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=1)
        write_text(self.manifest_file, text + "\n")

    def sessions(self) -> list[Session]:
        """The sessions."""
        return read_jsonl(self.sessions_file, Session)

    def drafts(self) -> list[Draft]:
        """The drafts that were had."""
        return self._records(self.drafts_file, Draft)

    def findings(self) -> list[ClaimFinding | FactFinding]:
        """The findings."""
        return self._records(self.findings_file, Finding)

    def failures(self) -> list[Failure]:
        """What could not be had."""
        return self._records(self.failures_file, Failure)

    def tallies(self) -> pd.DataFrame:
        """The tallies."""
        return read_tallies(self.tallies_file)

    def kept(self) -> dict[str, Draft]:
        """Drafts of an earlier, perhaps interrupted, run of the same study, by id."""
        self._mend_journal()
        found = [*self.drafts(), *self._records(self.journal_file, Draft)]
        return {d.draft_id: d for d in found}

    @contextmanager
    def journal(self) -> Iterator[Any]:
        """A function that keeps a draft at once, so that a stop loses nothing."""
        with writable(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        with self.journal_file.open("a", encoding="utf-8") as stream:
            yield lambda draft: append_jsonl(stream, draft)

    def write_drafts(self, drafts: Iterable[Draft]) -> None:
        """Write the drafts in order; the journal has done its work."""
        write_jsonl(self.drafts_file, drafts)
        self.journal_file.unlink(missing_ok=True)

    def write_failures(self, failures: Iterable[Failure]) -> None:
        """Write the failures."""
        write_jsonl(self.failures_file, failures)

    def write_findings(self, findings: Iterable[ClaimFinding | FactFinding]) -> None:
        """Write the findings."""
        write_jsonl(self.findings_file, findings)

    def write_tallies(self, tallies: Iterable[Tally]) -> None:
        """Write the tallies."""
        write_tallies(self.tallies_file, tallies)

    def digests(self) -> dict[str, str]:
        """sha256 of the content of each output, timing left out: equal runs, equal digests."""
        return {
            "sessions": content_hash(*(to_line(s) for s in self.sessions())),
            "drafts": content_hash(*(untimed(d) for d in self.drafts())),
            "findings": content_hash(*(to_line(f) for f in self.findings())),
            "tallies": content_hash(self.tallies().to_csv(index=False)),
        }

    def _records(self, path: Path, kind: Any) -> list[Any]:
        if not path.exists() or path.stat().st_size == 0:
            return []
        return read_jsonl(path, kind)

    def _mend_journal(self) -> None:
        """Drop a last line that a stop cut short."""
        if not self.journal_file.exists():
            return
        raw = self.journal_file.read_bytes()
        if raw and not raw.endswith(b"\n"):
            with self.journal_file.open("rb+") as stream:
                stream.truncate(raw.rfind(b"\n") + 1)


def untimed(draft: Draft) -> dict[str, Any]:
    """A draft as plain data, without what differs between equal runs."""
    data = draft.model_dump(mode="json", exclude_unset=True)
    provenance = data.get("provenance", {})
    data["provenance"] = {k: v for k, v in provenance.items() if k not in UNTIMED}
    return data
