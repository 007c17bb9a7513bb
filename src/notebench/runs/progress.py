"""Progress in a terminal and in a notebook."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

Bar = Callable[..., Any]
"""Called like tqdm."""


def progress_bar(show: bool) -> Bar:
    """tqdm in a terminal or notebook, silent where asked or where nobody looks."""
    from tqdm.auto import tqdm

    # None: silent unless standard error is a terminal, which in a notebook it never is
    hidden = False if "ipykernel" in sys.modules else None

    def bar(items: Any, **options: Any) -> Any:
        return tqdm(items, disable=hidden if show else True, leave=False, **options)

    return bar
