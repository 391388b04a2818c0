"""The image's definition: pinned, offline, without rights, and the same for whoever builds it."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTAINERFILE = (ROOT / "pipelines/Containerfile").read_text("utf-8")
INSTALL = (ROOT / "pipelines/image/install.sh").read_text("utf-8")
SCRIPT = (ROOT / "scripts/image.sh").read_text("utf-8")
PAGE = (ROOT / "docs/image.md").read_text("utf-8")
FILES = {"Containerfile": CONTAINERFILE, "install.sh": INSTALL, "image.sh": SCRIPT}
# A host with a dot and a path, with or without a scheme, as registries and mirrors are written.
ADDRESS = re.compile(r"[a-z]+://|\b(?!localhost/)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:io|com|org|net|dev)/|index-url", re.IGNORECASE)  # fmt: skip


def instructions(text):
    """Give a Containerfile's instructions as pairs of word and rest; comments and continuations are gone."""
    lines = "\n".join(line for line in text.split("\n") if not line.startswith("#"))
    joined = lines.replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in joined.split("\n") if line.strip()]


def faults(text):
    """Name what a Containerfile of ours may not do."""
    steps = instructions(text)
    words = [word for word, _ in steps]
    found = [f"{word} {rest}" for word, rest in steps if word in {"ADD", "COPY"}]
    found += [rest for word, rest in steps if word == "FROM" and rest != "${BASE}"]
    found += [rest for word, rest in steps if word == "ARG" and "=" in rest]
    found += [rest for word, rest in steps if word == "RUN" and re.search(r"\b(apt|apt-get|curl|wget|pip)\b", rest)]  # fmt: skip
    users = [rest for word, rest in steps if word == "USER"]
    if not users or users[-1] != "10001:10001":
        found.append("the last USER")
    if words.index("ENTRYPOINT") < max(at for at, word in enumerate(words) if word == "RUN"):
        found.append("a RUN after the ENTRYPOINT")
    return found


def test_everything_comes_from_the_base_and_the_context():
    """No base by default, nothing fetched, nothing that could be another thing tomorrow; and no root at the end."""
    assert faults(CONTAINERFILE) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("FROM ${BASE}", "FROM debian:13"),
        ("ARG BASE\n", "ARG BASE=debian:13\n"),
        ("USER 10001:10001", "USER reviewbot"),
        ("USER 10001:10001", "USER 10001:10001\nUSER 0:0"),
        ("WORKDIR /src", "ADD wheels /wheels"),
        ("RUN echo", "RUN apt-get install git && echo"),
    ],
)
def test_the_check_bites(good, bad):
    """Each forbidden thing is seen when it is there."""
    assert good in CONTAINERFILE
    assert faults(CONTAINERFILE.replace(good, bad, 1))


@pytest.mark.parametrize("name", FILES)
def test_no_address_is_written_down(name):
    """Packages are named, places are the machine's own business."""
    assert ADDRESS.search(FILES[name]) is None


@pytest.mark.parametrize("address", ["https://mirror.corp.example", "docker.io/debian", "ghcr.io/x", "--index-url"])  # fmt: skip
def test_an_address_would_be_seen(address):
    """The pattern finds what it looks for."""
    assert ADDRESS.search(f"FROM {address}")


@pytest.mark.parametrize("name", ["scripts/image.sh", "pipelines/image/install.sh"])
def test_the_scripts_are_shell(name):
    """They parse, and stop at the first failure."""
    done = subprocess.run(["sh", "-n", ROOT / name], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "\nset -eu\n" in FILES[Path(name).name]


def test_wheels_are_verified_and_nothing_is_asked_for_them():
    """Every package by hash, from the context alone; pip itself too, by the lock beside it."""
    flags = {"--isolated", "--no-index", "--require-hashes", "--only-binary"}
    assert flags <= set(re.findall(r"--[a-z-]+", INSTALL))
    assert re.search(r'sha256sum "\$pip".*locks/pip\.txt" \|\| refuse', INSTALL)
    lock = (ROOT / "pipelines/image/pip.txt").read_text("utf-8")
    assert re.fullmatch(r"pip==[\d.]+ \\\n    --hash=sha256:[0-9a-f]{64}\n", lock)
    assert SCRIPT.count("--require-hashes") == SCRIPT.count("pip install") + SCRIPT.count("pip download")


def test_the_script_builds_this_definition_offline():
    """One definition: the script hands it the base, pulls nothing and leaves it no network."""
    build = re.search(r"unshare --net buildah bud (.+?)\n[a-z]", SCRIPT, re.DOTALL)
    assert build is not None
    assert "--pull-never" in build[1]
    assert '-f "$context/Containerfile"' in build[1]
    assert re.search(r'^cp .*"\$here/pipelines/Containerfile" "\$context/"$', SCRIPT, re.MULTILINE)
    assert set(re.findall(r"--build-arg (\w+)=", build[1])) == {rest for word, rest in instructions(CONTAINERFILE) if word == "ARG"}  # fmt: skip


def test_all_name_the_same_packages():
    """What the script installs into a base is what the definition and the page ask of one."""
    packages = re.search(r'^packages="(.+)"$', SCRIPT, re.MULTILINE)
    assert packages is not None
    header = CONTAINERFILE.split("ARG BASE")[0]
    needed = re.search(r"# A base image needs: (.+)\.\n", header)
    assert needed is not None
    assert needed[1].split(", ") == packages[1].split(",")
    assert all(f"`{name}`" in PAGE for name in packages[1].split(","))


def test_all_name_the_same_program_and_folders():
    """The entry point lies where the definition installs it, and is what the script tries at the end."""
    entry = re.search(r'^ENTRYPOINT \["(.+)"\]$', CONTAINERFILE, re.MULTILINE)
    assert entry is not None
    assert f'"$tried" {entry[1]} --version' in SCRIPT
    environment = entry[1].removesuffix("/bin/reviewbot")
    installed = re.findall(r"install\.sh (\S+) (\w+)", CONTAINERFILE)
    assert installed == [
        (f"{environment}/scanners", "scanners"),  # where reviewbot looks for them
        (environment, "runtime"),
        (environment, "reviewbot"),
    ]


def test_byte_code_depends_on_no_date():
    """The builder sets every file's date: byte code that is compared with its source's would be stale at once."""
    for text in (INSTALL, SCRIPT):
        compiled = re.findall(r"compileall (.+)", text)
        assert compiled
        assert all({"-f", "unchecked-hash"} <= set(flags.split()) for flags in compiled)
    # Else what Python imports on the way is left behind with a date in it.
    assert "\nexport PYTHONDONTWRITEBYTECODE=1 " in INSTALL
    assert "python3 -B " in SCRIPT


def test_what_the_build_environment_needs_is_locked():
    """The packages that build the wheel are taken from the development lock, whose entries the script cuts out."""
    names = re.search(r"^locked (.+) >", SCRIPT, re.MULTILINE)
    assert names is not None
    lock = (ROOT / "requirements/dev.txt").read_text("utf-8")
    assert [name for name in names[1].split() if f"\n{name}==" not in lock] == []


def test_make_knows_it():
    """`make image` runs the script."""
    assert re.search(r"^image:\n\t@sh scripts/image\.sh$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)  # fmt: skip
