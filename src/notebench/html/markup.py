"""Tags and escaping: the one place where text becomes HTML."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape as _escape
from importlib.resources import files

from ..text.control import replaced

_VOID = frozenset({"br", "hr", "img", "input", "meta"})


class Html(str):
    """Text that is HTML already. All other text is escaped when it becomes part of a tag."""

    def __html__(self) -> str:
        return str(self)


def escape(value: object) -> Html:
    """Any value as HTML text; characters that no page can show become U+FFFD."""
    if hasattr(value, "__html__"):
        return Html(value.__html__())
    return Html(_escape(replaced(str(value))[0]))


def join(parts: Iterable[object], between: str = "") -> Html:
    """Parts one after the other, escaped where they are not HTML."""
    return Html(str(escape(between)).join(str(escape(p)) for p in parts if p is not None))


def tag(name: str, *children: object, **attributes: object) -> Html:
    """An element. Attributes that are None or False are left out; `data_x` becomes data-x."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}"
        + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def words(name: str | None) -> str:
    """A name from the records in plain words: underscores become spaces."""
    return str(name or "").replace("_", " ")


@cache
def css() -> Html:
    """The style sheet that notebooks and reports share."""
    return Html(files(__package__).joinpath("html.css").read_text("utf-8"))
