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
# What hangs on where it is installed is the command line, the files that come with the program, and the processes that it
# starts from itself: the whole way from end to end, the sandbox and the worker of retrieval. The rest is logic, or checks
# the source tree itself: once is enough.
for folder in tests/*; do
    case $folder in
    tests/cli | tests/end_to_end | tests/retrieval | tests/sandbox | tests/golden | tests/servers | tests/forges | tests/workbench) ;;
    *) [ ! -d "$folder" ] || rm -rf "$folder" ;;
    esac
done
rm -rf tests/forges/test_* tests/workbench/test_* tests/sandbox/test_sandbox_limits.py tests/sandbox/test_sandbox_container.py
rm -rf tests/end_to_end/test_end_to_end_hostile.py tests/end_to_end/test_end_to_end_model.py tests/end_to_end/test_end_to_end_bad_input.py \
    tests/end_to_end/test_end_to_end_patches.py tests/end_to_end/test_end_to_end_model_patches.py tests/cli/test_cli_fix*.py tests/cli/test_cli_outputs_patches.py
REVIEWBOT_SCANNERS="$venv/scanners" "$work/env/bin/reviewbot" demo --keep "$work/demo" >"$work/demo.log" ||
    { cat "$work/demo.log" >&2; exit 1; }

echo "$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    >"$("$work/env/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/zz-development.pth"
REVIEWBOT_SCANNERS="$venv/scanners" REVIEWBOT_TEST_WHEEL="$work/env" \
    "$work/env/bin/python" -m pytest -q -n 2 --dist worksteal -p no:cacheprovider ${WHEEL_TESTS:-tests}
