"""The reader of the local verifier: what it is shown, and that it tells wrong from right."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from small_sessions import build_session

from notebench.adapters.measures import Rated, auroc
from notebench.records import Fact, Session, Turn
from notebench.verifiers import reader
from notebench.verifiers.beside import lines_beside
from notebench.verifiers.index import SessionIndex
from notebench.verifiers.terms import read

TOLD = "She takes sertraline 50 mg in the morning; her husband takes lithium."
RIGHT, WRONG = "Client takes sertraline each morning.", "Client takes lithium."
WRITTEN = Path(__file__).parents[2] / "benchmarks"


def test_wrong_sentences_that_it_was_not_trained_on_are_rated_above_right_ones(monkeypatch):
    monkeypatch.syspath_prepend(str(WRITTEN))
    from written_notes import WEIGHTS, written

    rated = []
    for session, told in list(written(WEIGHTS))[::7]:
        index = SessionIndex(session)
        for text, kind in told:
            claim = read(text)
            lines = tuple(lines_beside(claim, index.near(claim), index))
            rated.append(Rated(session.session_id, reader.unborne(text, lines), bool(kind)))
    assert len(rated) > 150
    assert auroc(rated) > 0.6  # chance is 0.5; docs/validation.md has what it is worth in all


def test_what_nothing_bears_out_is_rated_above_what_a_line_says():
    line = "The client slept five hours on most nights."
    assert reader.unborne("She adopted a dog in spring.", (line,)) > reader.unborne(line, (line,))


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=600), st.lists(st.text(max_size=400), max_size=8))
def test_any_text_fits_and_the_sentence_is_never_crowded_out(sentence, lines):
    ids, types = reader.encode(sentence, lines)
    assert ids.shape == types.shape and 3 <= ids.shape[1] <= reader.LONGEST
    alone, _ = reader.encode(sentence, [])
    assert (ids[0, : alone.shape[1] - 1] == alone[0, :-1]).all()


def test_an_answer_does_not_hang_on_what_was_read_before():
    told, right, wrong = TOLD, RIGHT, WRONG
    reader.unborne.cache_clear()
    first = reader.unborne(right, (told,))
    reader.unborne.cache_clear()
    reader.unborne(wrong, (told,))
    assert reader.unborne(right, (told,)) == first


def beside(session: Session, text: str) -> list[str]:
    index, claim = SessionIndex(session), read(text)
    return list(lines_beside(claim, index.near(claim), index))


def test_the_fact_that_a_sentence_is_about_comes_first():
    session = build_session()
    for fact in session.facts:
        assert beside(session, fact.statement)[0].startswith(fact.statement)


def test_the_note_before_is_marked_and_an_answer_comes_with_its_question():
    session = Session(
        session_id="s",
        transcript=[
            Turn(turn=1, speaker="clinician", text="Any trouble with the medication?"),
            Turn(turn=2, speaker="client", text="The nausea from the lamotrigine is gone."),
        ],
        prior_note="Lamotrigine causes nausea in the mornings.",
        facts=[Fact(id="F1", kind="medication", statement="Nausea from lamotrigine is gone.")],
    )
    lines = beside(session, "Lamotrigine causes nausea.")
    assert lines == [
        "Nausea from lamotrigine is gone.",
        "last time: Lamotrigine causes nausea in the mornings.",
        "clinician: Any trouble with the medication?",
        "client: The nausea from the lamotrigine is gone.",
    ]


def test_a_generalised_wording_stands_beside_the_statement():
    fact = Fact(id="F1", kind="event", statement="Roland shouted at her.", generalised="A dispute.")
    session = Session(session_id="s", facts=[fact], rough_notes="x")
    assert beside(session, "Roland shouted.") == ["Roland shouted at her. (A dispute.)"]
