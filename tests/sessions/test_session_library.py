"""The scenario library as data: templates, layout errors, the worked example of the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import yaml

from notebench.errors import NotebenchError, UnknownName
from notebench.sessions import add, check, generate, say
from notebench.sessions.loading import library, read_problem
from notebench.sessions.template import render, wordings
from notebench.text.numbers import numbers

DOC = Path(__file__).parents[2] / "docs" / "adding-a-scenario.md"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    block = re.search(r"```yaml\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)
    assert block
    path = tmp_path / "test_anxiety.yaml"
    path.write_text(block[1], "utf-8")
    return path


@pytest.fixture
def added(example: Path) -> Iterator[str]:
    name = add(example)
    yield name
    del library().problems[name]


def broken(example: Path, old: str, new: str) -> Path:
    text = example.read_text("utf-8")
    assert old in text
    example.write_text(text.replace(old, new, 1), "utf-8")
    return example


def test_the_example_of_the_docs_makes_whole_sessions(added: str) -> None:
    made = list(generate(40, seed=1, problem=added))
    assert [s.session_id for s in made[:2]] == ["tst-0001", "tst-0002"]
    assert [found for s in made for found in check(s)] == []
    assert any("revision plan" in f.statement for f in made[0].facts or [])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("#plan", "#plann", "no fact is called 'plann'"),
        ("disclosure: must", "disclosure: mustt", "disclosure"),
        ("        T: [How did", "        X: [How did", "must begin with one of T: "),
        ("prefix: tst", "prefix: tst\nprefixx: 1", "prefixx"),
        ("kind: homework", "kind: home work", "kind"),
        ("problem: test_anxiety", "problem: [", "not valid YAML"),
    ],
)
def test_a_broken_file_is_named_with_the_field(
    example: Path, old: str, new: str, says: str
) -> None:
    with pytest.raises(NotebenchError) as error:
        read_problem(broken(example, old, new))
    assert says in str(error.value)
    assert "test_anxiety.yaml" in str(error.value)


def test_a_measure_nobody_knows_is_named_with_the_nearest(example: Path) -> None:
    with pytest.raises(UnknownName, match="GAD-7"):
        add(broken(example, "{name: GAD-7, low", "{name: GAD-8, low"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotebenchError, match="can't be read"):
        add(tmp_path / "none.yaml")


def test_every_fact_has_several_wordings() -> None:
    lib = library()
    beats = [*lib.beats, *(b for p in lib.problems.values() for b in p.beats)]
    for beat in beats:
        if beat.talk:
            ways = sum(wordings(line) for talk in beat.talk for line in talk.splitlines())
            assert ways >= 4, beat.id
            assert sum(_ways(talk) for talk in beat.talk) >= 4, beat.id


def _ways(talk: str) -> int:
    product = 1
    for line in talk.splitlines():
        product *= wordings(line)
    return product


def test_ids_of_beats_are_unique_in_their_file() -> None:
    lib = library()
    for beats in [lib.beats, *(p.beats for p in lib.problems.values())]:
        ids = [b.id for b in beats]
        assert len(set(ids)) == len(ids)


def test_every_problem_has_the_phases_that_sessions_need() -> None:
    for problem in library().problems.values():
        phases = {b.phase for b in problem.beats}
        assert phases >= {
            "review", "presenting", "symptom", "work", "homework", "unanswered", "third_party",
            "story", "negative", "history",
        }, problem.problem  # fmt: skip


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{n|say} of {n+1}", "four of 5"),
        ("{n-1|say|cap}, no, {n|say}", "Three, no, four"),
        ("{who.name}'s", "Noor's"),
        ("{at|clock}", "five thirty"),
        ("{thing|a}", "an onion"),
        ("a [b|b] c", "a b c"),
        ("[ [x|x]|x] , y", "x, y"),
        ("one [|] two", "one two"),
    ],
)
def test_templates(template: str, expected: str) -> None:
    slots = {"n": 4, "who": {"name": "Noor"}, "at": "17:30", "thing": "onion"}
    assert render(template, slots, Random(1)) == expected


@pytest.mark.parametrize("template", ["{gone}", "[a|b", "a]", "{n|shout}", "{n n}"])
def test_broken_templates_name_themselves(template: str) -> None:
    with pytest.raises(NotebenchError) as error:
        render(template, {"n": 4}, Random(1))
    assert repr(template)[1:-1] in str(error.value)


@pytest.mark.parametrize("value", [*range(0, 130), 150, 187, 200, 225, 300, 450, 900, 1250, 2.5])
def test_numbers_said_are_read_back(value: float) -> None:
    assert value in {v for n in numbers(say.number(value)) for v in n.values}


def test_yaml_words_stay_words(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("on: [yes, no, 10:30, 2026-01-02, 7]", "utf-8")
    from notebench.sessions.loading import _load

    assert _load(path) == {"on": ["yes", "no", "10:30", "2026-01-02", 7]}
    assert yaml.safe_load("on: 1") == {True: 1}, "the package's own loader is left alone"
