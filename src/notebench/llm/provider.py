"""LiteLLM, set up to keep to itself, with embedded models as one of its providers.

``litellm()`` is the only place that imports the package: it takes seconds, and by default it
fetches price lists and settings from the network, which is switched off here first.
"""

from __future__ import annotations

import os
import warnings
from functools import cache
from typing import Any

from ..errors import NotebenchError

PROVIDER = "local"
_QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_AUTOROUTER_PRESETS": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_LOCAL_POLICY_TEMPLATES": "True",
    "LITELLM_LOG": "CRITICAL",
}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@cache
def litellm() -> Any:
    """The litellm module, silenced, without network of its own, knowing the ``local`` provider."""
    os.environ.update(_QUIET)
    _no_proxy_for_loopback()
    # litellm imports more of itself on the first call, and pydantic then warns of its types.
    warnings.filterwarnings("ignore", "Items? .* using the `ReadOnly` qualifier", UserWarning)
    import litellm as module

    module.telemetry = False
    module.suppress_debug_info = True
    module.disable_hf_tokenizer_download = True
    register(module)
    return module


def _no_proxy_for_loopback() -> None:
    """A proxy named in the environment must not get what is meant for this machine."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [h for h in os.environ.get(name, "").split(",") if h]
        os.environ[name] = ",".join([*hosts, *(h for h in _LOOPBACK if h not in hosts)])


def register(module: Any) -> None:
    """Make ``litellm.completion(model="local/...")`` run embedded models."""
    known = [item for item in module.custom_provider_map if item["provider"] != PROVIDER]
    module.custom_provider_map = [*known, {"provider": PROVIDER, "custom_handler": _handler()}]


def _handler() -> Any:
    from litellm.llms.custom_llm import CustomLLM, CustomLLMError

    class Embedded(CustomLLM):
        """Runs a request on an embedded model."""

        def completion(self, *args: Any, **given: Any) -> Any:
            from .runtime import load

            options = {**given["optional_params"]}
            options.update(options.pop("extra_body", None) or {})
            try:
                model = load(given["model"])
                answer = model.chat({"messages": given["messages"], **options})
            except NotebenchError as error:
                raise CustomLLMError(status_code=400, message=str(error)) from error
            return _filled(given["model_response"], answer, given["model"])

    return Embedded()


def _filled(response: Any, answer: dict[str, Any], name: str) -> Any:
    """LiteLLM's response object with the runtime's answer in it."""
    from litellm import Choices, Message, Usage

    response.choices = [
        Choices(
            finish_reason=choice["finish_reason"],
            index=choice["index"],
            message=Message(**choice["message"]),
            logprobs=choice.get("logprobs"),
        )
        for choice in answer["choices"]
    ]
    response.model = f"{PROVIDER}/{name}"
    usage = answer["usage"]
    response.usage = Usage(
        prompt_tokens=usage["prompt_tokens"],
        completion_tokens=usage["completion_tokens"],
        total_tokens=usage["total_tokens"],
    )
    return response
