"""The dependency watch: what both sides of changed manifests say, and what is made of the difference."""

import json
import time
from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scanning import World

from reviewbot.domain.change import FileClass, Status
from reviewbot.domain.globs import first_match
from reviewbot.domain.policy import Limits, Policy
from reviewbot.errors import UsageError
from reviewbot.policy.packs import load_rules
from reviewbot.scanners.dependencies import KINDS, Pair, example, example_path, findings, results
from reviewbot.scanners.manifest_files import manifest_file
from reviewbot.scanners.package_names import POPULAR, distance, look_alikes
from reviewbot.shipped import folder

DOCUMENTS = {
    path.stem: document
    for path in sorted((folder("rules") / "supply-chain").glob("*.yml"))
    if "dependencies" in (document := yaml.safe_load(path.read_text(encoding="utf-8"))).get("detect", {})
}
RULES = load_rules(Policy(packs=("supply-chain",)), shipped=folder("rules"))


def kinds(rule):
    given = rule["detect"]["dependencies"]
    return [given] if isinstance(given, str) else given


def found(*pairs):
    return [(result.tool_rule, result.first) for result in results([pair(*given) for given in pairs])]


def pair(path, head, base=None):
    return Pair(path, None if base is None else base.encode(), head.encode())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_rules_say_what_they_show(name):
    """The bad manifest is reported under the rule's kind, the mended and the clean one under none at all."""
    rule = DOCUMENTS[name]
    path = example_path(rule["applies_to"])

    def shown(which):
        return {result.tool_rule for result in results([Pair(path, *example(rule[which]))])}

    assert first_match(tuple(rule["applies_to"]), path) is not None
    assert shown("bad") == set(kinds(rule))
    assert shown("good") == set()
    assert shown("clean") == set()


def test_every_kind_has_one_rule():
    """No kind falls through the catalogue, and none has two rules."""
    assert sorted(kind for rule in DOCUMENTS.values() for kind in kinds(rule)) == sorted(KINDS)


def test_examples_come_apart():
    """A line `--- base` parts head and base; without it the file is new; either side may be empty."""
    assert example("a\n--- base\nb\n") == (b"b\n", b"a\n")
    assert example("a\n") == (None, b"a\n")
    assert example("--- base\nb\n") == (b"b\n", b"")
    assert example("a\n--- base\n") == (b"", b"a\n")
    assert example_path(["**/*.txt", "**/yarn.lock"]) == "yarn.lock"
    assert example_path(["**/*.txt"]) == "requirements.txt"


def package(**parts):
    return json.dumps(parts, indent=1)


MANIFESTS = [
    ("requirements.txt", "flask==3\n", "flask==3\nother[x]>=1 ; python_version > '3'  # why\n", 2),
    ("requirements/dev.in", "", "other\n", 1),
    ("dev-requirements.txt", "", "\n-r base.txt\nother \\\n  --hash=sha256:" + "a" * 64 + "\n", 3),
    ("pyproject.toml", "", '[project]\ndependencies = [\n  "flask",\n  "other>=1",\n]\n', 4),
    ("pyproject.toml", "", '[dependency-groups]\ndev = ["other"]\n', 2),
    ("pyproject.toml", "", '[project.optional-dependencies]\nx = ["other"]\n', 2),
    ("pyproject.toml", "", '[tool.poetry.dependencies]\npython = "^3"\nother = "^1"\n', 3),
    ("pyproject.toml", "", '[tool.poetry.group.dev.dependencies]\nother = {version = "1"}\n', 2),
    ("setup.cfg", "", "[options]\ninstall_requires =\n  other>=1\n", 3),
    ("setup.cfg", "", "[options.extras_require]\nx =\n  other\n", 3),
    ("Pipfile", "", '[packages]\nother = "*"\n', 2),
    ("package.json", package(dependencies={"a": "1"}), package(dependencies={"a": "1", "other": "^1"}), 4),
    ("package.json", "{}", package(devDependencies={"@x/other": "^1"}), 3),
    ("go.mod", "module m\n", "module m\nrequire (\n\texample.com/other v1.2.3 // indirect\n)\n", 3),
    ("go.mod", "module m\n", "module m\n\nrequire example.com/other v1.2.3\n", 3),
    ("Cargo.toml", "", '[dependencies]\nother = "1"\n', 2),
    ("Cargo.toml", "", '[target."cfg(unix)".dev-dependencies.other]\nversion = "1"\n', 1),
    ("Gemfile", "", "source 'https://rubygems.org'\ngem 'other', '~> 1'\n", 2),
    (
        "pom.xml",
        "<project></project>",
        "<project>\n<dependency><groupId>x</groupId><artifactId>other</artifactId></dependency></project>",
        2,
    ),
]


@pytest.mark.parametrize(("path", "base", "head", "line"), MANIFESTS)
def test_a_new_package_is_named_on_its_line(path, base, head, line):
    """Each kind of manifest is read, and the line that brings the package is the finding's."""
    new = [where for kind, where in found((path, head, base)) if kind == "new-dependency"]

    assert line in new
    assert found((path, head, head)) == []


@pytest.mark.parametrize(
    ("known", "new", "ecosystem"),
    [
        ("", "reqeusts", "pypi"),
        ("", "request", "pypi"),
        ("", "beautifulsuop4", "pypi"),
        ("", "scikitlearn", "pypi"),
        ("", "lodahs", "npm"),
        ("", "@type/node", "npm"),
        ("", "types-node", "npm"),
        ("", "babel-preset-env", "npm"),
        ("", "crossenv", "npm"),
        ("", "serde-jsom", "cargo"),
        ("corporate-widgets", "corporate-wigdets", "npm"),
        ("widgetry", "widgetrry", "pypi"),
    ],
)
def test_names_that_look_alike(known, new, ecosystem):
    """A slip, a swapped pair, a left-out separator or scope: against popular names and the base's own."""
    assert look_alikes([new], known.split(), ecosystem)


@pytest.mark.parametrize(
    ("known", "new", "ecosystem"),
    [
        ("", "psycopg3", "pypi"),
        ("", "requests", "pypi"),
        ("", "zope-interface", "pypi"),
        ("@types/koa eslint-plugin-vue", "@types/joi", "npm"),
        ("eslint-plugin-vue", "eslint-plugin-vex", "npm"),
        ("", "pg", "npm"),
        ("abc", "abd", "npm"),
        ("left-one", "left-one", "npm"),
        ("", "preact", "npm"),
    ],
)
def test_names_that_are_names_of_their_own(known, new, ecosystem):
    """Short names, later releases, siblings under one prefix and popular names are no look-alikes."""
    assert look_alikes([new], known.split(), ecosystem) == {}


def test_popular_packages_are_not_alike():
    """Adding any popular package is no look-alike of another one."""
    for ecosystem, names in POPULAR.items():
        assert len(names) >= 20
        assert look_alikes(names, (), ecosystem) == {}


@settings(max_examples=200, deadline=None)
@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 3))
def test_distance(one, two, most):
    """The bounded distance is that of the plain recursion, cut off at the bound."""

    def plain(a, b):
        if not a or not b:
            return len(a) + len(b)
        best = min(plain(a[1:], b) + 1, plain(a, b[1:]) + 1, plain(a[1:], b[1:]) + (a[0] != b[0]))
        swapped = len(a) > 1 < len(b) and a[0] == b[1] and a[1] == b[0]
        return min(best, plain(a[2:], b[2:]) + 1) if swapped else best

    assert distance(one[:5], two[:5], most) == min(plain(one[:5], two[:5]), most + 1)


LOCK = {"packages": {"": {"name": "shop"}, "node_modules/a": {"version": "1.0.0", "resolved": "https://registry.npmjs.org/a.tgz", "integrity": "sha512-xxxxxxxxxxxxxxxxxxxx=="}}}  # fmt: skip


def lock(**changed):
    return json.dumps(
        {"packages": {**LOCK["packages"], "node_modules/a": LOCK["packages"]["node_modules/a"] | changed}},
        indent=1,
    )


FOREIGN = [
    ("requirements.txt", "a @ https://files.internal/a.whl\n", "a\n", 1),
    ("requirements.txt", "x\ngit+https://git.internal/a.git@v1#egg=a\n", "x\n", 2),
    ("requirements.txt", "-e git+ssh://git@git.internal/a.git\n", "", 1),
    ("requirements.txt", "--extra-index-url=https://pypi.internal/simple\n", "", 1),
    ("requirements.txt", "--trusted-host pypi.org\n", "", 1),
    ("requirements.txt", "-i http://pypi.org/simple\n", "", 1),
    ("pip.conf", "[global]\nextra-index-url = https://pypi.internal/simple\n", "[global]\n", 2),
    ("pip.conf", "[global]\ntrusted-host = pypi.internal\n", "[global]\n", 2),
    ("pyproject.toml", '[tool.uv]\nindex-url = "https://pypi.internal/"\n', "", 2),
    ("pyproject.toml", '[[tool.uv.index]]\nurl = "https://pypi.internal/"\n', "", 2),
    ("pyproject.toml", '[tool.uv.sources]\na = {git = "https://git.internal/a"}\n', '[project]\ndependencies=["a"]', 2),
    ("pyproject.toml", '[tool.poetry.dependencies]\na = {git = "https://git.internal/a"}\n', "", 2),
    ("pyproject.toml", '[[tool.poetry.source]]\nname = "x"\nurl = "https://pypi.internal/"\n', "", 3),
    ("Pipfile", '[[source]]\nurl = "https://pypi.internal/simple"\n', "", 2),
    ("package.json", package(dependencies={"a": "github:somebody/a"}), package(dependencies={"a": "1"}), 3),
    ("package.json", package(dependencies={"a": "somebody/a"}), package(dependencies={"a": "1"}), 3),
    ("package.json", package(dependencies={"a": "http://x.internal/a.tgz"}), package(dependencies={"a": "1"}), 3),
    (".npmrc", "registry=https://npm.internal/\n", "", 1),
    (".npmrc", "a=b\n@x:registry=https://npm.internal/\n", "a=b\n", 2),
    (".yarnrc.yml", 'npmRegistryServer: "https://npm.internal"\n', "", 1),
    ("go.mod", "replace example.com/a => example.org/evil v1.0.0\n", "", 1),
    ("Cargo.toml", '[dependencies]\na = {git = "https://git.internal/a"}\n', '[dependencies]\na = "1"\n', 2),
    ("Cargo.toml", '[patch.crates-io]\na = {git = "https://git.internal/a"}\n', "", 2),
    ("Gemfile", "gem 'a', github: 'somebody/a'\n", "gem 'a'\n", 1),
    ("Gemfile", "source 'https://gems.internal'\n", "", 1),
    ("pom.xml", "<project>\n<repository><url>http://x.internal/</url></repository></project>", "<project/>", 2),
    ("package-lock.json", lock(resolved="https://npm.internal/a.tgz"), lock(), 8),
    ("package-lock.json", lock(resolved="git+ssh://git@github.com/u/a.git#abc"), lock(), 8),
    ("yarn.lock", 'a@^1:\n  version "1"\n  resolved "https://npm.internal/a.tgz"\n',
     'a@^1:\n  version "1"\n  resolved "https://registry.yarnpkg.com/a.tgz"\n', 3),
    ("pnpm-lock.yaml", "packages:\n\n  a@1.0.0:\n    resolution: {tarball: https://npm.internal/a.tgz}\n",
     "packages:\n\n  a@1.0.0:\n    resolution: {integrity: sha512-x}\n", 4),
    ("uv.lock", '[[package]]\nname = "a"\nversion = "1"\nsource = { git = "https://git.internal/a" }\n',
     '[[package]]\nname = "a"\nversion = "1"\nsource = { registry = "https://pypi.org/simple" }\n', 4),
    ("Cargo.lock", '[[package]]\nname = "a"\nversion = "1"\nsource = "git+https://git.internal/a"\n',
     '[[package]]\nname = "a"\nversion = "1"\n', 4),
    ("Pipfile.lock", '{"_meta": {"sources": [\n{"url": "https://pypi.internal"}]}}', "{}", 2),
]  # fmt: skip


@pytest.mark.parametrize(("path", "head", "base", "line"), FOREIGN)
def test_sources_other_than_the_registry(path, head, base, line):
    """Repositories, plain addresses, other indexes and other hosts are reported, once, and not if they were there."""
    assert [where for kind, where in found((path, head, base)) if kind == "foreign-source"] == [line]
    assert found((path, head, head)) == []


@pytest.mark.parametrize(
    ("path", "head"),
    [
        (
            "requirements.txt",
            "-i https://pypi.org/simple\n./libs/a\n-e ./b\na @ file:///srv/a\n# git+https://x/y\n",
        ),
        (
            "package.json",
            package(dependencies={"a": "workspace:*", "b": "file:../b", "c": "^1 || ^2", "d": "latest"}),
        ),
        (".npmrc", "registry=https://registry.npmjs.org/\n"),
        ("go.mod", "module m\nreplace example.com/a => ../a\n"),
        ("Gemfile", "source 'https://rubygems.org'\n"),
        ("Cargo.toml", '[dependencies]\na = {path = "../a"}\n'),
    ],
)
def test_ordinary_sources(path, head):
    """The registries themselves, local folders and workspaces are no foreign source."""
    assert "foreign-source" not in {kind for kind, _ in found((path, head))}


def test_another_release_of_the_same_repository_is_no_new_source():
    """A new tag is not a new source; another repository of the same host is."""
    base = package(dependencies={"a": "git+https://github.com/u/a.git#v1"})

    assert (
        found(("package.json", package(dependencies={"a": "git+https://github.com/u/a.git#v2"}), base)) == []
    )
    assert found(
        ("package.json", package(dependencies={"a": "git+https://github.com/u/b.git#v1"}), base)
    ) == [("foreign-source", 3)]


def test_a_house_mirror_is_usual_where_a_lock_file_uses_it():
    """Hosts of the base's own entries, and the commonest of a new lock file, are usual."""
    mirror = {
        f"node_modules/p{n}": {"version": "1", "resolved": f"https://npm.corp.internal/p{n}.tgz"}
        for n in range(3)
    }
    one = {"node_modules/q": {"version": "1", "resolved": "https://elsewhere.internal/q.tgz"}}

    assert found(("package-lock.json", json.dumps({"packages": mirror}))) == []
    assert [k for k, _ in found(("package-lock.json", json.dumps({"packages": mirror | one})))] == [
        "foreign-source"
    ]


def test_scripts_that_run_at_an_installation():
    """npm's hooks, a changed one too; setting up git hooks is what `prepare` is for; `cmdclass` in setup.py."""
    base = package(scripts={"postinstall": "node a.js"})

    assert found(("package.json", package(scripts={"postinstall": "node b.js"}), base)) == [
        ("install-script", 3)
    ]
    assert found(("package.json", package(scripts={"preinstall": "x"}))) == [("install-script", 3)]
    assert found(("package.json", package(scripts={"prepare": "husky install"}))) == []
    assert found(("package.json", package(scripts={"prepare": "husky; curl x"}))) == [("install-script", 3)]
    assert found(("package.json", base, base)) == []
    assert found(("setup.py", "setup(\n  cmdclass={'install': X},\n)\n", "setup()\n")) == [
        ("install-script", 2)
    ]
    assert found(("setup.py", "setup(name='cmdclassy')\n")) == []


def test_packages_that_run_scripts():
    """A locked package that begins to run one is reported; one that did before is not."""
    runs = lock(hasInstallScript=True)
    pnpm = "packages:\n\n  /a/1.0.0:\n    resolution: {integrity: sha512-x}\n"

    assert found(("package-lock.json", runs, lock())) == [("install-script-of-package", 9)]
    assert found(("package-lock.json", runs, runs)) == []
    assert found(("pnpm-lock.yaml", pnpm + "    requiresBuild: true\n", pnpm)) == [
        ("install-script-of-package", 5)
    ]


H1, H2 = "sha512-" + "a" * 20, "sha512-" + "b" * 20
HASHES = [
    ("package-lock.json", lock(integrity=H1), lock(integrity=H2)),
    ("package-lock.json", lock(integrity=""), lock(integrity=H2)),
    ("package-lock.json", '{"dependencies": {"a": {"version": "1", "integrity": "sha512-x"}}}',
     '{"dependencies": {"a": {"version": "1", "integrity": "sha512-y"}}}'),
    ("yarn.lock", f'a@^1:\n  version "1"\n  integrity {H1}\n', f'a@^1:\n  version "1"\n  integrity {H2}\n'),
    ("yarn.lock", '"a@npm:^1":\n  version: 1\n  resolution: "a@npm:1"\n  checksum: 10/aa\n',
     '"a@npm:^1":\n  version: 1\n  resolution: "a@npm:1"\n  checksum: 10/bb\n'),
    ("pnpm-lock.yaml", f"packages:\n  '@x/a@1.0.0(b@2)':\n    resolution: {{integrity: {H1}}}\n",
     f"packages:\n  '@x/a@1.0.0(b@2)':\n    resolution: {{integrity: {H2}}}\n"),
    ("poetry.lock", '[[package]]\nname = "a"\nversion = "1"\nfiles = [{hash = "sha256:aa"}]\n',
     '[[package]]\nname = "a"\nversion = "1"\nfiles = [{hash = "sha256:bb"}]\n'),
    ("uv.lock", '[[package]]\nname = "a"\nversion = "1"\nsdist = {hash = "sha256:aa"}\n',
     '[[package]]\nname = "a"\nversion = "1"\nsdist = {hash = "sha256:bb"}\n'),
    ("Cargo.lock", '[[package]]\nname = "a"\nversion = "1"\n', '[[package]]\nname = "a"\nversion = "1"\nchecksum = "b"\n'),
    ("go.sum", "example.com/a v1.0.0 h1:aa=\n", "example.com/a v1.0.0 h1:bb=\n"),
    ("Pipfile.lock", '{"default": {"a": {"version": "==1", "hashes": []}}}',
     '{"default": {"a": {"version": "==1", "hashes": ["sha256:b"]}}}'),
]  # fmt: skip


@pytest.mark.parametrize(("path", "head", "base"), HASHES)
def test_digests_of_a_release_do_not_change(path, head, base):
    """For the same version a digest that is gone or another one is reported; an added one is not."""
    assert {kind for kind, _ in found((path, head, base))} == {"hash-removed"}
    assert found((path, base, base)) == []


def test_digests_that_may_change():
    """A further file of a release, a longer digest, and the digest of another version."""
    assert found(("package-lock.json", lock(integrity=H1), lock(integrity="sha1-abc="))) == []
    assert found(("package-lock.json", lock(integrity="sha1-abc="), lock(integrity=H1))) != []
    more = '[[package]]\nname = "a"\nversion = "1"\nfiles = [{hash = "sha256:aa"}, {hash = "sha256:bb"}]\n'
    less = '[[package]]\nname = "a"\nversion = "1"\nfiles = [{hash = "sha256:aa"}]\n'
    assert found(("poetry.lock", more, less)) == []
    assert (
        found(("package-lock.json", lock(version="2", integrity=H1), lock()), ("package.json", "{}", "{}"))
        == []
    )


def test_a_lock_file_alone():
    """A lock file that installs something else is reported, unless a manifest of its kind changed too."""
    other = lock(version="2.0.0")

    assert found(("package-lock.json", other, lock())) == [("lock-without-manifest", 7)]
    assert found(("package-lock.json", other, lock()), ("web/package.json", "{}", "{}")) == []
    assert found(("package-lock.json", other, lock()), ("requirements.txt", "a\n", "a\n")) != []
    assert found(("package-lock.json", other, lock()), (".npmrc", "a=b\n", "")) != []
    assert found(("package-lock.json", lock(), lock())) == []


def test_a_look_alike_in_a_lock_file_alone():
    """A lock file may name new packages by itself, and then those are compared."""
    head = json.dumps({"packages": {"node_modules/lodahs": {"version": "1"}}}, indent=1)

    assert ("look-alike", 3) in found(("package-lock.json", head, '{"packages": {}}'))
    assert found(("package-lock.json", head, '{"packages": {}}'), ("package.json", "{}", "{}")) == []


BROKEN = {
    "pyproject.toml": "[[[", "setup.cfg": "x\n", "Pipfile": "= 1", "package.json": "{,}", "package-lock.json": "[]",
    "poetry.lock": "a = ", "Cargo.toml": "\0", "Cargo.lock": "[", "pom.xml": "<html>", "Pipfile.lock": "[" * 100_000,
    "uv.lock": "a = " + "[" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("path", BROKEN)
def test_what_cannot_be_read_is_said(path):
    """A malformed manifest, one nested without end too, is a finding and not a silence."""
    assert found((path, BROKEN[path])) == [("unreadable-manifest", 1)]


def test_no_entity_is_expanded():
    """A pom.xml is plain text here: a bomb of entities is just text, and stays quick."""
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "aaaa">' + "".join(f'<!ENTITY a{n} "&a;&a;&a;">' for n in range(99)) + "]>"
    )
    text = (
        f"{bomb}<project><dependency><groupId>x</groupId><artifactId>&a9;</artifactId></dependency></project>"
    )

    assert found(("pom.xml", text, "<project/>")) == [("new-dependency", 1)]


def test_an_unreadable_base_excuses_nothing():
    """Where the base cannot be read, all of the head counts as new."""
    assert found(("package.json", package(dependencies={"other": "1"}), "{")) == [("new-dependency", 3)]


def test_findings_are_of_the_catalogue():
    """In a change the findings have the rule's words, the line's quote and a fingerprint of their own."""
    world = World().add(
        "web/requirements.txt", b"flask\nreqeusts\n", old=b"flask\n", file_class=FileClass.CODE
    )

    (one,) = findings(world.change(), world.blobs.__getitem__, RULES, Policy())

    assert (one.rule, one.span.path, one.span.first) == ("dependency-look-alike", "web/requirements.txt", 2)
    assert (one.quote, one.sources, one.catalogued) == ("reqeusts", ("dependencies",), True)
    assert one.fingerprint


def test_findings_reach_the_report(sandbox):
    """The watch is part of every scan of a change, without being a scanner of the policy."""
    world = World().add("requirements.txt", b"reqeusts\n")

    assert "dependency-look-alike" in [f.rule for f in world.scan([], sandbox, rules=RULES).new]


def test_which_files_are_left_out():
    """Deleted, excluded, linked and merely renamed manifests, and any without a rule, give nothing."""
    policy = Policy(exclude=("third_party/**",))
    world = World()
    world.add("requirements.txt", None, old=b"a\n")
    world.add("third_party/requirements.txt", b"reqeusts\n")
    world.add("link/requirements.txt", b"reqeusts\n", mode="120000")
    world.add(
        "b/requirements.txt",
        b"reqeusts\n",
        old=b"reqeusts\n",
        old_path="a/requirements.txt",
        status=Status.RENAMED,
    )
    world.add("a.py", b"reqeusts\n")

    assert findings(world.change(), world.blobs.__getitem__, RULES, policy) == ()
    none = load_rules(Policy(packs=("iac",)), shipped=folder("rules"))
    assert (
        findings(World().add("requirements.txt", b"reqeusts\n").change(), {}.__getitem__, none, policy) == ()
    )


def test_a_file_that_becomes_a_manifest_is_all_new():
    """Under its old name nobody looked at it, even if no byte of it changes."""
    world = World().add(
        "requirements.txt", b"other\n", old=b"other\n", old_path="notes.txt", status=Status.RENAMED
    )

    assert [f.rule for f in findings(world.change(), world.blobs.__getitem__, RULES, Policy())] == [
        "dependency-added"
    ]


def test_a_link_in_a_manifests_place_is_said():
    """Tools follow it to a file whose name says nothing to us."""
    world = World().add("requirements.txt", b"notes.txt", old=b"flask\n")
    (file,) = world.change().files
    linked = replace(file, new=replace(file.new, mode="120000"))

    assert [
        f.rule
        for f in findings(replace(world.change(), files=(linked,)), world.blobs.__getitem__, RULES, Policy())
    ] == ["dependency-manifest-unreadable"]


@pytest.mark.parametrize(
    "line",
    [
        "-ihttps://a.example/s", "--pre -i https://a.example/s", "--extra https://a.example/s", "--trusted a.example",
        "--no-binary :all: --find=https://a.example/s", "# why\r--index-url https://a.example/s",
        "# why\x0c--index-url https://a.example/s",
    ],
)  # fmt: skip
def test_options_are_read_as_pip_reads_them(line):
    """Joined, shortened, behind others, and behind what ends a comment for pip."""
    assert found(("requirements.txt", f"flask\n{line}\n", "flask\n")) == [("foreign-source", 2)]


@pytest.mark.parametrize(
    "line", ["-r more.txt", "-c limits.txt", "-e .", "--require-hashes", "--prefer-binary"]
)
def test_other_options_are_no_sources(line):
    """They name files beside, or nothing."""
    assert found(("requirements.txt", f"flask\n{line}\n", "flask\n")) == []


@pytest.mark.parametrize(
    "line",
    ["modulex.dev/foo v1.0.0", "golang.example/foo v1.0.0", '"a.example/b" v1.0.0', "`a.example/b` v1.0.0"],
)
def test_modules_are_read_as_go_reads_them(line):
    """A verb is a whole word, and a path may be a string."""
    assert found(("go.mod", f"module a\n\nrequire (\n\t{line}\n)\n", "module a\n")) == [("new-dependency", 4)]


@pytest.mark.parametrize("tag", ["dependency >", "dependency\n>", 'dependency combine.self="override">'])
def test_tags_are_read_as_maven_reads_them(tag):
    """With white space or attributes they are the same tags."""
    head = f"<project>\n<{tag}<artifactId >other</artifactId></dependency ></project>"
    assert [kind for kind, _ in found(("pom.xml", head, "<project></project>"))] == ["new-dependency"]


def test_a_copy_is_all_new():
    """What a copied manifest names is new where it stands."""
    world = World().add(
        "b/requirements.txt", b"other\n\n", old=b"other\n", old_path="requirements.txt", status=Status.COPIED
    )

    assert [f.rule for f in findings(world.change(), world.blobs.__getitem__, RULES, Policy())] == [
        "dependency-added"
    ]


@pytest.mark.parametrize("why", ["large", "unreadable"])
def test_a_manifest_that_is_not_given_out_is_said(why):
    """One over the size limit, or that cannot be read at all, is a finding without a quote."""
    world = World().add("yarn.lock", b"# " + b"x" * 1000)

    def refuse(_):
        raise UsageError("gone")

    policy = Policy(limits=Limits(file_bytes=100)) if why == "large" else Policy()
    (one,) = findings(world.change(), world.blobs.__getitem__ if why == "large" else refuse, RULES, policy)
    assert (one.rule, one.quote) == ("dependency-manifest-unreadable", "")


NAMES = [
    "requirements.txt", "pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "Pipfile.lock", "poetry.lock", "pip.conf",
    "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", ".npmrc", "go.mod", "go.sum", "Cargo.toml",
    "Cargo.lock", "Gemfile", "pom.xml",
]  # fmt: skip
ODD = st.one_of(
    st.binary(max_size=200),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["dependencies", "packages", "node_modules/a", "scripts", "postinstall", "version", "resolved", "default", "hashes", "_meta", "sources"]),
        inner, max_size=4), max_leaves=12).map(lambda value: json.dumps(value).encode()),
    st.lists(st.sampled_from([" ", "a@1:", "  version ", "packages:", "  a@1:", "[[package]]", "name = 1", "gem 'a'", "<dependency>", "\\", "-i", "--hash=", "a @ http://[", "a => b", "http://[::", "replace", "=", "\n", "\r"]), max_size=20).map(lambda parts: "\n".join(parts).encode()),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NAMES), ODD, st.none() | ODD)
def test_no_content_breaks_it(path, head, base):
    """Whatever a manifest holds: known kinds on lines that exist, and the same answer twice."""
    asked = [Pair(path, base, head)]
    given = results(asked)

    assert given == results(asked)
    assert all(result.tool_rule in KINDS and 1 <= result.first <= head.count(b"\n") + 1 for result in given)


@pytest.mark.parametrize(
    "name",
    [*NAMES, "npm-shrinkwrap.json", "uv.lock", "pip.ini", ".yarnrc", "requirements/a.in", "a-constraints.in"],
)
def test_no_manifest_falls_outside_of_the_rules(name):
    """Whatever is read as a manifest is said if it cannot be read, at the top and deep down."""
    patterns = tuple(DOCUMENTS["dependency-manifest-unreadable"]["applies_to"])

    assert manifest_file(name) is not None
    assert first_match(patterns, name) is not None
    assert first_match(patterns, f"a/b/{name}") is not None


def _large(name):
    lines = range(8_000)
    return {
        "requirements.txt": "".join(f"package-{n}==1.0\n" for n in lines),
        "package-lock.json": json.dumps(
            {"packages": {f"node_modules/p{n}": {"version": "1"} for n in lines}}, indent=1
        ),
        "yarn.lock": "".join(f'p{n}@^1:\n  version "1"\n' for n in lines),
        "pnpm-lock.yaml": "packages:\n" + "".join(f"  p{n}@1.0.0:\n    resolution: {{}}\n" for n in lines),
        "pom.xml": "<project>" + "<dependency><artifactId>a</artifactId></dependency>" * 8_000,
        "go.mod": "".join(f"\texample.com/p{n} v1.0.0\n" for n in lines),
        "Gemfile": "".join(f"gem 'p{n}', '" + " " * 20 + "\n" for n in lines),
    }[name]


@pytest.mark.parametrize(
    "name",
    ["requirements.txt", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "pom.xml", "go.mod", "Gemfile"],
)
def test_time_is_linear(name):
    """Twice a large manifest takes about twice the time."""
    whole = _large(name)
    half = whole[: len(whole) // 2]
    assert manifest_file(name) is not None

    def seconds(text):
        began = time.process_time()
        found((name, text, ""))
        return time.process_time() - began

    assert seconds(whole) < 3 * seconds(half) + 1.5
    assert seconds(whole) < 10


_MANY = 12_000
HOSTILE = {
    "a key of many parts": ("pyproject.toml", "a." * 100_000 + "a = 1\n", ""),
    "a table of many parts": ("uv.lock", "[" + "a." * 100_000 + "a]\n", ""),
    "many keys below a long table": ("uv.lock", "[" + "a." * 4_000 + "a]\n" + "".join(f"b{n} = 1\n" for n in range(50_000)), ""),
    "white space before nothing": ("setup.cfg", "[options]\na" + " " * 100_000 + "b\n", ""),
    "lines without a value": ("setup.cfg", "[options]\n" + "abc\n" * 200_000, ""),
    "one name for all": (
        "uv.lock",
        "".join(f'[[package]]\nname = "a"\nversion = "{n}"\nsdist = {{hash = "x{n}"}}\n' for n in range(_MANY)),
        "".join(f'[[package]]\nname = "a"\nversion = "{n}"\nsdist = {{hash = "y{n}"}}\n' for n in range(_MANY)),
    ),
    "tags that never end": ("pom.xml", "<project>" + "<a " * 600_000, ""),
    "tags with much space": ("pom.xml", "<project>" + ("<a" + " " * 500) * 4_000, ""),
    "digests of one version": (
        "go.sum",
        "".join(f"a v1 h1:x{n}\n" for n in range(4 * _MANY)),
        "".join(f"a v1 h1:y{n}\n" for n in range(4 * _MANY)),
    ),
    "digests of one package": ("pnpm-lock.yaml", "packages:\n  a@1:\n" + "".join(f"    integrity: x{n}\n" for n in range(60_000)), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_time_is_linear_whatever_the_author_thinks_of(name):
    """Each took minutes: parsers with quadratic corners, and lists that were walked for each package."""
    began = time.process_time()
    found(HOSTILE[name])
    assert time.process_time() - began < 5
