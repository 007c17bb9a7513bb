"""The one way to ask a model, embedded or remote: cached, retried, paced, and within a budget."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ..errors import NotebenchError
from . import endpoints, failures
from .cache import AnswerCache
from .endpoints import is_local, is_remote
from .limits import Limits, Pace, Purse, backoff
from .messages import Completion, Request
from .provider import litellm
from .runtime import identity, load

__all__ = [
    "AnswerCache", "Client", "Completion", "Limits", "Request", "estimate_call", "is_remote",
]  # fmt: skip

_KEPT_BACK = ("sample", "api_key_env", "input_cost_per_token", "output_cost_per_token")
_CHARS_PER_TOKEN = 4.0  # assumed: usual for English; no tokenizer is fetched to count better
_TOKENS_PER_MESSAGE = 4  # assumed: what chat templates put around a message


class Client:
    """Asks models. One client may be used from many threads.

    cache: where answers are kept; None keeps none. sleep, clock: for tests.
    """

    def __init__(
        self,
        cache: AnswerCache | None = None,
        limits: Limits | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.cache = cache
        self.limits = limits or Limits()
        self.calls = 0
        """Calls that a model answered."""
        self.cached = 0
        """Answers taken from the cache."""
        self.unpriced = 0
        """Answered calls whose price is not known: `spent_usd` is then a lower bound."""
        self._sleep = sleep
        self._lock = threading.Lock()
        self._purse = Purse(self.limits.budget_usd)
        self._pace = Pace(self.limits.requests_per_minute, sleep, clock)

    @property
    def spent_usd(self) -> float:
        """USD spent by this client, as far as prices are known."""
        return self._purse.spent

    def complete(self, request: Request) -> Completion:
        """The model's answer, from the cache if it was given before.

        An answer that is empty, cut short or a refusal is returned as it is, with its
        finish_reason. Raises UnknownName (no such model or provider), BudgetExceeded, Unreachable,
        or another NotebenchError that names the thing and the mend.
        """
        key = request.key(_identity(request))
        if self.cache is not None and (kept := self.cache.get(key)):
            with self._lock:
                self.cached += 1
            return kept
        endpoints.check(request)
        completion = self._within_budget(request)
        with self._lock:
            self.calls += 1
            self.unpriced += completion.cost_usd is None
        if self.cache is None:
            return completion
        return replace(self.cache.put(key, completion), cached=False)

    def _within_budget(self, request: Request) -> Completion:
        if self.limits.budget_usd is None:
            held = 0.0
        else:
            held = _most(request)
            self._purse.hold(held)
        paid = 0.0
        try:
            completion = self._with_retries(request)
            # A call whose price was not told counts in full against a budget.
            paid = held if completion.cost_usd is None else completion.cost_usd
        finally:
            self._purse.settle(held, paid)
        return completion

    def _with_retries(self, request: Request) -> Completion:
        import tenacity

        def pause(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = failures.retry_after(error) if error else None
            return max(asked or 0.0, backoff(state.attempt_number))

        tries = 1 if is_local(request.model) else self.limits.retries + 1
        attempts = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(tries), wait=pause, sleep=self._sleep, reraise=True,
            retry=tenacity.retry_if_exception(failures.retryable),
        )  # fmt: skip
        try:
            return attempts(self._ask, request)
        except Exception as error:
            raise failures.explain(
                error,
                request,
                tries=attempts.statistics.get("attempt_number", 1),
                timeout_s=self.limits.timeout_s,
                base=endpoints.base_of(request.model, request.api_base),
            ) from error

    def _ask(self, request: Request) -> Completion:
        """One call over LiteLLM, without retries."""
        if is_local(request.model):
            load(request.model)  # so that the latency is that of the answer alone
        else:
            self._pace.wait()
        module, parameters = litellm(), _parameters(request)
        started = time.perf_counter()
        try:
            response = module.completion(
                **parameters,
                timeout=self.limits.timeout_s,
                max_retries=0,
                drop_params=True,  # a provider without seeds, say, is asked without one
            )
        except Exception as error:
            if not failures.refused(error):
                raise
            return _completion(request, "", "content_filter", time.perf_counter() - started)
        return _read(request, response, time.perf_counter() - started)


def _identity(request: Request) -> Any:
    """What else bears on an answer: the weights and runtime, or the server."""
    if is_local(request.model):
        return identity(request.model)
    return endpoints.base_of(request.model, request.api_base)


def _parameters(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = {k: v for k, v in request.extra.items() if k not in _KEPT_BACK}
    given |= {
        "model": request.model,
        "messages": [dict(m) for m in request.messages],
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
        "seed": request.seed,
    }
    if request.stop:
        given["stop"] = list(request.stop)
    if request.response_format:
        given["response_format"] = dict(request.response_format)
    if request.grammar and is_local(request.model):
        given["grammar"] = request.grammar
    elif request.grammar:
        given["extra_body"] = {**given.get("extra_body", {}), "grammar": request.grammar}
    if base := endpoints.base_of(request.model, request.api_base):
        given["api_base"] = base
    if key := endpoints.key_of(request):
        given["api_key"] = key
    return given


def _read(request: Request, response: Any, latency_s: float) -> Completion:
    """A completion from LiteLLM's response. Raises Malformed where it holds no answer."""
    choices = getattr(response, "choices", None)
    if not choices or getattr(choices[0], "message", None) is None:
        raise failures.Malformed("no choices")
    usage = getattr(response, "usage", None)
    prompt = getattr(usage, "prompt_tokens", 0) or 0
    answer = getattr(usage, "completion_tokens", 0) or 0
    cost = _cost(request, response, prompt, answer)
    made = _completion(
        request, choices[0].message.content or "", choices[0].finish_reason or "unknown", latency_s
    )
    if not prompt:  # the server told no counts: they are estimated, and so no price is known
        return made
    return replace(
        made, prompt_tokens=prompt, completion_tokens=answer, cost_usd=cost,
        tokens_estimated=False, first_token=_first_token(choices[0]),
    )  # fmt: skip


def _completion(request: Request, text: str, reason: str, latency_s: float) -> Completion:
    return Completion(
        text=text, finish_reason=str(reason), prompt_tokens=_prompt_tokens(request),
        completion_tokens=math.ceil(len(text) / _CHARS_PER_TOKEN), tokens_estimated=True,
        cost_usd=None if is_remote(request.model, request.api_base) else 0.0,
        latency_s=round(latency_s, 4), model=request.model,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip


def _cost(request: Request, response: Any, prompt: int, answer: int) -> float | None:
    if (stated := _stated_price(request, prompt, answer)) is not None:
        return stated
    if not is_remote(request.model, request.api_base):
        return 0.0
    cost = getattr(response, "_hidden_params", {}).get("response_cost")
    return None if cost is None else float(cost)


def _stated_price(request: Request, prompt: int, answer: int) -> float | None:
    prices = [request.extra.get(name) for name in _KEPT_BACK[2:]]
    if prices[0] is None or prices[1] is None:
        return None
    return prompt * float(prices[0]) + answer * float(prices[1])


def _first_token(choice: Any) -> dict[str, float] | None:
    content = getattr(getattr(choice, "logprobs", None), "content", None)
    if not content:
        return None
    return {c.token: c.logprob for c in content[0].top_logprobs}


def _prompt_tokens(request: Request) -> int:
    chars = sum(len(str(m.get("content", ""))) for m in request.messages)
    return math.ceil(chars / _CHARS_PER_TOKEN) + _TOKENS_PER_MESSAGE * len(request.messages)


def estimate_call(request: Request) -> tuple[int, float | None]:
    """(prompt tokens, USD at most) of a request, without calling or fetching anything.

    Tokens are assumed to have 4 characters; the price counts an answer of max_tokens and comes
    from the request or LiteLLM's bundled list. None: the price is not known.
    """
    tokens = _prompt_tokens(request)
    if (stated := _stated_price(request, tokens, request.max_tokens)) is not None:
        return tokens, stated
    if not is_remote(request.model, request.api_base):
        return tokens, 0.0
    try:
        prices = litellm().cost_per_token(
            model=request.model, prompt_tokens=tokens, completion_tokens=request.max_tokens
        )
    except Exception:  # not in the list, or no such provider
        return tokens, None
    return tokens, float(sum(prices))


def _most(request: Request) -> float:
    _, cost = estimate_call(request)
    if cost is None:
        raise NotebenchError(
            f"the price of {request.model} is not known, so the budget can't be kept",
            mend="state extra.input_cost_per_token and extra.output_cost_per_token (USD), or set "
            "no budget",
        )
    return cost
