import io
import os
import tarfile

import flawed

with tarfile.open("b.tar", "w") as tar:
    entry = tarfile.TarInfo("../outside.txt")
    entry.size = 1
    tar.addfile(entry, io.BytesIO(b"x"))
os.makedirs("out", exist_ok=True)
# What Python 3.14 does by itself, older ones do not.
tarfile.TarFile.extraction_filter = staticmethod(tarfile.fully_trusted_filter)
try:
    flawed.unpack("b.tar", "out")
except tarfile.TarError:
    pass
assert not os.path.exists("outside.txt"), "a member was written outside of the folder"
