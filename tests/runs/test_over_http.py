"""A study whose drafter is a model behind an OpenAI-style server, over real HTTP on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

import notebench as nb
from notebench.llm import runtime, weights
from notebench.runs.estimate import estimate
from notebench.runs.study import make_study

MODEL = "smollm2-135m-instruct"


@pytest.mark.model
def test_a_served_model_is_one_drafter_among_others(tmp_path: Path) -> None:
    if not weights.find(MODEL).present:
        pytest.skip(f"needs the weights: notebench models pull {MODEL}")
    with runtime.serve(MODEL) as base:
        drafter = {
            "name": f"openai/{MODEL}",
            "label": "served",
            "api_base": base,
            "strategy": "by_section",
            "max_tokens": 24,
        }
        study = {
            "seed": 3,
            "sessions": {"n": 1},
            "workflows": ["organise"],
            "drafters": [{"name": "reference"}, drafter],
        }
        run = nb.run(study, tmp_path / "run", progress=False)
        assert run.folder.failures() == []
        served = run.drafts[run.drafts.drafter == "served"].iloc[0]
        assert served.provenance["calls"] == 4 and served.provenance["completion_tokens"] > 0
        assert served.provenance["remote"] is False
        assert served.provenance["strategy"] == "by_section"
        again = nb.run({**study, "name": "again"}, tmp_path / "again", progress=False)
        assert again.manifest.digests == run.manifest.digests
        [_, served_share] = estimate(make_study(study))
        assert (served_share.calls, served_share.leaves) == (4, "nothing")
