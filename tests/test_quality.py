"""The house in order: public names, layers, and what no file of the project may hold."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

import notebench

REPO = Path(__file__).resolve().parent.parent

# Written apart, so that this file does not hold them itself.
FORBIDDEN = {
    "a path of one machine": re.compile("/" + r"(?:work|root)/|/tmp" + "/w/"),
    "a registry or its mirror": re.compile(
        r"https?://[\w.-]*(?:pypi|python" + r"hosted|artifact|nexus|devpi|mirror)[\w.-]*", re.I
    ),
    "a pip index": re.compile(r"--(?:extra-)?index" + r"-url|trusted" + "-host", re.I),
    "a key": re.compile(r"\bsk-[A-Za-z0-9_-]{20,}"),
}
ALLOWED_LINKS = re.compile(r"https?://pypi\.org/project/[\w.-]+/?")


def tracked() -> Iterator[Path]:
    if not (REPO / ".git").exists() or not shutil.which("git"):
        pytest.skip("needs the git checkout, to know which files are the project's")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPO, capture_output=True, text=True, check=True
    ).stdout
    yield from (path for name in listed.split("\0") if name and (path := REPO / name).is_file())


def test_every_public_name_resolves() -> None:
    assert notebench.__all__ == sorted(set(notebench.__all__))
    for name in notebench.__all__:
        assert getattr(notebench, name) is not None
    assert set(dir(notebench)) == set(notebench.__all__)
    with pytest.raises(AttributeError, match="no attribute 'no_such'"):
        _ = notebench.no_such


def test_public_names_stay_what_they_are_whatever_is_imported() -> None:
    code = (
        "import notebench as nb, notebench.sessions, notebench.runs, notebench.metrics.base\n"
        "from notebench.sessions import generate\n"
        "assert callable(nb.sessions) and callable(nb.run) and callable(nb.check)\n"
        "assert nb.sessions.__module__ == 'notebench.api' and callable(generate)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_public_names_have_docstrings() -> None:
    for name in set(notebench.__all__) - {"__version__", "Finding"}:
        assert (getattr(notebench, name).__doc__ or "").strip(), name


@pytest.mark.parametrize(
    "module", ["drafters", "metrics", "reports", "runs", "sessions", "text", "verifiers"]
)
def test_every_name_in_all_resolves(module: str) -> None:
    found = import_module(f"notebench.{module}")
    for name in getattr(found, "__all__", ()):
        assert hasattr(found, name), name


def test_the_version_is_one() -> None:
    assert version("notebench") == notebench.__version__


def test_imports_point_down_only() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=REPO, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_holds_what_belongs_to_one_machine() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a table
        text = ALLOWED_LINKS.sub("", text)
        found += [
            f"{path.relative_to(REPO)}: {what}: {match[0]}"
            for what, pattern in FORBIDDEN.items()
            if (match := pattern.search(text))
        ]
    assert found == []


def test_constraints_are_exact_and_hold_no_address() -> None:
    lines = (REPO / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line.partition("#")[0].strip() for line in lines]
    for pin in filter(None, pins):
        assert re.fullmatch(r"[\w.\[\]-]+==[\w.+!]+(?:\s*;.*)?", pin), pin
    named = {re.split(r"[=\[]", pin)[0].lower().replace("_", "-") for pin in pins if pin}
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["local"], *extras["dev"]]
    names = {re.split(r"[<>=!\[; ]", w)[0].lower().replace("_", "-") for w in wanted}
    assert names <= named
