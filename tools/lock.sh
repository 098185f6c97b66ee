#!/bin/sh
# Pins every package, with hashes and no host, into requirements/base.txt and requirements/dev.txt.
# Present pins are kept as far as pyproject.toml allows; `tools/lock.sh --upgrade` takes the newest.
set -eu
cd "$(dirname "$0")/.."

# uv does not read pip's configuration, but a mirror that is named there is meant for it as well.
mirror=${PIP_INDEX_URL:-$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)}
[ -z "$mirror" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$mirror}"

compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header pyproject.toml "$@"
}

compile "$@" --output-file requirements/base.txt
# The constraint makes both agree: what is tested is what runs.
compile "$@" --extra dev --constraint requirements/base.txt --output-file requirements/dev.txt
