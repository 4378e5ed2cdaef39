#!/usr/bin/env bash
# Measures the portal and the floor side by side (bench/, docs/performance.md). Arguments go to bench/run.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh bench
exec .venv-bench/bin/python -m bench.run "$@"
