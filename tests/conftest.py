"""Options and fixtures of the whole suite."""

import os
from pathlib import Path

import pytest

# The tests may themselves run in a pipeline; what they start must not take it for its own.
for _name in [*os.environ]:
    if _name in {"GITLAB_CI", "GITHUB_ACTIONS", "TF_BUILD"}:
        del os.environ[_name]

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser):
    """`--update-golden` stores what people see anew, for a person to read the difference."""
    parser.addoption("--update-golden", action="store_true", help="store golden files anew")


@pytest.fixture
def golden(request):
    """Compare a text with a stored one."""

    def check(name, text):
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert text == path.read_text("utf-8"), (
            f"{name} differs; run with --update-golden and read the difference"
        )

    return check
