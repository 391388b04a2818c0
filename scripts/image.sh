#!/bin/sh
# Build the image of pipelines/Containerfile from Debian packages and Python wheels alone: no image registry is asked.
# Needs root on Debian 12 or newer. docs/image.md says more. By variable:
#   RB_IMAGE        its name                                              [localhost/reviewbot:VERSION]
#   RB_BASE         an image that is here already, instead of a new Debian base
#   RB_APT_SOURCES  a sources.list for that Debian                        [this machine's own mirrors]
#   RB_CONTEXT      a folder: it is filled for another builder, and nothing is built
#   RB_PYTHON       a Python 3.11 or newer with venv, for downloading     [python3]
set -eu
umask 022
here=$(cd "$(dirname "$0")/.." && pwd)
packages="python3,git,bubblewrap,ca-certificates,passwd"
suite=trixie
python=${RB_PYTHON:-python3}

say() { printf 'image: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
quietly() { # what for, command...
    for_what=$1; shift
    "$@" >"$work/log" 2>&1 || { tail -n 15 "$work/log" >&2; fail "$for_what failed"; }
}
in_image() { container=$1; shift; buildah run --isolation chroot "$container" -- "$@"; }

[ "$(id -u)" = 0 ] || fail "needs root: the base is made of Debian packages, owned by root"

# What is missed is installed where it can be, else named.
need=""
command -v buildah >/dev/null || need="$need buildah"
[ -n "${RB_BASE:-}" ] || command -v mmdebstrap >/dev/null || need="$need mmdebstrap"
[ -n "${RB_BASE:-}" ] || [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || need="$need debian-archive-keyring"
"$python" -c 'import ensurepip' >/dev/null 2>&1 || need="$need python3 python3-venv"
work=$(mktemp -d "${TMPDIR:-/tmp}/reviewbot-image.XXXXXX")
chmod 755 "$work"
containers="" made_base=""
clean() {
    for container in $containers; do buildah rm "$container" >/dev/null 2>&1 || true; done
    [ -z "$made_base" ] || buildah rmi "$made_base" >/dev/null 2>&1 || true
    rm -rf --one-file-system "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM
if [ -n "$need" ]; then
    command -v apt-get >/dev/null || fail "missing:$need. There is no apt-get here to install them with"
    say "installing$need"
    quietly "updating the lists of packages" apt-get update -q
    # shellcheck disable=SC2086
    quietly "installing$need" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends $need
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "$python is older than 3.11; name a newer one in RB_PYTHON"

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/pyproject.toml" | head -n 1)
revision=$(git -C "$here" describe --always --abbrev=40 --dirty --exclude '*' 2>/dev/null || echo unknown)
image=${RB_IMAGE:-localhost/reviewbot:$version}
# The date of every file in the image and of all that the wheel holds: that of the commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || stat -c %Y "$here/pyproject.toml")}
export SOURCE_DATE_EPOCH

# The mirrors that this machine itself installs from, with the codename changed; nothing if it is no Debian.
sources() {
    if [ -n "${RB_APT_SOURCES:-}" ]; then cat "$RB_APT_SOURCES"; return; fi
    codename=$(. /etc/os-release; [ "${ID:-}" != debian ] || echo "${VERSION_CODENAME:-}")
    [ -n "$codename" ] || return 0
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u |
        sed -n "s#^\([^ ]*\) $codename\(-updates\|-security\|\) main\$#deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] \1 $suite\2 main#p"
}

debian() { # folder
    set -- "$1" --variant=essential --include="$packages" --aptopt='APT::Install-Recommends "false"'
    for left_out in doc man locale info lintian; do set -- "$@" --dpkgopt="path-exclude=/usr/share/$left_out/*"; done
    set -- "$@" --dpkgopt='path-include=/usr/share/doc/*/copyright'
    # Proxies and the like, as this machine's own apt has them.
    apt-config dump 2>/dev/null | grep '^Acquire::https\{0,1\}::' >"$work/apt.conf" || true
    [ ! -s "$work/apt.conf" ] || set -- "$@" --aptopt="$work/apt.conf"
    root=$1; shift
    sources >"$work/sources.list"
    if [ -s "$work/sources.list" ]; then set -- "$@" "$suite" "$root" "$work/sources.list"; else set -- "$@" "$suite" "$root"; fi
    quietly "making the base" mmdebstrap "$@"
    # No mirror, log, device, or program that gains rights; byte code that does not depend on the dates of files.
    rm -rf "$root"/etc/apt "$root"/var/lib/apt "$root"/var/cache/* "$root"/var/log/* "$root"/etc/resolv.conf "$root"/etc/hostname
    find "$root" -xdev -type f -perm /6000 -exec chmod a-s {} +
    find "$root" -xdev \( -type b -o -type c \) -delete # engines bring their own, and may not make any without root
    find "$root/usr" -name __pycache__ -prune -exec rm -r {} +
    chroot "$root" env -i PATH=/usr/bin:/bin python3 -B -W ignore -m compileall -q -f --invalidation-mode unchecked-hash \
        /usr/lib/python3 "/usr/lib/$(basename "$(readlink "$root/usr/bin/python3")")"
}

base=${RB_BASE:-}
if [ -z "$base" ]; then
    say "making a base of Debian $suite: $packages"
    debian "$work/root"
    base=localhost/reviewbot-base:$version
    made_base=$base
    made=$(buildah from scratch)
    containers=$made
    quietly "storing the base" buildah add "$made" "$work/root" /
    quietly "storing the base" buildah config --cmd '["/bin/sh"]' "$made"
    quietly "storing the base" buildah commit --rm --identity-label=false --timestamp "$SOURCE_DATE_EPOCH" "$made" "$base"
    rm -rf --one-file-system "$work/root"
fi
probe=$(buildah from --pull-never "$base") || fail "there is no image $base on this machine; pull it first"
containers=$probe
# What wheels fit: the base's Python, machine and C library.
target=$(in_image "$probe" python3 -c '
import platform, sys
print("%d.%d" % sys.version_info[:2], platform.machine(), (platform.libc_ver()[1] or "2.0").split(".")[1])')
buildah rm "$probe" >/dev/null

say "building and downloading wheels ($target)"
context=${RB_CONTEXT:-$work/context}
mkdir -p "$context/wheels" "$context/locks"
locked() { # names: their entries in the lock of the development packages
    for name in "$@"; do sed -n "/^$name==/,/[^\\\\]\$/p" "$here/requirements/dev.txt"; done
}
quietly "making an environment" "$python" -m venv "$work/env"
pip() { quietly "pip $1" "$work/env/bin/python" -m pip "$@"; }
locked hatchling packaging pathspec pluggy tomlkit trove-classifiers >"$work/build.txt"
pip install --quiet --disable-pip-version-check --no-input --require-hashes --only-binary :all: -r "$work/build.txt"
(cd "$here" && quietly "building the wheel" "$work/env/bin/python" -m hatchling build -t wheel -d "$context/wheels")
printf 'reviewbot==%s --hash=sha256:%s\n' "$version" "$(sha256sum "$context"/wheels/reviewbot-*.whl | cut -d ' ' -f 1)" \
    >"$context/locks/reviewbot.txt"
cp "$here/pipelines/image/pip.txt" "$here/requirements/runtime.txt" "$here/requirements/scanners.txt" "$context/locks/"
cp "$here/pipelines/image/install.sh" "$here/pipelines/Containerfile" "$context/"

# shellcheck disable=SC2086
set -- $target
python_version=$1 machine=$2 glibc=$3
set -- --python-version "$python_version" --implementation cp --abi "cp$(echo "$python_version" | tr -d .)" --abi abi3 --abi none
while [ "$glibc" -ge 5 ]; do set -- "$@" --platform "manylinux_2_${glibc}_$machine"; glibc=$((glibc - 1)); done
for old in manylinux2014 manylinux2010 manylinux1 linux; do set -- "$@" --platform "${old}_$machine"; done
for list in pip runtime scanners; do
    pip download --quiet --disable-pip-version-check --no-input --no-deps --require-hashes --only-binary :all: "$@" \
        -r "$context/locks/$list.txt" -d "$context/wheels"
done

[ -z "${RB_CONTEXT:-}" ] || { say "ready: $context, for --build-arg VERSION=$version --build-arg REVISION=$revision"; exit 0; }

say "building $image, without a network"
before=$(buildah images -q --no-trunc "$image" 2>/dev/null || true)
quietly "building the image" unshare --net buildah bud --pull-never --isolation chroot --layers --no-cache --format oci \
    --timestamp "$SOURCE_DATE_EPOCH" --identity-label=false --build-arg BASE="$base" --build-arg VERSION="$version" \
    --build-arg REVISION="$revision" -t "$image" -f "$context/Containerfile" "$context"
after=$(buildah images -q --no-trunc "$image")
[ -z "$before" ] || [ "$before" = "$after" ] || buildah rmi "$before" >/dev/null 2>&1 || true

tried=$(buildah from --pull-never "$image")
containers=$tried
said=$(in_image "$tried" /opt/reviewbot/bin/reviewbot --version) || fail "the image is there, but reviewbot does not start in it"
say "ready: $image ($said, $(buildah images --format '{{.Size}}' "$image")), $after"
