# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Notes by several models
#
# A *drafter* writes notes: a language model on this machine, one behind a server, the clinician, or a
# baseline without a model. This notebook has several write up the same session.
#
# The embedded models are small and their notes are bad. They are shown as they came.

# %%
import notebench as nb
from notebench.llm import weights

here = [w.name for w in weights.models() if w.present]
here

# %% [markdown]
# If the list is empty, run `notebench models pull smollm2-135m-instruct` in a terminal. The smallest two that
# are here will do. A study can be a file, as in docs/studies.md, or a mapping as below.

# %%
models = sorted(here, key=lambda name: weights.find(name).size)[:2]
study = {
    "name": "notebook-drafting",
    "seed": 7,
    "formats": ["SOAP"],
    "workflows": ["organise"],
    "sessions": {"n": 1},
    "drafters": [
        {"name": "reference"},
        {"name": "extractive"},
        *({"name": f"local/{name}"} for name in models),
    ],
}
run = nb.run(study)
run

# %%
run.drafts[["draft_id", "session_id", "drafter", "workflow", "words"]]

# %% [markdown]
# The clinician's own note:

# %%
run.draft_records[0]

# %% [markdown]
# The notes of the models, from the clinician's shorthand:

# %%
from IPython.display import display

display(*[draft for draft in run.draft_records if draft.drafter.startswith("local/")])

# %% [markdown]
# ## Where each note came from
#
# Every draft records how it was made: model, parameters, hashes of prompt and input, tokens, cost, time.

# %%
import pandas as pd

pd.set_option("display.max_colwidth", 200)
how = run.draft_records[-1].provenance
pd.DataFrame({"value": {key: str(value) for key, value in how.items()}})

# %% [markdown]
# ## Other models
#
# Any LiteLLM model will do: `{"name": "openai/gpt-4o-mini"}` with a key in the environment, or
# `{"name": "openai/my-model", "api_base": "http://127.0.0.1:11434/v1"}` for Ollama, vLLM or LM Studio on
# this machine. A remote model is sent the session; nothing else ever leaves the machine.
