"""Hashes of content: ids, cache keys and digests are made of them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel


def canonical(value: Any) -> bytes:
    """JSON bytes of a value with sorted keys: equal values, equal bytes."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    ).encode()


def content_hash(*values: Any, length: int = 64) -> str:
    """sha256 (hex, first `length` digits) over the canonical JSON of the values."""
    return hashlib.sha256(canonical(list(values))).hexdigest()[:length]
