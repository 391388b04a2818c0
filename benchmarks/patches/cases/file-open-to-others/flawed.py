"""Keeps a key."""

import os


def keep(path, key):
    with open(path, "wb") as file:
        file.write(key)
    os.chmod(path, 0o777)
