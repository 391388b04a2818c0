#!/bin/sh
# Set up everything that `make demo` and `make test` need, in the folder given (default .venv).
# Needs: Debian 12 or like it, git, a C compiler, Python 3.11 or newer.
set -eu
venv=${1:-.venv}
here=$(cd "$(dirname "$0")/.." && pwd)

say() { printf 'setup: %s\n' "$*" >&2; }

supported() { "$1" -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; }

# The newest supported Python: RB_PYTHON, then names on PATH, then pyenv's own folder.
newest_python() {
    for candidate in "${RB_PYTHON:-}" python3.13 "$(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13.*/bin/python 2>/dev/null | tail -n 1)" \
        python3.12 "$(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12.*/bin/python 2>/dev/null | tail -n 1)" \
        python3.11 "$(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.11.*/bin/python 2>/dev/null | tail -n 1)" python3; do
        if [ -n "$candidate" ] && supported "$candidate"; then command -v "$candidate"; return 0; fi
    done
    return 1
}

# System packages, where we may install them; else say what is missed and go on.
need=""
command -v git >/dev/null 2>&1 || need="$need git"
command -v bwrap >/dev/null 2>&1 || need="$need bubblewrap"
command -v chromium >/dev/null 2>&1 || need="$need chromium"
command -v openssl >/dev/null 2>&1 || need="$need openssl"
command -v strace >/dev/null 2>&1 || need="$need strace"
newest_python >/dev/null || need="$need python3 python3-venv"
if [ -n "$need" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing$need"
        # shellcheck disable=SC2086
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need; } >"${TMPDIR:-/tmp}/reviewbot-apt.$$" 2>&1 ||
            { tail -n 5 "${TMPDIR:-/tmp}/reviewbot-apt.$$" >&2; say "could not install$need; going on without"; }
    else
        say "missing:$need. Install them as root (apt-get install$need): without bubblewrap a slower sandbox rung is used, without chromium and strace the page and connection tests are skipped"
    fi
fi

python=$(newest_python) || { say "no Python 3.11 to 3.13 with venv found; install python3 and python3-venv, or name one in RB_PYTHON"; exit 1; }
say "using $python ($("$python" -V))"
install() { # environment, pip arguments...
    env_bin=$1/bin; shift
    "$env_bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --only-binary :all: "$@"
}
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
install "$venv" -r "$here/requirements/dev.txt"
install "$venv" --no-deps -r "$here/requirements/testdata.txt"
# reviewbot looks for its scanners beside its own interpreter, in `scanners/`: semgrep pins common packages tightly.
[ -x "$venv/scanners/bin/python" ] || "$python" -m venv "$venv/scanners"
install "$venv/scanners" -r "$here/requirements/scanners.txt"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable "$here"
"$venv/bin/python" -m compileall -q "$venv/lib" "$venv/scanners/lib" "$here/reviewbot" >/dev/null 2>&1 || true
say "ready: $venv"
