"""The review page: one file with everything in it; it loads nothing and runs one known script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from ..html import Html
from ..records import Draft
from ..runs.folder import RunFolder
from ..storage import write_text
from .bundle import Bundle, Wanted, make_bundle, names_its_drafter

_IMPORT = re.compile(r'^import (?:[\s\S]*?) from "\./([\w-]+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


class Page(NamedTuple):
    """Where a page was written."""

    folder: Path
    """What is sent out: the page and a word to its reader."""
    page: Path
    key: Path
    """Which note is whose draft; stays at home. `review import` does not need it."""
    notes: int
    telling: int
    """Notes of a blind page that name their drafter in their own text."""


def build_page(run: Path, out: Path, wanted: Wanted) -> Page:
    """Write the page of a run's drafts for one reviewer. Raises NotebenchError."""
    folder = RunFolder.open(run)
    findings = folder.findings() if wanted.hints else ()
    bundle = make_bundle(folder.sessions(), folder.drafts(), wanted, findings)
    return write_page(bundle, out, folder.drafts())


def write_page(bundle: Bundle, out: Path, drafts: list[Draft]) -> Page:
    """Write a bundle's page, the word to its reader, and the key to its ids."""
    reviewer = file_name(bundle.payload["reviewer"])
    send = out / f"send-to-{reviewer}"
    page = write_text(send / f"{bundle.payload['mode']}.html", render(bundle.payload))
    guide = asset("READ-ME-FIRST.txt").replace("review.html", page.name)
    write_text(send / "READ-ME-FIRST.txt", guide)
    who = {d.draft_id: d for d in drafts}
    key = {
        "bundle": bundle.payload["bundle"],
        "reviewer": bundle.payload["reviewer"],
        "notes": {
            note: {"draft_id": d, "drafter": who[d].drafter, "session_id": who[d].session_id}
            for note, d in bundle.drafts.items()
        },
    }
    kept = out / f"key-{reviewer}.json"
    write_text(kept, json.dumps(key, ensure_ascii=False, indent=1) + "\n")
    shown = [who[d] for d in bundle.drafts.values()]
    telling = sum(names_its_drafter(d) for d in shown) if bundle.payload["blind"] else 0
    return Page(send, page, kept, len(shown), telling)


def file_name(reviewer: str) -> str:
    """The reviewer's id as part of names of files and folders."""
    return re.sub(r"[^\w-]+", "_", reviewer)


def render(payload: dict[str, Any]) -> str:
    """The page as HTML. Whatever stands in the payload stays text."""
    script, style = page_script(), stylesheet()
    return (
        _environment()
        .from_string(asset("page.html"))
        .render(
            title=payload["title"],
            payload=json_in_html(payload),
            script=Html(script),
            style=Html(style),
            policy=Html(_policy(script, style)),
        )
    )


def json_in_html(value: Any) -> Html:
    """JSON that can stand in a script element: no character of it can end or open a tag."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Html("".join(_UNSAFE.get(c, c) for c in text))


@cache
def page_script() -> str:
    """The page's script: its modules joined into one function."""
    return f'"use strict";(() => {{\n{joined("main")}}})();'


@cache
def widget_script() -> str:
    """The same as a module for anywidget."""
    return f"{joined('widget')}export default {{ render }};\n"


@cache
def stylesheet() -> str:
    """The page's style sheet."""
    return asset("page.css") + asset("drill.css")


def joined(entry: str) -> str:
    """A module and all that it imports, each once, in an order in which they can run.

    A module's names are unique among all modules: joined, they share one scope.
    """
    seen: set[str] = set()
    parts: list[str] = []

    def visit(name: str) -> None:
        if name in seen:
            return
        seen.add(name)
        source = asset(f"js/{name}.js")
        for needed in _IMPORT.findall(source):
            visit(needed)
        parts.append(_EXPORT.sub("", _IMPORT.sub("", source)))

    visit(entry)
    return "\n".join(parts)


def asset(name: str) -> str:
    """A file of web/, as text."""
    return files(__package__).joinpath("web", *name.split("/")).read_text("utf-8")


def _policy(script: str, style: str) -> str:
    """Content security policy: nothing is loaded, only this script and this style are used."""
    return (
        f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def digest(text: str) -> str:
    """The text's hash as content security policies give it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Any:
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, undefined=StrictUndefined)
