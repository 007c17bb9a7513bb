"""What counts as denied or affirmed: questions with answers, rough notes' marks, clauses, rises."""

import pytest
from small_sessions import build_draft, build_session

from notebench.records import WRONG, Turn
from notebench.verifiers import make
from notebench.verifiers.features import claim_features
from notebench.verifiers.index import SessionIndex
from notebench.verifiers.passages import answer
from notebench.verifiers.statements import parts
from notebench.verifiers.terms import read, stem


@pytest.fixture(scope="module")
def asked():
    """A session that only a few answers and rough notes settle."""
    told = [
        ("clinician", "Any nightmares about the fire?"),
        ("client", "Um, not really. I dream of the old house."),
        ("clinician", "Do you own a rifle or a handgun?"),
        ("client", "I don't, I sold it years ago."),
        ("clinician", "And headaches in the morning?"),
        ("client", "Yes, every day."),
    ]
    turns = [Turn(turn=n, speaker=s, text=t) for n, (s, t) in enumerate(told, 1)]
    return build_session(
        transcript=turns, facts=None, prior_note=None, not_assessed=[],
        rough_notes="GAD-7 14 (17). HI asked - denies. AH neg. Ø vomiting. Low mood +.",
    )  # fmt: skip


def value(session, check, text):
    return claim_features(read(text), "S", SessionIndex(session)).values[check]


@pytest.mark.parametrize(
    "text",
    [
        "Reported nightmares about the fire.",
        "Endorsed auditory hallucinations.",
        "Reported vomiting.",
        "Client has reported headaches, and endorsed homicidal ideation.",
    ],
)
def test_what_the_session_denies_is_no_report(asked, text):
    assert value(asked, "wholly_reversed", text) == 1
    assert value(asked, "affirmed_here", text) > 0.3


@pytest.mark.parametrize(
    "text",
    [
        "Denied nightmares about the fire.",
        "Denied homicidal ideation and hallucinations.",
        "Reported headaches in the morning.",
        "Will call if she reports vomiting.",
    ],
)
def test_the_same_polarity_is_no_clash(asked, text):
    for check in ("wholly_reversed", "affirmed_here", "denied_here", "risk_flipped"):
        assert value(asked, check, text) == 0


def test_a_denied_yes_is_a_clash(asked):
    assert value(asked, "denied_here", "Denied headaches in the morning.") > 0.5


def test_lack_of_a_gun_agrees_with_no_gun(asked):
    assert value(asked, "risk_flipped", "Clinician noted the client's lack of a gun.") == 0
    assert value(asked, "risk_flipped", "Clinician noted the client's gun.") == 1


def test_the_whole_sentence_is_caught(asked):
    found = make("local").verify(asked, build_draft("Reported nightmares about the fire."))[0]
    assert (found.verdict in WRONG, found.error_type) == (True, "negation_flip")


@pytest.mark.parametrize(
    ("text", "flipped"),
    [
        ("GAD-7 14, up from 17.", 1), ("GAD-7 14, down from 17.", 0),
        ("Sertraline decreased from 50 to 100 mg.", 1),
        ("Sertraline increased from 50 to 100 mg.", 0), ("Worry up from before.", 0),
    ],
)  # fmt: skip
def test_a_rise_is_not_a_fall(text, flipped):
    assert value(build_session(), "direction_flipped", text) == flipped


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("No, none.", "no"), ("Well, I didn't.", "no"), ("Not since March.", "no"),
        ("Oh, yeah, a lot.", "yes"), ("It was in March.", ""),
    ],
)  # fmt: skip
def test_answers(text, reply):
    assert answer(text.lower()) == reply


@pytest.mark.parametrize(
    ("text", "denied", "affirmed"),
    [
        ("SI -, mood low", {"suicide"}, {"mood"}),
        ("The diary was not completed.", {"diary", "complete"}, set()),
        ("Medication was declined, but sleep improved.", {"medication"}, {"sleep"}),
        ("No trouble falling asleep.", set(), {"sleep"}),
        ("Will call if vomiting returns.", set(), {"phone"}),
    ],
)
def test_clauses(text, denied, affirmed):
    told = parts(read(text))
    assert {stem(w) for w in denied} <= {k for p in told for k in p.denied}
    assert {stem(w) for w in affirmed} <= {k for p in told for k in p.affirmed}
    if not denied:
        assert not any(p.denied for p in told)


@pytest.mark.parametrize(("short", "words"), [("2 nts", "night"), ("TP linear", "process")])
def test_shorthand_is_expanded(short, words):
    assert stem(words) in read(short).keys


def test_a_half_told_sentence_lacks_a_source():
    text = "Takes sertraline 100 mg every morning, and repaired the orchard wall with volunteers."
    assert value(build_session(), "clause_apart", text) > 0.5
    assert value(build_session(), "clause_apart", "Takes sertraline 100 mg every morning.") == 0
