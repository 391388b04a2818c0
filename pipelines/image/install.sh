#!/bin/sh
# Runs inside the image, while it is built: install.sh ENVIRONMENT LIST puts the packages of locks/LIST.txt into an
# environment, from wheels/ alone. pip runs out of its own wheel and is not installed.
set -eu
environment=$1 list=$2
context=$(cd "$(dirname "$0")" && pwd)
pip=$(echo "$context"/wheels/pip-*.whl)

refuse() { printf 'install: %s\n' "$*" >&2; exit 1; }
for program in git bwrap python3; do
    command -v "$program" >/dev/null || refuse "the base image lacks $program"
done
grep -q "sha256:$(sha256sum "$pip" | cut -d ' ' -f 1)\$" "$context/locks/pip.txt" || refuse "$pip is not the locked one"

export PYTHONDONTWRITEBYTECODE=1 # what a module leaves when it is imported here would be compared with dates
began=$(mktemp)
[ -x "$environment/bin/python" ] || python3 -m venv --without-pip "$environment"
"$environment/bin/python" "$pip/pip" --isolated install --quiet --disable-pip-version-check --root-user-action ignore \
    --no-cache-dir --no-compile --no-index --find-links "$context/wheels" --only-binary :all: --require-hashes \
    -r "$context/locks/$list.txt" $([ "$list" != reviewbot ] || echo --no-deps)
"$environment/bin/python" "$pip/pip" --isolated check --disable-pip-version-check >/dev/null ||
    refuse "the packages in $environment do not fit each other"
# Without byte code every start is twice as slow. It is not compared with its source, whose date a registry may change.
find "$environment/lib" -name '*.py' -newer "$began" | LC_ALL=C sort |
    "$environment/bin/python" -W ignore -m compileall -q -f --invalidation-mode unchecked-hash -i -
rm "$began"
