import flawed

assert flawed.signature(b"a") == flawed.signature(b"a") != flawed.signature(b"b")
int(flawed.signature(b"a"), 16)
