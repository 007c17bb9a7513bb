"""Where a request may go: remote or not, keys, unknown names; all before anything is sent."""

from __future__ import annotations

import socket

import pytest
from llm_server import FaultServer, error

from notebench.errors import NotebenchError, UnknownName
from notebench.llm.client import Client, Limits, Request, estimate_call, is_remote

ASK = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("tried to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize(
    ("model", "base", "remote"),
    [
        ("local/smollm2-135m-instruct", None, False),
        ("local//home/me/own.gguf", None, False),
        ("openai/gpt-4o", None, True),
        ("gpt-4o", None, True),
        ("openai/tiny", "http://localhost:1234/v1", False),
        ("openai/tiny", "http://127.0.0.53:1234/v1", False),
        ("openai/tiny", "http://[::1]:8000/v1", False),
        ("openai/tiny", "127.0.0.1:8000", False),
        ("openai/tiny", "http://192.168.1.5:1234/v1", True),
        ("openai/tiny", "http://localhost.example.org/v1", True),
        ("openai/tiny", "http://127.0.0.1.example.org/v1", True),
        ("openai/tiny", "http://user@example.org:1/localhost", True),
        ("ollama/llama3.2", None, False),
        ("ollama_chat/llama3.2", None, False),
        ("ollama/llama3.2", "http://gpu-box:11434", True),
        ("ollama/gpt-oss:120b-cloud", None, True),
        ("ollama/kimi:cloud", "http://localhost:11434", True),
        ("lm_studio/x", None, True),
    ],
)
def test_what_leaves_this_machine(
    model: str, base: str | None, remote: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OLLAMA_API_BASE", "LM_STUDIO_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    assert is_remote(model, base) is remote


def test_a_server_named_in_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_API_BASE", "http://gpu-box:11434")
    assert is_remote("ollama/llama3.2")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:8000/v1")
    assert not is_remote("openai/tiny")


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        ("openai/gpt-4o", "OPENAI_API_KEY"),
        ("gpt-4o", "OPENAI_API_KEY"),
        ("anthropic/claude-sonnet-4-5", "ANTHROPIC_API_KEY"),
        ("mistral/mistral-small", "MISTRAL_API_KEY"),
        ("gemini/gemini-2.0-flash", "GEMINI_API_KEY"),
    ],
)
def test_a_missing_key_is_named_before_anything_is_sent(
    model: str, variable: str, monkeypatch: pytest.MonkeyPatch, no_network: None
) -> None:
    for name in ("MISTRAL_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NotebenchError, match=f"needs a key(.|\n)*mend: set .*{variable}"):
        Client().complete(Request(model, ASK))


@pytest.mark.parametrize(
    ("model", "mend"),
    [
        ("opnai/gpt-4o", "did you mean 'openai'"),
        ("smollm2-135m-instruct", "did you mean 'local/smollm2-135m-instruct'"),
        ("nonsense", "provider/model"),
        ("local/smollm2-135m-instrct", "did you mean 'smollm2-135m-instruct'"),
        ("local/nowhere.gguf", "check the path"),
    ],
)
def test_an_unknown_model_gets_a_suggestion(model: str, mend: str, no_network: None) -> None:
    with pytest.raises(UnknownName, match=mend):
        Client().complete(Request(model, ASK))


def test_a_provider_without_an_address_of_its_own_wants_one(
    monkeypatch: pytest.MonkeyPatch, no_network: None
) -> None:
    monkeypatch.delenv("HOSTED_VLLM_API_BASE", raising=False)
    with pytest.raises(NotebenchError, match="set api_base, or HOSTED_VLLM_API_BASE"):
        Client().complete(Request("hosted_vllm/tiny", ASK))


def test_a_grammar_is_not_dropped_in_silence(
    monkeypatch: pytest.MonkeyPatch, no_network: None
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k" * 20)
    with pytest.raises(NotebenchError, match="takes no grammar"):
        Client().complete(Request("openai/gpt-4o", ASK, grammar='root ::= "x"'))


def test_which_key_goes_to_a_server_of_ones_own(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    client.complete(Request("openai/tiny", ASK, api_base=server.base))
    monkeypatch.setenv("LAB_SERVER_KEY", "lab-secret-1")
    named = {"api_key_env": "LAB_SERVER_KEY"}
    client.complete(Request("openai/tiny", ASK, api_base=server.base, extra=named))
    sent = [h["Authorization"] for h in server.headers]
    assert sent == ["Bearer none", "Bearer lab-secret-1"]
    with pytest.raises(NotebenchError, match="OTHER_KEY is not set"):
        client.complete(
            Request("openai/tiny", ASK, api_base=server.base, extra={"api_key_env": "OTHER_KEY"})
        )


def test_errors_never_show_a_key(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-1")
    server.replies(error(401, "Incorrect API key provided: sk-very-secret-1"))
    with pytest.raises(NotebenchError) as caught:
        Client(limits=Limits(retries=0)).complete(Request("openai/tiny", ASK, api_base=server.base))
    assert "sk-very" not in str(caught.value) and "***" in str(caught.value)


def test_a_proxy_does_not_get_what_is_meant_for_this_machine(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notebench.llm.provider import litellm

    litellm()
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    got = Client().complete(Request("openai/other", ASK, api_base=server.base))
    assert got.text == "A calm note."


def test_estimates_call_nothing(no_network: None) -> None:
    request = Request("openai/gpt-4o", [{"role": "user", "content": "x" * 400}], max_tokens=1000)
    tokens, cost = estimate_call(request)
    assert tokens == 104
    assert cost == pytest.approx(104 * 2.5e-6 + 1000 * 10e-6)
    assert estimate_call(Request("local/smollm2-135m-instruct", ASK)) == (6, 0.0)
    assert estimate_call(Request("openai/not-in-any-list", ASK))[1] is None
    priced = {"input_cost_per_token": 1e-3, "output_cost_per_token": 2e-3}
    assert estimate_call(Request("openai/x", ASK, max_tokens=10, extra=priced))[1] == pytest.approx(
        0.026
    )
