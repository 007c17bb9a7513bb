"""Metrics of the text itself: verbosity, repetition, overlap, conformity, misplaced."""

from __future__ import annotations

import pytest

from notebench.metrics.verbosity import repeats

SOAP = {"format": "SOAP", "sections": [{"name": "S", "text": "Client slept badly."}]}
DAP = {"format": "DAP", "sections": [{"name": "D", "text": "Slept badly all week, she says."}]}
WORDS = 6 + 3 + 3 + 4  # of the note in conftest: "PHQ-9" is one word


def test_words_against_the_note_in_that_format_else_in_any(make, count):
    words = {"verbosity.words": (WORDS, 1)}
    assert count(make(), "verbosity") == words
    both = make(session={"references": [DAP, SOAP]})
    assert count(both, "verbosity") == {**words, "verbosity.length": (WORDS, 3)}
    other = make(session={"references": [DAP]})
    assert count(other, "verbosity") == {**words, "verbosity.length": (WORDS, 6)}


def test_words_per_fact_keeps_its_words_where_nothing_is_conveyed(make, count):
    case = make(facts=[("risk", "must", "omitted"), ("goal", "must", "unscored")])
    assert count(case, "verbosity")["verbosity.words_per_fact"] == (WORDS, 0)
    case = make(facts=[("risk", "must", "conveyed"), ("event", "exclude", "conveyed")])
    assert count(case, "verbosity")["verbosity.words_per_fact"] == (WORDS, 2)


@pytest.mark.parametrize(
    ("sentences", "repeated"),
    [
        (["Client slept badly.", "Client slept badly."], [1]),
        (["Client slept badly.", "client slept  badly!"], [1]),
        (["Continue weekly sessions with client.", "Continue weekly session with client."], [1]),
        (["PHQ-9 total was 14.", "PHQ-9 total was 19."], []),
        (["Denies suicidal ideation.", "Client slept badly."], []),
        (["Sleeps well.", "Eats well.", "Sleeps well.", "Sleeps well."], [2, 3]),
        (["...", "..."], []),
        ([], []),
    ],
)
def test_repeats(sentences, repeated):
    assert repeats(sentences) == repeated


def test_repetition_goes_over_the_whole_note(make, count):
    sections = [{"name": n, "text": "Continue to support client."} for n in "SOAP"]
    assert count(make(sections=sections), "repetition") == {"repetition": (3, 4)}


def test_sentences_as_the_draft_was_cut_on_arrival(make, count):
    cut = [{"section": "S", "text": "Client slept badly. PHQ-9 was 14."}]
    assert count(make(sentences=cut), "repetition") == {"repetition": (0, 1)}


def test_overlap_needs_a_note_in_that_format(make, count):
    assert count(make(session={"references": [DAP]}), "overlap") == {}
    same = [{"name": "S", "text": "Client slept badly."}]
    found = count(make(session={"references": [SOAP]}, sections=same), "overlap")
    assert found == {f"overlap.{k}": (1, 1) for k in ("rouge1", "rouge2", "rougeL")}


def test_rouge_by_hand(make, count):
    # 2 of 3 words and 1 of 2 pairs in common; longest common run 2
    text = [{"name": "S", "text": "Client slept well."}]
    found = count(make(session={"references": [SOAP]}, sections=text), "overlap")
    assert found["overlap.rouge1"] == pytest.approx((2 / 3, 1))
    assert found["overlap.rouge2"] == pytest.approx((1 / 2, 1))
    assert found["overlap.rougeL"] == pytest.approx((2 / 3, 1))


def sections(*names):
    return [{"name": name, "text": "Text."} for name in names]


@pytest.mark.parametrize(
    ("draft", "passed", "out_of"),
    [
        ({"sections": sections("S", "O", "A", "P")}, 6, 6),
        ({"sections": sections("Subjective", "objective", "A", "Plan")}, 6, 6),
        ({"sections": sections("S", "A", "O", "P")}, 5, 6),
        ({"sections": sections("S", "Subjective", "O", "A", "P")}, 5, 6),
        ({"sections": sections("S", "O", "A", "P", "Billing")}, 5, 6),
        ({"sections": [*sections("S", "O", "A"), {"name": "P", "text": " "}]}, 5, 6),
        ({"sections": [], "text": "S: Low mood.\nP: Return."}, 2, 4),
        ({"sections": [], "text": "S: a\nO: b\nA: c\nP: d"}, 4, 4),
        ({"format": "narrative", "sections": sections("note")}, 3, 3),
    ],
)
def test_conformity(make, count, draft, passed, out_of):
    assert count(make(**draft), "conformity") == {"conformity": (passed, out_of)}


def test_misplaced_goes_by_the_fact_then_by_its_kind(make, count):
    facts = [
        ("plan", "must", "conveyed"),  # in S: misplaced by kind
        ("plan", "must", "conveyed", {"sections": {"SOAP": ["S"]}}),  # in S: its own word
        ("plan", "must", "conveyed"),  # in S and in P: placed
        ("plan", "must", "conveyed"),  # named by no sentence: not judged
        ("plan", "must", "distorted"),  # not conveyed: not judged
    ]
    claims = [
        ("S", "supported", {"facts": ["F0", "F1", "F2", "F4"]}),
        ("Plan", "supported", {"facts": ["F2"]}),
    ]
    assert count(make(claims, facts), "misplaced") == {"misplaced": (1, 3)}
    assert count(make([], facts), "misplaced") == {}
