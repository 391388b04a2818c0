"""One-time codes."""

from random import randint


def one_time_password():
    password = randint(100000, 999999)
    return str(password)
