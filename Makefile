# Targets for development; `make` lists them.
# Requires python3, make and git. The first target that needs more creates .venv.

PYTHON ?= python3
WORKERS ?= auto
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest -q -n $(WORKERS)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test lint check slow golden format bench docs dist clean

help: ## list the targets
	@$(PYTHON) -c 'import re, sys; [print(f"  make {name:8}{text}") for name, text in re.findall(r"(?m)^(\w+):.*?## (.+)", open(sys.argv[1]).read())]' Makefile

demo: .venv/test.stamp ## generate the manifests of examples/quickstart
	@$(BIN)/python scripts/demo.py

test: .venv/test.stamp ## run the tests
	@$(PYTEST)

lint: .venv/dev.stamp ## check formatting, style, types and imports
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo

check: lint ## lint, and run the tests with coverage and 2,000 examples per property
	@HYPOTHESIS_PROFILE=check $(PYTEST) --cov

slow: .venv/test.stamp ## run the property tests with 50,000 examples each (an hour or more)
	@HYPOTHESIS_PROFILE=slow $(PYTEST) -m "hypothesis or slow"

golden: .venv/test.stamp ## update the expected output of cases, examples and documentation
	@$(PYTEST) -n 0 --golden tests/test_cases.py tests/test_examples.py tests/test_server.py tests/test_docs.py

format: .venv/dev.stamp ## format the code and apply the fixes of ruff
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

bench: .venv/test.stamp ## measure speed and memory, and update docs/benchmark.md
	@$(BIN)/python bench/bench.py

docs: .venv/test.stamp ## update the generated parts of docs/ and check links
	@$(BIN)/python scripts/docs.py

dist: .venv/dev.stamp ## build sdist and wheel, and test the wheel
	@$(BIN)/python scripts/dist.py

clean: ## remove all build files and .venv
	@$(PYTHON) -c 'import shutil, sys; [shutil.rmtree(name, ignore_errors=True) for name in sys.argv[1:]]' .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# An interrupted or failed venv leaves no .venv/bin/python, so the next run creates it again.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit(f"kustz-tpl needs Python 3.11 or newer, python3 is {sys.version.split()[0]}; run make PYTHON=<path of a newer one>")'
	@echo "Creating .venv; this takes a minute"
	@$(PYTHON) -m venv --clear .venv

.venv/test.stamp: pyproject.toml | $(BIN)/python
	@$(PIP) install --editable '.[test]'
	@: > $@

.venv/dev.stamp: pyproject.toml | $(BIN)/python
	@$(PIP) install --editable '.[dev]'
	@: > .venv/test.stamp
	@: > $@
