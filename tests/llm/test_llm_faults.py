"""The client against a server that fails in every way a provider does, over real HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from llm_server import FaultServer, answer, completion, cut_off, error, raw, slow

from notebench.errors import NotebenchError, UnknownName, Unreachable
from notebench.llm.client import Client, Limits, Request


class Sleeps(list):
    """Stands in for time.sleep: keeps the seconds instead of waiting."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def ask(server: FaultServer, retries: int = 2, timeout: float = 5, **more: Any) -> tuple:
    sleeps = Sleeps()
    client = Client(limits=Limits(timeout_s=timeout, retries=retries), sleep=sleeps)
    request = Request(
        "openai/tiny", [{"role": "user", "content": "Hello"}], api_base=server.base, **more
    )
    return client.complete(request), sleeps, client


def test_a_good_answer_comes_back_whole(server: FaultServer) -> None:
    got, sleeps, client = ask(
        server, seed=7, max_tokens=9, stop=["END"], temperature=0.5, extra={"top_p": 0.9}
    )
    assert (got.text, got.finish_reason) == ("A calm note.", "stop")
    assert (got.prompt_tokens, got.completion_tokens) == (11, 5)
    assert not got.tokens_estimated and not got.cached
    assert got.model == "openai/tiny" and got.time.endswith("+00:00") and got.latency_s > 0
    assert sleeps == [] and client.calls == 1
    sent = server.requests[0]
    assert sent["seed"] == 7 and sent["max_tokens"] == 9 and sent["stop"] == ["END"]
    assert sent["temperature"] == 0.5 and sent["top_p"] == 0.9
    assert sent["messages"] == [{"role": "user", "content": "Hello"}]


def test_what_is_kept_back_is_not_sent(server: FaultServer) -> None:
    ask(server, extra={"sample": 3, "input_cost_per_token": 0, "output_cost_per_token": 0})
    assert not {"sample", "input_cost_per_token"} & set(server.requests[0])


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(error(429), id="429"),
        pytest.param(error(500), id="500"),
        pytest.param(error(502), id="502"),
        pytest.param(error(503), id="503"),
        pytest.param(error(529), id="529 overloaded"),
        pytest.param(error(408), id="408"),
        pytest.param(cut_off, id="connection gone in mid body"),
        pytest.param(raw(b'{"choices": ['), id="half a JSON"),
        pytest.param(raw(b"null"), id="null"),
        pytest.param(raw(b"[]"), id="a list"),
        pytest.param(raw(b"<html>Welcome</html>", "text/html"), id="a web page"),
        pytest.param(answer(choices=[]), id="no choices"),
    ],
)
def test_a_passing_fault_is_tried_again(server: FaultServer, fault: Any) -> None:
    server.replies(fault, fault, answer("At last."))
    got, sleeps, client = ask(server)
    assert got.text == "At last."
    assert len(server.requests) == 3 and len(sleeps) == 2
    assert 0.5 <= sleeps[0] <= 1 and 1 <= sleeps[1] <= 2  # doubling, with jitter
    assert client.calls == 1


def test_a_timeout_is_tried_again(server: FaultServer) -> None:
    server.replies(slow(1.5), answer("In time."))
    got, sleeps, _ = ask(server, timeout=0.4)
    assert got.text == "In time." and len(sleeps) == 1


def test_retry_after_in_seconds_is_honoured(server: FaultServer) -> None:
    server.replies(error(429, Retry_After="7"), answer())
    _, sleeps, _ = ask(server)
    assert sleeps == [7.0]


def test_retry_after_as_a_date_is_honoured(server: FaultServer) -> None:
    from datetime import UTC, datetime, timedelta
    from email.utils import format_datetime

    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    server.replies(error(503, Retry_After=later), answer())
    _, sleeps, _ = ask(server)
    assert 25 <= sleeps[0] <= 30


def test_an_absurd_retry_after_is_not_waited_for(server: FaultServer) -> None:
    server.replies(error(429, Retry_After="86400"))
    with pytest.raises(NotebenchError, match="asks to wait 86400 s"):
        ask(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        pytest.param(error(429), NotebenchError, "429.* after 3 tries", id="429"),
        pytest.param(error(500), NotebenchError, "failed with 500 after 3 tries", id="500"),
        pytest.param(cut_off, Unreachable, "can't be reached after 3 tries", id="cut off"),
        pytest.param(raw(b"{"), NotebenchError, "no chat completion after 3 tries", id="JSON"),
        pytest.param(
            raw(b"<p>", "text/html"), NotebenchError, "no chat completion.*\n.*api_base", id="html"
        ),
        pytest.param(
            answer(choices=[]), NotebenchError, "no chat completion after 3", id="no choices"
        ),
    ],
)
def test_a_lasting_fault_is_told_in_plain_words(
    server: FaultServer, fault: Any, kind: type, words: str
) -> None:
    server.replies(fault)
    with pytest.raises(kind, match=words) as caught:
        ask(server)
    assert len(server.requests) == 3
    assert server.base in str(caught.value) and "mend:" in str(caught.value)
    assert "litellm" not in str(caught.value).lower()


def test_a_lasting_timeout(server: FaultServer) -> None:
    server.replies(slow(1))
    with pytest.raises(Unreachable, match=r"did not answer within 0.3 s after 2 tries"):
        ask(server, retries=1, timeout=0.3)


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        pytest.param(error(401, "bad key"), NotebenchError, "did not accept the key", id="401"),
        pytest.param(error(403, "not for you"), NotebenchError, "not accept the key", id="403"),
        pytest.param(error(404, "no such model"), UnknownName, "no such model", id="404"),
        pytest.param(error(400, "bad parameter"), NotebenchError, "bad parameter", id="400"),
        pytest.param(error(413, "too big"), NotebenchError, "413", id="413"),
        pytest.param(
            error(400, "maximum context length is 100 tokens", "context_length_exceeded"),
            NotebenchError, "prompt is too long", id="context",
        ),
        pytest.param(
            error(429, "You exceeded your quota", "insufficient_quota"),
            NotebenchError, "no quota left", id="quota",
        ),
    ],
)  # fmt: skip
def test_what_trying_again_can_not_mend_is_asked_once(
    server: FaultServer, fault: Any, kind: type, words: str
) -> None:
    server.replies(fault)
    with pytest.raises(kind, match=words):
        ask(server)
    assert len(server.requests) == 1


def test_a_server_that_is_not_there_is_named() -> None:
    client = Client(limits=Limits(retries=0, timeout_s=2))
    request = Request("openai/tiny", [{"role": "user", "content": "x"}])
    for base in ("http://127.0.0.1:9/v1", "http://127.0.0.1:9"):
        with pytest.raises(Unreachable, match="http://127.0.0.1:9"):
            client.complete(Request("openai/tiny", request.messages, api_base=base))


def test_other_providers_are_mapped_alike(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k" * 20)
    client = Client(limits=Limits(retries=0, timeout_s=2))
    messages = [{"role": "user", "content": "x"}]
    with pytest.raises(Unreachable, match=r"http://127.0.0.1:9\b"):
        client.complete(Request("ollama/tiny", messages, api_base="http://127.0.0.1:9"))
    server.replies(error(401, "not that key"))
    with pytest.raises(NotebenchError, match="did not accept the key: .*not that key"):
        client.complete(Request("anthropic/claude-x", messages, api_base=server.base))
    sleeps = Sleeps()
    server.replies(error(429, Retry_After="4"))
    with pytest.raises(NotebenchError, match="429"):
        Client(limits=Limits(retries=1), sleep=sleeps).complete(
            Request("anthropic/claude-x", messages, api_base=server.base)
        )
    assert sleeps == [4.0]


@pytest.mark.parametrize(
    ("reply", "text", "reason"),
    [
        (answer("", "content_filter"), "", "content_filter"),
        (answer(None), "", "stop"),
        (answer("Client repor", "length"), "Client repor", "length"),
        (error(400, "rejected", "content_policy_violation"), "", "content_filter"),
        (error(400, "filtered", "content_filter"), "", "content_filter"),
    ],
)
def test_refused_empty_and_cut_answers_are_returned_as_they_are(
    server: FaultServer, reply: Any, text: str, reason: str
) -> None:
    server.replies(reply)
    got, sleeps, _ = ask(server)
    assert (got.text, got.finish_reason, sleeps) == (text, reason, [])


def test_counts_that_were_not_told_are_estimates(server: FaultServer) -> None:
    server.replies(answer("x" * 40, usage=None))
    got, _, client = ask(server)
    assert got.tokens_estimated
    assert (got.prompt_tokens, got.completion_tokens) == (6, 10)
    assert got.cost_usd == 0.0 and client.unpriced == 0  # a server on this machine


def test_answers_hold_any_character(server: FaultServer) -> None:
    text = "naïve – “quoted” 🙂 \u202e {{ x }} <script>"
    server.replies(raw(completion(text)))
    assert ask(server)[0].text == text


def test_probabilities_of_the_first_token(server: FaultServer) -> None:
    tops = [{"token": t, "logprob": p, "bytes": None} for t, p in (("yes", -0.1), ("no", -2.5))]
    content = [{"token": "yes", "logprob": -0.1, "bytes": None, "top_logprobs": tops}]
    choice = json.loads(completion("yes"))["choices"][0] | {"logprobs": {"content": content}}
    server.replies(answer(choices=[choice]))
    got, _, _ = ask(server, extra={"logprobs": True, "top_logprobs": 2})
    assert got.first_token == {"yes": -0.1, "no": -2.5}
    assert server.requests[0]["top_logprobs"] == 2


def test_a_grammar_goes_to_a_server_that_was_named(server: FaultServer) -> None:
    ask(server, grammar='root ::= "yes"')
    assert server.requests[0]["grammar"] == 'root ::= "yes"'
