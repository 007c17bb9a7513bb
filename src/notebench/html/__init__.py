"""Records as HTML: escaping, highlighting, and how a session and a draft look in a notebook.

It knows records only by their fields, so that they can show themselves. Reports use the same
escaping and the same highlighting, so that a note looks alike everywhere.
"""

from .cards import chart_html, draft_html, ledger_html, session_html, transcript_html
from .highlighting import (
    VERDICTS,
    WRONG,
    Mark,
    Verdict,
    claim_marks,
    explain,
    highlight,
    segments,
    verdict_words,
)  # fmt: skip
from .markup import Html, css, escape, join, tag, words

__all__ = [
    "VERDICTS", "WRONG", "Html", "Mark", "Verdict", "chart_html", "claim_marks", "css",
    "draft_html", "escape", "explain", "highlight", "join", "ledger_html", "segments",
    "session_html", "tag", "transcript_html", "verdict_words", "words",
]  # fmt: skip
