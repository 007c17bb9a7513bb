"""Escaping and highlighting: text stays text, whole and in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from notebench import records
from notebench.html import (
    VERDICTS,
    WRONG,
    Html,
    Mark,
    claim_marks,
    draft_html,
    escape,
    highlight,
    segments,
    session_html,
    tag,
)
from notebench.records import ClaimFinding, Draft, Session

HOSTILE = "<script>alert('x')</script> & \"quoted\" <img src=x onerror=alert(1)>"

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80)
marks = st.lists(
    st.builds(
        Mark, st.integers(-5, 100), st.integers(-5, 100), st.sampled_from(list(VERDICTS)),
        label=st.sampled_from(["", "label"]), title=texts,
    ),
    max_size=8,
)  # fmt: skip


def test_the_same_verdicts_are_wrong_on_the_page_and_in_the_records():
    assert set(WRONG) == records.WRONG


def visible(html: str) -> str:
    """The text of some HTML, without the labels behind marks."""
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r'<span class="nb-tag.*?</span>', "", html)))


@given(texts, marks)
def test_segments_joined_are_the_text(text: str, given: list[Mark]) -> None:
    assert "".join(piece for piece, _ in segments(text, given)) == text


@given(texts, marks)
def test_every_character_has_exactly_the_marks_that_cover_it(text: str, given: list[Mark]) -> None:
    at = 0
    for piece, covering in segments(text, given):
        for i in range(at, at + len(piece)):
            assert list(covering) == [m for m in given if m.start <= i < m.end]
        at += len(piece)


@given(texts, marks)
def test_highlighting_keeps_the_text_and_never_nests(text: str, given: list[Mark]) -> None:
    html = highlight(text, given)
    assert visible(html) == text
    depth = 0
    for found in re.finditer(r"<(/?)mark", html):
        depth += -1 if found[1] else 1
        assert depth in (0, 1)
    assert depth == 0


def test_crossing_marks_are_cut_at_every_edge() -> None:
    given = [Mark(0, 6, "supported"), Mark(4, 9, "contradicted")]
    assert [(p, [m.kind for m in ms]) for p, ms in segments("abcdefghij", given)] == [
        ("abcd", ["supported"]), ("ef", ["supported", "contradicted"]), ("ghi", ["contradicted"]),
        ("j", []),
    ]  # fmt: skip
    assert 'class="nb-m nb-supported nb-contradicted">ef</mark>' in highlight("abcdefghij", given)


def test_label_stands_once_after_the_last_character_of_its_mark() -> None:
    given = [Mark(0, 6, "contradicted", label="wrong"), Mark(2, 3, "planted")]
    html = highlight("abcdefghij", given)
    assert html.count("nb-tag") == 1
    assert html.index("nb-tag") > html.index("def")
    assert html.index("nb-tag") < html.index("ghij")


def test_tags_escape_children_and_attributes() -> None:
    assert tag("p", HOSTILE, title='" onclick="x') == (
        '<p title="&quot; onclick=&quot;x">'
        "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; &quot;quoted&quot; "
        "&lt;img src=x onerror=alert(1)&gt;</p>"
    )
    assert tag("p", Html("<b>x</b>")) == "<p><b>x</b></p>"
    assert tag("details", open_=True, hidden=False) == "<details open></details>"


def test_characters_that_no_page_can_show_are_replaced() -> None:
    assert escape("a\x00b\ud800c") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"


def claim(draft: Draft, verdict: str, start: int, end: int, **more: object) -> ClaimFinding:
    section = draft.sections[0]
    return ClaimFinding.model_validate({
        "draft_id": draft.draft_id, "section": section.name, "start": start, "end": end,
        "text": section.text[start:end], "verdict": verdict, "verifier": "by-hand@1", **more,
    })  # fmt: skip


def test_flagged_sentences_say_so_in_words(hand_draft: Draft) -> None:
    found = claim(
        hand_draft, "unsupported", 33, 59, severity="critical", evidence=[2, 4],
        p_unfaithful=0.97, reason="Nobody asked.", error_type="fabricated_risk",
    )  # fmt: skip
    (mark,) = claim_marks([found], "S")
    assert mark.label == "+ not in the session · critical"
    assert mark.data["evidence"] == "2 4"
    for part in ("fabricated risk", "Nobody asked.", "Turns 2, 4.", "0.97 (by-hand@1)"):
        assert part in mark.title
    assert claim_marks([found], "P") == []
    assert claim_marks([claim(hand_draft, "supported", 0, 32)], "S")[0].label == ""


def test_draft_in_a_notebook(hand_draft: Draft) -> None:
    findings = [claim(hand_draft, "supported", 0, 32), claim(hand_draft, "unsupported", 33, 59),
                claim(hand_draft, "unscored", 0, 5)]  # fmt: skip
    html = draft_html(hand_draft, findings)
    assert "1 of 2 scored sentences flagged; 1 undecided." in html
    assert "flagged" not in draft_html(hand_draft)
    assert hand_draft._repr_html_() == draft_html(hand_draft)


def test_draft_given_as_one_text(make_draft: Callable[..., Draft]) -> None:
    assert "Slept <b>" not in draft_html(make_draft(sections=[], text="Slept <b>well</b>"))
    assert "Slept &lt;b&gt;" in draft_html(make_draft(sections=[], text="Slept <b>well</b>"))


def test_session_in_a_notebook(hand_session: Session) -> None:
    html = hand_session._repr_html_()
    assert html == session_html(hand_session)
    for part in ("About four hours, up from three.", "Fact ledger, 3 facts", "hand-01",
                 "Nobody raised: suicidal ideation.", "Rough notes", "Prior note"):  # fmt: skip
        assert part in html
    turn = html[html.index('data-turn="2"') :]
    assert turn.index('class="nb-chip nb-must"') < turn.index("</li>")


def test_session_without_a_ledger_says_what_cannot_be_measured(
    make_session: Callable[..., Session],
) -> None:
    html = session_html(make_session(facts=None))
    assert "No fact ledger: what a note leaves out can&#x27;t be measured." in html
    assert "<table" not in html


def test_hostile_records_stay_text(
    make_session: Callable[..., Session], make_draft: Callable[..., Draft]
) -> None:
    session = make_session(
        session_id=HOSTILE, rough_notes=HOSTILE, prior_note=HOSTILE, not_assessed=[HOSTILE],
        scenario={HOSTILE: HOSTILE}, chart={HOSTILE: [HOSTILE]},
        transcript=[{"turn": 1, "speaker": HOSTILE, "text": HOSTILE}],
        facts=[{"id": HOSTILE, "kind": "plan", "statement": HOSTILE, "generalised": HOSTILE,
                "evidence": [1]}],
        references=[{"format": HOSTILE, "sections": [{"name": HOSTILE, "text": HOSTILE}]}],
    )  # fmt: skip
    draft = make_draft(draft_id=HOSTILE, drafter=HOSTILE, format=HOSTILE,
                       sections=[{"name": HOSTILE, "text": HOSTILE}])  # fmt: skip
    found = claim(draft, "unsupported", 0, 20, reason=HOSTILE, error_type=HOSTILE)
    for html in (session_html(session), draft_html(draft, [found])):
        assert "<script" not in html
        assert "<img" not in html
