#!/usr/bin/env bash
# Everything. The lint runs beside the first tests, and they go on when it failed; what it found is said at the end,
# where somebody looks who sees only the last lines.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONDONTWRITEBYTECODE # compiled once, not by each of the processes that tests start
lint_said=$(mktemp)
trap 'rm -rf "$lint_said"' EXIT
scripts/lint.sh >"$lint_said" 2>&1 &
lint_process=$!
# Databases of tests live in memory where there is room: every commit is flushed to disk, and a disk may be slow.
room=$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)
if [ "${room:-0}" -gt 2000000 ]; then
    TMPDIR=$(mktemp -d /dev/shm/portal-tests.XXXXXX)
    chmod 755 "$TMPDIR"
    export TMPDIR
    trap 'rm -rf "$lint_said" "$TMPDIR"' EXIT
fi
.venv/bin/pytest tests -n "${PORTAL_TEST_WORKERS:-3}" --dist worksteal
tests=$?
wait "$lint_process"
lint=$?
if [ "$lint" = 0 ]; then printf 'the lint found nothing\n'; else cat "$lint_said"; fi
[ "$tests" != 0 ] || exit "$lint"
exit "$tests"
