"""Keeps a page for a while."""

import tempfile


def kept(page):
    path = tempfile.mktemp()
    with open(path, "w") as file:
        file.write(page)
    return path
