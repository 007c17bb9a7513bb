"""Speech-recognition noise on a transcript.

Words are misheard (from a list of words that sound alike), small words lost, and punctuation
dropped. Rates are an assumption, set in shared/asr.yaml below the 25% word error rate measured on
psychotherapy sessions (Miner 2020), so that truth can still be found in what is left.
"""

from __future__ import annotations

import re
from random import Random

from ..errors import UnknownName
from ..registry import suggest
from .scenarios import Library

KINDS = ("asr",)
"""Kinds of noise."""


def require_noise(noise: str | None) -> None:
    """Raises UnknownName for a kind of noise that there is not."""
    if noise is not None and noise not in KINDS:
        raise UnknownName(f"no noise is called {noise!r}", mend=suggest(noise, KINDS))


def degrade(lib: Library, turns: list[tuple[str, str]], rng: Random) -> list[tuple[str, str]]:
    """Turns (speaker, text) as a recogniser might give them; no turn is lost whole."""
    return [(speaker, _heard(lib.banks["asr"], text, rng)) for speaker, text in turns]


def _heard(bank: dict, text: str, rng: Random) -> str:
    out: list[str] = []
    for word in text.split():
        core = re.sub(r"[^\w'-]", "", word)
        low = core.lower()
        if low in bank["lost"] and rng.random() < bank["rates"]["lost"]:
            continue
        if low in bank["misheard"] and rng.random() < bank["rates"]["misheard"]:
            instead = rng.choice(bank["misheard"][low])
            word = word.replace(core, instead.capitalize() if core[:1].isupper() else instead)
        if rng.random() < bank["rates"]["punctuation"]:
            word = word.rstrip(".,?!;:")
        if rng.random() < bank["rates"]["repeated"]:
            out.append(word.rstrip(".,?!;:"))
        out.append(word)
    return " ".join(out) or text
