"""Models of review time: profiles, intervals, break-even, what is left, the tornado plot."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebench.errors import UnknownName
from notebench.metrics.base import Case
from notebench.metrics.effort import Load, parameters
from notebench.records import ClaimFinding, Draft, Session
from notebench.review import (
    Model,
    by_drafter,
    by_note,
    items,
    mean_load,
    modelled,
    profile,
    profiles,
    save_tornado,
)  # fmt: skip
from notebench.review.model import draw, interval

WORK = Load(words=150, sentences=10, unsupported=2, contradicted=1, omitted=3, trims=1,
            transcript_words=1500)  # fmt: skip
ERRORS = ("unsupported", "contradicted", "omitted", "trims")
NAMES = sorted(profiles())
MODELS = {name: Model.of(name, n=300) for name in NAMES}


def _case(session: str, wrong: int, drafter: str = "x", workflow: str = "scribe") -> Case:
    sentence = "Client slept badly this week."
    verdicts = ["contradicted"] * wrong + ["supported"] * (6 - wrong)
    draft = Draft.model_validate(
        {"draft_id": f"{session}-{drafter}", "session_id": session, "drafter": drafter,
         "workflow": workflow, "sections": [{"name": "S", "text": f"{sentence} " * 6}]}
    )  # fmt: skip
    given_ = Session.model_validate(
        {"session_id": session, "transcript": [{"turn": 1, "speaker": "client", "text": "So."}],
         "references": [{"format": "SOAP", "sections": [{"name": "S", "text": "word " * 100}]}]}
    )  # fmt: skip
    claims = [
        ClaimFinding(draft_id=draft.draft_id, section="S", start=0, end=3, text="Cli", verdict=v,
                     verifier="hand@1")
        for v in verdicts
    ]  # fmt: skip
    return Case(given_, draft, tuple(claims))


@pytest.fixture
def run() -> list[Case]:
    return [_case(f"s{i}", i % 3) for i in range(8)]


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_says_what_it_changes_and_why(name: str) -> None:
    way = profile(name)
    assert way.title and way.meaning and way.formula in ("structure", "counts")
    for changed in way.changed:
        now, usual = way.parameters[changed], parameters()[changed]
        assert now.low <= now.default <= now.high and now.source
        assert (now.low, now.default, now.high) != (usual.low, usual.default, usual.high)
    assert set(way.parameters) == set(parameters())


def test_an_unknown_profile_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="'fast-typist'"):
        Model.of("fast-typer")


@pytest.mark.parametrize("name", NAMES)
def test_the_interval_holds_the_estimate_and_hangs_on_the_seed_alone(name: str) -> None:
    found = Model.of(name, seed=3, n=500).estimate(WORK)
    assert found.low < found.estimate < found.high
    assert found == Model.of(name, seed=3, n=500).estimate(WORK)
    assert found.low != Model.of(name, seed=4, n=500).estimate(WORK).low


def test_profiles_go_the_way_they_say() -> None:
    time = {name: m.estimate(WORK).estimate for name, m in MODELS.items()}
    assert time["fast-typist"] < time["default"] < time["slow-typist"]
    assert time["default"] < time["audio-at-hand"]
    assert time["everyday"] < time["default"] < time["risk-first"]
    assert time["from-memory"] < time["default"]


@given(
    st.sampled_from(NAMES),
    st.lists(st.integers(0, 30), min_size=4, max_size=4),
    st.sampled_from(ERRORS),
    st.floats(0.1, 20),
    st.booleans(),
)
def test_more_errors_never_take_less_time(name, counts, part, more, counted) -> None:
    work = replace(WORK, **dict(zip(ERRORS, counts, strict=True)), counted=counted)
    worse = replace(work, **{part: getattr(work, part) + more})
    before, after = MODELS[name].estimate(work), MODELS[name].estimate(worse)
    assert before.estimate < after.estimate
    assert before.low <= after.low and before.high <= after.high


@pytest.mark.parametrize("part", ["words", "sentences"])
def test_longer_notes_take_longer(part: str) -> None:
    longer = replace(WORK, **{part: 2 * getattr(WORK, part)})
    assert MODELS["default"].estimate(longer).low > MODELS["default"].estimate(WORK).low


def test_what_is_not_known_is_taken_as_typical_and_widens_the_interval() -> None:
    p = parameters()
    words = p["typical_words"].default
    known = replace(WORK, words=words, sentences=words / p["words_per_sentence"].default)
    unknown = replace(WORK, words=None, sentences=None)
    model = Model.of()
    assert model.estimate(unknown).estimate == pytest.approx(model.estimate(known).estimate)
    wide, narrow = model.estimate(unknown), model.estimate(known)
    assert wide.high - wide.low > narrow.high - narrow.low


def test_draws_stay_in_their_range_and_hang_on_their_own_name() -> None:
    for p in parameters().values():
        drawn = np.atleast_1d(draw(p, 400, 1))
        assert p.low <= drawn.min() and drawn.max() <= p.high
        if p.distribution == "triangular":
            assert abs(drawn.mean() - (p.low + p.default + p.high) / 3) < 0.1 * (p.high - p.low)


def test_break_even_is_where_review_takes_as_long_as_writing() -> None:
    model = Model.of()
    errors = float(model.break_even(WORK, 900.0, model.central))
    share = errors / (WORK.unsupported + WORK.contradicted + WORK.omitted)
    there = replace(WORK, **{n: share * getattr(WORK, n) for n in ERRORS[:3]})
    assert model.seconds(there, model.central) == pytest.approx(900)
    assert model.break_even(WORK, 1.0, model.central) == 0
    clean = replace(WORK, unsupported=0, contradicted=0, omitted=0)
    even = float(model.break_even(clean, 900.0, model.central))
    assert model.seconds(replace(clean, contradicted=even), model.central) == pytest.approx(900)


def test_a_note_by_hand_arithmetic(run: list[Case]) -> None:
    model = Model.of()
    [item] = items(run[2:3])
    found = modelled(model, [item])
    p = model.central
    time = 20 + 60 * 30 / 150 + 6 * 0.1 * 22 + 0.72 * 2 * 8 + 5 * 6  # five repeats
    assert found.seconds.estimate == pytest.approx(time)
    assert found.by_hand.estimate == pytest.approx(60 * 100 / 20)
    assert found.saved.estimate == pytest.approx(300 - time)
    assert found.left_diligent.estimate == pytest.approx(2 * 3 * (1 - p["detection"]))
    assert found.left_in_practice.estimate > found.left_diligent.high


def test_a_drafter_is_the_mean_of_its_notes_and_a_few_sessions_say_less(run: list[Case]) -> None:
    model = Model.of(n=1000)
    notes, [cell] = by_note(model, items(run)), by_drafter(model, items(run)).to_dict("records")
    assert cell["seconds"] == pytest.approx(notes["seconds"].mean())
    assert cell["left_diligent"] == pytest.approx(notes["left_diligent"].mean())
    assert (cell["notes"], cell["sessions"]) == (8, 8)
    few = by_drafter(model, items(run[:3])).iloc[0]
    assert (few["left_diligent_high"] - few["left_diligent_low"]) > (
        cell["left_diligent_high"] - cell["left_diligent_low"]
    )


def test_only_notes_that_stand_in_for_writing_save_any() -> None:
    table = by_note(Model.of(), items([_case("s", 1, "reference"), _case("s", 1, "y", "polish")]))
    assert table["saved"].isna().all() and table["break_even_errors"].isna().all()
    assert table["by_hand"].notna().all()


def test_unscored_notes_are_left_out_and_without_a_clinicians_note_nothing_is_saved() -> None:
    case = _case("s", 1)
    unscored = tuple(c.model_copy(update={"verdict": "unscored"}) for c in case.claims)
    assert items([replace(case, findings=unscored)]) == []
    lone = replace(case, session=case.session.model_copy(update={"references": []}))
    found = modelled(Model.of(), items([lone]))
    assert found.by_hand is None and found.saved is None and found.break_even_errors is None


@pytest.mark.parametrize("name", NAMES)
def test_the_tornado_is_sorted_and_moves_the_time(name: str) -> None:
    swings = MODELS[name].tornado(WORK)
    widths = [abs(s.at_high - s.at_low) for s in swings]
    assert widths == sorted(widths, reverse=True) and min(widths) > 0
    assert "composing_speed" not in {s.parameter for s in swings}  # writing by hand, not review
    counts = profile(name).formula == "counts"
    assert ("counts_incorrect" in {s.parameter for s in swings}) == counts


def test_the_plot_reads_without_colour_and_without_eyes(tmp_path: Path) -> None:
    words = save_tornado(tmp_path / "t.svg", Model.of(), WORK)
    again = tmp_path / "again.svg"
    save_tornado(again, Model.of(), WORK)
    text = (tmp_path / "t.svg").read_text("utf-8")
    assert text == again.read_text("utf-8"), "the same bytes each time"
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img" and root.get("aria-labelledby") == "t d"
    assert root.find(f"{space}title").text and root.find(f"{space}desc").text == words
    said = " ".join(t for e in root.iter(f"{space}text") for t in e.itertext())
    assert "at the low end of its range" in said and "a model" in said
    assert "<pattern" in text, "the ends are told apart by hatching as well"
    swing = Model.of().tornado(WORK)[0]
    meaning = parameters()[swing.parameter].meaning
    assert f"{meaning}: from {swing.at_low / 60:.1f} minutes" in words
    assert re.search(r"a model", text)
    save_tornado(tmp_path / "t.png", Model.of(), WORK)
    assert (tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")


def test_means_of_loads() -> None:
    both = mean_load([WORK, replace(WORK, omitted=1)])
    assert both.omitted == 2 and both.words == 150
    assert mean_load([WORK, replace(WORK, words=None)]).words is None
    assert interval(2, 2.0) == (2, 2, 2)
