"""The local-llm verifier: odds of yes and no, what the model is shown, and what it never is."""

import json
import math

import pytest
from small_sessions import build_draft, build_session

from notebench.errors import NotebenchError, UnknownName
from notebench.formats import sections_of
from notebench.llm import weights
from notebench.llm.client import Client
from notebench.llm.messages import Completion
from notebench.records import Fact
from notebench.verifiers import make
from notebench.verifiers.llm_excerpt import Excerpts
from notebench.verifiers.local_llm import (
    DEFAULT,
    LocalLlmVerifier,
    Scale,
    fitted,
    log_odds,
    prompts,
)

SMALLEST = "smollm2-135m-instruct"


class Odds:
    """A client whose model's first token has these log-probabilities."""

    def __init__(self, first):
        self.first, self.requests = first, []

    def complete(self, request):
        self.requests.append(request)
        first = self.first(request) if callable(self.first) else self.first
        return Completion(
            "Yes", "length", 9, 1, 0.0, 0.0, request.model, "2026-01-01T00:00:00", first_token=first
        )


YES, NO = {"Yes": -0.1, "No": -2.5}, {"Yes": -2.5, "No": -0.1}


def body(request):
    return request.messages[-1]["content"]


# --- log-odds


def test_all_spellings_of_yes_and_no_add_up():
    first = {"Yes": math.log(0.2), " yes": math.log(0.1), "YES": math.log(0.1),
             "no": math.log(0.1), " No": math.log(0.1), "I": math.log(0.4)}  # fmt: skip
    assert log_odds(first) == pytest.approx(math.log(2))
    assert log_odds({"yes": -0.2, "yesterday": -0.1, "nothing": -0.1}) > 10


@pytest.mark.parametrize("first", [None, {}, {"The": -0.1}, {"Yes": -9.0, "No": -9.5, "The": -0.1}])
def test_a_model_that_says_neither_is_not_asked_for_odds(first):
    assert log_odds(first) is None
    found = LocalLlmVerifier(client=Odds(first)).verify(build_session(), build_draft("GAD-7 14."))
    assert {f.verdict for f in found} == {"unscored"}
    assert all("neither yes nor no" in f.reason for f in found)
    assert all((f.p_unfaithful if f.kind == "claim" else f.p_omitted) is None for f in found)


# --- findings


def test_one_question_for_a_sentence_and_for_a_fact():
    session, draft = build_session(), build_draft("GAD-7 14 today.", "She sings.")
    client = Odds(lambda request: YES if "GAD-7" in body(request).split('"')[1] else NO)
    found = LocalLlmVerifier(client=client).verify(session, draft)
    claims = [f for f in found if f.kind == "claim"]
    facts = [f for f in found if f.kind == "fact"]
    assert [c.text for c in claims] == ["GAD-7 14 today.", "She sings."]
    assert [f.fact_id for f in facts] == [f.id for f in session.facts]
    assert len(client.requests) == len(found)
    assert claims[0].p_unfaithful < claims[1].p_unfaithful
    assert facts[0].p_omitted < facts[1].p_omitted
    assert all(f.verifier == claims[0].verifier for f in found)
    for request in client.requests:
        assert request.model == f"local/{DEFAULT}" and request.max_tokens == 1
        assert request.temperature == 0 and request.extra["logprobs"] is True


def test_verdicts_follow_the_threshold(monkeypatch):
    scales = {"claim": Scale(threshold=0.3), "fact": Scale(threshold=0.95)}
    monkeypatch.setattr("notebench.verifiers.local_llm.fitted", lambda: {DEFAULT: scales})
    even = {"Yes": -0.7, "No": -0.7}
    found = LocalLlmVerifier(client=Odds(even)).verify(build_session(), build_draft("GAD-7 14."))
    assert {(f.verdict, f.p_unfaithful) for f in found if f.kind == "claim"} == {
        ("unsupported", 0.5)
    }
    assert {(f.verdict, f.p_omitted) for f in found if f.kind == "fact"} == {("conveyed", 0.5)}


def test_a_sentence_without_content_is_not_asked_about():
    client = Odds(YES)
    [found] = LocalLlmVerifier(client=client).verify(build_session(facts=None), build_draft("---"))
    assert (found.verdict, found.p_unfaithful, client.requests) == ("uncheckable", 0.0, [])


def test_a_general_wording_is_asked_about_in_place_of_the_fact():
    fact = Fact(id="F1", kind="third_party", statement="Her boss Dana Reed at Acme shouted.",
                disclosure="generalise", generalised="Conflict with a supervisor.")  # fmt: skip
    client = Odds(YES)
    LocalLlmVerifier(client=client).verify(build_session(facts=[fact]), build_draft("---"))
    assert 'Fact: "Conflict with a supervisor."' in body(client.requests[0])
    assert "Dana Reed" not in body(client.requests[0])


# --- excerpts


def excerpt(sentence, **changes):
    return Excerpts.of_session(build_session(**changes)).near(sentence)


LONG = " ".join(f"The neighbour said thing {n}." for n in range(40))
TALK = [
    {"turn": 1, "speaker": "clinician", "text": "How was the week?"},
    {"turn": 2, "speaker": "client", "text": "I walked the dog on Sunday."},
    {"turn": 3, "speaker": "clinician", "text": "Any thoughts of suicide since we met?"},
    {"turn": 4, "speaker": "client", "text": "No."},
    {"turn": 5, "speaker": "clinician", "text": "Your PHQ-9 is nineteen."},
    {"turn": 6, "speaker": "client", "text": f"{LONG} My sister Ruth drinks again."},
]  # fmt: skip
BARE = {"transcript": TALK, "facts": None, "rough_notes": None, "prior_note": None}


def test_a_question_comes_with_its_answer():
    assert excerpt("Denies suicidal thoughts.", **BARE).turns == [3, 4]


def test_a_number_in_words_is_found_and_other_talk_left_out():
    found = excerpt("PHQ-9 = 19.", **BARE)
    assert found.talk == ["clinician: Your PHQ-9 is nineteen."]


def test_of_a_long_turn_only_the_sentences_that_matter():
    assert excerpt("Sister is drinking.", **BARE).talk == ["client: My sister Ruth drinks again."]


def test_nothing_in_common_is_an_empty_excerpt():
    found = excerpt("Bilateral stimulation completed.", **BARE)
    assert (found.talk, found.notes, found.turns) == ([], [], [])


def test_notes_chart_and_last_time_stand_apart():
    changes = BARE | {"rough_notes": "- sister drinks\n- tired", "prior_note": "Sister was sober.",
                      "chart": {"goals": ["talk with sister"], "cpt": "90834"}}  # fmt: skip
    found = excerpt("Sister is drinking.", **changes)
    assert found.notes == ["sister drinks"] and found.prior == ["Sister was sober."]
    assert found.chart == ["goals: talk with sister"]
    client = Odds(YES)
    LocalLlmVerifier(client=client).verify(
        build_session(**changes), build_draft("Sister is drinking.")
    )
    shown = body(client.requests[0])
    assert "last time, not today: Sister was sober." in shown and "notes: sister drinks" in shown


def test_excerpts_stay_short_and_in_order_and_repeat():
    session = build_session(**BARE)
    found = Excerpts.of_session(session).near(TALK[5]["text"])
    assert sum(len(line.split()) for line in found.talk) < 110
    assert found == Excerpts.of_session(session).near(TALK[5]["text"])
    everything = Excerpts.of_session(session).near("dog PHQ-9 suicide sister")
    assert everything.turns == sorted(everything.turns)


def test_the_ledger_is_never_shown_for_a_sentence():
    client = Odds(YES)
    session = build_session()
    LocalLlmVerifier(client=client).verify(session, build_draft("The GAD-7 total was 14 today."))
    assert session.facts[0].statement not in body(client.requests[0]).split("Sentence:")[0]


def test_a_fact_is_looked_for_in_the_sentences_nearest_to_it():
    draft = build_draft(*(f"Filler sentence number {n} about gardens." for n in range(30)),
                        "GAD-7 total 14 today.")  # fmt: skip
    found = Excerpts.of_note(sections_of(draft)).near("The GAD-7 total was 14 today.")
    assert found.note[-1] == "(S) GAD-7 total 14 today." and len(found.note) < 8


# --- names, versions, scales


def test_the_name_with_and_without_a_model():
    assert make("local-llm").name == make(f"local-llm:{DEFAULT}").name == "local-llm"
    other = make(f"local-llm:local/{SMALLEST}")
    assert (other.name, other.model) == (f"local-llm:{SMALLEST}", f"local/{SMALLEST}")
    assert other.version.endswith(".raw")
    assert not getattr(other, "parallel", False)


@pytest.mark.parametrize("name", ["local-llm:openai/gpt-4o", "local-llm:qwen", "local-llm:x.gguf"])
def test_only_embedded_models(name):
    with pytest.raises((UnknownName, NotebenchError), match="no embedded model|there is no file"):
        verifier = make(name)
        verifier.ready()


def test_the_client_of_a_study_is_used():
    client = Odds(YES)
    assert make("local-llm", client=client).client is client


def test_the_scale_was_fitted_with_the_prompts_in_use():
    from importlib.resources import files

    data = json.loads((files("notebench.verifiers") / "local_llm.json").read_text("utf-8"))
    assert data["models"][DEFAULT]["prompts"] == [p.version for p in prompts()]
    scale = fitted()[DEFAULT]["claim"]
    assert scale.slope > 0 and 0 < scale.threshold < 1  # the surer of yes, the less likely wrong
    assert scale.probability(4) < scale.probability(0) < scale.probability(-4)
    assert not LocalLlmVerifier().version.endswith(".raw")


def test_a_scale_of_other_prompts_is_not_used(monkeypatch):
    from notebench.verifiers import local_llm

    monkeypatch.setattr(local_llm, "fitted", lambda: {})
    assert LocalLlmVerifier().version.endswith(".raw")


@pytest.mark.model
def test_an_embedded_model_judges_a_note_and_repeats_itself():
    if not weights.find(SMALLEST).present:
        pytest.skip(f"needs the weights: notebench models pull {SMALLEST}")
    session = build_session(facts=build_session().facts[:1])
    draft = build_draft("GAD-7 14 today.", "She sings in a choir.")
    verifier = make(f"local-llm:{SMALLEST}", client=Client())
    verifier.ready()
    found = verifier.verify(session, draft)
    assert len(found) == 3 and {f.verdict for f in found} != {"unscored"}
    assert found == make(f"local-llm:{SMALLEST}", client=Client()).verify(session, draft)
