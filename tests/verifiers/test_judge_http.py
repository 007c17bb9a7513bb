"""The judge over real HTTP: what it sends, and what it makes of a server that fails."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from judging import QUOTE, answer, entries_of, item, items_of
from small_sessions import build_draft, build_session

sys.path.insert(0, str(Path(__file__).parents[1] / "llm"))
from llm_server import FaultServer, completion, cut_off, error, raw, running  # noqa: E402
from llm_server import answer as says  # noqa: E402

from notebench.errors import NotebenchError  # noqa: E402
from notebench.llm.client import AnswerCache, Client, Limits  # noqa: E402
from notebench.runs import execute, rescore  # noqa: E402
from notebench.runs.study import make_study  # noqa: E402
from notebench.storage import write_jsonl  # noqa: E402
from notebench.verifiers.panel import judge_of  # noqa: E402


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with running() as made:
        yield made


def fitting(verdict: str = "supported", *quotes: str) -> Any:
    """A reply that answers exactly what was asked, each item with the same verdict."""

    def reply(handler: Any) -> None:
        asked = items_of(handler.server.requests[-1]["messages"])
        given = quotes or (QUOTE,) if verdict in ("supported", "conveyed") else quotes
        handler.send(
            200, completion(answer(*(item(n, verdict, quotes=list(given)) for n in asked)))
        )

    return reply


def judged(server: FaultServer, *sentences: str, retries: int = 0) -> list[Any]:
    client = Client(limits=Limits(retries=retries, timeout_s=5), sleep=lambda _: None)
    verifier = judge_of("openai/tiny", client=client, api_base=server.base)
    return verifier.verify(build_session(facts=None), build_draft(*(sentences or ("GAD-7 14.",))))


def test_what_is_sent(server: FaultServer) -> None:
    server.replies(fitting())
    first, second = judged(server, "GAD-7 14 today.", "She said so.")
    assert first.verdict == second.verdict == "supported"
    [sent] = server.requests
    form = sent["response_format"]["json_schema"]
    assert sent["response_format"]["type"] == "json_schema" and form["strict"] is True
    fields = form["schema"]["properties"]["items"]["items"]["properties"]
    assert {"id", "quotes", "verdict", "error_type", "severity"} <= set(fields)
    assert sent["temperature"] == 0 and [m["role"] for m in sent["messages"]] == ["system", "user"]
    told = {e["id"]: (e["section"], e["text"]) for e in entries_of(sent["messages"])}
    assert sorted(told.values()) == [("S", "GAD-7 14 today."), ("S", "She said so.")]


FAILING = {
    "empty": says(""), "nothing": says(None), "prose": says("I can't judge this."),
    "refused": says(answer(item(1)), "content_filter"),
    "policy": error(400, "flagged", "content_filter"),
    "cut": says('{"items": [{"id": 1, "verdict": "supp', "length"),
    "no evidence": says(answer(item(1, quotes=[]))),
    "unsaid": says(answer(item(1, "supported", "words that nobody said at all"))),
    "of last time": says(answer(item(1, "supported", "panic attacks on the bus"))),
    "twice": says(answer(item(1), item(1))),
    "others": says(answer(item(0), item(2), item(77))),
    "echo": says('{"id": 1, "section": "S", "text": "GAD-7 14."}'),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILING)
def test_what_may_not_be_believed_is_unscored_after_two_tries(
    name: str, server: FaultServer
) -> None:
    server.replies(FAILING[name])
    [found] = judged(server)
    assert (found.verdict, found.p_unfaithful) == ("unscored", None)
    assert found.reason.endswith("Asked 2 times.")
    assert len(server.requests) == 2


@pytest.mark.parametrize("name", FAILING)
def test_a_good_second_answer_counts(name: str, server: FaultServer) -> None:
    server.replies(FAILING[name], fitting())
    [found] = judged(server)
    assert (found.verdict, len(server.requests)) == ("supported", 2)


@pytest.mark.parametrize(
    ("reply", "word"),
    [(raw(b"<html>gateway</html>", "text/html"), "no chat completion"), (cut_off, "reached"),
     (error(500), "failed with 500"), (error(429), "turns calls away"), (error(401), "the key")],
)  # fmt: skip
def test_a_server_that_gives_no_answer_is_an_error(
    reply: Any, word: str, server: FaultServer
) -> None:
    server.replies(reply)
    with pytest.raises(NotebenchError, match=word):
        judged(server)


def test_a_busy_server_is_asked_again(server: FaultServer) -> None:
    server.replies(error(429), error(503), fitting())
    [found] = judged(server, retries=2)
    assert (found.verdict, len(server.requests)) == ("supported", 3)


@pytest.mark.parametrize(
    "message",
    ["Invalid parameter: 'response_format' of type 'json_schema' is not supported",
     "This model does not support structured outputs", "failed to parse grammar"],
)  # fmt: skip
def test_a_server_that_takes_no_schema_is_asked_without(message: str, server: FaultServer) -> None:
    server.replies(error(400, message), fitting())
    [found] = judged(server)
    assert found.verdict == "supported"
    assert [bool(r.get("response_format")) for r in server.requests] == [True, False]


def test_another_refusal_of_the_request_is_an_error(server: FaultServer) -> None:
    server.replies(error(400, "max_tokens is too large"))
    with pytest.raises(NotebenchError, match="max_tokens is too large"):
        judged(server)
    assert len(server.requests) == 1


def test_answers_are_cached_and_both_tries_kept_apart(server: FaultServer, tmp_path: Path) -> None:
    server.replies(says("nothing to read"))
    client = Client(AnswerCache(tmp_path / "a.sqlite"))
    for _ in range(2):
        verifier = judge_of("openai/tiny", client=client, api_base=server.base)
        [found] = verifier.verify(build_session(facts=None), build_draft("GAD-7 14."))
        assert found.verdict == "unscored"
    assert len(server.requests) == 2  # the second time nothing was asked


def test_a_panel_in_a_run_leaves_votes_agreement_and_a_warning(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.base)
    write_jsonl(tmp_path / "sessions.jsonl", [build_session(facts=None)])

    def reply(handler: Any) -> None:
        body = handler.server.requests[-1]
        if "SENTENCES" not in body["messages"][-1]["content"]:
            return handler.send(200, completion("Plan: Walk daily. GAD-7 14 today."))
        strict = body["model"].endswith("qwen-strict")
        return fitting("unsupported" if strict else "supported")(handler)

    server.replies(reply)
    study = {
        "sessions": {"file": "sessions.jsonl"},
        "drafters": [{"name": "openai/gpt-x"}],
        "verifier": "judge:openai/gpt-y+openai/qwen-strict+openai/gpt-z",
        "limits": {"concurrency": 1},
    }
    folder = execute(make_study(study, base=tmp_path), tmp_path / "run", progress=False)
    claims = [f for f in folder.findings() if f.kind == "claim"]
    assert claims and {f.verdict for f in claims} == {"supported"}
    assert {f.votes["openai/qwen-strict"]["verdict"] for f in claims} == {"unsupported"}
    manifest = folder.manifest()
    told = manifest.agreement["claims"]
    assert told["n"] == len(claims) and len(told["judges"]) == 3 and told["alpha"] < 0.1
    assert [w.split(" and ")[0] for w in manifest.warnings] == [
        "the judge openai/gpt-y", "the judge openai/gpt-z",
    ]  # fmt: skip
    assert {"judge_claims@2", "judge_facts@2"} <= set(manifest.prompts)
    asked = len(server.requests)
    rescore(folder.path, study["verifier"], progress=False)
    assert folder.manifest().agreement == manifest.agreement and len(server.requests) == asked
    rescore(folder.path, "local", progress=False)
    assert folder.manifest().agreement == {} and folder.manifest().warnings == []
    assert json.loads(folder.manifest_file.read_text("utf-8"))["warnings"] == []
