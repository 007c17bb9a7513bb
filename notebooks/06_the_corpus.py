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
# %% [markdown]
# # The corpus: what is in it, and how real it sounds
#
# `data/synthetic/` ships sessions that meet every pair of problem, kind of treatment, session type, setting
# and complexity. This notebook looks at what they hold, and holds their talk against real transcripts.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

import notebench as nb
from notebench.sessions import realism

folder = Path("../data/synthetic")
splits = {name: nb.load_sessions(folder / f"{name}.jsonl") for name in ("train", "dev", "test")}
corpus = [session for held in splits.values() for session in held]
table = nb.Sessions(corpus).to_pandas()
table.insert(1, "split", [name for name, held in splits.items() for _ in held])
table.head()

# %% [markdown]
# ## Strata
#
# No problem is in two splits: what is tuned on `train` meets the talk of a new problem in `test`.

# %%
pd.crosstab([table["split"], table["problem"]], table["session_type"])

# %%
flags = table.assign(flag=table["complexity"].str.split(", ")).explode("flag").reset_index()
pd.crosstab(flags["flag"].replace("", "none"), flags["session_type"])

# %% [markdown]
# ## Facts
#
# What there is to get right (`must`, `should`), what may stay out (`optional`), and what should not be in a
# note, or only in general words.

# %%
facts = pd.DataFrame(
    [
        {
            "session_id": session.session_id,
            "kind": fact.kind,
            "disclosure": fact.disclosure,
            "source": fact.source,
            **{mark: bool(fact.attributes.get(mark)) for mark in ("corrected", "revised")},
            "certainty": fact.attributes.get("certainty", ""),
        }
        for session in corpus
        for fact in session.facts
    ]
)
pd.crosstab(facts["kind"], facts["disclosure"], margins=True)

# %% [markdown]
# The parts of a session where notes go wrong: facts a session of each.

# %%
hard = pd.DataFrame(
    {
        "to be left out or generalised": facts["disclosure"].isin(
            ["exclude", "generalise", "psychotherapy_note_only"]
        ),
        "denied when asked": facts["certainty"] == "denied",
        "asked and never answered": facts["certainty"] == "unanswered",
        "corrected in the same breath": facts["corrected"],
        "revised later in the session": facts["revised"],
        "true last time, not today": facts["source"] == "prior_note",
        "only in the clinician's notes": facts["source"] == "rough_notes",
    }
)
hard.groupby(facts["session_id"]).sum().describe().loc[["min", "50%", "max"]].T

# %% [markdown]
# ## Lengths
#
# Words a turn, beside 133 real demonstrations of motivational interviewing (their median and mean are known
# to this project; the other quartiles are those of a log-normal curve with that median and mean).

# %%
lengths = pd.DataFrame(
    {
        (role, source): values
        for role, target in realism.TARGETS.items()
        for source, values in (
            ("corpus", realism.turn_lengths(corpus, role)._asdict()),
            ("real demonstrations", target._asdict()),
        )
    }
).T.round(1)
lengths

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3), sharey=True)
for axis, role in zip(axes, realism.TARGETS, strict=True):
    turns = [
        min(80, len(realism.words(turn.text)))
        for session in corpus
        for turn in session.transcript
        if turn.speaker == role
    ]
    axis.hist(turns, bins=range(0, 82, 2), color="#4c78a8")
    axis.axvline(realism.TARGETS[role].median, color="#e45756", label="real median")
    axis.set(title=f"{role}'s turns", xlabel="words (80 and more together)")
axes[0].set_ylabel("turns")
axes[0].legend()
figure.tight_layout()

# %%
print(
    f"clinician's share of words: {realism.clinician_share(corpus):.0%} "
    f"(real demonstrations: {realism.CLINICIAN_SHARE:.0%})"
)
print(f"clinician's turns with a question: {realism.asking_share(corpus):.0%}")

# %% [markdown]
# ## Do sessions repeat each other?
#
# The share of 5-grams (runs of five words) that two sessions have in common. Sessions of one problem draw on
# the same bank, in very many combinations.

# %%
overlaps = realism.Overlaps(corpus)
pd.DataFrame(
    {
        "pairs of one problem": pd.Series(overlaps.same()),
        "pairs of different problems": pd.Series(overlaps.across()),
    }
).describe(percentiles=[0.5, 0.95]).loc[["count", "mean", "50%", "95%", "max"]]

# %% [markdown]
# The 5-grams that most sessions have: what everybody says.

# %%
pd.DataFrame(overlaps.commonest(12), columns=["words", "sessions"])
