"""A small model that reads a sentence beside the lines that bear on it, and says how far it errs.

A transformer of four layers, cut from all-MiniLM-L6-v2 (Apache-2.0) and trained by
benchmarks/fit_reader.py; its weights come with the package, and nothing is fetched. It reads one
pair at a time: in 8-bit arithmetic the answer to a pair would otherwise depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

from ..errors import NotebenchError

if TYPE_CHECKING:
    import numpy as np

LONGEST = 128
"""Places of a pair: what stands beyond them is not read."""
LONGEST_SENTENCE, LONGEST_LINE = 48, 60
"""Places of the sentence and of each line, filled up with padding as in training (tokenizer.json
pads): the line that bears on it most is read whole, of the next one the first words. With room for
more lines it did better on pairs of its own kind and worse on the tune half of the challenge."""
LINES = 2
"""Lines of which anything is read."""
_FOLDER = "notebench.verifiers.weights"
_START, _END, _BETWEEN_LINES = "[CLS]", "[SEP]", "|"


@lru_cache(maxsize=65536)
def unborne(sentence: str, lines: tuple[str, ...]) -> float:
    """Log-odds that lines of a session do not bear a sentence out; above 0 it more likely errs.

    Kept, since drafts of one session repeat each other. Raises NotebenchError where onnxruntime
    can't be loaded.
    """
    ids, types = encode(sentence, lines)
    feed = {"input_ids": ids, "token_type_ids": types}
    return round(float(_session().run(None, feed)[0][0]), 3)


def encode(sentence: str, lines: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Token ids and types (0: the sentence, 1: the lines), each of shape (1, tokens <= LONGEST)."""
    import numpy as np

    tokenizer = _tokenizer()
    start, end, between = (tokenizer.token_to_id(t) for t in (_START, _END, _BETWEEN_LINES))
    told = tokenizer.encode(sentence, add_special_tokens=False).ids[:LONGEST_SENTENCE]
    beside: list[int] = []
    for line in lines:
        beside += tokenizer.encode(line, add_special_tokens=False).ids[:LONGEST_LINE]
        beside.append(between)
    beside = beside[: LONGEST - len(told) - 3]
    ids = [start, *told, end, *beside, end]
    types = [0] * (len(told) + 2) + [1] * (len(beside) + 1)
    return np.array([ids], dtype=np.int64), np.array([types], dtype=np.int64)


@cache
def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_str((files(_FOLDER) / "tokenizer.json").read_text("utf-8"))


@cache
def _session() -> Any:
    try:
        import onnxruntime as ort
    except ImportError as error:
        raise NotebenchError(
            "the local verifier needs onnxruntime, which can't be loaded here",
            where=str(error),
            mend="install it with: pip install onnxruntime",
        ) from error
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1  # so short that threads would wait for each other
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    with as_file(files(_FOLDER) / "reader.onnx") as path:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
