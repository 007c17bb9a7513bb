"""The study file: what is read, and what is refused with the setting and the mend."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from notebench.errors import NotebenchError
from notebench.runs import load_study
from notebench.runs.study import make_study

CASES = yaml.safe_load((Path(__file__).parent / "cases_studies.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_refused_with_setting_and_mend(case: dict, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(case["toml"])
    with pytest.raises(NotebenchError) as caught:
        load_study(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert caught.value.mend
    for words in case["says"]:
        assert words in message


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotebenchError, match="No such file"):
        load_study(tmp_path / "none.toml")
    with pytest.raises(NotebenchError, match="Is a directory"):
        load_study(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'name = "caf\xe9"')
    with pytest.raises(NotebenchError, match="not valid TOML"):
        load_study(tmp_path / "latin.toml")


def test_every_setting_of_the_documentation_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "studies.md").read_text("utf-8")
    path = tmp_path / "study.toml"
    path.write_text(page.split("```toml\n")[1].split("```")[0])
    study = load_study(path)
    assert study.formats == ["SOAP", "DAP"]
    assert study.limits.budget_usd == 5.0
    assert study.base == tmp_path
    assert [d.shown_as for d in study.drafters][-1] == "vllm/my-model"
    assert study.drafters[1].options == {"errors": 3}


def test_defaults() -> None:
    study = make_study({"drafters": [{"name": "reference"}]})
    assert (study.formats, study.workflows, study.samples) == (["SOAP"], ["scribe"], 1)
    assert (study.sessions.n, study.verifier, study.cache) == (12, "local", True)


def test_limits_are_shared_out_among_parts() -> None:
    limits = {"requests_per_minute": 60, "budget_usd": 5}
    study = make_study({"drafters": [{"name": "reference"}], "limits": limits})
    half = study.limits.share(2)
    assert (half.requests_per_minute, half.budget_usd) == (30, 2.5)
    assert make_study({"drafters": [{"name": "reference"}]}).limits.share(2).budget_usd is None
