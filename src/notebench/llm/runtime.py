"""The embedded runtime: GGUF weights run in this process through xllamacpp.

One request at a time goes to a model, and no prompt cache is kept between requests: what a model
answers depends on its weights, the request and the runtime's version alone.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ..errors import MissingDependency, NotebenchError
from . import weights

_MOST_THREADS = 8  # more threads than memory channels can feed make generation slower


class Model:
    """A loaded model. `chat` may be called from any thread; calls wait for one another."""

    def __init__(self, name: str, server: Any) -> None:
        self.name = name
        self._server = server
        self._lock = threading.Lock()

    def chat(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one chat request in OpenAI's layout, with one in the same layout.

        Besides messages, max_tokens, temperature, seed, stop and response_format, the request may
        hold `grammar` (GBNF) and llama.cpp's sampling parameters. Raises NotebenchError where the
        runtime refuses the request.
        """
        with self._lock:
            answer: dict[str, Any] = self._server.handle_chat_completions(
                {**request, "cache_prompt": False, "stream": False}
            )
        if error := answer.get("error"):
            raise _refused(self.name, error)
        return answer


def _refused(name: str, error: Mapping[str, Any]) -> NotebenchError:
    if error.get("type") == "exceed_context_size_error":
        return NotebenchError(
            f"the prompt has {error.get('n_prompt_tokens'):,} tokens, and local/{name} is run "
            f"with room for {error.get('n_ctx'):,}",
            mend="use a strategy that gives the model shorter units, or set NOTEBENCH_CONTEXT",
        )
    return NotebenchError(
        f"local/{name} refused the request: {error.get('message')}",
        mend="check the grammar, the response format and the sampling parameters",
    )


class _Loaded:
    """The models in memory, least recently used first. A forked child starts with none."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.models: OrderedDict[str, Model] = OrderedDict()

    def get(self, name: str) -> Model:
        bare = weights.find(name).name
        with self.lock:
            if bare not in self.models:
                most = _setting("NOTEBENCH_MODELS_LOADED", 2)
                while len(self.models) >= most:
                    self.models.popitem(last=False)
                self.models[bare] = Model(bare, _server(bare, [_secret()]))
            self.models.move_to_end(bare)
            return self.models[bare]


_loaded = _Loaded()
_orphans: list[_Loaded] = []


def _after_fork() -> None:
    # The runtime's threads do not exist in a forked child: using or even freeing its models there
    # would wait for ever, so they are kept aside and loaded anew on demand.
    global _loaded
    _orphans.append(_loaded)
    _loaded = _Loaded()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def load(name: str) -> Model:
    """The model of that name, loaded if it is not. At most NOTEBENCH_MODELS_LOADED (2) stay.

    Raises UnknownName, NotebenchError (no weights) or MissingDependency (no runtime).
    """
    return _loaded.get(name)


def identity(name: str) -> dict[str, Any]:
    """Everything about an embedded model that bears on its answers."""
    try:
        runtime = version("xllamacpp")
    except PackageNotFoundError:
        runtime = "none"
    return {"sha256": weights.digest(name), "runtime": runtime, "context": context(name)}


def context(name: str) -> int:
    """Tokens of prompt and answer together: NOTEBENCH_CONTEXT, or the registry's figure."""
    return _setting("NOTEBENCH_CONTEXT", weights.find(name).context)


def threads() -> int:
    """Threads for a model: NOTEBENCH_THREADS, or the processors this process may use, at most 8.

    Of more than two processors one is left free. Answers do not depend on the number. Where several
    processes run models at once, divide the processors among them: the runtime's threads wait in a
    busy loop, and too many are many times slower.
    """
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        usable = os.cpu_count() or 1
    free = usable - 1 if usable > 2 else usable
    return _setting("NOTEBENCH_THREADS", min(free, _MOST_THREADS))


def _setting(name: str, default: int) -> int:
    """A whole number of at least 1 from the environment."""
    given = os.environ.get(name) or str(default)
    if not given.isdecimal() or int(given) < 1:
        raise NotebenchError(
            f"{name} is {given!r}", where="environment", mend="set it to a whole number from 1 up"
        )
    return int(given)


def library() -> Any:
    """The runtime's package. Raises MissingDependency."""
    try:
        import xllamacpp
    except ImportError as error:
        raise MissingDependency(
            f"embedded models need xllamacpp, which can't be imported ({error})",
            mend="pip install 'notebench[local]', or use a model behind a server",
        ) from error
    return xllamacpp


def _server(name: str, keys: list[str]) -> Any:
    """A runtime server. It always listens on a loopback port; keys, if any, are asked for there."""
    file, xllamacpp = weights.path(name), library()
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.n_ctx = context(name)
    params.n_parallel = 1
    params.cache_prompt = False
    params.cache_ram_mib = 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads()
    params.verbosity = -1
    params.warmup = False
    params.offline = True
    params.ui = False
    # These pages would show the prompt in work, which may hold a client's words.
    params.endpoint_slots = params.endpoint_props = params.endpoint_metrics = False
    params.api_keys = keys
    try:
        return xllamacpp.Server(params)
    except Exception as error:
        raise NotebenchError(
            f"the weights of {name} could not be loaded ({error})",
            where=str(file),
            mend=f"notebench models pull {name}, which checks the file",
        ) from error


def _secret() -> str:
    """A key that nobody knows: models in this process are not for other users of the machine."""
    return secrets.token_urlsafe(24)


@contextmanager
def serve(name: str, *, key: str | None = None) -> Iterator[str]:
    """The runtime's own OpenAI-style HTTP server on a loopback port, while the block lasts.

    Yields the base URL (ending in /v1). With a key, requests need it as bearer token.
    """
    server = _server(weights.find(name).name, [key] if key else [])
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server
