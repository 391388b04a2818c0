import flawed

flawed.keep("key", b"abc")
assert open("key", "rb").read() == b"abc"
