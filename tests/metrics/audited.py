"""A session with everything that the audit list asks for, a note that passes it, and findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from notebench.metrics.base import Case
from notebench.records import ClaimFinding, Draft, FactFinding, Session
from notebench.verifiers.base import claims

CHART = {
    "diagnosis": "Major depressive disorder, recurrent, moderate (F33.1)",
    "goals": ["leave the house every day"], "date": "2026-03-02", "start": "10:00",
    "stop": "10:45", "minutes": 45, "cpt": "90834", "setting": "telehealth_video",
}  # fmt: skip

FACTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "F01": ("symptom", "Mood was low on five days.", {"name": "mood"}),
    "F02": ("symptom", "The client missed two days of work.", {"name": "functional impairment"}),
    "F03": ("measure", "The PHQ-9 total today was 14, down from 19.",
            {"name": "PHQ-9", "value": 14, "previous": 19, "when": "today"}),
    "F04": ("medication", "The client takes sertraline 100 mg a day.",
            {"name": "sertraline", "value": 100, "unit": "mg"}),
    "F05": ("risk", "The client had thoughts of suicide on two nights.",
            {"name": "suicidal ideation", "certainty": "endorsed", "when": "current"}),
    "F06": ("risk", "The client denied a plan and intent.",
            {"name": "suicide plan", "certainty": "denied", "when": "current"}),
    "F07": ("risk", "Risk was judged low: no plan and no intent.", {"name": "suicide risk level"}),
    "F08": ("risk", "Tablets are locked away.", {"name": "means"}),
    "F09": ("protective", "A reason for living is the client's niece.",
            {"name": "protective factors"}),
    "F10": ("plan", "The crisis line 988 is on the plan.", {"name": "crisis line"}),
    "F11": ("intervention", "Activities were planned (behavioral activation).",
            {"name": "behavioral activation"}),
    "F12": ("response", "The client was relieved.", {"name": "relief"}),
    "F13": ("response", "The client was better than last time.", {"name": "progress"}),
    "F14": ("homework", "The client walked on three days.", {"name": "walks"}),
    "F15": ("homework", "Homework: walk on four days.", {"name": "walks"}),
    "F16": ("logistics", "The next session is on Monday at 10:00.", {"name": "next session"}),
    "F17": ("logistics", "The client attended by video from Holloway.", {"name": "location"}),
    "F18": ("logistics", "The client was alone.", {"name": "privacy"}),
    "F19": ("consent", "The client agreed to video.", {"name": "telehealth consent"}),
    "F20": ("plan", "If the line fails, the clinician calls.", {"name": "back-up plan"}),
    "F21": ("observation", "Affect was tense.", {"name": "affect"}),
    "F22": ("goal", "A goal of the treatment plan is to leave the house every day.",
            {"name": "treatment goal"}),
    "F23": ("diagnosis", "The diagnosis on the chart is Major depressive disorder.", {}),
    "F24": ("logistics", "The session ran from 10:00 to 10:45.", {"name": "session time"}),
}  # fmt: skip
"""kind, statement and attributes by id; all of disclosure `must` but the observation."""

CHART_KINDS = ("diagnosis", "goal")

NOTE: dict[str, dict[str, tuple[str, ...]]] = {
    "S": {
        "Client: Mira.": (),
        "Low mood on five days.": ("F01",),
        "Missed two days of work.": ("F02",),
        "Takes sertraline 100 mg a day, none missed.": ("F04",),
        "Suicidal ideation on two nights, with plan and intent denied.": ("F05", "F06"),
        "Means: tablets are locked away.": ("F08",),
        "Protective factor: a niece.": ("F09",),
        "Practice between sessions: walked on three days.": ("F14",),
    },
    "O": {
        "Date of service: 2026-03-02.": (),
        "Individual session by video, 10:00 to 10:45, 45 minutes, CPT 90834.": ("F24",),
        "Client located in Holloway, alone.": ("F17", "F18"),
        "PHQ-9 total 14 today, down from 19.": ("F03",),
        "Affect tense.": ("F21",),
        "Behavioral activation to address the goal to leave the house every day.": ("F11", "F22"),
        "Responded with relief.": ("F12",),
    },
    "A": {
        "Diagnosis: F33.1, Major depressive disorder.": ("F23",),
        "Low suicide risk, since there is no plan and no intent; based on direct inquiry.": (
            "F07",
        ),
        "Improved since last session.": ("F13",),
    },
    "P": {
        "Consents to video; if the connection fails, clinician calls.": ("F19", "F20"),
        "Crisis line 988 is on the safety plan.": ("F10",),
        "Homework: walk on four days.": ("F15",),
        "Next session Monday at 10:00.": ("F16",),
        "Drafted with an AI tool; client consented to its use.": (),
        "Signature of clinician: ____.": (),
    },
}
"""Sentences of a note that passes every check, each with the facts that it conveys."""

SENTENCES = {text: facts for part in NOTE.values() for text, facts in part.items()}


def session(**more: Any) -> Session:
    """The session; further fields replace its own."""
    facts = [
        {
            "id": name, "kind": kind, "statement": statement, "attributes": attributes,
            "disclosure": "should" if kind == "observation" else "must",
            "source": "chart" if kind in CHART_KINDS or name == "F24" else "transcript",
            "seen_in": ["chart"] if kind in CHART_KINDS or name == "F24"
            else ["transcript", "rough_notes"],
        }
        for name, (kind, statement, attributes) in FACTS.items()
    ]  # fmt: skip
    given = {
        "session_id": "s-1", "chart": CHART, "facts": facts, "not_assessed": ["homicidal_ideation"],
        "scenario": {"problem": "depression", "session_type": "routine"},
        "participants": [{"role": "client", "name": "Mira"}, {"role": "clinician", "name": "C. O"}],
        "transcript": [{"turn": 1, "speaker": "client", "text": "I take my sertraline."}],
    }  # fmt: skip
    return Session.model_validate(given | more)


def case(
    texts: Iterable[str] | None = None,
    swap: dict[str, str] | None = None,
    wrong: dict[str, str | None] | None = None,
    given: Session | None = None,
    **draft: Any,
) -> Case:
    """A case of the note, or of these of its sentences.

    swap: words in place of others; the sentence then conveys its facts no longer. wrong: sentences
    that the verifier flags, with their type of error; such a sentence may be none of the note's.
    """
    kept = set(SENTENCES if texts is None else texts)
    parts: dict[str, list[str]] = {
        name: [t for t in part if t in kept] for name, part in NOTE.items()
    }
    parts["A"] += [t for t in (wrong or {}) if t not in SENTENCES]
    known: dict[str, tuple[str, ...]] = dict(SENTENCES)
    for old, new in (swap or {}).items():
        for texts_ in parts.values():
            for i, text in enumerate(texts_):
                if old in text:
                    texts_[i] = text.replace(old, new)
                    known[texts_[i]] = ()
    sections = [{"name": n, "text": " ".join(ts)} for n, ts in parts.items() if ts]
    note = Draft.model_validate(
        {
            "draft_id": "d-1", "session_id": "s-1", "drafter": "local/x", "workflow": "scribe",
            "sections": sections or [{"name": "S", "text": "Nothing."}], **draft,
        }
    )  # fmt: skip
    who = given or session()
    return Case(who, note, tuple(_findings(who, note, known, wrong or {})))


def _findings(
    who: Session, note: Draft, known: dict[str, tuple[str, ...]], wrong: dict[str, str | None]
) -> Iterable[ClaimFinding | FactFinding]:
    """What a verifier that knows the sentences says."""
    conveyed: set[str] = set()
    for claim in claims(note):
        bad = claim.text in wrong
        facts = () if bad else known.get(claim.text, ())
        conveyed.update(facts)
        yield ClaimFinding(
            draft_id="d-1", section=claim.section, start=claim.start, end=claim.end,
            text=claim.text, verdict="unsupported" if bad else "supported",
            error_type=wrong.get(claim.text), facts=list(facts), verifier="by-hand@1",
        )  # fmt: skip
    for fact in who.facts or []:
        verdict = "conveyed" if fact.id in conveyed else "omitted"
        yield FactFinding(draft_id="d-1", fact_id=fact.id, verdict=verdict, verifier="by-hand@1")
