"""Shared by all tests: a session and drafts written for them, and walls around what they may touch.

No test reaches beyond this machine, and none uses the user's answer cache. The folder of model
weights is left as it is: tests marked `model` use the weights in the user's cache.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from notebench.records import Draft, Session

REPO = Path(__file__).resolve().parent.parent

settings.register_profile("notebench", deadline=None, max_examples=60)
settings.load_profile("notebench")


def session_data(**changes: Any) -> dict[str, Any]:
    """A whole session as plain data, with facts, reference notes and chart; written by hand."""
    data: dict[str, Any] = {
        "schema_version": 1,
        "session_id": "hand-01",
        "scenario": {
            "problem": "insomnia", "modality": "cbt", "session_type": "routine",
            "complexity": [],
        },
        "participants": [{"role": "client", "name": "Wren"}, {"role": "clinician"}],
        "chart": {"diagnosis": "Insomnia disorder", "goals": ["Sleep six hours a night"],
                  "date": "2026-03-02", "start": "10:00", "stop": "10:45", "cpt": "90834"},
        "transcript": [
            {"turn": 1, "speaker": "clinician", "text": "How have the nights been?"},
            {"turn": 2, "speaker": "client", "text": "About four hours, up from three."},
            {"turn": 3, "speaker": "clinician", "text": "Did you keep the sleep diary?"},
            {"turn": 4, "speaker": "client", "text": "On five nights. I skipped the weekend."},
            {"turn": 5, "speaker": "clinician",
             "text": "Let us set a fixed rising time of 6:30 and see each other next Monday."},
            {"turn": 6, "speaker": "client", "text": "I can try that. It sounds hard but fair."},
        ],
        "rough_notes": "slp 4h (was 3)\n- diary 5/7\n- stimulus control: rise 6:30\n- next Mon",
        "prior_note": "Client slept three hours a night. Sleep diary assigned.",
        "facts": [
            {"id": "F01", "kind": "symptom", "disclosure": "must", "evidence": [2],
             "statement": "Client sleeps about four hours a night, up from three.",
             "seen_in": ["transcript", "rough_notes"]},
            {"id": "F02", "kind": "homework", "disclosure": "should", "evidence": [4],
             "statement": "Client kept the sleep diary on five nights.",
             "seen_in": ["transcript", "rough_notes"]},
            {"id": "F03", "kind": "intervention", "disclosure": "must", "evidence": [5],
             "statement": "Clinician used stimulus control and set a rising time of 6:30.",
             "seen_in": ["transcript", "rough_notes"]},
        ],
        "not_assessed": ["suicidal_ideation"],
        "references": [
            {"format": "SOAP", "sections": [
                {"name": "S", "text": "Client sleeps about four hours a night, up from three."},
                {"name": "O", "text": "Sleep diary kept on five nights."},
                {"name": "A", "text": "Insomnia, somewhat better."},
                {"name": "P", "text": "Rising time fixed at 6:30. Next session on Monday."}]},
            {"format": "DAP", "sections": [
                {"name": "D", "text": "Client sleeps about four hours a night. Diary kept 5 of 7."},
                {"name": "A", "text": "Insomnia, somewhat better."},
                {"name": "P", "text": "Rising time fixed at 6:30. Next session on Monday."}]},
        ],
    }  # fmt: skip
    return {**data, **changes}


def draft_data(**changes: Any) -> dict[str, Any]:
    """A draft about that session as plain data; one sentence of it is invented."""
    data: dict[str, Any] = {
        "schema_version": 1,
        "draft_id": "d-hand-01",
        "session_id": "hand-01",
        "drafter": "import:by-hand",
        "workflow": "scribe",
        "format": "SOAP",
        "sections": [
            {"name": "S", "text": "Client sleeps four hours a night. Denies suicidal ideation."},
            {"name": "P", "text": "Rising time fixed at 6:30."},
        ],
    }  # fmt: skip
    return {**data, **changes}


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
