"""Where a request goes: which server, with which key, and whether that is off this machine."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

from ..errors import NotebenchError, UnknownName
from ..registry import suggest
from . import runtime, weights
from .messages import Request
from .provider import litellm
from .weights import LOCAL

_BASES: dict[str, tuple[tuple[str, ...], str | None]] = {
    "openai": (("OPENAI_BASE_URL", "OPENAI_API_BASE"), ""),
    "ollama": (("OLLAMA_API_BASE",), "http://localhost:11434"),
    "ollama_chat": (("OLLAMA_API_BASE",), "http://localhost:11434"),
    "llamafile": (("LLAMAFILE_API_BASE",), "http://127.0.0.1:8080/v1"),
    "lm_studio": (("LM_STUDIO_API_BASE",), None),
    "hosted_vllm": (("HOSTED_VLLM_API_BASE",), None),
}
"""Environment variables that name a provider's server, and its default: "" is the provider's own
address, None is no default, so that one has to be named."""

_AMBIENT = frozenset({"bedrock", "bedrock_converse", "sagemaker", "vertex_ai", "vertex_ai_beta"})
"""Providers that may find credentials elsewhere than in environment variables."""


def is_local(model: str) -> bool:
    """Whether a model is embedded: run in this process."""
    return model.startswith(LOCAL)


def base_of(model: str, api_base: str | None = None) -> str | None:
    """Base URL that a request goes to, as far as request and environment name it."""
    if api_base:
        return api_base
    names, default = _BASES.get(model.partition("/")[0], ((), None))
    return next((os.environ[n] for n in names if os.environ.get(n)), None) or default or None


def is_remote(model: str, api_base: str | None = None) -> bool:
    """Whether text sent to a model leaves this machine, as far as can be known beforehand.

    Embedded models and servers at a loopback address do not count as remote, except for the cloud
    models of Ollama, which its local server passes on.
    """
    if is_local(model):
        return False
    base = base_of(model, api_base)
    if base is None or not _loopback(base):
        return True
    return model.startswith("ollama") and model.endswith(("-cloud", ":cloud"))


def _loopback(url: str) -> bool:
    host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def check(request: Request) -> None:
    """Refuse, before anything is sent, what can't work: raises UnknownName or NotebenchError."""
    if is_local(request.model):
        weights.path(request.model)
        runtime.library()
        return
    provider = _provider(request)
    if (
        base_of(request.model, request.api_base) is None
        and _BASES.get(provider, ((), ""))[1] is None
    ):
        raise NotebenchError(
            f"no server is named for {request.model}",
            mend=f"set api_base, or {_BASES[provider][0][0]} in the environment",
        )
    if request.grammar and not request.api_base:
        raise NotebenchError(
            f"{request.model} takes no grammar",
            mend="use a strategy without grammar, or a local/ model",
        )
    _check_key(request, provider)


def _provider(request: Request) -> str:
    try:
        name: str = litellm().get_llm_provider(request.model, api_base=request.api_base)[1]
    except Exception:  # whatever litellm raises for a string that it can't place
        if request.model in (known := {w.name for w in weights.models()}):
            mend = f"did you mean 'local/{request.model}'?"
        else:
            prefix = request.model.partition("/")[0]
            near = suggest(prefix, [*map(str, _providers()), *known])
            mend = near if near.startswith("did") else ""
            mend += (
                " Write provider/model, such as openai/..., anthropic/..., ollama/... or local/..."
            )
        raise UnknownName(
            f"no provider is known for the model {request.model!r}", mend=mend.strip()
        ) from None
    return name


def _providers() -> list[str]:
    return [getattr(p, "value", str(p)) for p in litellm().provider_list] + ["local"]


def _check_key(request: Request, provider: str) -> None:
    if named := request.extra.get("api_key_env"):
        missing = [] if os.environ.get(named) else [named]
    elif provider in _AMBIENT or (provider in _BASES and base_of(request.model, request.api_base)):
        missing = []  # a server of one's own may want none, and says so itself if it does
    else:
        missing = litellm().validate_environment(request.model)["missing_keys"]
    if missing:
        raise NotebenchError(
            f"{request.model} needs a key, and {' / '.join(missing)} is not set",
            mend=f"set {' or '.join(missing)} in the environment"
            if provider == "gemini"
            else f"set {' and '.join(missing)} in the environment",
        )


def key_of(request: Request) -> str | None:
    """The API key to send; None leaves it to LiteLLM, which reads the provider's variable."""
    if named := request.extra.get("api_key_env"):
        return os.environ.get(named)
    speaks_openai = request.model.startswith("openai/") or "/" not in request.model
    own_server = speaks_openai and base_of(request.model, request.api_base)
    if own_server and not os.environ.get("OPENAI_API_KEY"):
        return (
            "none"  # such servers mostly want no key, but the protocol's client wants to send one
        )
    return None
