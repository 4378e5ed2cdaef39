#!/usr/bin/env bash
# Brings a machine to the point where the portal runs (`run`), can be tested (`test`) or measured (`bench`).
# Installs only what is missing; the second call compares a stamp and is done.
# PYTHON=… chooses the interpreter, PORTAL_CHROMIUM=… a browser of your own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

what="${1:-run}"
lock=requirements.lock
venv=.venv
packages=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 tzdata)
if [ "$what" = test ]; then
    packages+=(fonts-noto-cjk postgresql poppler-utils qpdf)
    [ -n "${PORTAL_CHROMIUM:-}" ] || packages+=(chromium-headless-shell)
elif [ "$what" = bench ]; then
    # Portal and floor run on the same libraries, none of which reaches the portal's own environment.
    packages+=(wrk)
    lock=bench/requirements.lock
    venv=.venv-bench
fi

say() { printf '%s\n' "$*" >&2; }

usable() { # an interpreter of version 3.11 or newer that can make a virtual environment
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local name
    if [ -n "${PYTHON:-}" ]; then
        usable "$PYTHON" || { say "PYTHON=$PYTHON is no Python 3.11 or newer with venv"; exit 1; }
        command -v "$PYTHON"
        return
    fi
    for name in python3 python3.13 python3.12 python3.11; do
        if usable "$name"; then command -v "$name"; return; fi
    done
}

stamp_for() { # what the environment was made from
    local made_by
    made_by="$("$venv/bin/python" -c 'import sys; print(sys.version, sys.base_prefix)' 2>/dev/null || true)"
    printf '%s\n' "$made_by" "${PYTHON:-}" "${packages[*]}" "$(cat "$lock")" | sha256sum | cut -d' ' -f1
}

stamp="$venv/.stamp-$what"
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(stamp_for)" ]; then
    exit 0
fi

install_system_packages() {
    local missing=() name sudo=() call
    command -v dpkg >/dev/null || { say "not a Debian system: these packages are needed: ${packages[*]}"; return; }
    for name in "${packages[@]}"; do
        dpkg -s "$name" 2>/dev/null | grep -q '^Status: install ok installed' || missing+=("$name")
    done
    [ -n "$(find_python)" ] || missing+=(python3-venv)
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || sudo=(sudo)
    call=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}")
    say "installing: ${missing[*]}"
    # A machine that has never asked has no package list; one without a network may still have the packages.
    "${sudo[@]}" apt-get update -qq >&2 || say "the package list could not be refreshed; trying with the one at hand"
    if ! "${call[@]}" >&2; then
        say "these packages could not be installed. Please run:"
        say "  ${call[*]}"
        exit 1
    fi
}

install_system_packages
python="$(find_python)"
if [ -z "$python" ]; then
    say "no Python 3.11 or newer was found (Debian 12, Ubuntu 24.04 or newer have one); PYTHON=… names another"
    exit 1
fi

version_of() { "$1" -c 'import sys; print(sys.version, sys.base_prefix)' 2>/dev/null || true; }
if [ "$(version_of "$venv/bin/python")" != "$(version_of "$python")" ]; then
    say "making $venv with $python"
    "$python" -m venv --clear "$venv"
fi
say "installing the libraries of $lock"
# The lock names everything there is to install, so nothing is worked out; compiled on all cores, not on one.
"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --require-hashes --no-deps --no-compile \
    -r "$lock" >&2
"$venv/bin/python" -m compileall -qq -j 0 "$venv/lib" >/dev/null || true # some hold samples that are no Python
stamp_for >"$stamp"
