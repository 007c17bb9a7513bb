"""notebench: what AI-written progress notes invent, leave out, pad, and cost to review.

The public surface, imported on first use so that ``import notebench`` stays instant.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_WHERE = {
    "Draft": "records",
    "Fact": "records",
    "Finding": "records",
    "NotebenchError": "errors",
    "Run": "api",
    "Session": "records",
    "Sessions": "api",
    "audit_note": "metrics.checklist",
    "check": "api",
    "load_drafts": "api",
    "load_sessions": "api",
    "metric_path": "metrics",
    "run": "api",
    "sessions": "api",
}

__all__ = sorted(["__version__", *_WHERE])

if TYPE_CHECKING:
    from .api import Run, Sessions, check, load_drafts, load_sessions, run, sessions
    from .errors import NotebenchError
    from .metrics import metric_path
    from .metrics.checklist import audit_note
    from .records import Draft, Fact, Finding, Session


def __getattr__(name: str) -> object:
    if name in _WHERE:
        value = getattr(import_module(f".{_WHERE[name]}", __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__


class _Package(ModuleType):
    """Keeps `notebench.sessions` the function when the subpackage of that name is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _WHERE and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
