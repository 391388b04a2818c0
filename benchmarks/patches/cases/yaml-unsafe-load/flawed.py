"""Settings that operators write."""

from yaml import unsafe_load


def load(text):
    """Give the settings."""
    return unsafe_load(text)
