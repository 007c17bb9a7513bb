"""The registry: names, near names, late imports, entries of other packages."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path
from typing import Any

import pytest

from notebench.errors import NotebenchError, UnknownName
from notebench.registry import Registry, suggest


def test_a_slip_of_the_pen_gets_the_nearest_name() -> None:
    known = ["extractive", "reference", "saboteur"]
    assert suggest("referense", known) == "did you mean 'reference'?"
    assert suggest("zzz", known) == "known: extractive, reference, saboteur"
    assert suggest("zzz", []) == "none is registered"


def test_built_in_entries_are_imported_when_asked_for() -> None:
    sys.modules.pop("colorsys", None)
    registry: Registry[Any] = Registry("colour", {"hls": "colorsys:rgb_to_hls"})
    assert registry.names() == ["hls"]
    assert "hls" in registry
    assert "colorsys" not in sys.modules
    assert registry.get("hls")(1, 1, 1) == (0, 1, 0)
    assert [name for name, _ in registry.items()] == ["hls"]


def test_an_unknown_name_is_an_error_with_a_mend() -> None:
    registry: Registry[int] = Registry("number")
    registry.register("one")(1)
    with pytest.raises(UnknownName, match="no number is called 'onne'") as caught:
        registry.get("onne")
    assert caught.value.mend == "did you mean 'one'?"


def test_a_name_is_given_once() -> None:
    registry: Registry[Any] = Registry("thing", {"built in": "math:sqrt", "own": f"{__name__}:own"})

    @registry.register("mine")
    def mine() -> None: ...

    assert registry.register("mine")(mine) is mine
    for taken in ("mine", "built in"):
        with pytest.raises(NotebenchError, match=f"the thing '{taken}' is registered twice"):
            registry.register(taken)(lambda: None)
    assert registry.register("own")(own) is own
    assert registry.get("own") is own


def own() -> None:
    """Stands for a built-in entry that also registers itself."""


class Point:
    """Stands for an entry point of an installed package."""

    def __init__(self, name: str, value: str) -> None:
        self.name, self.value = name, value


def test_other_packages_add_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [Point("root", "math:sqrt"), Point("own", "math:cos"), Point("gone", "no_such:thing"),
              Point("less", "math:no_such")]  # fmt: skip
    asked: list[str] = []

    def entry_points(group: str) -> list[Point]:
        asked.append(group)
        return points

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    registry: Registry[Any] = Registry("thing", {"own": f"{__name__}:own"})
    assert registry.get("root")(9) == 3
    assert registry.get("own") is own  # a built-in entry can't be taken over
    assert registry.names() == ["gone", "less", "own", "root"]
    for name in ("gone", "less"):
        with pytest.raises(NotebenchError, match=f"the thing '{name}' can't be loaded"):
            registry.get(name)
    assert asked == ["notebench.thing"]


def test_the_groups_of_entry_points_are_those_of_the_guide() -> None:
    from notebench import drafters, metrics, verifiers

    guide = (Path(__file__).parents[2] / "docs" / "extending.md").read_text("utf-8")
    for registry in (drafters.registry, verifiers.registry, metrics.registry):
        assert registry.kind in ("drafter", "verifier", "metric")
        assert f"`notebench.{registry.kind}`" in guide
