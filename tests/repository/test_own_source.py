"""What our own source may never contain, read from its syntax trees."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for path in (ROOT / "reviewbot").rglob("*.py") if "demo/change" not in path.as_posix())
BOUNDARY = ROOT / "reviewbot/cli/boundary.py"


def calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def dotted(node):
    return ast.unparse(node.func)


FORBIDDEN_CALLS = {
    "eval",
    "exec",
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "yaml.load",
    "yaml.unsafe_load",
    "pickle.loads",
}
FORBIDDEN_NAMES = {"CERT_NONE", "_create_unverified_context", "monkeypatch"}


def offences(source):
    """Name what in a source file must not be there."""
    tree = ast.parse(source)
    found = [dotted(call) for call in calls(tree) if dotted(call) in FORBIDDEN_CALLS]
    for call in calls(tree):
        words = {keyword.arg: keyword.value for keyword in call.keywords}
        for name, bad in (
            ("shell", True),
            ("verify", False),
            ("follow_redirects", True),
            ("trust_env", True),
        ):
            value = words.get(name)
            if isinstance(value, ast.Constant) and value.value is bad:
                found.append(f"{name}={bad}")
        # str.splitlines splits where git does not; only `\n` ends a line.
        if isinstance(call.func, ast.Attribute) and call.func.attr == "splitlines":
            found.append("splitlines")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return [*found, *sorted(names & FORBIDDEN_NAMES)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_shell_no_eval_no_unverified_connection(path):
    """Nothing in the package can start a shell, evaluate text, skip TLS, follow a redirect or split lines wrongly."""
    assert offences(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "bad",
    ["subprocess.run(x, shell=True)", "eval(x)", "httpx.Client(verify=False)", "text.splitlines()", "ssl.CERT_NONE",
     "httpx.get(u, follow_redirects=True)", "yaml.load(x, Loader=L)"],
)  # fmt: skip
def test_the_check_bites(bad):
    """Each forbidden thing is seen when it is there."""
    assert offences(bad)


def test_except_exception_stands_at_the_boundary_only():
    """Everywhere else an error that nobody foresaw must come through."""
    broad = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        if path != BOUNDARY
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        # Cleaning up and letting the error through is no swallowing.
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
    ]
    assert broad == []


def test_nothing_is_left_unfinished():
    """No marker of unfinished work, and no type ignored without its code and reason."""
    for path in SOURCES:
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
            assert not re.search(r"# *(TODO|FIXME|XXX)\b|NotImplementedError|pragma: no cover", line), (
                f"{path}:{number}"
            )
            if "type: ignore" in line:
                assert re.search(r"type: ignore\[[\w,-]+\]  # \w", line), (
                    f"{path}:{number} needs a code and a reason"
                )
            if "# noqa" in line:
                assert re.search(r"# noqa: [A-Z0-9, ]+ ?(\(|- )\S", line), (
                    f"{path}:{number} needs a code and a reason"
                )


def test_tests_never_patch_our_code():
    """Tests swap transports and folders, not our functions."""
    # Put together here so that this file does not find itself.
    patch = re.compile(
        "mock" + r"\.patch|" + "Magic" + r"Mock|monkey" + r"patch\.setattr\((?!sys,|\"tempfile\.|sdk_)"
    )
    found = [path for path in (ROOT / "tests").rglob("*.py") if patch.search(path.read_text("utf-8"))]
    assert found == []


def test_no_address_of_a_registry_or_machine_is_committed():
    """Locks and configuration name packages, not places."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.split(b"\0")
    place = re.compile(
        rb"index-url|find-links [^-]|/(work|root|home/[a-z]+)/|https?://[^ ]*/simple/|files\.pythonhosted"
    )
    lock = [
        name
        for name in tracked
        if name.startswith(b"requirements/") or name.endswith((b".toml", b".yml", b".cfg"))
    ]
    assert [name for name in lock if place.search((ROOT / name.decode()).read_bytes())] == []


def test_every_package_in_the_lock_has_hashes():
    """A package that pip cannot verify does not get in."""
    for lock in (ROOT / "requirements").glob("*.txt"):
        entries = re.split(r"\n(?=[a-z0-9])", lock.read_text("utf-8"))
        assert all("--hash=sha256:" in entry for entry in entries), lock.name
