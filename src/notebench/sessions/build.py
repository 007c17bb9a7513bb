"""Building sessions: cast -> plot -> talk -> ledger -> notes, all from one seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from .. import formats as note_formats
from ..errors import UnknownName
from ..records import Session, Turn
from ..registry import suggest
from .cast import ANY, Cast, Wanted, make_cast
from .depth import gaps
from .invariants import evidence, ledger, notes
from .ledger import MOST_STALE, Entry, make_ledger, numbered, stale_entry, to_fact
from .loading import library
from .noise import degrade, require_noise
from .notes import prior_note, reference, rough_notes
from .plot import Pool, Scene, beats_for, make_plot
from .scenarios import Library, Problem
from .speech import Speech
from .talk import Line, give_voice, make_talk
from .topics import not_assessed

_TRIES = 24
"""Most plots that are drawn for a session, until one has all that a session should hold."""
VERSION = 2
"""Version of the library and the generator; sessions carry it as scenario.library."""


def problems() -> list[str]:
    """Names of the problems in the library, sorted."""
    return sorted(library().problems)


def generate(
    n: int,
    seed: int,
    *,
    problem: str | None = None,
    session_type: str | None = None,
    modality: str | None = None,
    setting: str | None = None,
    complexity: Sequence[str] | None = None,
    formats: Sequence[str] = ("SOAP", "DAP", "BIRP"),
    noise: str | None = None,
) -> Iterator[Session]:
    """n sessions, one by one. Session i depends on the seed, i and the arguments, never on n.

    problem: one problem for all sessions; None: all problems in turn, in an order drawn anew for
    each round. session_type, modality, setting: that one for all; None: drawn. complexity: these
    flags and none that comes by chance; None: drawn. formats: a reference note is written in each.
    noise: "asr" puts speech recognition errors into the transcript; what is true stays as it is.
    Raises UnknownName for a name that there is not.
    """
    lib = library()
    wanted = Wanted(
        session_type, modality, setting, None if complexity is None else tuple(complexity)
    )
    _require(lib, problem, wanted)
    names = [note_formats.get(f).name for f in formats]
    require_noise(noise)
    return (_session(lib, seed, i, problem, wanted, names, noise) for i in range(n))


def _require(lib: Library, problem: str | None, wanted: Wanted) -> None:
    shapes = lib.banks["shapes"]
    if problem is None and wanted == ANY:
        return
    chosen = [lib.problem(problem)] if problem is not None else list(lib.problems.values())
    modalities = sorted({m for p in chosen for m in p.modalities})
    flags = sorted({*shapes["flags"], *(f for p in chosen for f in (*p.flags, *p.chances))})
    given = (
        ("session type", wanted.session_type, sorted(shapes["shapes"])),
        ("modality", wanted.modality, modalities),
        ("setting", wanted.setting, sorted(shapes["settings"])),
        *(("complexity flag", flag, flags) for flag in wanted.complexity or ()),
    )
    for what, name, known in given:
        if name is not None and name not in known:
            raise UnknownName(f"no {what} is called {name!r}", mend=suggest(name, known))


def _session(
    lib: Library, seed: int, i: int, problem: str | None, wanted: Wanted, formats: list[str],
    noise: str | None,
) -> Session:  # fmt: skip
    chosen = lib.problem(problem or _in_turn(lib, seed, i, wanted.modality))
    return build(lib, chosen, f"{seed}/{i}/{chosen.problem}", i + 1, formats, noise, wanted)


def _in_turn(lib: Library, seed: int, i: int, modality: str | None) -> str:
    order = sorted(p for p in lib.problems if modality in (None, *lib.problems[p].modalities))
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
    wanted: Wanted = ANY,
) -> Session:
    """One session of a problem. key: seeds everything; number: the second part of its id.

    It is drawn again while it lacks what a session should hold or its talk does not convey its
    facts; which formats are asked for has no part in that.
    """
    cast = make_cast(lib, problem, Random(key), wanted)
    name = f"{problem.prefix}-{number:04d}"
    drawn, session = _first_whole(lib, cast, wanted, formats, key, name)
    session = _disclosing(lib, cast, drawn, _noted(lib, cast, drawn, session, formats))
    return _noisy(lib, session, noise, key) if noise else session


def _first_whole(
    lib: Library, cast: Cast, wanted: Wanted, formats: Sequence[str], key: str, name: str
) -> tuple[_Drawn, Session]:
    """The first session drawn that has all and holds, else the one that lacks least."""
    pool = beats_for(lib, cast)
    nearest: tuple[int, _Drawn] | None = None
    unsound: tuple[_Drawn, Session] | None = None
    for attempt in range(_TRIES):
        drawn = _draw(lib, cast, pool, f"{key}/{attempt}")
        missing = len(gaps(drawn.entries, drawn.lines)) + len(_absent(cast, wanted, drawn))
        if missing:
            nearest = min(nearest or (missing, drawn), (missing, drawn), key=lambda pair: pair[0])
            continue
        session = _written(lib, cast, drawn, formats, name)
        if not [*evidence.broken(session), *ledger.broken(session)]:
            return drawn, session
        unsound = unsound or (drawn, session)
    if unsound:
        return unsound
    assert nearest is not None
    return nearest[1], _written(lib, cast, nearest[1], formats, name)


@dataclass(frozen=True)
class _Drawn:
    """Plot, talk and ledger of a session in the making."""

    scenes: list[Scene]
    lines: list[Line]
    speech: Speech
    entries: list[Entry]
    key: str
    """Seeds what is still to be written."""


def _draw(lib: Library, cast: Cast, pool: Pool, key: str) -> _Drawn:
    rng = Random(key)
    scenes = make_plot(lib, cast, pool, rng)
    lines, speech = make_talk(lib, cast, scenes, rng)
    return _Drawn(scenes, lines, speech, make_ledger(scenes, lines), key)


def _written(lib: Library, cast: Cast, drawn: _Drawn, formats: Sequence[str], name: str) -> Session:
    """The record of a session without references: talk in everybody's own manner, and facts."""
    lines, key = drawn.lines, drawn.key
    give_voice(lines, drawn.speech)
    rng = Random(f"{key}/notes")
    stale = [stale_entry(e) for e in drawn.entries if e.spec.stale]
    stale = sorted(rng.sample(stale, k=min(MOST_STALE, len(stale))), key=lambda e: e.scene)
    ledger_ = [*drawn.entries, *stale]
    numbered(ledger_)
    rough = rough_notes(cast, drawn.entries, rng)
    wordings = Random(f"{key}/facts")
    return Session.model_validate(
        {
            "session_id": name,
            "scenario": _scenario(cast, drawn.scenes),
            "participants": _participants(cast, lines),
            "chart": cast.chart,
            "transcript": [
                Turn.model_construct(turn=turn, speaker=line.speaker, text=line.text)
                for turn, line in enumerate(lines, 1)
            ],
            "rough_notes": rough,
            "prior_note": prior_note(lib, cast, stale, rng),
            "facts": [to_fact(e, formats, wordings) for e in ledger_],
        }
    )


def _noted(
    lib: Library, cast: Cast, drawn: _Drawn, session: Session, formats: Sequence[str]
) -> Session:
    """The session with its references, and the topics that neither talk nor notes raise."""
    scenes, entries, key = drawn.scenes, drawn.entries, drawn.key
    refs = [reference(lib, cast, scenes, entries, f, Random(f"{key}/{f}")) for f in formats]
    texts = [
        *(t.text for t in session.transcript), session.rough_notes or "",
        *(s.text for n in refs for s in n.sections),
    ]  # fmt: skip
    raised = {topic for scene in scenes for topic in scene.beat.topics}
    return session.model_copy(
        update={"references": refs, "not_assessed": not_assessed(lib, texts, raised)}
    )


def _disclosing(lib: Library, cast: Cast, drawn: _Drawn, session: Session) -> Session:
    """The session with any reference written again that says too little or too much."""
    scenes, entries, key = drawn.scenes, drawn.entries, drawn.key
    for again in range(_TRIES):
        if not any(notes.disclosed(session)):
            break
        written = [
            reference(lib, cast, scenes, entries, n.format, Random(f"{key}/{n.format}/{again}"))
            if any(notes.disclosed(session.model_copy(update={"references": [n]})))
            else n
            for n in session.references
        ]
        session = session.model_copy(update={"references": written})
    return session


def _noisy(lib: Library, session: Session, noise: str, key: str) -> Session:
    """The session as a recogniser might hear it; what is true stays."""
    turns = [(t.speaker, t.text) for t in session.transcript]
    heard = degrade(lib, turns, Random(f"{key}/noise"))
    return session.model_copy(
        update={
            "scenario": {**session.scenario, "noise": noise},
            "transcript": [
                t.model_copy(update={"speaker": speaker, "text": text})
                for t, (speaker, text) in zip(session.transcript, heard, strict=True)
            ],
        }
    )


_TOLD_OTHERWISE = {"short_session", "interpreter"}
"""Flags that show in times or speakers, whether or not a beat speaks of them."""
_ROLES = {
    "couple": "partner", "family": "parent", "minor_with_guardian": "parent",
    "interpreter": "interpreter",
}  # fmt: skip
"""Who speaks in a session that carries a flag."""


def _absent(cast: Cast, wanted: Wanted, drawn: _Drawn) -> set[str]:
    """Flags that nothing shows: nobody speaks, or what was asked for does not come up."""
    spoke = {line.speaker for line in drawn.lines}
    silent = {f for f, role in _ROLES.items() if f in cast.flags and role not in spoke}
    shown = {flag for scene in drawn.scenes for flag in scene.beat.when.flags}
    return silent | (set(wanted.complexity or ()) - shown - _TOLD_OTHERWISE)


def _participants(cast: Cast, lines: list[Line]) -> list[dict[str, str]]:
    """Who took part, in the order of the roles; those who never speak are not listed."""
    spoke = {line.speaker for line in lines}
    named = {"partner": "partner", "parent": "guardian", "interpreter": "interpreter"}
    others = [
        {"role": role, "name": cast.slots[slot]["name"]}
        for role, slot in named.items()
        if role in spoke
    ]
    client = {"role": "client", "name": cast.slots["client"]["name"]}
    return [client, {"role": "clinician", "name": cast.clinician["id"]}, *others]


def _scenario(cast: Cast, scenes: list[Scene]) -> dict[str, object]:
    shown = {flag for scene in scenes for flag in scene.beat.when.flags}
    kept = {*shown, *cast.problem.flags, *_TOLD_OTHERWISE}
    return {
        "problem": cast.problem.problem, "modality": cast.chart["modality"],
        "session_type": cast.type, "complexity": [f for f in cast.flags if f in kept],
        "trend": cast.trend, "c_ssrs": cast.risk_level, "noise": None, "library": VERSION,
    }  # fmt: skip
