"""A judge and a drafter of one family are told of."""

import pytest

from notebench.verifiers.families import families, kinship, models_of


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("openai/gpt-4o-mini", ["gpt"]), ("o3-mini", ["gpt"]), ("azure/o1-preview", ["gpt"]),
        ("anthropic/claude-3-5-haiku", ["claude"]), ("bedrock/anthropic.claude-v2", ["claude"]),
        ("gemini/gemini-2.0-flash", ["gemini"]), ("ollama/gemma2", ["gemini"]),
        ("ollama/llama3.2", ["llama"]), ("ollama/qwen2.5", ["qwen"]), ("llamafile/own", []),
        ("mistral/mixtral-8x7b", ["mistral"]), ("ollama/phi4", ["phi"]), ("ollama/dolphin", []),
        ("groq/deepseek-r1-distill-qwen-32b", ["qwen", "deepseek"]),
        ("cohere/command-r-plus", ["command"]), ("local/smollm2-135m-instruct", ["smollm"]),
        ("reference", []), ("saboteur", []), ("import:vendor", []), ("openai/my-model", []),
    ],
)  # fmt: skip
def test_families_by_name(model, found):
    assert families(model) == found


@pytest.mark.parametrize(
    ("verifier", "models"),
    [
        ("local", []), ("local@4", []), ("nli:owner/model", []),
        ("judge:openai/gpt-4o", ["openai/gpt-4o"]), ("judge:a/b+c/d@2.2", ["a/b", "c/d"]),
        ("judge:bedrock/anthropic.claude-v2:1@2.2", ["bedrock/anthropic.claude-v2:1"]),
        ("local-llm", ["local/qwen2.5-coder-1.5b-instruct"]),
        ("local-llm@1.1.raw", ["local/qwen2.5-coder-1.5b-instruct"]),
        ("local-llm:smollm2-135m-instruct", ["local/smollm2-135m-instruct"]),
    ],
)  # fmt: skip
def test_models_behind_a_verifier(verifier, models):
    assert models_of(verifier) == models


def test_kin_are_warned_of_and_others_are_not():
    drafters = ["reference", "openai/gpt-4o-mini", "anthropic/claude-x", "local/qwen2.5-coder-0.5b"]
    assert kinship("local", drafters) == kinship("judge:mistral/large", drafters) == []
    [one] = kinship("judge:azure/gpt-4", drafters)
    assert "azure/gpt-4 and the drafter openai/gpt-4o-mini" in one and "(gpt)" in one
    assert len(kinship("judge:azure/gpt-4+ollama/qwen2", drafters)) == 2
    assert len(kinship("local-llm", drafters)) == 1
