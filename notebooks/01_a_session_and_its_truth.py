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
# # A session and its truth
#
# To say that a note invents or leaves out something, somebody must know what was true. notebench makes
# sessions whose truth is known fact by fact. This notebook looks at one.

# %%
import notebench as nb

sessions = nb.sessions(n=6, seed=7)
sessions

# %% [markdown]
# The same seed gives the same sessions, to the byte, on every machine. One of them, whole: the chart, the
# talk with the facts that each turn conveys, and the ledger of facts.

# %%
session = sessions[0]
session

# %% [markdown]
# ## The ledger
#
# Each fact has a *disclosure level*: how a good note treats it. Leaving out a `must` fact is an omission;
# putting in an `exclude` fact is a failure of restraint. Some facts call for more general wording than the
# client used.

# %%
import pandas as pd

pd.set_option("display.max_colwidth", 200)
facts = pd.DataFrame([f.model_dump() for f in session.facts])
facts[["id", "kind", "disclosure", "statement", "generalised", "evidence", "seen_in"]].fillna("")

# %%
facts.groupby("disclosure").size().rename("facts").to_frame()

# %% [markdown]
# ## What nobody asked
#
# A note that says "denies suicidal ideation" when nobody asked invents a finding. So the truth also lists
# the topics that were not assessed.

# %%
session.not_assessed

# %% [markdown]
# ## What else a drafter may be shown
#
# The clinician's shorthand, last session's note (true of last time only, and partly out of date), and the
# clinician's own note, which every draft is compared with.

# %%
print(session.rough_notes)

# %%
print(session.prior_note)

# %%
for section in session.reference("SOAP").sections:
    print(f"{section.name}: {section.text}\n")

# %% [markdown]
# ## As a data set
#
# `to_dataset()` gives a Hugging Face `Dataset`; the corpus in `data/synthetic` loads with
# `datasets.load_dataset`, offline.

# %%
sessions.to_dataset()
