# StoryCore's tasks. `make run` and `make test` need nothing but Python 3.11+ and make.
#
#   make run [PORT=8001] [DATA=folder] [ARGS="--no-demo --reset --no-browser"]
#   make test [ARGS="tests/scenarios -k scene"]

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
# The first of these that is new enough; PYTHON=... names another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
# A stamp is newer than the list that was installed last, so pip runs only when a list has changed.
RUN_STAMP := $(VENV)/.installed-requirements
DEV_STAMP := $(VENV)/.installed-requirements-dev

PORT ?=
DATA ?=
ARGS ?=
# Processes that run tests side by side; each has a MongoDB, a Redis and a folder of its own.
JOBS ?= auto

.PHONY: help run test check fix types bench chaos clean

help:
	@echo "make run    StoryCore on this machine   (PORT=8001 DATA=folder ARGS='--no-demo --reset --no-browser')"
	@echo "make test   the test suite              (ARGS='tests/scenarios -k scene'; JOBS=0: one process)"
	@echo "make check  style, types, layers, schema, dependencies, house rules"
	@echo "make chaos  jobs while everything is killed (ARGS='--jobs 300 --seed 1')"
	@echo "make fix    formats, and redraws what is drawn from the code"
	@echo "make types  mypy alone"
	@echo "make bench  the benchmarks              (ARGS=bench_story_logic)"
	@echo "make clean  deletes caches; data and .env stay"

# exec: Ctrl-C and SIGTERM reach the supervisor itself, which stops everything in order.
run: $(RUN_STAMP)
	@exec $(BIN)/python manage.py up $(if $(PORT),--port $(PORT)) $(if $(DATA),--data "$(DATA)") $(ARGS)

test: $(DEV_STAMP)
	$(BIN)/python -m pytest --numprocesses $(JOBS) --maxprocesses 4 $(ARGS)

check: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py export_schema --check
	$(BIN)/deptry .
	$(BIN)/python -m pytest -q tests/house

fix: $(DEV_STAMP)
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	$(BIN)/python manage.py export_schema
	$(BIN)/python -m tests.house.drawing

types: $(DEV_STAMP)
	$(BIN)/mypy

bench: $(DEV_STAMP)
	@missed=; for name in $(or $(ARGS),$(basename $(notdir $(sort $(wildcard benchmarks/bench_*.py))))); do \
		echo "== $$name"; $(BIN)/python -m benchmarks.$$name || missed="$$missed $$name"; done; \
		test -z "$$missed" || { echo "Below their marks:$$missed"; exit 1; }

chaos: $(DEV_STAMP)
	$(BIN)/python -m tests.chaos.runner $(ARGS)

clean:
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "StoryCore needs Python 3.11 or newer. Install it, or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

# The order after | : the environment must be there, but its age says nothing.
$(RUN_STAMP): requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
