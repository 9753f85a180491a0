# A developer's front door: `make` alone lists the targets.
# Needs python3, make and git; the first target that needs more sets up .venv by itself.

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

demo: .venv/test.stamp ## turn the first example into manifests and build them with kubectl
	@$(BIN)/python scripts/demo.py

test: .venv/test.stamp ## run the tests, 100 examples a property
	@$(PYTEST)

lint: .venv/dev.stamp ## check format, style, types and the import contract
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo

check: lint ## lint, then the tests with 2,000 examples a property, and what they cover
	@HYPOTHESIS_PROFILE=check $(PYTEST) --cov

slow: .venv/test.stamp ## the property tests alone, 50,000 examples each (an hour or more)
	@HYPOTHESIS_PROFILE=slow $(PYTEST) -m "hypothesis or slow"

golden: .venv/test.stamp ## rewrite what cases, examples and documents expect, to review in the diff
	@$(PYTEST) -n 0 --golden tests/test_cases.py tests/test_examples.py tests/test_docs.py

format: .venv/dev.stamp ## format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

bench: .venv/test.stamp ## measure speed and memory, and write docs/benchmark.md
	@$(BIN)/python bench/bench.py

docs: .venv/test.stamp ## rewrite the generated parts of docs/ and check every link
	@$(BIN)/python scripts/docs.py

dist: .venv/dev.stamp ## build sdist and wheel, and render an example from the wheel alone
	@$(BIN)/python scripts/dist.py

clean: ## remove everything that make made, .venv too
	@$(PYTHON) -c 'import shutil, sys; [shutil.rmtree(name, ignore_errors=True) for name in sys.argv[1:]]' .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# An interrupted or failed venv leaves no .venv/bin/python behind, so the next run makes it anew.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit(f"kustz-tpl needs Python 3.11 or newer, python3 is {sys.version.split()[0]}; write make PYTHON=<path of a newer one>")'
	@echo "Setting up .venv; the first time takes a minute"
	@$(PYTHON) -m venv --clear .venv

.venv/test.stamp: pyproject.toml | $(BIN)/python
	@$(PIP) install --editable '.[test]'
	@: > $@

.venv/dev.stamp: pyproject.toml | $(BIN)/python
	@$(PIP) install --editable '.[dev]'
	@: > .venv/test.stamp
	@: > $@
