#!/usr/bin/env bash
# Writes requirements.lock from pyproject.toml: exact versions and hashes, for every platform, and no address.
# The bench has a lock of its own, with the portal's versions wherever both need a library.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v uv >/dev/null || { printf 'uv is needed to write the lock\n' >&2; exit 1; }

write_lock() { # write_lock FILE ARGUMENT…
    local file="$1"
    shift
    uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
        --python-version 3.11 "$@" --output-file "$file" pyproject.toml >/dev/null
    if grep -nE '[a-z]+://' "$file"; then
        printf 'an address stands in %s\n' "$file" >&2
        exit 1
    fi
}

write_lock requirements.lock --extra test --extra lint
write_lock bench/requirements.lock --extra bench --constraint requirements.lock
