"""Talks in Praat's TextGrid, one file a speaker: intervals of time with what was said in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .reading import read_text

_INTERVAL = re.compile(
    r'xmin\s*=\s*([\d.eE+-]+)\s+xmax\s*=\s*[\d.eE+-]+\s+text\s*=\s*"((?:[^"]|"")*)"'
)


def talks(files: Iterable[Path]) -> list[dict[str, Any]]:
    """Talks of files called <talk>_<speaker>.TextGrid, turns of all speakers by when they begin.

    Each is {"consultation": talk, "turns": [{"start": seconds, "speaker", "text"}]}.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        talk, _, speaker = file.stem.rpartition("_")
        said = [
            {"start": float(start), "speaker": speaker, "text": text.replace('""', '"')}
            for start, text in _INTERVAL.findall(read_text(file))
            if text.strip()
        ]
        found.setdefault(talk, []).extend(said)
    return [
        {"consultation": talk, "turns": sorted(turns, key=lambda t: t["start"])}
        for talk, turns in sorted(found.items())
    ]
