#!/usr/bin/env bash
# Everything. The lint runs beside the first tests, and they go on when it failed: the last line is pytest's own summary.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONDONTWRITEBYTECODE # compiled once, not by each of the processes that tests start
{
    scripts/lint.sh || { printf '\nThe lint failed (above); the tests run all the same, and this run will not pass.\n\n'; false; }
} &
lint_process=$!
# Databases of tests live in memory where there is room: every commit is flushed to disk, and a disk may be slow.
room=$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)
if [ "${room:-0}" -gt 2000000 ]; then
    TMPDIR=$(mktemp -d /dev/shm/portal-tests.XXXXXX)
    chmod 755 "$TMPDIR"
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
fi
.venv/bin/pytest tests -n "${PORTAL_TEST_WORKERS:-3}" --dist worksteal
tests=$?
wait "$lint_process"
lint=$?
[ "$tests" != 0 ] || exit "$lint"
exit "$tests"
