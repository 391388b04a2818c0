import os

import flawed

try:
    flawed.load("!!python/object/apply:os.mkdir ['made']")
except Exception:
    pass
assert not os.path.exists("made"), "the document ran code"
