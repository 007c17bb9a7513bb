"""A judge without a model: what it was shown, taken apart again, and answers in its form."""

from __future__ import annotations

import json
import re
from typing import Any

from notebench.llm.messages import Completion

QUOTE = "your gad-7  today is Fourteen"  # other case and white space: still word for word


class FakeClient:
    """Answers with what `reply` makes of the items in the prompt."""

    def __init__(self, reply, finish="stop"):
        self.reply, self.finish, self.requests = reply, finish, []

    def complete(self, request):
        self.requests.append(request)
        text = self.reply(items_of(request.messages), len(self.requests))
        return Completion(text, self.finish, 1, 1, 0.0, 0.0, request.model, "2026-01-01T00:00:00")


def entries_of(messages) -> list[dict[str, Any]]:
    """The items that a request asks about, as they stand between its markers."""
    body = messages[-1]["content"]
    code = re.search(r"^=== (?:RECORD|NOTE) (\w+) ===$", body, re.M)[1]
    part = re.search(rf"=== (?:SENTENCES|FACTS) {code} ===\n(.*?)\n=== END OF", body, re.S)[1]
    return [json.loads(line) for line in part.splitlines()]


def items_of(messages) -> dict[int, str]:
    """Sentences or facts by the id they are asked under."""
    return {e["id"]: e.get("text") or e["fact"] for e in entries_of(messages)}


def item(number, verdict="supported", *quotes, **more):
    """One item of an answer."""
    return {
        "id": number, "quotes": list(quotes or (QUOTE,)), "reason": "r", "verdict": verdict,
        "confidence": 0.9, "error_type": None, "severity": None, **more,
    }  # fmt: skip


def answer(*items):
    """An answer in the asked-for form."""
    return json.dumps({"items": list(items)})
