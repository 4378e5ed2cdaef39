#!/usr/bin/env bash
# Everything. The tests run even when the lint failed, so that the last line is always pytest's own summary.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/lint.sh
lint=$?
[ "$lint" = 0 ] || printf '\nThe lint failed (above); the tests run all the same, and this run will not pass.\n\n'
.venv/bin/pytest tests -n "${PORTAL_TEST_WORKERS:-2}" --dist loadfile
tests=$?
[ "$tests" != 0 ] || exit "$lint"
exit "$tests"
