"""How a verifier does on generated sessions: strays, the clinician's own notes, planted errors."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from unsourced import FORMATS, KINDS, sentences, strays

from notebench.drafters.base import Task
from notebench.drafters.saboteur import Saboteur
from notebench.records import WRONG, ClaimFinding, Draft, Section, Session
from notebench.sessions import generate
from notebench.verifiers.base import Verifier, claims

SEED, COUNT = 910_000, 40  # sessions that nothing was fitted on
STRAYS = 3  # sentences of each kind for each session

Hits = dict[str, dict[str, list[ClaimFinding]]]
"""Findings by name of the row and by session."""


def generated_tables(verifier: Verifier) -> str:
    """Two sections in Markdown."""
    sessions = list(generate(COUNT, seed=SEED))
    own, planted = _own(verifier, sessions), _planted(verifier, sessions)
    about = f"{COUNT} generated sessions, seed {SEED}; nothing was fitted on them."
    return "\n".join(
        [
            "### Sentences with no source",
            f"{about} Up to {STRAYS} sentences of each kind for each session, judged against a "
            "session that they are not from. Off-topic and vague sentences and the frames of "
            "scattered words are from lists kept apart from those of the fit. Sentences of other "
            "sessions may by chance be true of this one; near repeats of its own are left out.",
            "",
            *_table("kind", _strays(verifier, sessions)),
            "",
            "### Clinician's own generated notes",
            f"{about} Every sentence is true by construction, so each flag is a false alarm. "
            "Without a ledger, the same sentences are judged by transcript, rough notes and chart "
            "alone. Names a fact: share of the sentences for which the finding names a fact.",
            "",
            *_table("notes", own, facts=True),
            "",
            "Errors planted in these notes, caught by type:",
            "",
            *_table("planted error", planted),
            "",
        ]
    )


def _judged(
    verifier: Verifier, session: Session, told: Iterable[tuple[str, str]]
) -> list[ClaimFinding]:
    """A finding for each sentence, each judged in a draft of its own."""
    made = []
    for section, text in told:
        draft = Draft(
            draft_id="d", session_id=session.session_id, drafter="benchmark", format="SOAP",
            sections=[Section(name=section, text=text)],
            sentences=[{"section": section, "text": text}],
        )  # fmt: skip
        made += [f for f in verifier.verify(session, draft) if isinstance(f, ClaimFinding)]
    return made


def _strays(verifier: Verifier, sessions: list[Session]) -> Hits:
    rng = random.Random(SEED)
    found: Hits = {kind: {} for kind in KINDS}
    for session in sessions:
        for stray in strays(session, sessions, "report", STRAYS, rng):
            [finding] = _judged(verifier, session, [stray[1:]])
            found[stray.kind].setdefault(session.session_id, []).append(finding)
    return found


def _own(verifier: Verifier, sessions: list[Session]) -> Hits:
    found: Hits = {name: {} for name in (*FORMATS, "without a ledger")}
    for session in sessions:
        bare = session.model_copy(update={"facts": None})
        for format in FORMATS:
            note = session.reference(format)
            told = list(sentences(note)) if note else []
            for name, known in ((format, session), ("without a ledger", bare)):
                held = found[name].setdefault(session.session_id, [])
                held += _judged(verifier, known, told)
    return found


def _planted(verifier: Verifier, sessions: list[Session]) -> Hits:
    found: Hits = defaultdict(dict)
    for at, session in enumerate(sessions):
        task = Task(session, "polish", FORMATS[at % len(FORMATS)])
        draft = Saboteur(options={"errors": 8}).draft(task)
        kinds = {(e["section"], e["start"]): e for e in draft.provenance["planted"] if e["after"]}
        stated = [c for c in claims(draft) if (c.section, c.start) in kinds]
        judged = _judged(verifier, session, [(c.section, c.text) for c in stated])
        for claim, finding in zip(stated, judged, strict=True):
            kind = kinds[claim.section, claim.start]["error_type"]
            found[kind].setdefault(session.session_id, []).append(finding)
    return dict(sorted(found.items()))


def _table(head: str, found: Hits, *, facts: bool = False) -> list[str]:
    last = ("names a fact",) if facts else ()
    names = (head, "sentences", "flagged", "uncheckable", "median p", *last)
    lines = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    for name, by_session in found.items():
        all_of = [f for held in by_session.values() for f in held]
        if not all_of:
            continue
        p = [f.p_unfaithful for f in all_of if f.p_unfaithful is not None]
        cells = [
            name, str(len(all_of)), _with_interval(by_session),
            f"{np.mean([f.verdict == 'uncheckable' for f in all_of]):.0%}",
            f"{np.median(p):.2f}" if p else "",
        ]  # fmt: skip
        if facts:
            known = name != "without a ledger"
            cells.append(f"{np.mean([bool(f.facts) for f in all_of]):.0%}" if known else "")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _with_interval(by_session: dict[str, list[ClaimFinding]]) -> str:
    """Share flagged with its 95% interval, whole sessions resampled."""
    flags = [[f.verdict in WRONG for f in by_session[name]] for name in sorted(by_session)]
    wrong, all_of = np.array([sum(f) for f in flags]), np.array([len(f) for f in flags])
    draws = np.random.default_rng(0).integers(len(flags), size=(1000, len(flags)))
    shares = wrong[draws].sum(1) / all_of[draws].sum(1)
    low, high = np.percentile(shares, [2.5, 97.5])
    return f"{wrong.sum() / all_of.sum():.0%} ({low:.0%}-{high:.0%})"
