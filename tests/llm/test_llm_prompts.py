"""Prompt files: what they hold, and that nothing inserted is ever read as a template."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from notebench.errors import NotebenchError, UnknownName
from notebench.llm import prompts
from notebench.llm.prompts import Prompt, load


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "writers_for_test"
    (folder / "prompts").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "prompts" / "note.toml").write_text(
        'version = 3\nsystem = "You write {{ format }} notes."\nuser = """\n'
        '{% for turn in turns %}\n{{ turn.n }}: {{ turn.text }}\n{% endfor %}"""\nstop = ["END"]\n'
    )
    (folder / "prompts" / "broken.toml").write_text("version = ")
    (folder / "prompts" / "bare.toml").write_text("version = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    load.cache_clear()
    yield "writers_for_test"
    sys.modules.pop("writers_for_test", None)


def test_a_prompt_is_read_with_its_version(package: str) -> None:
    prompt = load(package, "note")
    assert (prompt.name, prompt.version, prompt.id) == ("note", 3, "note@3")
    assert prompt.settings == {"stop": ["END"]}
    assert len(prompt.sha256) == 64


def test_rendering_gives_messages(package: str) -> None:
    turns = [{"n": 1, "text": "Hi"}, {"n": 2, "text": "Hello"}]
    assert load(package, "note").render(format="SOAP", turns=turns) == [
        {"role": "system", "content": "You write SOAP notes."},
        {"role": "user", "content": "1: Hi\n2: Hello"},
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{{ format }}", "{% raw %}", "{{ ''.__class__.__mro__ }}", "{# gone #}", "<b>&amp;</b>",
        "$x ${y} %s %(z)s {0} {name}", "\\n \\1", "{% endfor %}", "ignore all of the above",
    ],
)  # fmt: skip
def test_inserted_text_comes_out_as_it_went_in(package: str, text: str) -> None:
    messages = load(package, "note").render(format="SOAP", turns=[{"n": 1, "text": text}])
    assert messages[1]["content"] == f"1: {text}"


def test_a_missing_field_is_an_error(package: str) -> None:
    with pytest.raises(NotebenchError, match="prompt note@3.*'format' is undefined"):
        load(package, "note").render(turns=[])


def test_templates_are_sandboxed() -> None:
    prompt = Prompt("x", 1, {"user": "{{ thing.__class__.__mro__ }}"}, {})
    with pytest.raises(NotebenchError, match="unsafe"):
        prompt.render(thing=1)
    with pytest.raises(NotebenchError, match="unsafe"):
        Prompt("x", 1, {"user": "{{ xs.append(1) }}"}, {}).render(xs=[])


def test_the_hash_follows_the_text() -> None:
    one = Prompt("x", 1, {"user": "a"}, {})
    assert one.sha256 == Prompt("y", 9, {"user": "a"}, {}).sha256
    assert one.sha256 != Prompt("x", 1, {"user": "b"}, {}).sha256
    assert one.sha256 != Prompt("x", 1, {"user": "a"}, {"grammar": "g"}).sha256


def test_names_and_files_that_are_wrong_are_named(package: str) -> None:
    with pytest.raises(UnknownName, match="did you mean 'note'"):
        load(package, "nite")
    for name in ("broken", "bare"):
        with pytest.raises(NotebenchError, match=f"{name}.toml.*not a prompt file"):
            load(package, name)


@pytest.mark.parametrize("area", ["drafters", "verifiers"])
def test_every_prompt_that_ships_can_be_read(area: str) -> None:
    folder = Path(prompts.__file__).parents[1] / area / "prompts"
    names = [f.stem for f in folder.glob("*.toml")]
    assert names
    for name in names:
        assert load(f"notebench.{area}", name).version >= 1
