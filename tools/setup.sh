#!/bin/sh
# Prepares this folder. Safe to repeat: what is already done is skipped.
#   tools/setup.sh        the virtual environment, the locked packages, the database, static files and keys
#   tools/setup.sh dev    the virtual environment with what tests and checks need, and no database
# PYTHON=/path/to/python3 chooses another Python. pip's own configuration and variables apply (mirrors, proxies).
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 2; }

find_python() {
    for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    found=$("${PYTHON:-python3}" -V 2>/dev/null || echo "none")
    stop "Shiliu needs Python 3.11 or newer (found: $found). Install one, or name it: make PYTHON=/path/to/python3"
}

make_environment() {
    [ -w . ] || stop "The folder $PWD cannot be written. Give yourself the right to, or copy Shiliu to one that can."
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "$("$python" -V) has no venv module. On Debian: apt-get install python3-venv"
    say "Making the virtual environment .venv ($("$python" -V))"
    "$python" -m venv --clear .venv || stop "The virtual environment could not be made in $PWD/.venv."
    pwd -P >.venv/made-in
}

# Its programs hold the folder's path, so a moved or half-made one is made anew.
has_environment() {
    .venv/bin/python -c 'import pip' 2>/dev/null &&
        { [ ! -f .venv/made-in ] || [ "$(cat .venv/made-in)" = "$(pwd -P)" ]; }
}

# One line that changes with the lock, with pyproject.toml and with the Python.
fingerprint() { { .venv/bin/python -V; cat "$@"; } | cksum; }

is_done() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

install_packages() { # $1 is the name of a lock file in requirements/
    mark=.venv/installed-$1
    now=$(fingerprint "requirements/$1.txt" pyproject.toml)
    ! is_done "$mark" "$now" || return 0
    say "Installing requirements/$1.txt (about a minute, the first time)"
    pip install --require-hashes --requirement "requirements/$1.txt"
    pip install --no-build-isolation --no-deps --editable .
    echo "$now" >"$mark"
}

pip() {
    .venv/bin/python -m pip --quiet --quiet --disable-pip-version-check "$@" ||
        stop "pip could not install the packages; its lines above say why."
}

compile_translations() {
    for source in shiliu/locale*/*/LC_MESSAGES/*.po; do
        [ "${source%.po}.mo" -nt "$source" ] || in_environment tools/translations.py compile
    done
}

in_environment() { .venv/bin/python "$@" || exit; }

# With the embedded database, `shiliu setup` (some seconds) is skipped while nothing that it reads has changed.
prepare_data() {
    data=${SHILIU_DATA:-data}
    mark=$data/prepared
    now=$({ pwd; find shiliu requirements/base.txt -type f ! -path '*/__pycache__/*' -exec cksum {} +; } | sort | cksum)
    if [ -z "${DATABASE_URL:-}" ] && [ -f "$data/shiliu.sqlite3" ] && is_done "$mark" "$now"; then
        return
    fi
    in_environment -m shiliu setup
    if [ -d "$data" ]; then echo "$now" >"$mark"; fi
}

has_environment || make_environment
case ${1:-} in
    dev)
        install_packages dev
        compile_translations
        ;;
    "")
        install_packages base
        compile_translations
        prepare_data
        ;;
    *) stop "tools/setup.sh accepts nothing, or: dev" ;;
esac
