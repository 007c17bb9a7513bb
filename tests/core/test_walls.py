"""The walls around the tests hold."""

from __future__ import annotations

import os
import socket
import urllib.request
from pathlib import Path

import pytest


def test_nothing_beyond_loopback_can_be_reached(loopback_only: list[str]) -> None:
    with pytest.raises(OSError, match="loopback only"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OSError, match="loopback only"):
        urllib.request.urlopen("http://host.invalid/", timeout=1)
    assert loopback_only == ["192.0.2.1", "host.invalid"]
    loopback_only.clear()


def test_loopback_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_the_answer_cache_is_not_the_users() -> None:
    folder = Path(os.environ["NOTEBENCH_CACHE_DIR"])
    assert folder.is_dir()
    assert Path.home() / ".cache" not in folder.parents
