"""The change that is reviewed once for the tests of this folder."""

import copy

BASE = b"import hashlib\n\n\ndef kept(x):\n    return hashlib.md5(x).hexdigest()\n"
TOKEN = "glpat" + "-" + "Zx7Tq2" + "Lw9Rk4Vb8" + "Nc3Yd"
FLAWS = f"""import subprocess
import hashlib

TOKEN = "{TOKEN}"


def run(name):
    return subprocess.run('ls ' + name, shell=True)


def digest(x):
    return hashlib.md5(x).hexdigest()
"""


def unpatched(document):
    """The review as it would be if no finding had a patch."""
    copied = copy.deepcopy(document)
    for finding in copied["findings"]:
        finding["patch"] = None
    copied["patches"] = []
    return copied
