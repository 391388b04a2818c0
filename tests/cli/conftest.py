"""Calling the command line in this process."""

import io
from contextlib import redirect_stderr, redirect_stdout

import pytest

from reviewbot.cli.boundary import bounded
from reviewbot.cli.main import cli


@pytest.fixture
def reviewbot():
    """Call the program and give its exit code, stdout and stderr."""

    def call(*arguments):
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = bounded(cli, arguments)
        return code, out.getvalue(), err.getvalue()

    return call
