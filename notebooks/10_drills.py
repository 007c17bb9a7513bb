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
# # Building and marking a drill
#
# A drill is a set of notes with errors put in on purpose. People look for them; notebench marks what they found.
# This notebook builds one, looks at what is in it, and marks it. **The participants here are simulated**: they are
# dice with known rates, so that what marking says can be held against the truth.

# %%
import json
import random
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd

from notebench.review.drills import build, plan_of, presets, score

folder = Path(mkdtemp())
pd.set_option("display.max_colwidth", 100)
pd.DataFrame({"preset": name, "about": plan_of(name).about} for name in presets())

# %% [markdown]
# ## Build
#
# Six notes for each of three people, one of them clean. The folder `send` goes out, a page for each; `trainer`
# stays here. A page opens with a double click, and one file comes back.

# %%
plan = plan_of(None, {"notes": 6, "clean": 0.17})
made = build(plan, folder / "drill", reviewers=["Ann", "Ben", "Cem"], seed=4)
print(made.guide.read_text("utf-8"))
sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())

# %% [markdown]
# ## What is in it
#
# The key says what was planted, and how hard it is for the verifier (1 minus its probability that something is
# wrong there). `section` is where it stands. Below: the sets have the same errors, in different sessions.

# %%
key = json.loads(made.key.read_text("utf-8"))
planted = pd.DataFrame(
    {
        "session": note["session_id"], "type": e["error_type"], "severity": e["severity"],
        "section": e["section"], "difficulty": e["difficulty"],
        "error": e["after"] or f"left out: {e['left_out']}",
    }
    for note in key["notes"].values()
    for e in note["errors"]
)  # fmt: skip
planted.sort_values(["type", "session"]).head(12)

# %%
shown = pd.DataFrame(
    {
        "participant": page["reviewer"], "set": page["set"] + 1,
        "session": key["notes"][place["draft_id"]]["session_id"],
        "what": ", ".join(e["error_type"] for e in key["notes"][place["draft_id"]]["errors"]) or "clean",
    }
    for page in key["pages"].values()
    for place in page["notes"].values()
)  # fmt: skip
shown.pivot_table(index="what", columns="participant", values="session", aggfunc=", ".join)

# %% [markdown]
# ## Mark
#
# Each simulated participant marks a planted error with one probability and a right sentence with another. Real files
# come from the page and have the same layout.


# %%
def simulated(bundle, page, finds, alarms, sure=80):
    """The file that a participant with these rates would send."""
    rng, notes = random.Random(page["reviewer"]), []
    for name, place in page["notes"].items():
        note = key["notes"][place["draft_id"]]
        wrong = {e["sentence"] for e in note["errors"]}
        marks = [
            {**s, "id": f"m{n}", "kind": "invented", "verdict": "unsupported"}
            for n, s in enumerate(note["sentences"])
            if rng.random() < (finds if n in wrong else alarms)
        ]
        missing = [
            {"id": e["id"], "text": e["left_out"], "section": e["section"]}
            for e in note["errors"]
            if e["sentence"] is None and rng.random() < finds
        ]
        notes.append(
            {
                "note": name, "order": place["order"], "closed": "2026-03-02T10:00:00Z",
                "marks": marks, "missing": missing, "confidence": sure,
                "time": {"active_s": rng.gauss(240, 30)},
            }
        )  # fmt: skip
    result = {
        "notebench_review": 1, "kind": "result", "mode": "drill", "bundle": bundle, "salt": "",
        "reviewer": page["reviewer"], "saved": "2026-03-02T11:00:00Z", "notes": notes,
    }  # fmt: skip
    path = folder / f"{page['reviewer']}.json"
    path.write_text(json.dumps(result), "utf-8")
    return path


rates = {"Ann": (0.9, 0.02), "Ben": (0.9, 0.2), "Cem": (0.2, 0.02)}
files = [simulated(bundle, page, *rates[page["reviewer"]]) for bundle, page in key["pages"].items()]
marked = score(files, made.key)
pd.DataFrame(
    {
        name: {m: round(v.estimate, 2) for m, v in values.items()}
        for name, values in marked.by_reviewer.items()
    }
).loc[["found", "false_alarms", "d", "c", "seconds", "brier", "overconfidence"]]

# %% [markdown]
# Ann and Ben have the same chance to notice an error, and Ben marks on suspicion: that lowers d′ and the criterion c.
# Cem marks as little as Ann and finds less: a low d′ with a high c. With six notes the intervals are wide. A drill of
# this length tells who finds next to nothing from who finds nearly all, and no more.

# %%
pd.DataFrame(
    {
        name: {
            "d′": round(v["d"].estimate, 2),
            "from": round(v["d"].low, 2),
            "to": round(v["d"].high, 2),
        }
        for name, v in marked.by_reviewer.items()
    }
).T

# %% [markdown]
# ## By kind of error, and how sure
#
# All participants together. Numbers of errors are small: read them as hints.

# %%
pd.DataFrame(
    {
        "severity": row["name"], "found": f"{row['hits']} of {row['errors']}",
        "from": round(row["found"].low, 2), "to": round(row["found"].high, 2),
    }
    for row in marked.strata("severity")
)  # fmt: skip

# %%
pd.DataFrame(
    {
        "sure by": f"{r['from']:.0%} to {r['to']:.0%}", "notes": r["notes"],
        "nothing serious overlooked": round(r["true"].estimate, 2),
    }
    for r in marked.reliability()
    if r["notes"]
)  # fmt: skip

# %% [markdown]
# ## Reports
#
# One page for the group and one for each participant, with every error and where the session speaks of it, and the
# tables as CSV.

# %%
page = marked.write(folder / "marked")
sorted(p.name for p in page.parent.iterdir())

# %% [markdown]
# ## Does smooth prose hide errors?
#
# An experiment is a drill with conditions. Here every note exists twice with the same error, in smooth and in rough
# prose. The six simulated people find the same share in both, so that the interval should hold 0.

# %%
plan = plan_of("polished-or-rough", {"notes": 4, "clean": 0})
people = [f"P{i}" for i in range(1, 7)]
made = build(plan, folder / "experiment", reviewers=people, seed=4)
key = json.loads(made.key.read_text("utf-8"))
pairs = pd.DataFrame(
    {
        "session": n["session_id"],
        "prose": n["style"],
        "polish": n["polish"],
        "sentence": n["sentences"][0]["text"],
    }
    for n in key["notes"].values()
)
pairs.sort_values(["session", "prose"]).head(6)

# %%
files = [simulated(bundle, page, 0.6, 0.05) for bundle, page in key["pages"].items()]
compared = score(files, made.key, experiment=True).compared
pd.DataFrame(
    {
        "measure": r.measure, compared.first: round(r.first.estimate, 2), compared.last: round(r.last.estimate, 2),
        "difference": round(r.difference.estimate, 2), "from": round(r.difference.low, 2),
        "to": round(r.difference.high, 2), "p": round(r.p, 2),
    }
    for r in compared.rows
)  # fmt: skip
