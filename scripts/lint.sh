#!/usr/bin/env bash
# Lint, types and floors. Every tool runs, so that one call shows everything there is to mend.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
status=0
step() {
    local name="$1" output
    shift
    if output="$("$@" 2>&1)"; then
        printf 'ok      %s\n' "$name"
    else
        printf 'FAILED  %s\n%s\n' "$name" "$output"
        status=1
    fi
}
step "ruff check" .venv/bin/ruff check portal scripts tests migrations bench wsgi.py
step "ruff format" .venv/bin/ruff format --check portal scripts tests migrations bench wsgi.py
step "mypy" .venv/bin/mypy
step "lint-imports" .venv/bin/lint-imports --no-logo
step "djlint" .venv/bin/djlint --lint --quiet templates
step "bandit" .venv/bin/bandit --quiet --configfile pyproject.toml --recursive portal scripts
step "messages" .venv/bin/python scripts/messages.py --check
exit "$status"
