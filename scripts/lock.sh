#!/usr/bin/env bash
# Writes requirements.lock from pyproject.toml: exact versions and hashes, for every platform, and no address.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v uv >/dev/null || { printf 'uv is needed to write the lock\n' >&2; exit 1; }
uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
    --python-version 3.11 --extra test --extra lint --output-file requirements.lock pyproject.toml >/dev/null
if grep -nE '[a-z]+://' requirements.lock; then
    printf 'an address stands in requirements.lock\n' >&2
    exit 1
fi
