"""Building sessions: cast -> plot -> talk -> ledger -> notes, all from one seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from .. import formats as note_formats
from ..records import Session
from .cast import Cast, make_cast
from .ledger import make_ledger, numbered, stale_entry, to_fact
from .loading import library
from .noise import degrade, require_noise
from .notes import prior_note, reference, rough_notes
from .plot import Scene, make_plot
from .scenarios import Library, Problem
from .talk import make_talk
from .topics import not_assessed

_STALE = 2
"""Most facts that the prior note puts as they are no longer."""


def problems() -> list[str]:
    """Names of the problems in the library, sorted."""
    return sorted(library().problems)


def generate(
    n: int,
    seed: int,
    *,
    problem: str | None = None,
    formats: Sequence[str] = ("SOAP", "DAP", "BIRP"),
    noise: str | None = None,
) -> Iterator[Session]:
    """n sessions, one by one. Session i depends on the seed, i and the arguments, never on n.

    problem: one problem for all sessions; None: all problems in turn, in an order drawn anew for
    each round. formats: a reference note is written in each. noise: "asr" puts speech recognition
    errors into the transcript; what is true stays as it is.
    Raises UnknownName for a problem, format or noise that there is not.
    """
    lib = library()
    if problem is not None:
        lib.problem(problem)
    names = [note_formats.get(f).name for f in formats]
    require_noise(noise)
    return (_session(lib, seed, i, problem, names, noise) for i in range(n))


def _session(
    lib: Library, seed: int, i: int, problem: str | None, formats: list[str], noise: str | None
) -> Session:
    chosen = lib.problem(problem or _in_turn(lib, seed, i))
    return build(lib, chosen, f"{seed}/{i}/{chosen.problem}", i + 1, formats, noise)


def _in_turn(lib: Library, seed: int, i: int) -> str:
    order = sorted(lib.problems)
    round_, place = divmod(i, len(order))
    Random(f"{seed}/order/{round_}").shuffle(order)
    return order[place]


def build(
    lib: Library,
    problem: Problem,
    key: str,
    number: int,
    formats: Sequence[str],
    noise: str | None = None,
) -> Session:
    """One session of a problem. key: seeds everything; number: the second part of its id."""
    rng = Random(key)
    cast = make_cast(lib, problem, rng)
    scenes = make_plot(lib, cast, rng)
    lines = make_talk(lib, cast, scenes, rng)
    entries = make_ledger(scenes, lines)
    stale = [stale_entry(e) for e in entries if e.spec.stale]
    stale = sorted(rng.sample(stale, k=min(_STALE, len(stale))), key=lambda e: e.scene)
    numbered([*entries, *stale])
    rough = rough_notes(entries, rng)
    prior = prior_note(lib, cast, stale, rng)
    notes = [reference(lib, scenes, entries, f, Random(f"{key}/{f}")) for f in formats]
    texts = [*(line.text for line in lines), rough, *(s.text for n in notes for s in n.sections)]
    raised = {topic for scene in scenes for topic in scene.beat.topics}
    facts = [to_fact(e, formats, Random(f"{key}/{e.id}")) for e in [*entries, *stale]]
    said = [(line.speaker, line.text) for line in lines]
    heard = degrade(lib, said, Random(f"{key}/noise")) if noise else said
    return Session.model_validate(
        {
            "session_id": f"{problem.prefix}-{number:04d}",
            "scenario": _scenario(cast, scenes, noise),
            "participants": [
                {"role": "client", "name": cast.slots["client"]["name"]},
                {"role": "clinician"},
            ],
            "chart": cast.chart,
            "transcript": _turns(heard),
            "rough_notes": rough,
            "prior_note": prior,
            "facts": facts,
            "not_assessed": not_assessed(lib, texts, raised),
            "references": notes,
        }
    )


def _scenario(cast: Cast, scenes: list[Scene], noise: str | None) -> dict[str, object]:
    shown = {flag for scene in scenes for flag in scene.beat.when.flags}
    flags = [f for f in cast.flags if f in shown or f in cast.problem.flags]
    return {
        "problem": cast.problem.problem, "modality": cast.chart["modality"],
        "session_type": cast.type, "complexity": flags, "trend": cast.trend, "noise": noise,
    }  # fmt: skip


def _turns(said: list[tuple[str, str]]) -> list[dict[str, object]]:
    return [
        {"turn": number, "speaker": speaker, "text": text}
        for number, (speaker, text) in enumerate(said, 1)
    ]
