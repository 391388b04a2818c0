import inspect
import os
import tempfile

import flawed


def planted(*rest, **named):
    raise AssertionError("a name was chosen before the file was there")


tempfile.mktemp = planted
path = flawed.kept("one")
assert os.stat(path).st_mode & 0o077 == 0, "others may read it"
