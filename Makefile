# `make demo` and `make test` do all set-up themselves, in .venv inside this folder.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# What is installed with it. Tests of entailment models also need nli (about 1 GB, more with CUDA).
EXTRAS ?= local,dev
# Threads of maths libraries: tests run in parallel processes already.
export OMP_NUM_THREADS ?= 2

# Folder of the labelled data that validation needs; it is not part of this repository.
DATA ?= ../shared
# Folders of TN-Eval (with AnnoMI's CSV) and ACI-Bench, as published, for those who have them.
TN_EVAL ?=
ACI_BENCH ?=

.PHONY: help demo test lab notebooks corpus validation clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info < (3, 14); ok or sys.exit("notebench needs Python 3.11, 3.12 or 3.13; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

demo: $(STAMP) ## set up, fetch the embedded models once, run the main job, write a report
	$(BIN)/notebench demo

test: $(STAMP) ## set up, fetch the smallest embedded model once, run every test
	$(BIN)/notebench models pull smollm2-135m-instruct
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2

lab: $(STAMP) ## set up and open JupyterLab on the notebooks
	@# JupyterLab asks its makers for news and updates; nothing here calls home.
	@$(BIN)/jupyter labextension disable "@jupyterlab/apputils-extension:announcements" >/dev/null 2>&1
	$(BIN)/jupyter lab --notebook-dir=notebooks

notebooks: $(STAMP) ## bring each notebook in line with its py:percent file
	$(BIN)/jupytext --quiet --to ipynb notebooks/*.py
	$(BIN)/nbstripout notebooks/*.ipynb

corpus: $(STAMP) ## make data/synthetic again from its seed
	$(BIN)/python benchmarks/synthetic_corpus.py

validation: $(STAMP) ## measure the local verifier and the sessions, into docs/validation.md
	@test -d $(DATA)/challenge || { echo "no labelled data in $(DATA)/challenge; name its folder: make validation DATA=..."; exit 2; }
	$(BIN)/python benchmarks/validation_page.py --data $(DATA) $(if $(TN_EVAL),--tn-eval $(TN_EVAL)) $(if $(ACI_BENCH),--aci-bench $(ACI_BENCH)) --write docs/validation.md
	$(BIN)/python benchmarks/session_realism.py --real challenge $(DATA)/challenge --real primock57 $(DATA)/data --planted 120 --stream 10000 --write docs/validation.md

clean: ## remove the virtual environment and what was built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
