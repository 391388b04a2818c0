"""As much of yaml as the tests need: lines of `name: value`."""


class Loader:
    pass


def safe_load(file):
    return dict(line.strip().split(": ", 1) for line in file if line.strip())


def load(file, Loader):
    return safe_load(file)
