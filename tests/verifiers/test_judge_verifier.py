"""The judge verifier against a model that is not there: what may be believed, and what may not."""

import json
import re
from pathlib import Path

import pytest
import yaml
from judging import QUOTE, FakeClient, answer, entries_of, item, items_of
from small_sessions import build_draft, build_session

from notebench.errors import NotebenchError, Unreachable
from notebench.verifiers import make
from notebench.verifiers.base import claims
from notebench.verifiers.judge import JudgeVerifier

INJECTIONS = yaml.safe_load((Path(__file__).parent / "injections.yaml").read_text("utf-8"))


def judged(reply, *sentences, finish="stop", session=None, **changes):
    client = FakeClient(reply, finish)
    session = session or build_session(facts=None)
    verifier = make("judge:fake/model", client=client)
    return verifier.verify(session, build_draft(*sentences, **changes)), client


def test_a_verbatim_quote_is_believed_and_found_in_its_turn():
    [found], client = judged(lambda items, _: answer(item(1)), "GAD-7 14 today.")
    assert (found.verdict, found.evidence, found.p_unfaithful) == ("supported", [1], 0.1)
    assert found.verifier == "judge:fake/model@2.2"
    assert found.quotes == [QUOTE]
    assert len(client.requests) == 1


@pytest.mark.parametrize(
    "quotes",
    [("Your GAD-7 today is fifteen",), ("",), ("is",), ("panic attacks on",),
     (QUOTE, "nobody ever said this")],
)  # fmt: skip
def test_evidence_that_nobody_said_voids_the_verdict(quotes):
    # "panic attacks on" stands in the note of the session before: no evidence of today
    [found], client = judged(lambda items, _: answer(item(1, "supported", *quotes)), "GAD-7 14.")
    assert (found.verdict, found.p_unfaithful) == ("unscored", None)
    assert "evidence" in found.reason and "Asked 2 times." in found.reason
    assert len(client.requests) == 2


def test_void_evidence_is_asked_for_once_more():
    def reply(items, call):
        return answer(item(1, "supported", "nobody ever said this") if call == 1 else item(1))

    [found], client = judged(reply, "GAD-7 14 today.")
    assert found.verdict == "supported" and len(client.requests) == 2


def test_all_quotes_count_and_one_in_the_old_form_does_too():
    old = {**item(1), "quote": QUOTE}
    del old["quotes"]
    [found], _ = judged(lambda *_: answer(old), "GAD-7 14 today.")
    assert (found.verdict, found.evidence) == ("supported", [1])


def test_wrong_verdicts_carry_type_severity_and_probability():
    reply = answer(item(1, "contradicted", error_type="wrong_value", severity="critical"))
    [found], _ = judged(lambda *_: reply, "GAD-7 15 today.")
    assert (found.verdict, found.error_type, found.severity) == (
        "contradicted", "wrong_value", "critical",
    )  # fmt: skip
    assert found.p_unfaithful == 0.9


def test_an_invented_type_is_dropped_and_severity_falls_back():
    reply = answer(item(1, "unsupported", quotes=[], error_type="made_up", severity="huge"))
    [found], _ = judged(lambda *_: reply, "She sings.")
    assert (found.verdict, found.error_type, found.severity) == ("unsupported", None, None)


UNREADABLE = [
    "I can't help with that.", "", "{", '{"items": 5}', '{"items": [5]}', "[" * 5000, "{" * 5000,
    '{"items": [{"id": 1, "verdict": "fine", "confidence": 1}]}',
    '{"items": [{"id": 1, "verdict": "supported", "confidence": "high"}]}',
    '{"items": [{"id": 1, "verdict": "supported", "confidence": 7}]}',
    '{"items": [{"id": 1, "verdict": "supported", "confidence": NaN}]}',
    '{"items": [{"id": true, "verdict": "supported", "confidence": 1}]}',
    '{"items": [{"id": "1", "verdict": "supported", "confidence": 1}]}',
    '{"items": [{"id": 1, "verdict": "supported", "quote": "your gad-7',
]  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_is_unscored_after_bounded_tries(text):
    found, client = judged(lambda *_: text, "GAD-7 14 today.", "She slept.")
    assert {f.verdict for f in found} == {"unscored"}
    assert all(f.p_unfaithful is None and "Asked 2 times." in f.reason for f in found)
    assert len(client.requests) == 2


@pytest.mark.parametrize(
    "around", ["```json\n%s\n```", "Of course {as asked}: %s I hope this helps.", "\n%s\n"]
)
def test_json_is_found_among_other_words(around):
    [found], client = judged(lambda *_: around % answer(item(1)), "GAD-7 14 today.")
    assert found.verdict == "supported" and len(client.requests) == 1


def test_a_bare_list_of_items_is_read():
    [found], _ = judged(lambda *_: json.dumps([item(1)]), "GAD-7 14 today.")
    assert found.verdict == "supported"


def test_of_an_answer_cut_short_the_whole_items_count_and_the_rest_is_asked_again():
    def reply(items, call):
        whole = answer(*(item(n) for n in items))
        return whole[: whole.rindex('"id"') - 3] if call == 1 else whole

    found, client = judged(reply, "GAD-7 14.", "It was 17.", "She slept.", finish="length")
    assert [f.verdict for f in found] == ["supported"] * 3
    assert [len(items_of(r.messages)) for r in client.requests] == [3, 1]


@pytest.mark.parametrize(
    ("finish", "word"), [("content_filter", "refused"), ("length", "cut short"), ("stop", "read")]
)
def test_the_reason_says_what_went_wrong(finish, word):
    [found], _ = judged(lambda *_: "I am", "GAD-7 14.", finish=finish)
    assert found.verdict == "unscored" and word in found.reason


def test_a_refusal_is_unscored_whatever_it_says():
    [found], _ = judged(lambda *_: answer(item(1)), "GAD-7 14.", finish="content_filter")
    assert found.verdict == "unscored"


def test_only_what_is_missing_is_asked_again():
    def reply(items, call):
        return answer(*(item(n) for n in list(items)[:2])) if call == 1 else answer(item(1))

    found, client = judged(reply, "GAD-7 14.", "It was 17.", "She slept.")
    assert [f.verdict for f in found] == ["supported"] * 3
    assert [len(items_of(r.messages)) for r in client.requests] == [3, 1]


def test_an_id_given_twice_is_not_believed():
    [found], _ = judged(lambda *_: answer(item(1), item(1, "contradicted")), "GAD-7 14.")
    assert found.verdict == "unscored"


def test_ids_that_were_not_asked_and_further_fields_are_ignored():
    reply = answer(item(0), item(1, note="!", draft_id="x"), item(2), item(-1), item(10**30))
    [found], _ = judged(lambda *_: reply, "GAD-7 14.")
    assert (found.verdict, found.draft_id) == ("supported", "d-1")
    assert not hasattr(found, "note")


def test_answers_go_to_their_own_sentence_whatever_the_order():
    sentences = [f"Sentence number {n} here." for n in range(23)]

    def reply(items, _):
        return answer(
            *(item(n, "unsupported", quotes=[]) if "number 7 " in t else item(n)
              for n, t in items.items())
        )  # fmt: skip

    found, client = judged(reply, *sentences)
    assert [f.text for f in found if f.verdict == "unsupported"] == [sentences[7]]
    assert len(client.requests) == 3
    shown = [t for r in client.requests for t in items_of(r.messages).values()]
    assert shown != sorted(shown, key=lambda t: int(re.search(r"number (\d+)", t)[1]))


def order(seed=0, **changes):
    """What is sent for nine sentences."""
    client = FakeClient(lambda items, _: answer(*(item(n) for n in items)))
    draft = build_draft(*(f"Sentence number {n} here." for n in range(9))).model_copy(
        update=changes
    )
    JudgeVerifier("m", client=client, seed=seed).verify(build_session(facts=None), draft)
    return [r.messages for r in client.requests]


def test_the_seed_orders_and_the_same_seed_repeats():
    assert order(1) == order(1) != order(2)


def test_draft_and_sample_order_too():
    assert order() != order(draft_id="another")
    assert order() != order(sample=1)


def test_the_parts_of_the_record_stand_in_an_order_of_their_own():
    def first(seed):
        return order(seed)[0][-1]["content"].splitlines()[1]

    assert len({first(seed) for seed in range(12)}) > 2


def places(text):
    """A session and a note for each place that a text may stand in."""
    talk = [{"turn": 1, "speaker": "clinician", "text": f"Your GAD-7 today is fourteen. {text}"}]
    return {
        "sentence": (build_session(facts=None), build_draft(text, "GAD-7 14.")),
        "transcript": (build_session(facts=None, transcript=talk), build_draft("A.", "GAD-7 14.")),
        "notes": (build_session(facts=None, rough_notes=text), build_draft("A.", "GAD-7 14.")),
        "prior": (build_session(facts=None, prior_note=text), build_draft("A.", "GAD-7 14.")),
    }


@pytest.mark.parametrize("place", ["sentence", "transcript", "notes", "prior"])
@pytest.mark.parametrize("text", INJECTIONS)
def test_text_of_a_record_stays_what_it_is(text, place):
    client = FakeClient(lambda items, _: answer(*(item(n, quotes=[]) for n in items)))
    session, draft = places(text)[place]
    make("judge:m", client=client).verify(session, draft)
    system, user = client.requests[0].messages
    body = user["content"]
    code = re.search(r"^=== RECORD (\w+) ===$", body, re.M)[1]
    assert code not in text and body.count(code) == 4  # the markers: no text can fake one
    assert text not in system["content"]
    asked = [e["text"] for e in entries_of(client.requests[0].messages)]
    # exactly the sentences of the note are asked about: no text adds one
    assert sorted(asked) == sorted(" ".join(c.text.split()) for c in claims(draft))
    if place != "sentence":
        record = body.split(f"=== END OF RECORD {code} ===")[0]
        # no line of it passes for a turn that nobody said, or for another part of the record
        turns = [int(n) for n in re.findall(r"^\[(\d+)\] ", record, re.M)]
        assert turns == [t.turn for t in session.transcript]
        heads = ("TRANSCRIPT", "CLINICIAN'S ROUGH NOTES", "CHART")
        assert all(len(re.findall(rf"^{head}$", record, re.M)) <= 1 for head in heads)


@pytest.mark.parametrize("text", INJECTIONS)
def test_an_answer_that_obeys_a_note_is_void(text):
    # the judge quotes the note, which is no source, or nothing at all
    for quotes in ([text], []):
        found, _ = judged(
            lambda items, _, q=quotes: answer(*(item(n, quotes=q) for n in items)),
            text, "She slept.",
        )  # fmt: skip
        assert {f.verdict for f in found} == {"unscored"}


def test_quotes_of_rough_notes_are_found_over_the_ends_of_lines():
    session = build_session(facts=None, rough_notes="slept badly, woke\nat four each night")
    quote = "woke\n| at four each night"
    [found], _ = judged(
        lambda *_: answer(item(1, "supported", quote)), "She wakes at four.", session=session
    )
    assert found.verdict == "supported"


def test_facts_are_judged_with_quotes_of_the_note():
    note = "Takes sertraline 100 mg every morning. GAD-7 14 today."
    session = build_session()

    def reply(items, _):
        if any("GAD-7 total" in t for t in items.values()):
            verdicts = {
                n: ("conveyed", ["gad-7 14 today"]) if "GAD-7 total" in t
                else ("distorted", ["never in the note"]) if "sertraline" in t
                else ("omitted", [])
                for n, t in items.items()
            }  # fmt: skip
            return answer(*(item(n, v, quotes=q) for n, (v, q) in verdicts.items()))
        return answer(*(item(n) for n in items))

    found, _ = judged(reply, note, session=session)
    facts = {f.fact_id: f for f in found if f.kind == "fact"}
    assert list(facts) == [f.id for f in session.facts]
    assert (facts["F01"].verdict, facts["F01"].p_omitted) == ("conveyed", 0.1)
    assert (facts["F02"].verdict, facts["F02"].p_omitted) == ("unscored", None)
    assert (facts["F03"].verdict, facts["F03"].p_omitted) == ("omitted", 0.9)


def test_the_judge_never_sees_the_ledger_when_it_judges_sentences():
    client = FakeClient(lambda items, _: answer(*(item(n) for n in items)))
    make("judge:m", client=client).verify(build_session(), build_draft("GAD-7 14."))
    assert "The GAD-7 total was 14 today" not in client.requests[0].messages[-1]["content"]


@pytest.mark.parametrize(("model", "bounded"), [("local/x", True), ("openai/x", False)])
def test_only_embedded_models_get_a_bound_on_free_text(model, bounded):
    client = FakeClient(lambda items, _: answer(*(item(n) for n in items)))
    JudgeVerifier(model, client=client).verify(
        build_session(facts=None), build_draft("GAD-7 14 today.")
    )
    assert ("maxLength" in json.dumps(client.requests[0].response_format)) is bounded


def test_a_server_without_schemas_is_asked_without_one_and_remembered():
    class Plain(FakeClient):
        def complete(self, request):
            if request.response_format:
                self.requests.append(request)
                raise NotebenchError("m refused the request (400): response_format is not known")
            return super().complete(request)

    client = Plain(lambda items, _: answer(*(item(n) for n in items)))
    judge = JudgeVerifier("m", client=client)
    for _ in range(2):
        [found] = judge.verify(build_session(facts=None), build_draft("GAD-7 14."))
        assert found.verdict == "supported"
    assert [bool(r.response_format) for r in client.requests] == [True, False, False]


def test_control_characters_in_an_answer_do_not_reach_records():
    reply = answer(item(1, reason="bad\x00 \x7f reason"))
    [found], _ = judged(lambda *_: reply, "GAD-7 14.")
    assert found.reason == "bad  reason"


@pytest.mark.parametrize("error", [Unreachable("no answer"), NotebenchError("no credit")])
def test_an_error_of_the_client_is_an_error_and_no_finding(error):
    class Down:
        def complete(self, request):
            raise error

    with pytest.raises(type(error)):
        make("judge:m", client=Down()).verify(build_session(), build_draft("GAD-7 14."))
