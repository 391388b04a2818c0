"""Settings, read from a file that operators edit."""

import yaml


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.Loader)
