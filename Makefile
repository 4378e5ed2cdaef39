# Everything a person types. `make help` lists the targets; the work itself stands in scripts/.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check lint format messages lock bench bench-quick setup setup-test

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: setup ## set up, fill an empty database with the demo city, serve on http://127.0.0.1:8000 (PORT= changes it)
	@exec scripts/run.sh

test: setup-test ## set up, then lint, types, unit, integration on SQLite and PostgreSQL, browser journeys
	@exec scripts/test.sh

check: setup-test ## the fast part: lint, types, floors, architecture and unit tests
	@exec scripts/check.sh

lint: setup ## lint, types, floors
	@scripts/lint.sh

format: setup ## let ruff write the code in the house's form
	@.venv/bin/ruff check --fix portal scripts tests migrations bench
	@.venv/bin/ruff format portal scripts tests migrations bench

messages: setup ## collect the sentences of templates and code into translations/
	@.venv/bin/python scripts/messages.py

lock: ## write requirements.lock and bench/requirements.lock anew (needs uv)
	@scripts/lock.sh

bench: ## measure the portal beside a floor, and how it grows to 100,000 filings (docs/performance.md)
	@exec scripts/bench.sh $(BENCH)

bench-quick: ## the same without growth, in three minutes
	@exec scripts/bench.sh --quick $(BENCH)

setup:
	@scripts/setup.sh run

setup-test:
	@scripts/setup.sh test
