"""A page for the screen and for paper that loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Iterable

from ..html import Html, css, join, tag
from .page import asset, digest


def document(title: str, body: Iterable[Html | None], *sheets: str) -> str:
    """An HTML page. sheets: names of style sheets in web/ on top of the record's."""
    style = css() + "".join(map(asset, ("record.css", *sheets)))
    policy = f"default-src 'none'; style-src '{digest(style)}'; base-uri 'none'; form-action 'none'"
    head = join([
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=Html(policy)),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        tag("title", title), tag("style", Html(style)),
    ])  # fmt: skip
    page = tag("html", tag("head", head), tag("body", tag("main", *body), class_="nb"), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"
