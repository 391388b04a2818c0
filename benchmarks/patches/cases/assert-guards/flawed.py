"""Pays."""


def pay(user, amount):
    assert user.is_staff, "only staff pay"
    return amount
