"""Restated notes: true, in other words, nothing added and every must still told."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from notebench.drafters import Task, make
from notebench.drafters.placing import data
from notebench.drafters.rewording import Clause, fused, of_note, reworded, values
from notebench.drafters.sabotage.truth import share, stems
from notebench.errors import NotebenchError
from notebench.records import Draft, Session
from notebench.storage import read_jsonl
from notebench.text import split_sentences, tokens
from notebench.text.tokens import count_words

FORMATS = ["SOAP", "DAP", "BIRP"]


def restated(session: Session, format: str = "SOAP", seed: int = 0) -> Draft:
    return make("paraphraser").draft(Task(session, "polish", format, seed=seed))


def both(session: Session, format: str) -> tuple[str, str, Draft]:
    """Text of the reference and of the paraphrase."""
    draft, note = restated(session, format), session.reference(format)
    assert note is not None
    own, new = (" ".join(s.text for s in sections) for sections in (note.sections, draft.sections))
    return own, new, draft


def runs(text: str, n: int = 5) -> list[tuple[str, ...]]:
    words = [t.low for t in tokens(text)]
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]


def test_few_runs_of_five_words_are_those_of_the_note(generated: list[Session]) -> None:
    shares = []
    for session in generated:
        for format in FORMATS:
            own, new, _ = both(session, format)
            known = set(runs(own))
            shares.append(sum(r in known for r in runs(new)) / len(runs(new)))
    most = data("paraphraser")["most_copied"]
    assert max(shares) <= most["one"]
    assert sum(shares) / len(shares) <= most["all"]


def test_no_sentence_is_one_of_the_note(generated: list[Session]) -> None:
    for session in generated:
        own, new, _ = both(session, "SOAP")
        sentences = {s.text for s in split_sentences(own)}
        copied = [s.text for s in split_sentences(new) if s.text in sentences]
        assert len(copied) <= 2, copied


def test_every_number_stands_in_the_note(generated: list[Session]) -> None:
    for session in generated:
        for format in FORMATS:
            own, new, _ = both(session, format)
            assert values(new) <= values(own)


def test_every_must_is_told_with_its_values(generated: list[Session]) -> None:
    for session in generated:
        own, new, draft = both(session, "SOAP")
        note = session.reference("SOAP")
        told = {f for s in draft.provenance["conveys"] for f in s["facts"]}
        assert note is not None and told <= set(note.conveys or [])
        for fact in session.facts or []:
            if fact.disclosure != "must" or fact.id not in (note.conveys or []):
                continue
            assert fact.id in told, fact.statement
            given = {fact.attributes.get("value"), fact.attributes.get("previous")} - {None}
            in_note = {v for v in given if isinstance(v, int | float) and v in values(own)}
            assert in_note <= values(new), fact.statement


def test_provenance_names_the_facts_of_each_sentence(generated: list[Session]) -> None:
    for session in generated:
        draft = restated(session)
        cut = {
            (section.name, at): span.text
            for section in draft.sections
            for at, span in enumerate(split_sentences(section.text))
        }
        listed = {
            (e["section"], e["sentence_index"]): e["facts"] for e in draft.provenance["conveys"]
        }
        assert listed.keys() == cut.keys()
        facts = {f.id: f for f in session.facts or []}
        akin = [
            share(facts[one].generalised or facts[one].statement, stems(cut[place]))
            for place, ids in listed.items()
            for one in ids
        ]
        assert sum(akin) / len(akin) > 0.5, "sentences do not share words with their facts"


def test_several_facts_are_fused(generated: list[Session]) -> None:
    for session in generated:
        draft = restated(session)
        told = [len(e["facts"]) for e in draft.provenance["conveys"]]
        assert sum(n > 1 for n in told) >= len(told) / 3
        longest = max(
            count_words(s.text) for part in draft.sections for s in split_sentences(part.text)
        )
        assert longest <= data("paraphraser")["most_words"] + 8


def test_what_must_stay_out_stays_out(generated: list[Session]) -> None:
    for session in generated:
        for format in FORMATS:
            own, new, _ = both(session, format)
            for fact in session.facts or []:
                for trace in fact.traces:
                    found = re.search(rf"\b{re.escape(trace)}\b", new, re.IGNORECASE)
                    assert not found or trace.lower() in own.lower(), (trace, new)


@pytest.mark.parametrize("seed", range(3))
def test_numbers_and_polarity_are_kept(seed: int, generated: list[Session]) -> None:
    rng = random.Random(seed)
    turned = re.compile(f"(?i){data('paraphraser')['negators']}")
    changed = total = 0
    for session in generated:
        for fact in session.facts or []:
            new = reworded(fact.statement, rng)
            assert values(new) == values(fact.statement)
            assert len(turned.findall(new)) == len(turned.findall(fact.statement))
            changed += new.lower() != fact.statement.lower().rstrip(".")
            total += 1
    assert changed >= 0.4 * total


def test_a_wording_that_drops_a_negation_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    rules: dict[str, Any] = {
        **data("paraphraser"),
        "frames": [],
        "words": [{"find": r"\bno fainting\b", "put": ["fainting"]}],
    }
    monkeypatch.setattr("notebench.drafters.rewording.data", lambda name: rules)
    said = "The client has had no fainting."
    assert reworded(said, random.Random(0)) == "the client has had no fainting"


def test_counts_become_shares_only_where_they_are_exact() -> None:
    def said(days: int, exact: bool) -> str:
        text = f"The client slept badly on {days} nights this week."
        return reworded(text, random.Random(0), to_the_number=exact)

    assert "on most nights" in said(4, False) and "fewer than half" in said(3, False)
    assert "on all nights" in said(7, False)
    assert "4 nights" in said(4, True)


def test_a_sentence_of_the_note_gets_its_subject_back() -> None:
    rng = random.Random(1)
    assert of_note("Denied headaches.", (), rng).subject == "The client"
    assert of_note("Provided psychoeducation.", (), rng).subject == "The clinician"
    assert of_note("Affect flat.", (), rng).subject == ""


def test_clauses_of_one_subject_share_it() -> None:
    clauses = [Clause("The client", "sleeps", ("F1",)), Clause("The client", "eats", ("F2",))]
    assert fused(clauses, random.Random(0)) == [("The client sleeps and eats.", ("F1", "F2"))]


def test_another_seed_says_it_otherwise(generated: list[Session]) -> None:
    texts = {str(restated(generated[0], seed=seed).sections) for seed in range(3)}
    assert len(texts) == 3


def test_a_session_without_a_note_is_refused(generated: list[Session]) -> None:
    bare = generated[0].model_copy(update={"references": []})
    with pytest.raises(NotebenchError, match="no clinician's note"):
        restated(bare)


def test_it_works_on_notes_that_no_generator_made(shared: Any) -> None:
    session: Session
    for session in read_jsonl(shared / "challenge" / "sessions.jsonl", Session):
        draft = restated(session, session.references[0].format)
        note = session.references[0]
        own = " ".join(s.text for s in note.sections)
        new = " ".join(s.text for s in draft.sections)
        assert values(new) <= values(own)
        assert count_words(new) >= 0.5 * count_words(own)
