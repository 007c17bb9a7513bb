"""What is asked of a model and what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ..records import content_hash


@dataclass(frozen=True)
class Request:
    """One chat request to one model."""

    model: str
    """local/<name>, local/<path ending in .gguf>, or a LiteLLM model string."""
    messages: Sequence[Mapping[str, str]]
    """Chat messages, each with `role` and `content`."""
    temperature: float = 0.0
    """Sampling temperature."""
    max_tokens: int = 1024
    """Most tokens of the answer."""
    seed: int = 0
    """Seed of the sampling; a provider that takes none ignores it."""
    stop: Sequence[str] = ()
    """Texts that end the answer."""
    grammar: str | None = None
    """GBNF grammar of the answer: for embedded models and servers that take `grammar`."""
    response_format: Mapping[str, Any] | None = None
    """OpenAI's response_format, such as a JSON schema."""
    api_base: str | None = None
    """Base URL of a server, instead of the provider's own."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further parameters handed to the model (top_p, repeat_penalty ...). Four are kept back:
    `sample` only sets samples apart, `api_key_env` names the environment variable of the server's
    key, `input_cost_per_token` and `output_cost_per_token` (USD) state a price."""

    def key(self, *more: Any) -> str:
        """Hash of everything that bears on the answer. The request never holds an API key."""
        return content_hash("answer", 1, asdict(self), *more)


@dataclass(frozen=True)
class Completion:
    """What a model answered, as it came: it may be empty, cut short or a refusal."""

    text: str
    """The answer."""
    finish_reason: str
    """stop, length, content_filter ..."""
    prompt_tokens: int
    """Tokens of the request."""
    completion_tokens: int
    """Tokens of the answer."""
    cost_usd: float | None
    """Price of the call; None: not known."""
    latency_s: float
    """Seconds from the request to the answer, waiting and retries left out."""
    model: str
    """The model that was asked."""
    time: str
    """When the answer came, ISO 8601 in UTC."""
    cached: bool = False
    """Whether it was taken from the cache; latency and time are then those of the first answer."""
    tokens_estimated: bool = False
    """Whether the two counts are estimates from the number of characters: none were told."""
    first_token: dict[str, float] | None = None
    """Log-probabilities of candidates for the first token, where `extra` asked for
    `logprobs` and `top_logprobs`."""
