"""Tests of what the service did from the beginning."""

import sqlite3
import tempfile
import unittest

import flask

from orders import db, settings, views


class OrdersTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        flask.current_app.config["DATABASE"] = f"{self.folder.name}/orders.sqlite"
        vars(flask.g).clear()
        connection = sqlite3.connect(flask.current_app.config["DATABASE"])
        connection.execute("CREATE TABLE orders (number INTEGER, customer TEXT, total INTEGER)")
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", [(1, "Ada", 30), (2, "Grace", 70)])
        connection.commit()
        connection.close()
        # flask keeps one connection a request, which nobody closes here.
        self.addCleanup(lambda: db.get_cursor().connection.close())

    def test_an_order_is_shown(self):
        self.assertEqual(views.show_order(2), {"number": 2, "customer": "Grace", "total": 70})

    def test_an_order_that_is_not_there(self):
        with self.assertRaises(flask.Aborted):
            views.show_order(9)

    def test_settings_are_read(self):
        with tempfile.NamedTemporaryFile("w+", suffix=".yml") as file:
            file.write("currency: EUR\n")
            file.flush()
            self.assertEqual(settings.load(file.name), {"currency": "EUR"})
