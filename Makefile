# The portal's commands; `make help` lists them. Nothing is needed but Python 3.11 or newer.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
BIN := .venv/bin
export PORT ?= 8000

# Without a terminal or with CI=true nothing may ask a question.
export PIP_NO_INPUT := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1

.PHONY: help setup setup-dev run test prove bench check fix messages

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

setup: ## Install what the portal needs to run (again when requirements.txt has changed)
	@$(PYTHON) .ci/install requirements.txt

setup-dev: ## Install what tests and checks need as well
	@$(PYTHON) .ci/install requirements-dev.txt

run: setup ## Start everything and open the portal on PORT (8000)
	@exec $(BIN)/python -m collections_portal.supervisor

test: setup-dev ## Run all tests with servers of their own
	@$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report= --cov-fail-under=0
	@$(BIN)/coverage report --fail-under=90 --format=total > /dev/null
	@$(BIN)/coverage report --fail-under=100 --include='rulebook/*'

prove: setup-dev ## Run the long proofs whole: October on the whole sample, 2,000 messages, every way to stop
	@FULL_PROOF=1 $(BIN)/python -m pytest -n 0 tests/browser/test_october_by_night.py tests/reminders/test_once.py tests/collections_portal/test_make_run.py

bench: setup-dev ## Measure ratios on servers of its own; SUITE=ledger for one of them
	@$(BIN)/python -m bench $(SUITE)

check: setup-dev ## Lint, types, layers, migrations, production settings
	@.ci/check

fix: setup-dev ## Mend what can be mended: format and simple lint
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djlint --reformat --quiet templates || true

messages: setup-dev ## Collect translatable strings into locale/
	@$(BIN)/python -m collections_portal.translations extract
