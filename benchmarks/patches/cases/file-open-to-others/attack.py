import os

import flawed

flawed.keep("key", b"abc")
assert os.stat("key").st_mode & 0o002 == 0, "everybody may write it"
