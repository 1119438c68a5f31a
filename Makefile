# Guestbook: everything a newcomer needs. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup nightly ui docs test check fix bench clean python-check

# The oldest command that is a supported Python wins; override with PYTHON=/path/to/python3.12
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { command -v $$p; break; }; done)
UV_VERSION := 0.13.9
UV := .tools/bin/uv
BIN := .venv/bin
DEMO := $(CURDIR)/.demo
DEMO_FIRST := 2021-11-21
DEMO_LAST := 2026-11-20
DEMO_CUSTOMERS := 1500
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
export UV_PYTHON_DOWNLOADS := never

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "%-10s %s\n", $$1, $$2}'

python-check:
	@test -n "$(PYTHON)" || { echo "guestbook: no supported Python found ($$(python3 --version 2>&1)); needed: 3.11, 3.12 or 3.13. Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; ok = (3, 11) <= v < (3, 14); ok or sys.stderr.write("guestbook: Python %d.%d is not supported; needed: 3.11, 3.12 or 3.13. Name one: make PYTHON=/path/to/python3.12\n" % v[:2]); sys.exit(not ok)'

$(UV): | python-check
	@echo "setting up: uv $(UV_VERSION)"
	@$(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.locked: pyproject.toml uv.lock | $(UV)
	@echo "setting up: the locked environment (once)"
	@$(UV) sync --frozen --compile-bytecode --quiet --python "$(PYTHON)"
	@touch $@

setup: .venv/.locked ## The locked environment under .venv

$(DEMO)/.simulated: | .venv/.locked
	@$(BIN)/guestbook simulate --home $(DEMO) --customers $(DEMO_CUSTOMERS) --from $(DEMO_FIRST) --to $(DEMO_LAST) --seed 1
	@touch $@

nightly: .venv/.locked $(DEMO)/.simulated ## One night of the demo hotel group under .demo/
	@$(BIN)/guestbook nightly --home $(DEMO) --date $(DEMO_LAST)

ui: .venv/.locked $(DEMO)/.simulated ## The Airflow UI on loopback over the same home
	@$(BIN)/guestbook ui --home $(DEMO)

docs: .venv/.locked $(DEMO)/.simulated ## The documentation of all tables of the demo, one offline page
	@$(BIN)/guestbook docs --home $(DEMO)

test: .venv/.locked ## All tests, the slowest listed
	@$(BIN)/python -m pytest tests/unit tests/dags tests/repo tests/dbt --numprocesses 2 --dist loadfile
	@$(BIN)/python -m pytest tests/end_to_end

check: .venv/.locked ## Lint, format, types; changes nothing
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

fix: .venv/.locked ## Repair what lint and format can repair
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: .venv/.locked ## Benchmarks: ratios against floors and peers, measured in one run
	@$(BIN)/python -m benchmarks

clean: ## Remove the environment, the demo group and caches
	rm -rf .venv .tools .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis dbt_project/target dbt_project/logs
