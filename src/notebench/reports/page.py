"""The page: one file with everything in it, which loads nothing and runs one known script."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..html import VERDICTS, Html, css, escape
from ..metrics import info
from ..storage import write_text
from . import audit, corrected, wording
from .content import content, counted, label
from .data import RunData
from .figures import Drawn
from .notes import instructive, lessons, session_views
from .summary import findings
from .tables import NO_VALUE, Table


def render(
    run: RunData,
    tables: dict[str, Table],
    figures: dict[str, Drawn],
    audience: str,
    target: Path,
) -> Path:
    """Write the page and give its path."""
    views = session_views(run)
    left_out = {c["head"] for c in content()["headline"] if audience in c.get("not_for", ())}
    script = _asset("report.js")
    page = environment().get_template("page.html").render(
        run=run,
        manifest=run.manifest,
        text=content()["text"],
        titles=content()["parts"],
        parts=content()["audiences"][audience],
        summary=findings(run, tables),
        tables=tables | {"headline": tables["headline"].without(left_out)},
        folded=content()["folded"][audience],
        figures=figures,
        sessions=views,
        lessons=lessons(views),
        instructive=instructive(views),
        questions=content()["questions"],
        audit_text=audit.words()["text"],
        wording=wording.words(),
        corrected={
            "explained": corrected.explained(run, tables["corrected"]),
            "plainly": corrected.plainly(run, tables["corrected"]),
        },
        verdicts=VERDICTS,
        section_titles=_section_titles(run),
        metrics=[
            (c["head"], info(c["metric"]))
            for c in content()["headline"]
            if c["head"] not in left_out
        ],
        no_value=NO_VALUE,
        command=_command(run),
        style=Html(css() + _asset("report.css")),
        script=Html(script),
        policy=_policy(script),
    )  # fmt: skip
    return write_text(target, page)


def environment() -> Any:
    """Templates in which everything is escaped and a name that is not there is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("notebench.reports"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=escape,
    )  # fmt: skip
    environment.filters |= {"label": lambda name, group: label(group, name), "data_url": _data_url}
    environment.globals["counted"] = counted
    return environment


def _asset(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text("utf-8")


def _policy(script: str) -> str:
    """Content security policy: nothing is loaded, and only this script runs."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def _data_url(svg: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


def _section_titles(run: RunData) -> list[str]:
    """What the short names of the sections stand for, by format."""
    return [
        f"{f.name}: " + ", ".join(f"{s.name} {s.title}" for s in f.sections)
        for f in run.known_formats
    ]


def _command(run: RunData) -> str:
    """How to make the same run again."""
    name = run.path.resolve().name
    return f"notebench run {name}/manifest.json --out {name}-again"
