"""What every record has in common: frozen, unknown fields kept, text checked on the way in."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from ..text.control import CONTROL

SCHEMA_VERSION = 1
MAX_TEXT = 200_000  # characters in one text field; a long session is about 20,000
MAX_DEPTH = 50  # lists and objects within each other


def _clean(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(
            f"text of {len(text):,} characters is over the limit of {MAX_TEXT:,}; "
            "split it, or check that it is the right file"
        )
    return _no_control(text)


def _no_control(text: str) -> str:
    if bad := CONTROL.search(text):
        raise ValueError(
            f"control character U+{ord(bad[0]):04X} at character {bad.start()}; "
            "remove it or save the file again as plain UTF-8"
        )
    return text


Text = Annotated[str, AfterValidator(_clean)]


def _clean_within(value: Any, depth: int = 0) -> Any:
    """Check the text in a value of any shape; how long it is doesn't matter there."""
    if depth > MAX_DEPTH:
        raise ValueError(f"lists and objects stand more than {MAX_DEPTH} deep; make it flatter")
    if isinstance(value, str):
        _no_control(value)
    elif isinstance(value, dict):
        for key, held in value.items():
            _clean_within(key, depth + 1)
            _clean_within(held, depth + 1)
    elif isinstance(value, list | tuple):
        for held in value:
            _clean_within(held, depth + 1)
    return value


Anything = Annotated[Any, AfterValidator(_clean_within)]
Free = Annotated[dict[str, Any], AfterValidator(_clean_within)]


def _named(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty; give it text")
    return _clean(text)


Name = Annotated[str, AfterValidator(_named)]


class Record(BaseModel):
    """Base of all records: frozen, unknown fields kept."""

    model_config = ConfigDict(frozen=True, extra="allow", use_attribute_docstrings=True)
    __pydantic_extra__: dict[str, Anything]

    @model_validator(mode="after")
    def _clean_names(self) -> Self:
        for name in self.__pydantic_extra__ or ():
            if CONTROL.search(name):
                raise ValueError(f"{name!r}: its name holds a control character; rename it")
        return self


def distinct(where: str, what: str, values: list[Any]) -> None:
    """Raise ValueError where a value stands twice."""
    seen: set[Any] = set()
    for number, value in enumerate(values):
        if value in seen:
            raise ValueError(f"{where}.{number}.{what}: {value!r} is used twice; use each once")
        seen.add(value)
