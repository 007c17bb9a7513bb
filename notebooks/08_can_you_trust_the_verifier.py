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
# # Can you trust the verifier?
#
# Every rate that notebench prints rests on a verifier that decides, sentence by sentence, what is wrong. It
# errs in both directions: it misses errors and it flags what is true. This notebook measures how often, on
# data whose truth is known because the errors were put in, and shows what that does to a rate.
#
# Generated sessions are written from templates, and the errors are planted by rule. What is measured here is
# therefore the best case. Figures on real talk and on what people marked are at the end, and in
# [docs/validation.md](../docs/validation.md).

# %% [markdown]
# ## Notes with known errors
#
# The saboteur takes the clinician's own note, plants errors in it, and records which sentence has which.
# Every sentence that it leaves alone is true.

# %%
import notebench as nb
from notebench.adapters.labelled import Labelled, LabelledSet
from notebench.drafters.base import Task
from notebench.drafters.saboteur import Saboteur
from notebench.verifiers.base import claims


def labelled_notes(n, seed, errors):
    """n notes with that many planted errors each, every sentence labelled."""
    saboteur = Saboteur(options={"errors": errors})
    items = []
    for session in nb.sessions(n=n, seed=seed):
        draft = saboteur.draft(Task(session, "polish", "SOAP"))
        planted = {
            (e["section"], e["start"]): e["error_type"]
            for e in draft.provenance["planted"]
            if e["after"]  # an error of omission leaves no sentence behind
        }
        labels = [
            {
                "section": c.section,
                "text": c.text,
                "label": "contradicted" if (c.section, c.start) in planted else "supported",
                "error_type": planted.get((c.section, c.start)),
            }
            for c in claims(draft)
        ]
        items.append(Labelled(session, draft, labels=tuple(labels)))
    return LabelledSet("planted", tuple(items))


known = labelled_notes(n=24, seed=81_000, errors=6)
print(sum(len(i.labels) for i in known.items), "sentences in", len(known.items), "notes")

# %% [markdown]
# ## How much of it is found
#
# `judge` has the notes judged, and `summarise` works out everything that the labels allow. Any verifier can
# stand here, and any labels: those of your own colleagues in the same shape, for one.

# %%
from notebench.adapters.judging import judge
from notebench.adapters.validation import summarise
from notebench.verifiers import make
from notebench.verifiers.base import label_of

verifier = make("local")
judged = judge(known, verifier)
result = summarise(known, judged, label_of(verifier))
figures = result.to_frame().set_index("measure")
figures.query("table == 'wrong' and stratum == 'all' and scorer == 'verifier'")[
    ["estimate", "low", "high", "n", "bad"]
].round(2)

# %% [markdown]
# Beside plain scores that understand nothing: how well each tells a wrong sentence from a right one (AUROC
# 0.5 is guessing). A verifier that does not beat the share of words that the session lacks is not worth its
# name, and one that does worse among sentences of like length has been living off length.

# %%
figures.query("table == 'wrong' and stratum in ['all', 'mean of length thirds']").loc[
    "AUROC, wrong sentences"
].pivot(index="scorer", columns="stratum", values="estimate").round(2)

# %% [markdown]
# ## By type of error
#
# The average hides most. An error made of the session's own words (the other person, the other time, the
# opposite) is harder to see than one that brings new words. With few errors of a type, mind the interval.

# %%
kinds = result.to_frame().query("table == 'type'")
caught = kinds.query("measure == 'caught'").set_index("stratum")
caught = caught[["n", "estimate", "low", "high"]].sort_values("estimate")
caught.round(2)

# %%
import matplotlib.pyplot as plt
import numpy as np

figure, axes = plt.subplots(figsize=(7, 5))
ends = np.abs(caught[["low", "high"]].sub(caught.estimate, axis=0)).fillna(0)
axes.errorbar(caught.estimate, caught.index, xerr=ends.to_numpy().T, fmt="o", capsize=3)
_ = axes.set(
    xlabel="share caught (95% interval)", xlim=(-0.05, 1.05), title="Planted errors by type"
)
# %% [markdown]
# ## Does it mean what it says?
#
# Of the sentences with probability 0.3 of being wrong, three in ten should be. Points above the line: more were
# wrong than it said; below it: fewer. Probabilities are fitted on other data than these, so look before you
# lean on them. The size of a point is the number of sentences.

# %%
bins = result.calibration["wrong"]
figure, axes = plt.subplots(figsize=(4.5, 4.5))
axes.plot([0, 1], [0, 1], color="grey", lw=1)
axes.scatter([b.p for b in bins], [b.share for b in bins], s=[10 + b.n for b in bins])
_ = axes.set(xlabel="stated probability", ylabel="share that was wrong", title="Calibration")
# %% [markdown]
# ## What a threshold costs
#
# Flag more, and fewer errors slip through, and more true sentences have to be read again for nothing. There is
# no right place, only a price; here it is, for each note.

# %%
import pandas as pd

p = np.array([s.scores["verifier"] for s in judged.sentences])
wrong = np.array([s.bad for s in judged.sentences])
notes = len(known.items)
pd.DataFrame(
    {
        "threshold": t,
        "errors caught": f"{(p[wrong] >= t).mean():.0%}",
        "true sentences flagged": f"{(p[~wrong] >= t).mean():.0%}",
        "false alarms a note": round((p[~wrong] >= t).sum() / notes, 1),
        "errors missed a note": round((p[wrong] < t).sum() / notes, 1),
    }
    for t in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
).set_index("threshold")

# %% [markdown]
# ## What it does to a rate
#
# New sessions, with fewer errors. The share of sentences flagged is not the share that is wrong: false alarms
# push it up, missed errors pull it down. Sensitivity and specificity, measured above, allow a correction (Rogan
# and Gladen 1978), whose interval carries how uncertain they are. It needs errors of the same kinds in about the
# same mix as those it was measured on; where that fails, it is wrong, too.

# %%
from notebench.stats.correction import rogan_gladen


def counts(judged):
    """For each session: errors caught and missed, true sentences left alone and flagged."""
    by_session = {}
    for s in judged.sentences:
        row = by_session.setdefault(s.session, [0, 0, 0, 0])
        row[(0 if s.flagged else 1) if s.bad else (3 if s.flagged else 2)] += 1
    return np.array(list(by_session.values()))


accuracy = counts(judged)
rows = []
for errors in (2, 5):
    new = counts(judge(labelled_notes(n=12, seed=82_000 + errors, errors=errors), verifier))
    caught_, missed, left, false = new.sum(axis=0)
    corrected = rogan_gladen(np.column_stack([new[:, 0] + new[:, 3], new.sum(axis=1)]), accuracy)
    rows.append(
        {
            "errors planted a note": errors,
            "truly wrong": f"{(caught_ + missed) / new.sum():.1%}",
            "flagged (raw)": f"{(caught_ + false) / new.sum():.1%}",
            "corrected": f"{corrected.estimate:.1%}",
            "95% interval": corrected.why or f"{corrected.low:.1%} to {corrected.high:.1%}",
        }
    )
pd.DataFrame(rows).set_index("errors planted a note")

# %% [markdown]
# ## On what people marked
#
# The same, on public data in its published layout: `notebench validate tn-eval --path ...` and so on. Where a
# folder of such data lies beside the repository, this cell measures on it.

# %%
from pathlib import Path

from notebench.adapters.validation import DATASETS, validate
from notebench.errors import NotebenchError

labelled = Path("../../shared")
headline = []
for name in DATASETS:
    try:
        found = validate(name, labelled, verifier)
    except NotebenchError as error:
        print(f"{name}: not here ({error.what})")
        continue
    figures = found.to_frame().query("scorer in ['verifier', 'word coverage']")
    of_all = figures.measure.str.startswith("AUROC") & (figures.stratum == "all")
    headline.append(figures[of_all | (figures.measure == "rho")])
if headline:
    table = pd.concat(headline).pivot(
        index=["data", "measure", "stratum"], columns="scorer", values="estimate"
    )
    print(table.round(2))

# %% [markdown]
# ## So, can you?
#
# - For finding a sentence to read again: yes, with the share of misses above in mind.
# - For saying that one drafter errs more than another: if the difference is larger than what a change in the
#   kinds of errors could do to the flags, and it holds after correction.
# - For saying that a note is right: no. A note without a flag is a note in which nothing was found.
