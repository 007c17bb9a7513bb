"""The embedded runtime on the smallest model: one code path, reproducible, to itself."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from notebench.errors import MissingDependency, NotebenchError
from notebench.llm import runtime, weights
from notebench.llm.cache import AnswerCache
from notebench.llm.client import Client, Limits, Request

NAME = "smollm2-135m-instruct"
LAKE = [{"role": "user", "content": "Write two sentences about a calm lake."}]
STORY = [{"role": "user", "content": "Tell me about a long train journey."}]


@pytest.fixture(scope="module")
def model() -> str:
    """The name of the smallest model, whose weights are here and whose runtime is installed."""
    pytest.importorskip("xllamacpp", reason="needs the extra: pip install 'notebench[local]'")
    if not weights.find(NAME).present:
        pytest.skip(f"needs weights that are not here: notebench models pull {NAME}")
    return f"local/{NAME}"


def ask(model: str, messages: Any = LAKE, **more: Any) -> Any:
    return Client().complete(Request(model, messages, **{"max_tokens": 40, **more}))


@pytest.mark.model
def test_a_real_answer(model: str) -> None:
    got = ask(model)
    assert len(got.text.split()) > 5 and got.finish_reason in ("stop", "length")
    assert got.prompt_tokens > 10 and 5 < got.completion_tokens <= 40
    assert got.cost_usd == 0.0 and not got.tokens_estimated and got.model == model


@pytest.mark.model
def test_same_seed_same_text_also_after_other_prompts(model: str) -> None:
    first = ask(model, temperature=0.9, seed=7).text
    assert ask(model, temperature=0.9, seed=7).text == first
    ask(model, STORY, temperature=1.0, seed=1)
    ask(model, grammar='root ::= "yes" | "no"')
    assert ask(model, temperature=0.9, seed=7).text == first
    others = {ask(model, temperature=0.9, seed=seed).text for seed in (8, 9, 10)}
    assert others - {first}
    assert ask(model, seed=1).text == ask(model, seed=2).text  # greedy: the seed does not matter


ALONE = """
import json, sys
from notebench.llm.client import Client, Request
made = Client().complete(Request(**json.loads(sys.argv[1])))
sys.stdout.buffer.write(json.dumps([made.text, made.first_token]).encode())
"""


def elsewhere(**request: Any) -> tuple[str, dict]:
    """Text and first token of a request, as another process gets them, which prints nothing."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, json.dumps(request)], capture_output=True, check=True
    )
    assert done.stderr == b""  # no banner, no log
    return tuple(json.loads(done.stdout))


@pytest.mark.model
def test_another_process_writes_the_same(model: str) -> None:
    request = {"model": model, "messages": LAKE, "temperature": 0.9, "seed": 7, "max_tokens": 12}
    assert elsewhere(**request)[0] == Client().complete(Request(**request)).text


@pytest.mark.model
def test_the_number_of_threads_changes_no_number(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    odds = {"logprobs": True, "top_logprobs": 8}
    request = {"model": model, "messages": LAKE, "max_tokens": 1, "extra": odds}
    here = Client().complete(Request(**request)).first_token
    monkeypatch.setenv("NOTEBENCH_THREADS", "2")
    assert elsewhere(**request)[1] == here


@pytest.mark.model
def test_threads_wait_for_one_another(model: str) -> None:
    alone = [ask(model, temperature=0.9, seed=s, max_tokens=12).text for s in range(4)]
    with ThreadPoolExecutor(4) as pool:
        together = list(
            pool.map(lambda s: ask(model, temperature=0.9, seed=s, max_tokens=12).text, range(4))
        )
    assert together == alone


@pytest.mark.model
def test_a_grammar_binds_the_answer(model: str) -> None:
    got = ask(model, grammar='root ::= "yes" | "no"')
    assert got.text in ("yes", "no") and got.finish_reason == "stop"


@pytest.mark.model
def test_a_schema_binds_the_answer(model: str) -> None:
    schema = {
        "type": "object", "required": ["mood", "score"], "additionalProperties": False,
        "properties": {"mood": {"enum": ["low", "calm"]}, "score": {"type": "integer"}},
    }  # fmt: skip
    wanted = {"type": "json_schema", "json_schema": {"name": "m", "schema": schema}}
    held = json.loads(ask(model, response_format=wanted, max_tokens=60).text)
    assert held["mood"] in ("low", "calm") and isinstance(held["score"], int)


@pytest.mark.model
def test_stop_length_and_first_token(model: str) -> None:
    whole = ask(model).text
    word = whole.split()[2]
    assert ask(model, stop=[word]).text == whole[: whole.index(word)]
    assert ask(model, max_tokens=3).finish_reason == "length"
    odds = ask(model, max_tokens=1, extra={"logprobs": True, "top_logprobs": 3}).first_token
    assert len(odds) == 3 and all(p <= 0 for p in odds.values())
    assert ask(model).first_token is None


@pytest.mark.model
def test_what_the_runtime_refuses_is_told(model: str) -> None:
    with pytest.raises(NotebenchError, match="refused the request: .*grammar(.|\n)*mend: check"):
        ask(model, grammar="root ::= (")
    with pytest.raises(NotebenchError, match=r"tokens.*room for 8,192(.|\n)*shorter units"):
        ask(model, [{"role": "user", "content": "word " * 9000}])
    assert ask(model, max_tokens=3).text  # and it goes on working


@pytest.mark.model
def test_the_cache_knows_weights_and_runtime(model: str, tmp_path: Path, monkeypatch: Any) -> None:
    client = Client(AnswerCache(tmp_path / "a.sqlite"))
    request = Request(model, LAKE, max_tokens=5)
    assert not client.complete(request).cached and client.complete(request).cached
    monkeypatch.setenv("NOTEBENCH_CONTEXT", "4096")
    monkeypatch.setattr(runtime, "version", lambda _: "another")
    assert not client.complete(request).cached


@pytest.mark.model
def test_a_file_of_ones_own_runs(model: str, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.symlink_to(weights.path(model))
    assert ask(f"local/{own}").text == ask(model).text


@pytest.mark.model
def test_only_so_many_models_stay_loaded(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "_loaded", runtime._Loaded())
    monkeypatch.setenv("NOTEBENCH_MODELS_LOADED", "1")
    monkeypatch.setenv("NOTEBENCH_CONTEXT", "512")
    first = runtime.load(model)
    assert runtime.load(model) is first
    other = tmp_path / "other.gguf"
    other.write_bytes(weights.path(model).read_bytes())
    runtime.load(f"local/{other}")
    assert list(runtime._loaded.models) == [str(other)]


@pytest.mark.model
def test_litellm_over_http_against_the_runtimes_own_server(model: str) -> None:
    in_process = ask(model, temperature=0.9, seed=7)
    with runtime.serve(model) as base:
        assert base.startswith("http://127.0.0.1:")
        got = Client(limits=Limits(retries=0)).complete(
            Request(
                f"openai/{NAME}", LAKE, api_base=base, max_tokens=40, temperature=0.9, seed=7,
            )
        )  # fmt: skip
        assert got.text == in_process.text
        assert (got.prompt_tokens, got.completion_tokens) == (
            in_process.prompt_tokens, in_process.completion_tokens
        )  # fmt: skip
        bound = Request(f"openai/{NAME}", LAKE, api_base=base, grammar='root ::= "yes" | "no"')
        assert Client().complete(bound).text in ("yes", "no")


@pytest.mark.model
def test_a_served_model_may_want_a_key(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPBACK_KEY", "open-sesame")
    with runtime.serve(model, key="open-sesame") as base:
        request = Request(f"openai/{NAME}", LAKE, api_base=base, max_tokens=3)
        with pytest.raises(NotebenchError, match="did not accept the key"):
            Client().complete(request)
        assert Client().complete(replace(request, extra={"api_key_env": "LOOPBACK_KEY"})).text


@pytest.mark.model
def test_prompts_in_work_can_not_be_read_by_others(model: str) -> None:
    address = runtime.load(model)._server.listening_address
    for page in ("/slots", "/props", "/metrics", "/v1/models", "/v1/chat/completions"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(address + page, timeout=5)
        assert caught.value.code == 401


WATCHED = """
import sys
reached = []
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        reached.append(str(args[1] if event == "socket.connect" else args[0]))
sys.addaudithook(watch)
from notebench.llm.client import Client, Request, estimate_call
from notebench.llm.provider import litellm
messages = [{"role": "user", "content": "Hello"}]
for name in ("gpt-4o", "anthropic/claude-sonnet-4-5", "ollama/llama3.2", "cohere/command-r"):
    estimate_call(Request(name, messages))
for name in sys.argv[1:]:
    Client().complete(Request(name, messages, max_tokens=3))
import atexit
atexit.register(lambda: print(reached))
"""


@pytest.mark.model
def test_nothing_phones_home(model: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, model], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_missing_runtime_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF and no more")
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(MissingDependency, match=r"xllamacpp(.|\n)*pip install 'notebench.local.'"):
        ask(f"local/{own}")


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF and no more")
    with pytest.raises(NotebenchError, match=r"own.gguf: the weights .*could not be loaded"):
        ask(f"local/{own}")


def test_absent_weights_are_told_before_litellm_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTEBENCH_MODELS_DIR", str(tmp_path))
    with pytest.raises(NotebenchError, match=f"not here\n.*notebench models pull {NAME}"):
        ask(f"local/{NAME}")


def test_threads_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTEBENCH_THREADS", raising=False)
    assert 1 <= runtime.threads() <= 8
    monkeypatch.setenv("NOTEBENCH_THREADS", "3")
    assert runtime.threads() == 3
    for wrong in ("0", "-1", "many", "1.5"):
        monkeypatch.setenv("NOTEBENCH_THREADS", wrong)
        with pytest.raises(NotebenchError, match="NOTEBENCH_THREADS is"):
            runtime.threads()


def test_importing_the_client_loads_nothing_heavy() -> None:
    code = (
        "import sys, notebench.llm.client, notebench.llm.weights, notebench.llm.prompts\n"
        "print(sorted({'litellm', 'xllamacpp', 'huggingface_hub', 'openai', 'httpx', 'jinja2',"
        " 'tenacity', 'tqdm'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
