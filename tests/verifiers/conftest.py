"""Fixtures of the verifier tests."""

import pytest
from small_sessions import build_session

from notebench.records import Session


@pytest.fixture
def session() -> Session:
    """The small session of cases.yaml."""
    return build_session()
