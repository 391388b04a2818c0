"""reviewbot: pull-request review for code that may not leave its network."""

__version__ = "0.1.0"
