"""Errors meant for people: what is wrong, where, and how to mend it."""

from __future__ import annotations


class NotebenchError(Exception):
    """Bad input or usage. The command line prints it without a traceback and exits with 2.

    what: the thing and what is wrong with it. where: a file and line, a record id, a setting.
    mend: what to do about it.
    """

    def __init__(self, what: str, *, where: str | None = None, mend: str | None = None) -> None:
        self.what, self.where, self.mend = what, where, mend
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n  mend: {self.mend}" if self.mend else text


class UnknownName(NotebenchError):
    """A name that no registry entry, format, model or file answers to."""


class MissingDependency(NotebenchError):
    """An optional package is needed for this and is not installed."""


class Unreachable(NotebenchError):
    """A model, server or download source could not be reached."""


class BudgetExceeded(NotebenchError):
    """The study's budget would be passed by the next call."""


class CheckFailed(NotebenchError):
    """A check or gate ran and did not pass: exit code 1."""
