"""Repositories to work on; see `change_workshop`."""

import pytest
from change_workshop import Workshop


@pytest.fixture
def workshop(tmp_path):
    """An empty repository with a work tree, on branch main."""
    return Workshop(tmp_path / "repo")


@pytest.fixture
def bare(tmp_path):
    """An empty bare repository."""
    return Workshop(tmp_path / "bare.git", bare=True)


@pytest.fixture
def checked_out(workshop):
    """A repository whose branch feature is checked out, one commit ahead of main."""
    base = workshop.commit("main", {"app.py": b"import os\n", "readme.md": b"hello\n"})
    workshop.commit(
        "feature", {"app.py": b"import os\nos.abort()\n", "readme.md": b"hello\n"}, parents=[base]
    )
    workshop.git("checkout", "-q", "feature")
    return workshop
