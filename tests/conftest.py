"""Shared by all tests: records made by hand, and walls around what tests may touch.

No test reaches beyond this machine, and none uses the user's answer cache. The folder of model
weights is left as it is: tests marked `model` use the weights in the user's cache.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from handmade import draft_data, session_data
from notebench.records import Draft, Session

REPO = Path(__file__).resolve().parent.parent

# Tests run side by side: a second thread of an embedded model would only wait for the first one.
os.environ.setdefault("NOTEBENCH_THREADS", "1")
settings.register_profile("notebench", deadline=None, max_examples=60)
settings.load_profile("notebench")


@pytest.fixture
def make_session() -> Callable[..., Session]:
    """Sessions like the hand-written one, with changes: make_session(session_id="x")."""
    return lambda **changes: Session.model_validate(session_data(**changes))


@pytest.fixture
def make_draft() -> Callable[..., Draft]:
    """Drafts like the hand-written one, with changes."""
    return lambda **changes: Draft.model_validate(draft_data(**changes))


@pytest.fixture
def hand_session(make_session: Callable[..., Session]) -> Session:
    """The hand-written session."""
    return make_session()


@pytest.fixture
def hand_draft(make_draft: Callable[..., Draft]) -> Draft:
    """The hand-written draft."""
    return make_draft()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, without a window; tests that need it skip where there is none."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium, which is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled and public data beside the repository."""
    folder = REPO.parent / "shared"
    if not (folder / "challenge").is_dir():
        pytest.skip("needs the labelled data in ../shared, which is not here")
    return folder


@pytest.fixture(autouse=True)
def own_answer_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: Any) -> None:
    """Each test has an answer cache of its own, never the user's."""
    monkeypatch.setenv("NOTEBENCH_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session", autouse=True)
def _walls() -> Iterator[list[str]]:
    """Refuse any connection or look-up beyond this machine, and list who was asked for."""
    tried: list[str] = []
    plain = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def must_be_loopback(host: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
        try:
            address = ipaddress.ip_address(name.partition("%")[0])
            local = address.is_loopback or address.is_unspecified
        except ValueError:
            local = name == "localhost"
        if not local:
            tried.append(name)
            raise OSError(f"a test tried to reach {name!r}; tests contact loopback only")

    def guarded(own: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family != getattr(socket, "AF_UNIX", None):
                must_be_loopback(address[0])
            return own(self, address)

        return call

    def looked_up(host: Any, *rest: Any, **options: Any) -> Any:
        must_be_loopback(host)
        return plain[2](host, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(plain[0]))
        patch.setattr(socket.socket, "connect_ex", guarded(plain[1]))
        patch.setattr(socket, "getaddrinfo", looked_up)
        yield tried


@pytest.fixture(autouse=True)
def loopback_only(_walls: list[str]) -> Iterator[list[str]]:
    """A test that tried to reach beyond this machine fails, even where the error was swallowed.

    A test about the wall itself clears the list that this fixture gives.
    """
    _walls.clear()
    yield _walls
    assert not _walls, f"a test tried to reach {_walls}; tests contact loopback only"
