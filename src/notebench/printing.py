"""HTML pages as PDF files."""

from __future__ import annotations

from pathlib import Path

from .errors import MissingDependency
from .storage import atomic


def need_weasyprint() -> None:
    """Raise MissingDependency where WeasyPrint, an extra, is not there or too old."""
    try:
        from weasyprint import URLFetcher  # noqa: F401
    except ImportError as error:
        raise MissingDependency(
            "a PDF needs WeasyPrint 70 or newer, which is not installed",
            mend="pip install 'weasyprint>=70', or leave --pdf out and print from a browser",
        ) from error


def to_pdf(page: str, target: Path, style: str = "") -> Path:
    """Print a page to PDF, contacting nothing. style: rules on top. Raises MissingDependency."""
    need_weasyprint()
    from weasyprint import CSS, HTML, URLFetcher

    only_embedded = URLFetcher(allowed_protocols=("data",))
    document = HTML(string=page, url_fetcher=only_embedded)
    written = document.write_pdf(stylesheets=[CSS(string=style)] if style else None)
    with atomic(target) as stream:
        stream.write(written)
    return target
