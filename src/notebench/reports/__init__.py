"""Reports: a run folder in, one page that opens offline out, with its figures and tables.

`build` writes RUN/report/index.html (for other audiences owner.html and trainer.html beside it),
figures/*.svg and *.png, and tables/*.csv. What a report says is in content.toml and the templates;
every number in it is computed from the run's own files.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import NotebenchError
from ..printing import to_pdf
from ..registry import suggest

__all__ = ["build", "build_pdf"]

FIRST = "research"
"""The audience whose page is index.html."""


def build(run_folder: str | Path, *, audience: str = "research", out: Path | None = None) -> Path:
    """Write the report of a run and give the path of its page.

    audience: research (index.html), owner (owner.html) or trainer (trainer.html): the same parts in
    another order and amount. index.html is always written, and pages of other audiences that lie
    there already are made anew, so that all show the same numbers. out: the folder to write to, by
    default RUN/report. A run without findings, tallies or drafts gives a report that says what is
    missing. Raises NotebenchError where there is no run, or for an
    unknown audience.
    """
    from .audit import audit_tables
    from .content import content
    from .corrected import corrected_tables
    from .data import RunData
    from .figures import draw
    from .page import render
    from .practice import practice_table
    from .tables import all_tables
    from .wording import wording_tables

    parts = content()["audiences"]
    if audience not in parts:
        raise NotebenchError(
            f"no report is written for {audience!r}", mend=suggest(audience, parts)
        )
    run = RunData.load(Path(run_folder))
    folder = Path(out) if out else Path(run_folder) / "report"
    tables = all_tables(run) | audit_tables(run) | wording_tables(run) | corrected_tables(run)
    tables["practice"] = practice_table(run, tables["headline"], tables["errors_by_section"])
    for table in tables.values():
        table.write_csv(folder / "tables")
    figures = draw(run, tables, folder / "figures")
    pages = {name: folder / ("index.html" if name == FIRST else f"{name}.html") for name in parts}
    for name, page in pages.items():
        if name in (FIRST, audience) or page.is_file():
            render(run, tables, figures, name, page)
    return pages[audience]


def build_pdf(page: str | Path) -> Path:
    """Print a report's page to a PDF beside it. Needs WeasyPrint, and contacts nothing.

    index.html becomes report.pdf, other pages keep their names.

    The notes with their transcripts stay in the page: on paper they would fill hundreds of sheets.
    Raises MissingDependency where WeasyPrint is not installed.
    """
    source = Path(page)
    target = source.with_name(f"{'report' if source.stem == 'index' else source.stem}.pdf")
    return to_pdf(source.read_text("utf-8"), target, style="#drafts { display: none; }")
