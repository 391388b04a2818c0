#!/bin/sh
# Run the tests against the built wheel, installed in an environment of its own without the source tree.
# The environment first holds the locked runtime packages alone, and the demo must work in it; only then are
# pytest and the other development packages let in.
set -eu
venv=$(cd "${1:-.venv}" && pwd)
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

cd "$here"
"$venv/bin/python" -m hatchling build -t wheel -d "$work/dist" >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }
"$venv/bin/python" -m venv "$work/env"
"$work/env/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --only-binary :all: \
    -r requirements/runtime.txt
"$work/env/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps "$work"/dist/*.whl

mkdir "$work/run"
cp -r tests pyproject.toml "$work/run/"
cd "$work/run"
# What these check is the source tree itself, the templates, the fakes, or logic that does not hang on where it is
# installed: once is enough. The adapters run from the wheel all the same, in tests/end_to_end.
rm -rf tests/audit tests/change/test_* tests/derivation tests/domain tests/forges/test_* tests/pipelines tests/publish \
    tests/repository tests/store tests/verdict
REVIEWBOT_SCANNERS="$venv/scanners" "$work/env/bin/reviewbot" demo --keep "$work/demo" >"$work/demo.log" ||
    { cat "$work/demo.log" >&2; exit 1; }

echo "$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    >"$("$work/env/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/zz-development.pth"
REVIEWBOT_SCANNERS="$venv/scanners" REVIEWBOT_TEST_WHEEL="$work/env" \
    "$work/env/bin/python" -m pytest -q -n 2 --dist worksteal -p no:cacheprovider ${WHEEL_TESTS:-tests}
