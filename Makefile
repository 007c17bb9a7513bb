# `make demo` and `make test` do all set-up themselves, in .venv inside this folder.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Threads of maths libraries: tests run in parallel processes already.
export OMP_NUM_THREADS ?= 2

.PHONY: help demo test lab notebooks clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info < (3, 14); ok or sys.exit("notebench needs Python 3.11, 3.12 or 3.13; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[local,dev]'
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

clean: ## remove the virtual environment and what was built
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
