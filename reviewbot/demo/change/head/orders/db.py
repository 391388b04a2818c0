"""Access to the orders database."""

import sqlite3

from flask import current_app, g


def get_cursor():
    """Give a cursor of this request's connection."""
    if "connection" not in g:
        g.connection = sqlite3.connect(current_app.config["DATABASE"])
    return g.connection.cursor()


def find_order(number):
    """Give one order by its number. Values are always passed as parameters."""
    cursor = get_cursor()
    cursor.execute("SELECT number, customer, total FROM orders WHERE number = ?", (number,))
    return cursor.fetchone()
