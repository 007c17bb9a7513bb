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
# # A report
#
# `notebench report RUN` writes one HTML file that opens offline, with its figures and tables beside it. The
# same from Python:

# %%
import notebench as nb

run = nb.run(
    {
        "name": "notebook-report",
        "seed": 7,
        "workflows": ["organise"],
        "sessions": {"n": 8},
        "drafters": [{"name": "reference"}, {"name": "extractive"}, {"name": "saboteur"}],
    }
)
page = run.report()
page.relative_to(run.path)

# %%
sorted(str(p.relative_to(page.parent)) for p in page.parent.rglob("*") if p.is_file())

# %% [markdown]
# Open the page in a browser. One of its figures:

# %%
from IPython.display import SVG, display

figure = sorted((page.parent / "figures").glob("*.svg"))[0]
display(SVG(filename=str(figure)))

# %% [markdown]
# Its tables are CSV files, for a spreadsheet or a paper; the last column of each says what the numbers hang
# on:

# %%
import pandas as pd

for table in sorted((page.parent / "tables").glob("*.csv"))[:2]:
    print(table.name)
    display(pd.read_csv(table).drop(columns="signature").head(10))

# %% [markdown]
# ## For whom
#
# `run.report(audience="owner")` puts what a practice owner can act on first; `"trainer"` starts from the most
# instructive wrong sentences.

# %%
run.report(audience="owner").relative_to(run.path)
