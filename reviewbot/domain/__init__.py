"""Frozen values and pure functions on them. No I/O, no library, nothing of ours but this package."""
