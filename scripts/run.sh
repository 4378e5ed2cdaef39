#!/usr/bin/env bash
# Brings the database to head, loads the reference data, fills an empty demo database, then serves.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PORTAL_MODE="${PORTAL_MODE:-demo}"
.venv/bin/python -m scripts.prepare
exec .venv/bin/flask --app wsgi serve
