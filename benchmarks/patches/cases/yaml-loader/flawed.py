"""Settings that operators write."""

import yaml


def load(text):
    return yaml.load(text, Loader=yaml.Loader)
