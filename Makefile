# Everything a fresh machine needs is Python >= 3.11 with pip and venv, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check lint types layers torture audit reference accept docs format clean bench

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

## The main job on the emulator, with real COG files.
demo: $(VENV)/.installed
	$(BIN)/byocplan demo

## All checks, the same as in CI.
test: lint types layers
	$(BIN)/python -m pytest -q -n 4 --dist worksteal -m "not sweep"

check: test

lint: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.installed
	$(BIN)/mypy
	MYPYPATH=ci/github $(BIN)/mypy ci/github/*.py

layers: $(VENV)/.installed
	$(BIN)/lint-imports

## The slow, wide versions of all tests, by a seed: `make torture SEED=7` does a run again. Figures are printed at the end.
SEED ?= $(shell date +%s)
torture: $(VENV)/.installed
	@echo "seed $(SEED)"
	BYOCPLAN_TORTURE_SEED=$(SEED) $(BIN)/python -m pytest -q -n 2 -m sweep

$(VENV)/.audit: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[audit]'
	touch $@

## Code, workflows and what is installed: bandit, zizmor, and a CycloneDX bill of materials in build/.
audit: $(VENV)/.audit
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml byocplan
	$(BIN)/zizmor --offline --pedantic --no-progress .github action.yml examples/ci-repository
	mkdir -p build
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-file build/sbom.cdx.json $(BIN)/python

## The pages that are made of the code: docs/manifest.md and docs/cli.md.
reference: $(VENV)/.installed
	$(BIN)/python -m docs.generate

## What the commands of pages and the plans of examples print now, put in their places. Look at the difference.
accept: $(VENV)/.installed
	BYOCPLAN_ACCEPT=1 $(BIN)/python -m pytest -q tests/docs/test_console_pages.py tests/examples/test_expected_plans.py || true
	git --no-pager diff --stat docs examples

$(VENV)/.docs: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	touch $@

## The documentation site, in build/site. A warning, a dead link among the pages too, is an error.
docs: $(VENV)/.docs
	$(BIN)/sphinx-build -W --keep-going -n -q -c docs . build/site

## What things cost, beside others: one table, in less than 15 minutes on two idle cores.
bench: $(VENV)/.installed
	$(BIN)/python benchmarks/bench.py

format: $(VENV)/.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache dist build
