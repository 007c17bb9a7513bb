"""Formats: what they hold, and notes cut at their headings."""

from __future__ import annotations

import time
from pathlib import Path
from typing import get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from notebench import formats
from notebench.errors import UnknownName
from notebench.formats import sections_of
from notebench.records import Draft, FactKind, Section

CASES = yaml.safe_load((Path(__file__).parent / "cases_headings.yaml").read_text("utf-8"))
NAMES = ["BIRP", "DAP", "GIRP", "PIRP", "SOAP", "narrative"]


def test_all_formats_are_there() -> None:
    assert sorted(formats.names()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_fact_has_a_place(name: str) -> None:
    format = formats.get(name)
    assert {k for s in format.sections for k in s.kinds} == set(get_args(FactKind))
    assert format.allowed("plan")[-1] == format.sections[-1].name
    assert formats.get(name.lower()) is formats.get(name.upper()) is format


def test_an_unknown_format_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="no note format is called 'SOPA'") as caught:
        formats.get("SOPA")
    assert "did you mean 'SOAP'" in str(caught.value)


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_headings(case: dict) -> None:
    found = formats.get(case["format"]).split(case["text"])
    assert {s.name: s.text for s in found} == case["want"]
    order = [s.name for s in formats.get(case["format"]).sections]
    assert [s.name for s in found] == sorted(case["want"], key=order.index)


SENTENCE = st.text(
    alphabet=st.sampled_from(list("abcdeINSOAPR .,;:-*#()[]/\n\r1é")), min_size=1, max_size=60
)


@given(st.sampled_from(NAMES), st.data())
def test_split_gives_back_what_was_joined(name: str, data: st.DataObject) -> None:
    format = formats.get(name)
    wanted = [s for s in format.sections if data.draw(st.booleans())] or [format.sections[0]]
    sections = []
    for spec in wanted:
        text = data.draw(SENTENCE.map(str.strip).filter(bool))
        if format.split(text + "\n") == [Section(name=format.sections[0].name, text=text)]:
            sections.append(Section(name=spec.name, text=text))
    assert format.split(format.join(sections)) == sections


@given(st.sampled_from(NAMES), SENTENCE)
def test_no_word_is_lost_but_headings(name: str, text: str) -> None:
    format = formats.get(name)
    kept = "".join(s.text for s in format.split("qqq " + text + " zzz"))
    assert "qqq" in kept
    assert "zzz" in kept
    assert all(s.text == s.text.strip() != "" for s in format.split(text))


@pytest.mark.parametrize("unit", ["S", "S:", "Plan (", "#", " ", "**", "\n", "S/O", "1.", "S - "])
def test_hostile_text_takes_linear_time(unit: str) -> None:
    text = (unit * 200_000)[:200_000]
    began = time.process_time()
    for format in NAMES:
        formats.get(format).split(text)
    assert time.process_time() - began < 5


def test_sections_of_a_draft_given_as_text() -> None:
    draft = Draft(
        draft_id="d", session_id="s", drafter="import:x", text="D: Low mood.\nP: Weekly.",
        format="dap",
    )  # fmt: skip
    assert [s.name for s in sections_of(draft)] == ["D", "P"]


def test_a_format_can_be_added(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"name": "XY", "title": "XY note", "sections": [
        {"name": "X", "title": "Ex", "aliases": ["X"], "guidance": "", "kinds": ["plan"]},
        {"name": "Y", "title": "Why", "aliases": ["Y"], "guidance": "", "kinds": []},
    ]}  # fmt: skip
    known = dict(formats._all())
    monkeypatch.setattr(formats, "_all", lambda: known)
    assert formats.add(data).split("X: a\nWhy: b") == [
        Section(name="X", text="a"), Section(name="Y", text="b"),
    ]  # fmt: skip
    assert formats.get("xy").allowed("plan") == ["X"]
