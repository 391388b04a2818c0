import io
import os
import tarfile

import flawed

with tarfile.open("a.tar", "w") as tar:
    entry = tarfile.TarInfo("one.txt")
    entry.size = 3
    tar.addfile(entry, io.BytesIO(b"one"))
flawed.unpack("a.tar", "out")
assert open("out/one.txt", "rb").read() == b"one"
