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
# # Measuring notes
#
# A *verifier* judges every sentence of a note against the session, and every fact of the session against
# the note. *Metrics* only count what it found. Here with drafters that need no model: the clinician, a
# baseline that copies sentences, and the saboteur, which plants errors that we know.

# %%
import notebench as nb

run = nb.run(
    {
        "name": "notebook-measuring",
        "seed": 7,
        "workflows": ["organise"],
        "sessions": {"n": 12},
        "drafters": [
            {"name": "reference"},
            {"name": "extractive"},
            {"name": "saboteur", "errors": 3},
        ],
    }
)
run

# %% [markdown]
# ## One note, sentence by sentence

# %%
sabotaged = run.drafts.query("drafter == 'saboteur'").iloc[0]
run.draft(sabotaged.draft_id)

# %% [markdown]
# What was really planted in it:

# %%
import pandas as pd

pd.set_option("display.max_colwidth", 200)
pd.DataFrame(sabotaged.provenance["planted"])[
    ["section", "error_type", "severity", "before", "after"]
].fillna("")

# %% [markdown]
# ## Findings

# %%
claims = run.findings.query("kind == 'claim'")
claims.groupby("verdict").size().rename("sentences").to_frame()

# %% [markdown]
# ## From findings to rates
#
# A tally is an amount out of something for one note. A rate is the sum of amounts over the sum of what they
# are out of, and its interval comes from drawing whole sessions anew, since sentences of one session are
# not independent.

# %%
run.tallies.head()

# %%
run.estimate("hallucination", by=["drafter"])

# %%
run.estimate("omission.must", by=["drafter"])

# %% [markdown]
# By section: where does it go wrong?

# %%
run.estimate("hallucination", by=["drafter", "section"])

# %% [markdown]
# ## Two drafters on the same sessions
#
# Paired by session, with a permutation test, corrected (Holm) for the number of metrics.

# %%
run.compare("saboteur", "reference", ["hallucination", "omission", "verbosity.length"])

# %% [markdown]
# ## Is the verifier any good?
#
# The saboteur knows what it planted, so the share of planted errors that were flagged, and of untouched
# sentences that were not, can be counted.

# %%
flagged = claims[claims.verdict.isin(["contradicted", "unsupported", "inferred"])]
rows = []
for draft in run.drafts.query("drafter == 'saboteur'").itertuples():
    of_draft = claims[claims.draft_id == draft.draft_id]
    for planted in draft.provenance["planted"]:
        if planted.get("start") is None:
            continue
        hit = of_draft[
            (of_draft.section == planted["section"])
            & (of_draft.start < planted["end"])
            & (of_draft.end > planted["start"])
        ]
        rows.append(
            {"error_type": planted["error_type"], "caught": hit.index.isin(flagged.index).any()}
        )
pd.DataFrame(rows).groupby("error_type").caught.agg(["sum", "count"])

# %% [markdown]
# ## Every metric is an `evaluate` module
#
# Load one by the absolute path that `nb.metric_path` gives: a bare name would go to a hub.

# %%
import evaluate

rouge = evaluate.load(nb.metric_path("overlap"))
print(rouge.description)
