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
# # Review time, and when a draft saves none
#
# A draft is only worth what is left after somebody has read it, looked things up, and put it right. This
# notebook models that time for notes with known errors, shows what the answer hangs on, finds the number of
# errors from which writing by hand is as quick, and fits the model to timed reviews. Until the last part nobody
# was timed: the numbers say what follows from the assumptions, and how far those reach.

# %%
import pandas as pd

import notebench as nb
from notebench.drafters import Task, make
from notebench.review import Model, by_drafter, items, mean_load, modelled, profiles, tornado_svg
from notebench.runs.judging import cases

pd.set_option("display.max_colwidth", 90)

# %% [markdown]
# ## Notes, and what there is to do in them
#
# Ten sessions. Sentences picked from the rough notes stand in for a poor drafter, and the clinician's note with
# errors put in on purpose for a fluent one. The local verifier says what would have to be deleted, replaced and
# added; it misses errors and raises false alarms, as `docs/validation.md` measures.

# %%
sessions = nb.sessions(n=10, seed=9)
writers = {"organise": make("extractive"), "scribe": make("saboteur", {"errors": 4})}
drafts = [
    writer.draft(Task(session=session, workflow=workflow, format="SOAP"))
    for workflow, writer in writers.items()
    for session in sessions
]
checked = nb.check(sessions, drafts)
notes = items(cases(sessions, drafts, checked.finding_records))
pd.DataFrame(
    {
        "drafter": n.case.draft.drafter, "words": n.work.words, "delete": n.work.unsupported,
        "replace": n.work.contradicted, "add": n.work.omitted, "trim": n.work.trims,
    }
    for n in notes
).groupby("drafter").mean().round(1)  # fmt: skip

# %% [markdown]
# ## Minutes, with the range that the assumptions leave
#
# Each interval varies every assumption within its own range and draws the sessions anew. `left` is the weight of
# the errors that a reviewer overlooks, in minor errors: diligent, and as reviewers were found to be in practice.

# %%
model = Model.of(seed=1)
table = by_drafter(model, notes)
minutes = [
    c for c in table if c.split("_low")[0].split("_high")[0] in ("seconds", "by_hand", "saved")
]
table[minutes] /= 60
table.drop(columns="workflow").set_index("drafter").T.round(1)

# %% [markdown]
# ## What it hangs on most
#
# One bar for each assumption, from the time at the low end of its range to that at the high end.

# %%
from IPython.display import SVG

SVG(tornado_svg(model, mean_load([n.work for n in notes])))

# %% [markdown]
# ## Ways of reviewing
#
# The same notes by other reviewers: profiles are data (`review/profiles.toml`), each change with its source.


# %%
def told(interval, scale=1 / 60):
    """An estimate with its interval, in minutes."""
    low, high = scale * interval.low, scale * interval.high
    return f"{scale * interval.estimate:.1f} ({low:.1f} to {high:.1f})"


fluent = [n for n in notes if n.case.draft.drafter == "saboteur"]
found = {name: modelled(Model.of(name, seed=1), fluent) for name in profiles()}
pd.DataFrame(
    {
        "what it is": {name: way.title for name, way in profiles().items()},
        "minutes of review": {name: told(m.seconds) for name, m in found.items()},
        "minutes saved": {name: told(m.saved) for name, m in found.items()},
        "left": {name: told(m.left_diligent, 1) for name, m in found.items()},
    }
)

# %% [markdown]
# A quicker reviewer is not a better one: what is saved by looking less up is paid in errors left.
#
# ## When a draft saves nothing
#
# Errors make review longer, and at some number of them the note would have been written by hand in the same
# time. Fast typists are there sooner: the same draft spares them less.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

words = np.mean([n.words_by_hand for n in fluent])
usual = mean_load([n.work for n in fluent])
mix = usual.unsupported + usual.contradicted + usual.omitted
errors = np.arange(0, 101, 2)
kinds = ("unsupported", "contradicted", "omitted")
figure, axes = plt.subplots(figsize=(7, 3.8))
for name, style, colour in (
    ("slow-typist", "-", "#c05a1a"),
    ("default", "--", "#1d2329"),
    ("fast-typist", ":", "#1f5f73"),
):
    way = Model.of(name, seed=1)
    scaled = [replace(usual, **{k: getattr(usual, k) * e / mix for k in kinds}) for e in errors]
    by_hand = words / way.central["composing_speed"]
    even = float(way.break_even(usual, 60 * by_hand, way.central))
    times = [way.seconds(work, way.central) / 60 for work in scaled]
    axes.plot(errors, times, style, color=colour, label=f"{name}: even at {even:.0f} errors")
    axes.axhline(by_hand, ls=style, lw=0.8, color=colour)
    beside = axes.get_yaxis_transform()
    axes.text(1.01, by_hand, f"by hand,\n{name}", transform=beside, va="center", fontsize=8)
axes.set(xlabel="Errors in a note, in the mix that was found", ylabel="Modelled minutes")
axes.legend(frameon=False, loc="upper left")
figure.tight_layout()

# %% [markdown]
# The break-even point is itself uncertain. It is high for a reason that is no comfort: an error that is overlooked
# takes no time, and stays in the note.

# %%
even = modelled(model, fluent).break_even_errors
print(
    f"{even.estimate:.0f} errors ({even.low:.0f} to {even.high:.0f}); in these notes {mix:.1f} were found"
)

# %% [markdown]
# ## Assumed prices and timed ones
#
# Five clinicians who post-edited notes of general-practice consultations were timed (PriMock57). Their prices
# come out below the assumed ones: they had just heard the consultation, and their notes are terse. The profile
# `counts` uses those timed prices, and is the default for notes described by counts alone.

# %%
from notebench.metrics.effort import Load

none = Load(0, 0, 0, 0, 0, 0, transcript_words=0, counted=True)


def price(name, what):
    """Modelled seconds for one of something."""
    way = Model.of(name)
    return float(
        way.seconds(replace(none, **{what: 1}), way.central) - way.seconds(none, way.central)
    )


pd.DataFrame(
    {
        name: {what: price(name, what) for what in ("contradicted", "omitted")}
        for name in ("default", "fast-typist", "counts")
    }
).round(1)

# %% [markdown]
# ## Your own timings
#
# Reviews timed by the review page, PriMock57's results or a post-editing log take the place of assumptions:
# `notebench review fit`. Here the timings are **made up** by six simulated people whose ways are known: about
# 18 seconds whatever the note, 0.3 a word, 7 a wrong statement and 12 an omission, each person at a pace of
# their own. The fit has to find them again.

# %%
from notebench.review.fit import fit
from notebench.review.timed import Timed

rng = np.random.default_rng(4)
made_up = []
for person in range(6):
    fixed, pace = rng.normal(18, 5), rng.normal(1, 0.2)
    for note in range(30):
        length, wrong, missing = rng.integers(80, 300), rng.poisson(3), rng.poisson(2)
        seconds = fixed + pace * (0.3 * length + 7 * wrong + 12 * missing) + rng.normal(0, 10)
        made_up.append({
            "reviewer": f"person {person}", "note": f"{person}-{note}", "group": f"{person}-{note // 2}",
            "seconds": max(1, seconds), "words": length, "incorrect": wrong, "omitted": missing,
        })  # fmt: skip
fitted = fit(Timed(pd.DataFrame(made_up), ("words", "incorrect", "omitted"), "made up"))
pd.DataFrame({name: price.model_dump() for name, price in fitted.prices.items()}).T.round(2)

# %% [markdown]
# And it is held against reviews that it was not fitted to: of a person nobody has timed, whose own pace is most
# of the error, and of another session by people whose ways are known.

# %%
shown = {"held_out", "predictor", "seconds", "low", "high", "rho"}
pd.DataFrame(e.model_dump(include=shown) for e in fitted.errors).round(2)

# %% [markdown]
# The file that a fit writes goes back in with `notebench review estimate --params`; in a notebook:

# %%
from notebench.review.params import model_of

modelled(model_of(fitted), fluent).seconds
