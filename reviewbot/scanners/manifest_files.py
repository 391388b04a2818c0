"""Which file is which manifest, by its name; what hides behind a name that is not one is no business of ours."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from reviewbot.domain.secret_text import decode
from reviewbot.scanners import manifests_json as js
from reviewbot.scanners import manifests_python as py
from reviewbot.scanners import manifests_text as other
from reviewbot.scanners.manifests import Manifest, UnreadableError

_NAMES: dict[str, Callable[[str], Manifest]] = {
    "pyproject.toml": py.pyproject,
    "setup.cfg": py.setup_cfg,
    "setup.py": py.setup_py,
    "Pipfile": py.pipfile,
    "Pipfile.lock": py.pipfile_lock,
    "poetry.lock": py.toml_lock,
    "uv.lock": py.toml_lock,
    "pdm.lock": py.toml_lock,
    "pip.conf": py.pip_conf,
    "pip.ini": py.pip_conf,
    "package.json": js.package_json,
    "package-lock.json": js.package_lock,
    "npm-shrinkwrap.json": js.package_lock,
    "yarn.lock": js.yarn_lock,
    "pnpm-lock.yaml": js.pnpm_lock,
    ".npmrc": js.npmrc,
    ".yarnrc": js.npmrc,
    ".yarnrc.yml": js.npmrc,
    "go.mod": other.go_mod,
    "go.sum": other.go_sum,
    "Cargo.toml": other.cargo_toml,
    "Cargo.lock": other.cargo_lock,
    "Gemfile": other.gemfile,
    "pom.xml": other.pom_xml,
}
_REQUIREMENTS = re.compile(r"(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|in)")
_IN_FOLDER = re.compile(r"(?:.*/)?(?:requirements|constraints)/[^/]+\.(?:txt|in)")
_SETTINGS = frozenset({"pip.conf", "pip.ini", ".npmrc", ".yarnrc", ".yarnrc.yml", "setup.py"})


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """How one file is read. `settings` name no packages, only where they come from or what runs."""

    parse: Callable[[str], Manifest]
    settings: bool = False

    def read(self, content: bytes) -> Manifest:
        """Read one version of the file. Raises `UnreadableError`."""
        return self.parse(decode(content).removeprefix("\ufeff"))


def manifest_file(path: str) -> ManifestFile | None:
    """Say how the file at this path is read, or that it is no manifest."""
    name = path.rpartition("/")[2]
    if name in _NAMES:
        return ManifestFile(_NAMES[name], name in _SETTINGS)
    if _REQUIREMENTS.fullmatch(name) or _IN_FOLDER.fullmatch(path):
        return ManifestFile(py.requirements)
    return None


__all__ = ["ManifestFile", "UnreadableError", "manifest_file"]
