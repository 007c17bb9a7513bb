"""The nli verifier with a very small model that is trained here on one rule (tiny_nli)."""

import shutil
import socket

import pytest
import tiny_nli

from notebench.errors import MissingDependency, NotebenchError, UnknownName
from notebench.records import Draft, Fact, Section, Session, Turn
from notebench.verifiers import calibration, entailment, make
from notebench.verifiers.entailment import EntailmentModel
from notebench.verifiers.nli import NliVerifier

WHY = "needs the extra nli (torch and transformers), which is not installed"
pytest.importorskip("torch", reason=WHY)
pytest.importorskip("transformers", reason=WHY)

TALK = [
    "How did the breathing practice go?",
    "I did the breathing practice indeed on four evenings.",  # 2: bears its sentences out
    "What else is new?",
    "Nothing much happened at the office.",
    "And at home?",
    "My sister visited on Sunday with her dog.",  # 6: says nothing for or against
    "I see.",
    "The neighbours are loud at night.",
    "About the dentist trip?",
    "Wrongly the dentist trip was put off again.",  # 10: goes against its sentences
]
FACTS = [
    Fact(id="F1", kind="homework", statement="The client practised breathing.", disclosure="must"),
    Fact(id="F2", kind="plan", statement="The client booked a massage.", disclosure="should"),
    Fact(id="F3", kind="event", statement="The garage burned down.", disclosure="should"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_nli.train(tmp_path_factory.mktemp("nli") / "tiny")


@pytest.fixture(scope="module")
def verifier(folder):
    return make(f"nli:{folder}")


def session(**changes):
    speakers = ["clinician", "client"] * len(TALK)
    turns = [
        Turn(turn=n, speaker=who, text=text)
        for n, (who, text) in enumerate(zip(speakers, TALK, strict=False), 1)
    ]
    fields = {
        "session_id": "s1", "transcript": turns,
        "prior_note": "The client indeed planned a holiday in Portugal.",
    }  # fmt: skip
    return Session(**(fields | changes))


def judged(verifier, *sentences, section="S", **changes):
    draft = Draft(
        draft_id="d1", session_id="s1", drafter="t",
        sections=[Section(name=section, text=" ".join(sentences))],
    )  # fmt: skip
    return verifier.verify(session(**changes), draft)


def test_verdicts_follow_the_model(verifier):
    true, flipped, new = judged(
        verifier, "Client did the breathing practice.", "The dentist trip went ahead.",
        "Client's sister visited with a parrot.",
    )  # fmt: skip
    assert (true.verdict, true.error_type) == ("supported", None)
    assert 2 in true.evidence and 10 not in true.evidence
    assert true.p_unfaithful < 0.1 and "breathing practice indeed" in true.reason
    assert (flipped.verdict, flipped.error_type) == ("contradicted", "negation_flip")
    assert 10 in flipped.evidence and 2 not in flipped.evidence
    assert flipped.p_unfaithful > 0.9 and "put off again" in flipped.reason
    assert (new.verdict, new.severity is not None) == ("unsupported", True)
    assert 6 in new.evidence and new.p_unfaithful > 0.9
    assert {f.verifier for f in (true, flipped, new)} == {f"{verifier.name}@{verifier.version}"}


def test_the_same_note_gets_other_verdicts_when_the_session_says_otherwise(verifier):
    swapped = [t.replace("indeed", "wrongly").replace("Wrongly", "Indeed") for t in TALK]
    turns = [Turn(turn=n, speaker="client", text=text) for n, text in enumerate(swapped, 1)]
    found = judged(
        verifier, "Client did the breathing practice.", "The dentist trip went ahead.",
        transcript=turns,
    )  # fmt: skip
    assert [f.verdict for f in found] == ["contradicted", "supported"]


def test_a_contradiction_counts_only_from_a_passage_about_the_same_thing(verifier):
    [found] = judged(verifier, "The trip to Lisbon with colleagues after the concert was lovely.")
    assert found.verdict == "unsupported"


def test_the_typed_checks_name_the_error(verifier):
    [found] = judged(verifier, "The dentist trip cost 340 dollars.")
    assert (found.verdict, found.error_type) == ("contradicted", "wrong_value")
    assert "340" in found.reason


def test_what_only_the_last_note_says_is_copied_forward(verifier):
    [found] = judged(verifier, "Client planned a holiday in Portugal.")
    assert (found.verdict, found.error_type, found.evidence) == ("unsupported", "copy_forward", [])


def test_sentences_that_state_nothing_are_not_asked_about(verifier):
    signed, rest = judged(verifier, "Signature on file.", "Client did the breathing practice.")
    assert (signed.verdict, signed.p_unfaithful, rest.verdict) == (
        "uncheckable", 0.0, "supported",
    )  # fmt: skip


def test_facts_are_looked_for_in_the_note(verifier):
    found = judged(
        verifier, "Client indeed practised breathing.", "It rained.",
        "Wrongly a massage was booked.", facts=FACTS,
    )  # fmt: skip
    facts = [f for f in found if f.kind == "fact"]
    assert [f.verdict for f in facts] == ["conveyed", "distorted", "omitted"]
    assert facts[0].p_omitted < 0.1 and facts[1].p_omitted < 0.1
    # the whole note holds both planted words, so the model is less sure that nothing tells it
    assert facts[2].p_omitted > 0.5
    assert "massage" in facts[1].reason


def test_a_general_wording_counts_as_conveyed(verifier):
    fact = {
        "id": "F1", "kind": "third_party", "statement": "Her sister Ann was arrested.",
        "disclosure": "generalise",
    }  # fmt: skip
    general = Fact(**fact, generalised="The client spoke of a family stressor.")
    long_rain = ["It rained and rained and rained and rained."] * 30
    note = (*long_rain, "Client spoke of a family stressor indeed.")  # past what the model reads
    *_, without = judged(verifier, *note, facts=[Fact(**fact)])
    *_, with_it = judged(verifier, *note, facts=[general])
    assert (without.verdict, with_it.verdict) == ("omitted", "conveyed")


def test_a_session_that_says_nothing_leaves_everything_unscored(verifier):
    found = judged(verifier, "Client slept.", transcript=[], rough_notes="...", prior_note=None)
    assert {f.verdict for f in found} == {"unscored"}


def test_a_second_time_gives_the_same_findings(verifier, folder):
    sentences = ("Client did the breathing practice.", "The dentist trip went ahead.")
    once = judged(verifier, *sentences, facts=FACTS)
    assert judged(NliVerifier(str(folder)), *sentences, facts=FACTS) == once
    alone = judged(verifier, sentences[1])[0]  # another batch, the same pair
    assert alone.p_unfaithful == once[1].p_unfaithful


PREMISES = {"entailment": "so indeed", "contradiction": "so wrongly", "neutral": "so"}


def reordered(folder, target, names):
    """The model with its outputs in another order, under these names."""
    import torch
    from transformers import AutoModelForSequenceClassification

    network = AutoModelForSequenceClassification.from_pretrained(folder)
    order = [tiny_nli.LABELS.index(kind) for kind, _ in names]
    with torch.no_grad():
        for part in network.classifier.parameters():
            part.copy_(part[order].clone())
    network.config.id2label = {i: name for i, (_, name) in enumerate(names)}
    network.config.label2id = {name: i for i, (_, name) in enumerate(names)}
    network.save_pretrained(target)
    tiny_nli.tokenizer().save_pretrained(target)
    return target


@pytest.mark.parametrize(
    "names",
    [
        [("contradiction", "CONTRADICTION"), ("entailment", "ENTAILMENT"), ("neutral", "Neutral")],
        [("neutral", "neutral"), ("contradiction", "contradict"), ("entailment", "entails")],
    ],
)
def test_labels_are_found_by_name_in_any_order(folder, tmp_path, names):
    model = EntailmentModel(reordered(folder, tmp_path / "m", names), "m")
    found = dict(
        zip(PREMISES, model.relations([(p, "She slept.") for p in PREMISES.values()]), strict=True)
    )
    assert found["entailment"].entails > 0.9 and found["contradiction"].contradicts > 0.9
    assert max(found["neutral"].entails, found["neutral"].contradicts) < 0.1


def test_names_decide_and_not_places(folder, tmp_path):
    names = {"0": "contradiction", "1": "neutral", "2": "entailment"}
    turned = EntailmentModel(tiny_nli.copied(folder, tmp_path / "m", id2label=names), "m")
    [found] = turned.relations([("so indeed", "She slept.")])
    assert found.contradicts > 0.9 and found.entails < 0.1


def test_a_model_of_two_classes_never_contradicts(folder, tmp_path):
    import torch
    from transformers import BertForSequenceClassification

    three = BertForSequenceClassification.from_pretrained(folder)
    two = BertForSequenceClassification(
        tiny_nli.settings(id2label={0: "not_entailment", 1: "entailment"}, label2id=None)
    )
    two.bert.load_state_dict(three.bert.state_dict())
    with torch.no_grad():
        for own, other in zip(
            two.classifier.parameters(), three.classifier.parameters(), strict=True
        ):
            own.copy_(torch.stack([torch.zeros_like(other[0]), other[0] - other[1:].mean(0)]))
    two.save_pretrained(tmp_path / "m")
    tiny_nli.tokenizer().save_pretrained(tmp_path / "m")
    found = judged(
        make(f"nli:{tmp_path / 'm'}"),
        "Client did the breathing practice.", "The dentist trip went ahead.",
    )  # fmt: skip
    assert [f.verdict for f in found] == ["supported", "unsupported"]


@pytest.mark.parametrize(
    "names",
    [
        {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"},
        {"0": "entailment", "1": "positive", "2": "negative"},
        {"0": "entailment", "1": "entails", "2": "contradiction"},
        {"0": "neutral", "1": "contradiction"},
        {"0": "entailment"},
        None,
    ],
)
def test_labels_without_a_meaning_are_refused(folder, tmp_path, names):
    wrong = tiny_nli.copied(folder, tmp_path / "m", id2label=names, label2id=None)
    with pytest.raises(NotebenchError, match="do not say which is entailment") as caught:
        make(f"nli:{wrong}")
    assert "id2label" in caught.value.where and caught.value.mend


@pytest.mark.parametrize("heads", [["BertForMaskedLM"], ["LlamaForCausalLM"], [], None])
def test_a_model_of_another_kind_is_refused(folder, tmp_path, heads):
    wrong = tiny_nli.copied(folder, tmp_path / "m", architectures=heads)
    with pytest.raises(NotebenchError, match="no model that classifies texts"):
        make(f"nli:{wrong}")


def test_a_head_that_was_never_trained_is_refused(folder, tmp_path):
    from transformers import AutoModel

    bare = tiny_nli.copied(folder, tmp_path / "m")
    AutoModel.from_pretrained(folder).save_pretrained(tmp_path / "bare")
    shutil.copy(tmp_path / "bare" / "model.safetensors", bare / "model.safetensors")
    with pytest.raises(NotebenchError, match=r"its weights lack .*classifier"):
        make(f"nli:{bare}").ready()


def test_broken_files_are_named(folder, tmp_path):
    broken = tiny_nli.copied(folder, tmp_path / "m")
    (broken / "model.safetensors").write_bytes(b"not weights at all")
    with pytest.raises(NotebenchError, match="can't be loaded") as caught:
        make(f"nli:{broken}").ready()
    assert str(broken) in caught.value.where
    (broken / "config.json").write_text("{")
    with pytest.raises(NotebenchError, match=r"config\.json can't be read"):
        make(f"nli:{broken}")


def test_a_long_premise_is_cut_and_a_long_hypothesis_never(folder):
    model = EntailmentModel(folder, "m")
    tokenizer, network = model._parts
    seen = []
    network.register_forward_pre_hook(
        lambda _, args, given: seen.extend(given["input_ids"].tolist()), with_kwargs=True
    )
    hypothesis = "the client walked today"
    first, cut = model.relations(
        [("indeed " + "rain " * 400, hypothesis), ("rain " * 400 + "indeed", hypothesis)]
    )
    assert first.entails > 0.9 and cut.entails < 0.1  # the end of the premise is what is cut
    longer = "the client walked today " * 30  # longer than its premise, and whole all the same
    model.relations([("rain " * 60, longer)])
    for row, asked in zip(seen, (hypothesis, hypothesis, longer), strict=True):
        tail = [*tokenizer(asked, add_special_tokens=False)["input_ids"], tokenizer.sep_token_id]
        assert len(row) == tiny_nli.LONGEST and row[-len(tail) :] == tail
    assert model.relations([("indeed", "rain " * tiny_nli.LONGEST)]) == [None]


def test_a_sentence_that_is_too_long_is_unscored(verifier):
    [found] = judged(verifier, "Client did the breathing practice " + "again and " * 120 + "twice.")
    assert (found.verdict, found.p_unfaithful) == ("unscored", None)
    assert "too long" in found.reason


def test_the_version_tells_other_weights_apart_and_not_other_places(folder, verifier, tmp_path):
    moved = make(f"nli:{shutil.copytree(folder, tmp_path / 'same')}")
    assert moved.version == verifier.version
    other = tiny_nli.copied(folder, tmp_path / "other")
    data = bytearray((other / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (other / "model.safetensors").write_bytes(bytes(data))
    assert make(f"nli:{other}").version != verifier.version


def test_a_local_model_contacts_nobody(folder, monkeypatch):
    def refuse(*_):
        raise AssertionError("it tried to connect")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    found = judged(NliVerifier(str(folder)), "Client did the breathing practice.")
    assert found[0].verdict == "supported"


@pytest.mark.parametrize("name", ["nli", "nli:"])
def test_a_model_must_be_named(name):
    with pytest.raises(UnknownName, match="no verifier is called") as caught:
        make(name)
    assert "nli:<model>" in caught.value.mend


def test_the_missing_extra_is_named(folder, monkeypatch):
    monkeypatch.setattr(entailment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match="torch and transformers") as caught:
        make(f"nli:{folder}")
    assert "notebench[nli]" in caught.value.mend


def test_a_calibration_in_the_folder_is_used_and_told_apart(folder, verifier, tmp_path):
    own = shutil.copytree(folder, tmp_path / "m")
    calibration.write(own, claim=calibration.Calibration(slope=1.0, intercept=-12.0))
    calibrated = make(f"nli:{own}")
    assert calibrated.version != verifier.version
    [found] = judged(calibrated, "The dentist trip went ahead.")
    assert (found.verdict, found.p_unfaithful < 0.01) == ("supported", True)
