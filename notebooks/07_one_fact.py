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
# # One fact, from the ledger to the note
#
# Every number that notebench reports goes back to facts. This notebook follows a single one: where it was
# said, corrected and said back, how the clinician jotted it down, how the notes put it, what a wrong note
# would say, and what a verifier makes of both.

# %%
import pandas as pd

import notebench as nb
from notebench.drafters import Task, make

pd.set_option("display.max_colwidth", 200)
sessions = nb.sessions(n=12, seed=7, problem="insomnia")

# %% [markdown]
# A fact that was corrected in the same breath, and that a note must hold. Whoever listens with half an ear
# writes down the first number.

# %%
session, fact = next(
    (session, fact)
    for session in sessions
    for fact in session.facts
    if fact.attributes.get("corrected")
    and fact.disclosure in ("must", "should")
    and any(fact.id in (note.conveys or []) for note in session.references)
)
pd.Series(
    fact.model_dump(
        include={"id", "kind", "statement", "disclosure", "evidence", "seen_in", "attributes"}
    )
)

# %% [markdown]
# ## In the talk
#
# The turns that convey it: the client's words, and where the clinician says them back.

# %%
turns = session.turns()
for number in fact.evidence:
    print(f"{number:3d} {turns[number].speaker}: {turns[number].text}\n")

# %% [markdown]
# ## In the clinician's notes
#
# The shorthand of that hour, and the sentence of each reference note that holds the fact.

# %%
print(session.rough_notes)

# %%
from notebench.text import content_words, split_sentences
from notebench.text.numbers import numbers

value = fact.attributes.get("value")
beginnings = {word[:4] for word in content_words(fact.statement)}
for note in session.references:
    for section in note.sections:
        for sentence in split_sentences(section.text):
            same_number = any(value in n.values for n in numbers(sentence.text))
            alike = beginnings & {word[:4] for word in content_words(sentence.text)}
            if same_number and len(alike) > 1:
                print(f"{note.format} {section.name}: {sentence.text}")

# %% [markdown]
# ## Told wrong
#
# The saboteur puts a known error into the clinician's note: here another number, in a sentence that is
# otherwise as it was.

# %%
task = Task(session=session, workflow="polish", format="SOAP")
wrong = make("saboteur", {"types": ["wrong_value"], "errors": 1}).draft(task)
pd.DataFrame(wrong.provenance["planted"])[["section", "error_type", "severity", "before", "after"]]

# %% [markdown]
# ## Judged
#
# The clinician's note and the wrong one, sentence by sentence, by the local verifier. It is not always right:
# how often is measured in `docs/validation.md`.

# %%
true = make("reference").draft(task)
checked = nb.check([session], [true, wrong])
checked.findings.query("kind == 'claim'")[["draft_id", "verdict", "p_unfaithful", "text", "reason"]]
