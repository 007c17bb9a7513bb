"""Every notebook is paired with its py:percent file, stripped of outputs, and runs."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(ROOT.glob("*.ipynb"))
NEEDS_MODEL = {"02_drafting_with_several_models"}


def _read(path: Path):
    import nbformat

    return nbformat.read(path, as_version=4)


def test_every_script_has_a_notebook() -> None:
    assert [p.stem for p in NOTEBOOKS] == sorted(p.stem for p in ROOT.glob("*.py"))
    assert len(NOTEBOOKS) >= 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_is_paired_and_stripped(path: Path) -> None:
    import jupytext

    notebook, script = _read(path), jupytext.read(path.with_suffix(".py"))
    assert [(c.cell_type, c.source) for c in notebook.cells] == [
        (c.cell_type, c.source) for c in script.cells
    ], "run `make notebooks` to bring the pair together"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(p, marks=[pytest.mark.model] if p.stem in NEEDS_MODEL else [], id=p.stem)
        for p in NOTEBOOKS
    ],
)
def test_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbclient import NotebookClient

    from notebench.llm import weights

    if path.stem in NEEDS_MODEL:
        if not weights.find("smollm2-135m-instruct").present:
            pytest.skip("the smallest embedded model is not here: notebench models pull")
        only = tmp_path / "models"  # the smallest model alone, whatever else is here
        only.mkdir()
        name = "smollm2-135m-instruct.gguf"
        (only / name).symlink_to(weights.path("smollm2-135m-instruct"))
        monkeypatch.setenv("NOTEBENCH_MODELS_DIR", str(only))
    monkeypatch.setenv("NOTEBENCH_CACHE_DIR", str(tmp_path / "cache"))
    # As in the repository: the notebooks' folder beside the data, but nothing is written there.
    (tmp_path / "data").symlink_to(ROOT.parent / "data")
    (tmp_path / "notebooks").mkdir()
    notebook = _read(path)
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path / "notebooks")}},
    ).execute()
    shown = [
        o
        for c in notebook.cells
        if c.cell_type == "code"
        for o in c.outputs
        if o.output_type in ("display_data", "execute_result", "stream")
    ]
    assert len(shown) >= 3
