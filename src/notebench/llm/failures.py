"""What went wrong with a call: whether to try again, after how long, and what to tell the user."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ..errors import NotebenchError, UnknownName, Unreachable
from .messages import Request

LONGEST_WAIT_S = 300.0
"""A server that asks to wait longer than this is not waited for."""

_REFUSALS = frozenset({"content_filter", "content_policy_violation"})


class Malformed(Exception):
    """The server answered with something that is no chat completion."""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what it was raised from, outermost first."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or at.__context__


def _status(error: BaseException) -> int:
    return next((s for e in _chain(error) if isinstance(s := getattr(e, "status_code", 0), int)), 0)


def _codes(error: BaseException) -> set[str]:
    return {str(code) for e in _chain(error) if (code := getattr(e, "code", None))}


def _unreached(error: BaseException) -> bool:
    """Whether the connection failed or broke, whatever litellm turned that into."""
    import httpx
    import openai

    kinds = (httpx.TransportError, openai.APIConnectionError, ConnectionError)
    return any(isinstance(e, kinds) and not _timed_out(e) for e in _chain(error))


def _timed_out(error: BaseException) -> bool:
    import httpx
    import openai

    kinds = (openai.APITimeoutError, httpx.TimeoutException, TimeoutError)
    return any(isinstance(e, kinds) for e in _chain(error))


def _malformed(error: BaseException) -> bool:
    return "invalid response" in str(error) or any(
        isinstance(e, Malformed | json.JSONDecodeError) for e in _chain(error)
    )


def _too_long(error: BaseException) -> bool:
    return type(error).__name__ == "ContextWindowExceededError" or bool(
        re.search(r"\bcontext (?:length|size|window)\b", str(error), re.IGNORECASE)
    )


def refused(error: BaseException) -> bool:
    """Whether the provider's content policy refused the request: an answer of a kind."""
    return type(error).__name__ == "ContentPolicyViolationError" or bool(_codes(error) & _REFUSALS)


def retryable(error: BaseException) -> bool:
    """Whether the same call may succeed in a while."""
    if isinstance(error, NotebenchError) or "insufficient_quota" in _codes(error):
        return False
    if (retry_after(error) or 0) > LONGEST_WAIT_S:
        return False
    status = _status(error)
    return (
        _malformed(error)
        or _timed_out(error)
        or _unreached(error)
        or status in (408, 409, 425, 429)
        or status >= 500
    )


def retry_after(error: BaseException) -> float | None:
    """Seconds that the server asks to wait, from its Retry-After header."""
    for e in _chain(error):
        for headers in (
            getattr(e, "litellm_response_headers", None),
            getattr(getattr(e, "response", None), "headers", None),
            getattr(e, "headers", None),
        ):
            if headers and (asked := dict(headers).get("retry-after")):
                return _seconds(asked)
    return None


def _seconds(asked: str) -> float | None:
    try:
        return max(float(asked), 0.0)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def explain(
    error: BaseException, request: Request, *, tries: int, timeout_s: float, base: str | None
) -> NotebenchError:
    """The error for the user: what is wrong, where, and what to do about it."""
    for e in _chain(error):
        if isinstance(e, NotebenchError):
            return e
    model = request.model
    after = f" after {tries} tries" if tries > 1 else ""
    if _timed_out(error):
        return Unreachable(
            f"{model} did not answer within {timeout_s:g} s{after}",
            where=base,
            mend="raise the timeout, or see whether the server is overloaded",
        )
    if _unreached(error):
        return Unreachable(
            f"{model} can't be reached{after}", where=base,
            mend="see that the server runs and that api_base is right"
            if base else "check the network",
        )  # fmt: skip
    if _malformed(error):
        return NotebenchError(
            f"{model} answered with something that is no chat completion{after}",
            where=base,
            mend="check api_base: OpenAI-style servers want it to end in /v1",
        )
    return _by_status(error, request, after, base)


def _by_status(
    error: BaseException, request: Request, after: str, base: str | None
) -> NotebenchError:
    kind = UnknownName if _status(error) == 404 else NotebenchError
    what, mend = _told(error, request, after)
    return kind(what, where=base, mend=mend)


def _told(error: BaseException, request: Request, after: str) -> tuple[str, str]:
    """What is wrong and how to mend it, by the status that the provider answered with."""
    model, status, said = request.model, _status(error), _said(error, request)
    if status in (401, 403):
        mend = "check the key in the environment and what it is allowed to use"
        return f"{model} did not accept the key: {said}", mend
    if status == 404:
        mend = "check the model's name and api_base"
        return f"the provider knows no model {model}, or no such address: {said}", mend
    if _too_long(error):
        mend = "use a strategy that gives the model shorter units"
        return f"the prompt is too long for {model}: {said}", mend
    if status == 429 and "insufficient_quota" in _codes(error):
        mend = "add credit or raise the quota at the provider"
        return f"the account for {model} has no quota left: {said}", mend
    if status == 429:
        wait = retry_after(error)
        asked = f" and asks to wait {wait:.0f} s" if wait else ""
        mend = "lower concurrency or requests_per_minute, and run again later"
        return f"{model} still turns calls away (429){after}{asked}", mend
    if status >= 500:
        mend = "run again later; what was answered is kept"
        return f"{model} failed with {status}{after}: {said}", mend
    mend = "check the parameters against what the model takes"
    return f"{model} refused the request ({status or type(error).__name__}): {said}", mend


def _said(error: BaseException, request: Request) -> str:
    """The provider's own words, short, without keys and without litellm's prefixes."""
    text = re.sub(r"^(?:litellm\.)?(?:\w+(?:Error|Exception)(?:: | - ))+", "", str(error))
    named = request.extra.get("api_key_env")
    secrets = [
        v for k, v in os.environ.items() if (k == named or k.endswith("_KEY")) and len(v) > 7
    ]
    for secret in secrets:
        text = text.replace(secret, "***")
    text = " ".join(text.split())
    return text[:200] + ("…" if len(text) > 200 else "")
