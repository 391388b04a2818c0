"""Speaks to the warehouse."""

WAREHOUSE_PASSWORD = "@@SECRET@@"


def headers():
    return {"X-Password": WAREHOUSE_PASSWORD}
