"""Verifiers do not read what only generated sessions know of themselves."""

from notebench.drafters import make as make_drafter
from notebench.drafters.base import Task
from notebench.records import Note
from notebench.sessions import generate
from notebench.verifiers import make


def without_hints(session):
    facts = [
        f.model_copy(update={"cues": [], "traces": []}) for f in session.facts
    ]  # fmt: skip
    notes = [
        Note(format=n.format, sections=[s.model_copy() for s in n.sections])
        for n in session.references
    ]
    return session.model_copy(update={"facts": facts, "references": notes})


def test_findings_do_not_hang_on_cues_traces_or_conveys():
    for session in generate(2, 5, formats=["SOAP"]):
        plain = without_hints(session)
        assert any(f.cues for f in session.facts) and any(f.traces for f in session.facts)
        assert session.references[0].conveys and plain.references[0].conveys is None
        for name in ("reference", "saboteur", "extractive"):
            drafter = make_drafter(name)
            draft = drafter.draft(Task(session, drafter.workflows[0], "SOAP"))
            assert make("local").verify(session, draft) == make("local").verify(plain, draft)
