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
# # Your own transcript and notes
#
# notebench also judges notes from elsewhere. A session needs an id and a transcript (or rough notes); a note
# needs to say which session it is about. Nothing leaves this machine.
#
# Use role-played or synthetic sessions, or data that you are allowed to use in this way.

# %%
import notebench as nb

session = nb.Session(
    session_id="mine-1",
    transcript=[
        {"turn": 1, "speaker": "clinician", "text": "How did the breathing exercise go this week?"},
        {"turn": 2, "speaker": "client", "text": "I did it three, no, four times. It helped me fall asleep."},
        {"turn": 3, "speaker": "clinician", "text": "And the sertraline, still at fifty?"},
        {"turn": 4, "speaker": "client", "text": "Yes, fifty. My sister takes a hundred, but I'm on fifty."},
        {"turn": 5, "speaker": "clinician", "text": "Any panic attacks since we met?"},
        {"turn": 6, "speaker": "client", "text": "No, none at all."},
        {"turn": 7, "speaker": "clinician", "text": "Good. Let's keep the breathing, every evening, and meet in two weeks."},
    ],
)  # fmt: skip
session

# %% [markdown]
# A note that somebody's product wrote. It may come in sections, or as one text with headings.

# %%
note = nb.Draft(
    draft_id="vendor-1",
    session_id="mine-1",
    drafter="import:vendor",
    format="SOAP",
    text="""Subjective: Client practised the breathing exercise four times and found it helped with sleep.
Client takes sertraline 100 mg. Client denies suicidal ideation.
Objective: Client maintained good eye contact.
Assessment: No panic attacks since the last session.
Plan: Continue breathing exercise every evening. Return in two weeks.""",
)
note

# %%
checked = nb.check([session], [note])
checked.draft("vendor-1")

# %% [markdown]
# Sentence by sentence, with the reasons:

# %%
import pandas as pd

pd.set_option("display.max_colwidth", 200)
checked.findings.query("kind == 'claim'")[
    ["section", "text", "verdict", "error_type", "evidence", "reason"]
].fillna("")

# %% [markdown]
# There is no fact ledger for this session, so what the note leaves out can't be measured. It is not counted
# as 0: there is simply no row for it.

# %%
sorted(checked.tallies.metric.unique())

# %%
"omission" in set(checked.tallies.metric)

# %% [markdown]
# ## With facts
#
# Add the facts that matter, and omission can be measured.

# %%
with_facts = session.model_copy(
    update={
        "facts": [
            nb.Fact(id="F1", kind="medication", statement="The client takes sertraline 50 mg.", disclosure="must", evidence=[3, 4]),
            nb.Fact(id="F2", kind="symptom", statement="The client had no panic attacks since the last session.", disclosure="must", evidence=[5, 6]),
            nb.Fact(id="F3", kind="homework", statement="The client will do the breathing exercise every evening.", disclosure="must", evidence=[7]),
        ]
    }
)  # fmt: skip
checked = nb.check([with_facts], [note])
checked.findings.query("kind == 'fact'")[["fact_id", "verdict", "p_omitted"]]

# %% [markdown]
# ## From files
#
# The same on the command line, with the records of docs/records.md in two files:
#
#     notebench check --sessions sessions.jsonl --drafts drafts.jsonl --out findings.jsonl
