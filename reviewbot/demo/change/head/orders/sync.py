"""Sends finished orders to the warehouse."""

import requests

from orders.db import find_order

WAREHOUSE = "https://warehouse.internal.example/api/orders"
WAREHOUSE_TOKEN = "@@TOKEN@@"


def send(number):
    order = find_order(number)
    if order is None:
        raise LookupError(f"no order {number}")
    answer = requests.post(
        WAREHOUSE,
        json={"number": order[0], "total": order[2]},
        headers={"Authorization": f"Bearer {WAREHOUSE_TOKEN}"},
        timeout=10,
        verify=False,
    )
    answer.raise_for_status()
