"""Patch files beside a review: whole, private, and only this run's."""

import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

from report_reviews import full, read

from reviewbot.cli.outputs import write_patches
from reviewbot.errors import UsageError
from reviewbot.report.patch_files import patch_files


def test_patches_lie_beside_the_review(tmp_path):
    """Each file is there, readable by its owner alone; those of a former run are gone, other files are not."""
    place = tmp_path / "patches"
    place.mkdir()
    (place / "old.patch").write_text("x")
    (place / "notes.txt").write_text("x")
    write_patches(full(), tmp_path, read)
    expected = patch_files(full(), read)
    assert {file.name for file in place.iterdir()} == {*expected, "notes.txt"}
    for name, content in expected.items():
        assert (place / name).read_bytes() == content
        assert stat.S_IMODE((place / name).stat().st_mode) == 0o600


def test_without_patches_there_is_no_folder(tmp_path):
    """A review without any leaves nothing behind."""
    write_patches(replace(full(), patches=()), tmp_path, read)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_said(tmp_path):
    """A file in the way is named, as a sentence."""
    (tmp_path / "patches").write_text("x")
    with pytest.raises(UsageError, match="the patches could not be written to"):
        write_patches(full(), tmp_path, read)
