"""`--output FORMAT=PATH`: parsed and checked before the work, written whole or not at all."""

import click
import pytest

from reviewbot.cli.outputs import FORMATS, Output, OutputType


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_understood(tmp_path, name):
    """FORMAT=PATH gives the two; a path may hold an equals sign."""
    path = tmp_path / "a=b"
    assert OutputType().convert(f"{name}={path}", None, None) == Output(name, path)


@pytest.mark.parametrize("value", ["", "json", "json=", "=x", "pdf=x", "x"])
def test_anything_else_names_the_formats(value):
    """A value that is not FORMAT=PATH is answered with the formats there are."""
    with pytest.raises(click.BadParameter, match="html, json, markdown, sarif"):
        OutputType().convert(value, None, None)


def test_a_folder_that_is_not_there(tmp_path):
    """The sentence says what to do about it."""
    with pytest.raises(click.BadParameter, match="does not exist; make it first"):
        OutputType().convert(f"json={tmp_path}/nowhere/x.json", None, None)


def test_a_path_that_is_a_folder(tmp_path):
    """A folder cannot be replaced by a file."""
    with pytest.raises(click.BadParameter, match="is a folder"):
        OutputType().convert(f"json={tmp_path}", None, None)
