"""Cache, budget, pace and threads of the client."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from llm_server import FaultServer, answer, error

from notebench.errors import BudgetExceeded, NotebenchError
from notebench.llm.cache import AnswerCache
from notebench.llm.client import Client, Limits, Request, is_remote
from notebench.llm.limits import Pace, backoff

ASK = [{"role": "user", "content": "Hello"}]
DEAR = {"input_cost_per_token": 0.01, "output_cost_per_token": 0.02}  # 11 and 5 tokens: 0.21 USD


def test_the_cache_answers_without_a_call(server: FaultServer, tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "a.sqlite")
    request = Request("openai/tiny", ASK, api_base=server.base)
    first = Client(cache).complete(request)
    client = Client(AnswerCache(tmp_path / "a.sqlite"))
    again = client.complete(request)
    assert len(server.requests) == 1
    assert (client.calls, client.cached, again.cached, first.cached) == (0, 1, True, False)
    assert (again.text, again.time, again.latency_s) == (first.text, first.time, first.latency_s)


def test_a_kept_answer_needs_neither_key_nor_server(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.base)
    monkeypatch.setenv("OPENAI_API_KEY", "k" * 20)
    client = Client(AnswerCache(tmp_path / "a.sqlite"))
    request = Request("openai/tiny", ASK)
    client.complete(request)
    monkeypatch.delenv("OPENAI_API_KEY")
    server.replies(error(500))
    assert client.complete(request).cached


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 0.1}, {"seed": 1}, {"max_tokens": 7}, {"stop": ["x"]},
        {"grammar": 'root ::= "x"'}, {"response_format": {"type": "json_object"}},
        {"extra": {"sample": 1}}, {"extra": {"top_p": 0.5}}, {"model": "openai/other"},
        {"messages": [{"role": "user", "content": "Hello."}]},
    ],
)  # fmt: skip
def test_whatever_bears_on_the_answer_is_in_the_key(change: dict) -> None:
    plain = {"model": "openai/tiny", "messages": ASK, "api_base": "http://localhost:1/v1"}
    assert Request(**plain).key() != Request(**{**plain, **change}).key()
    assert Request(**plain).key("weights a") != Request(**plain).key("weights b")
    assert Request(**plain).key() == Request(**{**plain, "stop": []}).key()


def test_another_server_is_another_answer(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(AnswerCache(tmp_path / "a.sqlite"))
    monkeypatch.setenv("OPENAI_BASE_URL", server.base)
    client.complete(Request("openai/tiny", ASK))
    monkeypatch.setenv("OPENAI_BASE_URL", server.base.replace("127.0.0.1", "localhost"))
    client.complete(Request("openai/tiny", ASK))
    assert client.calls == 2


def test_faults_are_not_kept(server: FaultServer, tmp_path: Path) -> None:
    client = Client(AnswerCache(tmp_path / "a.sqlite"), Limits(retries=0))
    request = Request("openai/tiny", ASK, api_base=server.base)
    server.replies(error(500), answer())
    with pytest.raises(NotebenchError):
        client.complete(request)
    assert client.complete(request).text == "A calm note."


def test_many_threads_get_one_answer_each(server: FaultServer, tmp_path: Path) -> None:
    client = Client(AnswerCache(tmp_path / "a.sqlite"))
    requests = [Request("openai/tiny", ASK, api_base=server.base, seed=i % 20) for i in range(60)]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(client.complete, requests))
    assert len(got) == 60 and client.calls + client.cached == 60
    assert client.calls == len(server.requests) >= 20
    by_seed = {r.seed: g.time for r, g in zip(requests, got, strict=True)}
    for request, completion in zip(requests, got, strict=True):
        assert completion.time == by_seed[request.seed]


def test_the_budget_stops_before_it_is_passed(server: FaultServer) -> None:
    client = Client(limits=Limits(budget_usd=1.0))
    request = Request("openai/tiny", ASK, api_base=server.base, max_tokens=20, extra=DEAR)
    # At most 6 * 0.01 + 20 * 0.02 = 0.46 each, 0.21 in truth.
    with pytest.raises(BudgetExceeded, match=r"budget of 1.00 USD .* 0.6300 spent"):
        for _ in range(10):
            client.complete(request)
    assert client.spent_usd == pytest.approx(0.63) and len(server.requests) == 3


def test_the_budget_holds_over_threads(server: FaultServer) -> None:
    client = Client(limits=Limits(budget_usd=1.0))
    request = Request("openai/tiny", ASK, api_base=server.base, max_tokens=20, extra=DEAR)

    def ask(_: int) -> bool:
        try:
            client.complete(request)
        except BudgetExceeded:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(ask, range(24)))
    assert 1 <= sum(done) == len(server.requests)
    assert client.spent_usd <= 1.0


def test_a_failed_call_gives_its_money_back(server: FaultServer) -> None:
    client = Client(limits=Limits(budget_usd=0.5, retries=0))
    request = Request("openai/tiny", ASK, api_base=server.base, max_tokens=20, extra=DEAR)
    server.replies(error(400), answer())
    with pytest.raises(NotebenchError):
        client.complete(request)
    assert client.complete(request).cost_usd == pytest.approx(0.21)


def test_a_budget_with_an_unknown_price_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k" * 20)
    client = Client(limits=Limits(budget_usd=5))
    with pytest.raises(NotebenchError, match="price of openai/unheard-of is not known"):
        client.complete(Request("openai/unheard-of", ASK))


def test_an_unknown_price_is_none_and_counted(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notebench.llm import client as module

    monkeypatch.setattr(module, "is_remote", lambda *_: True)
    client = Client()
    got = client.complete(Request("openai/unheard-of", ASK, api_base=server.base))
    assert got.cost_usd is None and client.unpriced == 1 and client.spent_usd == 0.0


def test_servers_on_this_machine_cost_nothing(server: FaultServer) -> None:
    assert not is_remote("openai/tiny", server.base)
    client = Client(limits=Limits(budget_usd=0.0))
    got = client.complete(Request("openai/gpt-4o", ASK, api_base=server.base))
    assert got.cost_usd == 0.0


def test_calls_are_spaced_over_threads(server: FaultServer) -> None:
    client = Client(limits=Limits(requests_per_minute=600))  # one in 0.1 s
    client.complete(Request("openai/tiny", ASK, api_base=server.base))  # loads what is slow
    server.times.clear()
    requests = [Request("openai/tiny", ASK, api_base=server.base, seed=i) for i in range(5)]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(client.complete, requests))
    assert server.times[-1] - server.times[0] >= 0.35


def test_the_pace_in_numbers() -> None:
    now = [100.0]
    slept: list[float] = []
    pace = Pace(30, lambda s: slept.append(round(s, 6)), lambda: now[0])
    for _ in range(3):
        pace.wait()
    now[0] = 200.0
    pace.wait()
    assert slept == [2.0, 4.0]


def test_waiting_doubles_up_to_a_minute() -> None:
    for attempt, most in ((1, 1), (2, 2), (3, 4), (7, 60), (50, 60)):
        waits = {backoff(attempt) for _ in range(50)}
        assert most / 2 <= min(waits) and max(waits) <= most and len(waits) > 1


def test_waiting_leaves_the_global_random_numbers_alone() -> None:
    import random

    random.seed(5)
    before = random.getstate()
    backoff(1)
    assert random.getstate() == before


def test_counters_are_exact_over_threads(server: FaultServer) -> None:
    client = Client()
    barrier = threading.Barrier(6)

    def ask(i: int) -> None:
        barrier.wait()
        client.complete(Request("openai/tiny", ASK, api_base=server.base, seed=i, extra=DEAR))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(ask, range(6)))
    assert client.calls == 6 and client.spent_usd == pytest.approx(6 * 0.21)
