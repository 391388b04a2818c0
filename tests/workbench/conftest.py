"""Packs in temporary folders, and the scanners of this machine."""

from contextlib import ExitStack

import pytest
from rule_texts import Bench, write_pack


@pytest.fixture(scope="module")
def bench():
    with ExitStack() as stack:
        yield Bench(stack)


@pytest.fixture
def shelf_of(tmp_path, bench):
    """Write a pack and open it: `shelf_of({"a-rule": rule("a-rule")})`."""

    def made(files, *, name="corp"):
        return bench.open(write_pack(tmp_path, files, name=name))

    return made
