"""The review page in a notebook: the same code, with the result at hand in Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..errors import NotebenchError
from ..runs.folder import RunFolder
from ..storage import write_text
from .bundle import Bundle, Wanted, make_bundle
from .importing import Imported, import_results
from .page import stylesheet, widget_script


class ReviewWidget(anywidget.AnyWidget):
    """Notes of a run to be reviewed in a notebook cell.

    run: a run folder. options: those of bundle.Wanted (reviewer, seed, blind, limit ...).

        from notebench.review.widget import ReviewWidget
        widget = ReviewWidget("runs/pilot", reviewer="anna", blind=True, limit=5)
        widget                # in a cell of its own: review
        widget.take()         # findings and reviews into the run
    """

    _esm = traitlets.Unicode()
    _css = traitlets.Unicode()
    payload = traitlets.Dict().tag(sync=True)
    """What the page shows (docs/review.md)."""
    state = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    """Progress, as the page keeps it."""
    result = traitlets.Dict().tag(sync=True)
    """The result so far, as a page would save it."""

    def __init__(self, run: str | Path, **options: Any) -> None:
        wanted = Wanted(**options)
        folder = RunFolder.open(run)
        findings = folder.findings() if wanted.hints else ()
        self.bundle: Bundle = make_bundle(folder.sessions(), folder.drafts(), wanted, findings)
        self.run = Path(run)
        super().__init__(
            payload=self.bundle.payload, _esm=widget_script(), _css=stylesheet()
        )  # fmt: skip

    def save(self, path: str | Path) -> Path:
        """Write the result so far to a file, as the page does. Raises NotebenchError."""
        if not self.result:
            raise NotebenchError("nothing was reviewed yet", mend="review a note in the widget")
        return write_text(path, json.dumps(self.result, ensure_ascii=False, indent=1) + "\n")

    def take(self) -> Imported:
        """Take the result so far into the run, as `notebench review import` does."""
        kept = self.run / "reviews" / f"{self.bundle.payload['bundle']}.json"
        return import_results([self.save(kept)], self.run)
