"""Speech-recognition noise: how much, of what kind, and what it leaves as it is."""

from __future__ import annotations

import re
import time
from collections import Counter
from random import Random
from statistics import mean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from notebench.records import Session
from notebench.sessions import check, generate
from notebench.sessions.loading import library
from notebench.sessions.noise import degrade, word_error_rate
from notebench.sessions.scenarios import Library
from notebench.sessions.sounds import Sounds, spoken_words
from notebench.sessions.topics import mentioned
from notebench.storage import to_line
from notebench.text.tokens import tokens

Pair = tuple[Session, Session]


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    """60 sessions as they were said and as they were heard."""
    clean, noisy = generate(60, seed=2020), generate(60, seed=2020, noise="asr")
    return list(zip(clean, noisy, strict=True))


@pytest.fixture(scope="module")
def bank() -> dict[str, Any]:
    asr: dict[str, Any] = library().banks["asr"]
    return asr


def whole(session: Session) -> str:
    return "\n".join(t.text for t in session.transcript)


def low(text: str) -> list[str]:
    return [t.low for t in tokens(text)]


def with_rates(**rates: Any) -> Library:
    """The library with other rates of noise."""
    lib = library()
    asr = {**lib.banks["asr"], "rates": {**lib.banks["asr"]["rates"], **rates}}
    return lib.model_copy(update={"banks": {**lib.banks, "asr": asr}})


def swaps(pairs: list[Pair]) -> Counter[tuple[str, str]]:
    """Words that were taken for another, with it; "" for words that were lost."""
    found: Counter[tuple[str, str]] = Counter()
    for said, heard in ((low(whole(a)), low(whole(b))) for a, b in pairs):
        for edit in Levenshtein.editops(said, heard):
            if edit.tag != "insert":
                lost = edit.tag == "delete"
                found[said[edit.src_pos], "" if lost else heard[edit.dest_pos]] += 1
    return found


# --- how much


def test_the_word_error_rate_is_that_of_recorded_psychotherapy(pairs: list[Pair]) -> None:
    rates = [word_error_rate(whole(a), whole(b)).rate for a, b in pairs]
    assert 0.22 <= mean(rates) <= 0.28
    assert min(rates) < 0.19 and max(rates) > 0.31, "recordings differ"


def test_sentences_about_harm_are_heard_worse(pairs: list[Pair], bank: dict[str, Any]) -> None:
    harm = re.compile(rf"\b(?:{'|'.join(bank['harm'].split())})\b", re.IGNORECASE)
    words, errors = Counter[bool](), Counter[bool]()
    for a, b in pairs:
        said, about = [], []
        for turn in a.transcript:
            for sentence in re.split(r"(?<=[.?!])\s+", turn.text):
                said += low(sentence)
                about += [bool(harm.search(sentence))] * len(low(sentence))
        words.update(about)
        for edit in Levenshtein.editops(said, low(whole(b))):
            errors[about[min(edit.src_pos, len(about) - 1)]] += 1
    assert words[True] > 1000
    assert 0.29 <= errors[True] / words[True] <= 0.40
    assert errors[True] / words[True] > 1.2 * errors[False] / words[False]


def test_labels_are_wrong_and_edges_move_at_the_stated_rate(
    pairs: list[Pair], bank: dict[str, Any]
) -> None:
    turns = [(x, y) for a, b in pairs for x, y in zip(a.transcript, b.transcript, strict=True)]
    wrong = mean(x.speaker != y.speaker for x, y in turns)
    assert abs(wrong - bank["rates"]["wrong_speaker"]) < 0.01
    for a, b in pairs:
        assert {t.speaker for t in b.transcript} <= {t.speaker for t in a.transcript}


def test_edges_move_without_a_word_lost() -> None:
    lib = with_rates(word=0, moved_edge=0.5, wrong_speaker=0, bare=0, punctuation=[0, 0])
    for session in generate(10, 3):
        said = [(t.speaker, t.text) for t in session.transcript]
        heard = degrade(lib, said, Random(1))
        assert [s for s, _ in heard] == [s for s, _ in said]
        assert " ".join(t for _, t in heard).split() == " ".join(t for _, t in said).split()
        moved = [
            len(a.split()) - len(b.split()) for (_, a), (_, b) in zip(said, heard, strict=True)
        ]
        assert sum(map(bool, moved)) > len(said) / 4


def test_no_noise_where_all_rates_are_none() -> None:
    none = {"moved_edge": 0, "wrong_speaker": 0, "bare": 0, "punctuation": [0, 0], "word": 0}
    said = [("client", "I can't sleep, um, at all."), ("clinician", "Since when?")]
    assert degrade(with_rates(**none), said, Random(5)) == said


# --- of what kind


def test_negations_are_dropped_and_numbers_taken_for_others(
    pairs: list[Pair], bank: dict[str, Any]
) -> None:
    found = swaps(pairs)
    said = Counter(word for a, _ in pairs for word in low(whole(a)))
    flips = [("can't", "can"), ("don't", "do"), ("didn't", "did"), ("isn't", "is"), ("not", "")]
    share = sum(found[flip] for flip in flips) / sum(said[full] for full, _ in flips)
    assert 0.1 < share < 0.25
    assert found["don't", "do"] and found["not", ""]
    teens = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    tens = "thirty forty fifty sixty seventy eighty ninety".split()
    assert sum(found[pair] + found[pair[::-1]] for pair in zip(teens, tens, strict=True)) >= 5
    assert sum(found[n, way] for n, ways in bank["numbers"].items() for way in ways) >= 50


def test_words_are_taken_for_words_that_sound_alike(
    pairs: list[Pair], bank: dict[str, Any]
) -> None:
    found = swaps(pairs)
    key = Sounds(bank["sounds"], ()).key
    changed = [
        (key(a), key(b)) for (a, b), n in found.items() for _ in range(n) if len(a) > 3 and b
    ]
    assert len(changed) > 2000
    alike = mean(Levenshtein.normalized_similarity(a, b) for a, b in changed)
    others = [b for _, b in changed]
    Random(0).shuffle(others)
    chance = mean(
        Levenshtein.normalized_similarity(a, b) for (a, _), b in zip(changed, others, strict=True)
    )
    assert alike > 0.55 and alike > 2 * chance


def test_small_words_are_lost_and_made_up_more_than_others(pairs: list[Pair]) -> None:
    found = swaps(pairs)
    said = Counter(word for a, _ in pairs for word in low(whole(a)))
    small = set(library().banks["asr"]["small"].split())

    def lost(words: set[str]) -> float:
        return sum(found[w, ""] for w in words) / sum(said[w] for w in words)

    assert lost(small & said.keys()) > 2 * lost(said.keys() - small)
    assert sum(word_error_rate(whole(a), whole(b)).insertions for a, b in pairs) > 500


def test_marks_and_capitals_are_lost(pairs: list[Pair]) -> None:
    def marks(session: Session) -> int:
        return len(re.findall(r"\w[.,?!]", whole(session)))

    kept = [marks(b) / marks(a) for a, b in pairs]
    assert 0.4 < mean(kept) < 0.75
    bare = [b for _, b in pairs if whole(b) == whole(b).lower()]
    assert 1 <= len(bare) <= 20 and not any(marks(b) for b in bare)


@pytest.mark.parametrize(
    ("a", "b"), [("feel", "fill"), ("week", "weak"), ("know", "no"), ("talk", "tock"),
                 ("through", "threw"), ("bad", "pat"), ("phone", "foam")],
)  # fmt: skip
def test_the_key_is_the_same_for_words_that_sound_the_same(
    a: str, b: str, bank: dict[str, Any]
) -> None:
    key = Sounds(bank["sounds"], ()).key
    assert key(a) == key(b) != key("insurance")


def test_neighbours_are_other_words_of_the_vocabulary(bank: dict[str, Any]) -> None:
    words = spoken_words(library())
    sounds = Sounds(bank["sounds"], words)
    assert len(words) > 1000
    with_some = [w for w in sorted(words) if sounds.like(w)]
    assert len(with_some) > 0.8 * len(words)
    for word in with_some[::10]:
        assert word not in sounds.like(word) and set(sounds.like(word)) <= words
    assert sounds.like("feel")[0] in {"fill", "fell", "feels", "fall"}


# --- what it leaves as it is


def test_truth_turns_and_topics_stay(pairs: list[Pair]) -> None:
    for a, b in pairs:
        assert [t.turn for t in b.transcript] == [t.turn for t in a.transcript]
        assert all(t.text.strip() for t in b.transcript)
        assert (a.facts, a.references, a.rough_notes) == (b.facts, b.references, b.rough_notes)
        assert a.not_assessed == b.not_assessed
        assert not any(mentioned(topic, whole(b)) for topic in b.not_assessed)
        new = set(check(b)) - set(check(a))
        assert not {n for n in new if not n.startswith("words: ")}, "fewer words is what noise does"


def test_same_seed_same_bytes(pairs: list[Pair]) -> None:
    again = [to_line(s) for s in generate(12, seed=2020, noise="asr")]
    assert again == [to_line(b) for _, b in pairs[:12]]
    assert again != [to_line(s) for s in generate(12, seed=2021, noise="asr")]


@given(
    st.lists(
        st.tuples(st.sampled_from(["client", "clinician", "partner", "parent"]), st.text()),
        max_size=8,
    ),
    st.integers(0, 99),
)
def test_any_text_is_taken_and_turns_stay_as_many(turns: list[tuple[str, str]], seed: int) -> None:
    heard = degrade(library(), turns, Random(seed))
    assert len(heard) == len(turns)
    assert {s for s, _ in heard} <= {s for s, _ in turns}
    if all(text.strip() for _, text in turns):
        assert all(text.strip() for _, text in heard)


def test_one_speaker_alone_is_never_mistaken() -> None:
    said = [("client", f"This is the {n} thing I wanted to tell you.") for n in ("first", "next")]
    for seed in range(50):
        assert {s for s, _ in degrade(with_rates(wrong_speaker=1), said, Random(seed))} == {
            "client"
        }


def test_it_is_quick() -> None:
    """50 sessions a second are 20 ms each; noise may take 8 ms of them."""
    talks = [[(t.speaker, t.text) for t in s.transcript] for s in generate(40, seed=1)]
    took = []
    for seed in range(4):
        start = time.process_time()
        for talk in talks:
            degrade(library(), talk, Random(seed))
        took.append(time.process_time() - start)
    assert min(took) / len(talks) < 0.008


# --- the measure itself


@pytest.mark.parametrize(
    ("said", "heard", "counts"),
    [
        ("I can't sleep.", "i can't sleep", (3, 0, 0, 0)),
        ("I can't sleep", "I can sleep", (3, 1, 0, 0)),
        ("I did not sleep", "I did sleep", (4, 0, 1, 0)),
        ("therapy helps", "the rapy helps", (2, 1, 0, 1)),
        ("", "um", (0, 0, 0, 1)),
        ("", "", (0, 0, 0, 0)),
    ],
)
def test_word_errors_are_counted(said: str, heard: str, counts: tuple[int, ...]) -> None:
    found = word_error_rate(said, heard)
    assert (found.words, found.substitutions, found.deletions, found.insertions) == counts
    assert found.rate == (sum(counts[1:]) / counts[0] if counts[0] else float(sum(counts[1:]) > 0))
