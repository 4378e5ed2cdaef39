#!/usr/bin/env bash
# The fast part: lint beside architecture and unit tests.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONDONTWRITEBYTECODE # compiled once, not by each of the processes that tests start
said=$(mktemp)
trap 'rm -f "$said"' EXIT
scripts/lint.sh >"$said" 2>&1 &
.venv/bin/pytest -q -n 2 --dist worksteal tests/architecture tests/unit
tests=$?
wait $!
lint=$?
if [ "$lint" = 0 ] && [ "$tests" = 0 ]; then
    printf 'the lint found nothing\n'
    exit 0
fi
cat "$said"
exit 1
