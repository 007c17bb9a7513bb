"""Prompts kept as versioned TOML files beside the code that uses them.

A file holds ``version`` and one template for each role::

    version = 2
    system = "You write {{ format }} notes."
    user = "..."

Templates are Jinja, sandboxed and strict: a missing field is an error, and what a field holds is
inserted as it is, never read as a template.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from ..errors import NotebenchError, UnknownName
from ..records import content_hash
from ..registry import suggest

ROLES = ("system", "user")


@dataclass(frozen=True)
class Prompt:
    """A prompt: templates by role, and what identifies it."""

    name: str
    """Name of its file, without the ending."""
    version: int
    """Goes up whenever the text changes."""
    templates: dict[str, str]
    """Template of each role, in order."""
    settings: dict[str, Any]
    """Whatever else the file holds: grammar, stop texts, headings."""

    @cached_property
    def sha256(self) -> str:
        """Hash of the templates and settings."""
        return content_hash(self.templates, self.settings)

    @property
    def id(self) -> str:
        """name@version."""
        return f"{self.name}@{self.version}"

    def render(self, **fields: Any) -> list[dict[str, str]]:
        """Chat messages. Raises NotebenchError where a template wants a field that is not given."""
        from jinja2 import TemplateError

        try:
            return [
                {"role": role, "content": _environment().from_string(text).render(fields).strip()}
                for role, text in self.templates.items()
            ]
        except TemplateError as error:
            raise NotebenchError(
                f"the prompt can't be filled in ({error})",
                where=f"prompt {self.id}",
                mend="give every field that its templates name",
            ) from error


@cache
def _environment() -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # Plain text for a model, not HTML: nothing is escaped.
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )


@cache
def load(package: str, name: str) -> Prompt:
    """The prompt of that name in the folder ``prompts`` of a package.

    package: such as ``notebench.drafters``. Raises UnknownName or NotebenchError.
    """
    folder = files(package) / "prompts"
    file = folder / f"{name}.toml"
    if not file.is_file():
        known = [f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml")]
        raise UnknownName(f"{package} has no prompt {name!r}", mend=suggest(name, known))
    try:
        data = tomllib.loads(file.read_text("utf-8"))
        version = int(data.pop("version"))
        templates = {role: str(data.pop(role)) for role in ROLES if role in data}
        if not templates:
            raise KeyError("system or user")
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise NotebenchError(
            f"not a prompt file ({error})",
            where=str(file),
            mend="it needs version, and system or user or both",
        ) from error
    return Prompt(name, version, templates, data)
