"""Where the files of a user's own model lie: a local folder, or a copy fetched from the hub.

What is fetched is kept in the hub's own cache folder and used from then on without asking again.
Nothing but the model's name and the hub client's own headers is sent.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import NotebenchError, UnknownName, Unreachable
from ..llm.weights import hash_of

_SMALL_FILES = ["*.json", "*.txt", "*.model"]
_WEIGHTS = (["*.safetensors"], ["pytorch_model*.bin"])
"""File patterns of weights, in the order in which they are looked for."""
_DIGITS = 12


@dataclass(frozen=True)
class ModelFiles:
    """A model's files on this machine."""

    folder: Path
    """Folder with config.json, weights and tokenizer."""
    identity: str
    """Start of the hub's commit, or of a hash over a local folder's files."""


def find(name: str) -> ModelFiles:
    """The files of a model, fetched where they are not here.

    name: a local folder, or a hub id such as owner/model or owner/model@revision. Raises
    UnknownName where there is no such model, Unreachable where it can't be fetched.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return ModelFiles(folder, _hash_of_folder(folder))
    if looks_local(name):
        raise UnknownName(
            f"there is no folder {name}", mend="check the path, or name a model as owner/model"
        )
    repository, revision = _parts(name)
    found = cached(name) or _fetched(repository, revision)
    return ModelFiles(found, found.name[:_DIGITS])


def looks_local(name: str) -> bool:
    """Whether a name can only be a path: the hub's ids have no such form."""
    return name.startswith(("/", "./", "../", "~", ".\\")) or "\\" in name or name.count("/") > 1


def to_fetch(name: str) -> bool:
    """Whether using the model would contact the hub."""
    return not (Path(name).expanduser().is_dir() or looks_local(name) or cached(name))


def leaves(name: str) -> str:
    """What using the model would send away, in words."""
    if not to_fetch(name):
        return "nothing"
    return f"nothing but the model's name, to fetch {name} from the Hugging Face hub"


def cached(name: str) -> Path | None:
    """Folder of the copy in the hub's cache, where it is whole; the network is not asked."""
    from huggingface_hub import snapshot_download

    repository, revision = _parts(name)
    for weights in _WEIGHTS:
        try:
            folder = Path(
                snapshot_download(
                    repository, revision=revision, local_files_only=True,
                    allow_patterns=_SMALL_FILES + weights, ignore_patterns=["*/*"],
                )
            )  # fmt: skip
        except (OSError, ValueError):  # not here, cut short, or not a name that the hub allows
            continue
        if _whole(folder):
            return folder
    return None


def _parts(name: str) -> tuple[str, str | None]:
    repository, _, revision = name.partition("@")
    return repository, revision or None


def _whole(folder: Path) -> bool:
    held = any(True for patterns in _WEIGHTS for p in patterns for _ in folder.glob(p))
    return held and (folder / "config.json").is_file()


def _fetched(repository: str, revision: str | None) -> Path:
    for weights in _WEIGHTS:
        folder = _download(repository, revision, _SMALL_FILES + weights)
        if _whole(folder):
            return folder
    raise NotebenchError(
        "it has no weights in a form that can be read (safetensors, pytorch_model.bin)",
        where=f"model {repository}",
        mend="name a model with PyTorch weights",
    )


def _download(repository: str, revision: str | None, patterns: list[str]) -> Path:
    from huggingface_hub import errors, snapshot_download

    where = f"model {repository}" + (f"@{revision}" if revision else "")
    arguments: dict[str, Any] = {"allow_patterns": patterns, "ignore_patterns": ["*/*"]}
    try:
        return Path(snapshot_download(repository, revision=revision, **arguments))
    except errors.HFValidationError as error:
        raise UnknownName(
            f"{repository!r} is no folder here and no name that the hub allows",
            mend="name a folder, or a model as owner/model",
        ) from error
    except errors.RevisionNotFoundError as error:
        raise UnknownName(
            "the hub has no such revision", where=where, mend="name a branch, tag or commit of it"
        ) from error
    except errors.GatedRepoError as error:
        raise Unreachable(
            "the hub gives it out only to those who accepted its terms", where=where,
            mend="accept them on the model's page and log in with: hf auth login",
        ) from error  # fmt: skip
    except errors.RepositoryNotFoundError as error:
        raise UnknownName(
            "the hub shows no such model", where=where,
            mend="check the name; for a private model log in with: hf auth login",
        ) from error  # fmt: skip
    except Exception as error:  # the client raises errors of several network libraries
        why = str(error).strip().splitlines() or [type(error).__name__]
        raise Unreachable(
            f"it can't be fetched from the hub ({why[0][:200]})", where=where,
            mend="check the connection, or fetch it elsewhere and name its folder",
        ) from error  # fmt: skip


def _hash_of_folder(folder: Path) -> str:
    """Over the files that bear on the answers: their names and contents."""
    patterns = [*_SMALL_FILES, *(p for patterns in _WEIGHTS for p in patterns)]
    files = sorted({f for p in patterns for f in folder.glob(p) if f.is_file()})
    whole = hashlib.sha256()
    for file in files:
        whole.update(f"{file.name} {hash_of(file)}\n".encode())
    return whole.hexdigest()[:_DIGITS]
