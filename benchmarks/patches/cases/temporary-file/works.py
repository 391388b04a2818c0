import flawed

with open(flawed.kept("one")) as file:
    assert file.read() == "one"
