"""A very small entailment model, trained in seconds on one rule.

The rule: a premise that holds "indeed" bears the hypothesis out, one that holds "wrongly" goes
against it, and any other says nothing of it. So a test that plants those words in a session or a
note knows what the model must say of each passage.
"""

import json
import random
from pathlib import Path

WORDS = "indeed wrongly client clinician the slept walked worried ate called today log rain".split()
LABELS = ("entailment", "neutral", "contradiction")
LONGEST = 160


def tokenizer():
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    vocabulary = {w: i for i, w in enumerate([*special, *WORDS, ".", ":"])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )  # fmt: skip
    return PreTrainedTokenizerFast(
        tokenizer_object=made, model_max_length=LONGEST, pad_token="[PAD]", unk_token="[UNK]",
        cls_token="[CLS]", sep_token="[SEP]",
    )  # fmt: skip


def settings(**changes):
    from transformers import BertConfig

    given = {
        "vocab_size": 4 + len(WORDS) + 2, "hidden_size": 16, "num_hidden_layers": 1,
        "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": LONGEST,
        "initializer_range": 0.1, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
        "id2label": dict(enumerate(LABELS)), "label2id": {n: i for i, n in enumerate(LABELS)},
    }  # fmt: skip
    return BertConfig(**(given | changes))


def train(folder: Path, steps: int = 60) -> Path:
    """Train the model on the rule and save it, with its tokenizer, as a folder."""
    import torch
    from transformers import BertForSequenceClassification

    torch.manual_seed(0)
    torch.set_num_threads(1)
    draw, words = random.Random(0), tokenizer()
    network = BertForSequenceClassification(settings()).train()
    with torch.no_grad():  # rare words start loud, so that few steps are enough
        network.bert.embeddings.word_embeddings.weight[4:6] *= 20
    teacher = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(steps):
        labels = [draw.randrange(3) for _ in range(24)]
        premises = [_premise(draw, label) for label in labels]
        hypotheses = [_text(draw, draw.randrange(1, 12)) for _ in labels]
        encoded = words(premises, hypotheses, padding=True, return_tensors="pt")
        teacher.zero_grad()
        network(**encoded, labels=torch.tensor(labels)).loss.backward()
        teacher.step()
    network.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def _premise(draw: random.Random, label: int) -> str:
    words = _text(draw, draw.randrange(2, 24)).split()
    for planted in {0: ["indeed"], 2: ["wrongly"]}.get(label, []):
        words.insert(draw.randrange(len(words) + 1), planted)
    return " ".join(words)


def _text(draw: random.Random, length: int) -> str:
    return " ".join(draw.choice([*WORDS[2:], *["dentist"] * 8, ".", ":"]) for _ in range(length))


def copied(source: Path, target: Path, **changes) -> Path:
    """A copy of a model's folder with other entries in its config.json; None takes one out."""
    import shutil

    shutil.copytree(source, target)
    file = target / "config.json"
    config = json.loads(file.read_text("utf-8")) | changes
    file.write_text(json.dumps({k: v for k, v in config.items() if v is not None}), "utf-8")
    return target
