#!/usr/bin/env bash
# Lint, types and floors. Every tool runs, so that one call shows everything there is to mend; all at once, for most of
# them use one core. What each says is shown in the order below.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
names=()
step() {
    local file="$said/${#names[@]}"
    names+=("$1")
    shift
    { "$@" >"$file" 2>&1; echo $? >"$file.code"; } &
}
step "ruff check" .venv/bin/ruff check portal scripts tests migrations bench wsgi.py
step "ruff format" .venv/bin/ruff format --check portal scripts tests migrations bench wsgi.py
step "mypy" .venv/bin/mypy
step "lint-imports" .venv/bin/lint-imports --no-logo
step "djlint" .venv/bin/djlint --lint --quiet templates
step "messages" .venv/bin/python scripts/messages.py --check
wait
status=0
for number in "${!names[@]}"; do
    if [ "$(cat "$said/$number.code")" = 0 ]; then
        printf 'ok      %s\n' "${names[$number]}"
    else
        printf 'FAILED  %s\n' "${names[$number]}"
        cat "$said/$number"
        status=1
    fi
done
exit "$status"
