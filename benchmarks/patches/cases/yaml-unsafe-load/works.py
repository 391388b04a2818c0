import flawed

assert flawed.load("a: 1") == {"a": 1}
