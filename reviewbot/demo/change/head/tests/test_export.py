"""Tests of searching, exporting, signing in and telling the warehouse."""

import os
import sqlite3
import tempfile
import unittest
from unittest import mock

import flask
import requests

from orders import accounts, db, sync, views

PROGRAM = """#!/bin/sh
echo "$@" > "$ORDERS_EXPORT_LOG"
"""


class ServiceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        flask.current_app.config["DATABASE"] = os.path.join(self.folder, "orders.sqlite")
        vars(flask.g).clear()
        flask.request.args.clear()
        flask.request.form.clear()
        connection = sqlite3.connect(flask.current_app.config["DATABASE"])
        connection.execute("CREATE TABLE orders (number INTEGER, customer TEXT, total INTEGER)")
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", [(1, "Ada", 30), (2, "Grace", 70)])
        connection.commit()
        connection.close()
        self.addCleanup(lambda: db.get_cursor().connection.close())

    def test_orders_of_a_customer_are_found(self):
        flask.request.args["customer"] = "Ada"
        self.assertEqual(views.search(), [{"number": 1, "total": 30}])

    def test_orders_in_a_range_are_found(self):
        flask.request.args.update({"from": "50", "to": "100"})
        self.assertEqual(views.search_range(), [{"number": 2, "total": 70}])

    def test_a_month_is_exported(self):
        log = os.path.join(self.folder, "log")
        program = os.path.join(self.folder, "orders-export")
        with open(program, "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        os.chmod(program, 0o700)
        flask.request.form["month"] = "2026-01"
        path = os.pathsep.join([self.folder, os.environ["PATH"]])
        with mock.patch.dict(os.environ, PATH=path, ORDERS_EXPORT_LOG=log):
            self.assertEqual(views.export(), {"done": True})
        with open(log, encoding="utf-8") as file:
            self.assertEqual(file.read().split(), ["--month", "2026-01", "--to", views.EXPORTS])

    def test_an_export_is_given(self):
        os.mkdir(os.path.join(self.folder, "2026"))
        with open(os.path.join(self.folder, "2026", "january.csv"), "w", encoding="utf-8") as file:
            file.write("1;30\n")
        flask.request.args["folder"] = "2026"
        with mock.patch.object(views, "EXPORTS", self.folder):
            self.assertEqual(views.download("january.csv"), b"1;30\n")

    def test_a_password_fits_its_digest(self):
        salt, digest = accounts.password_digest("correct horse")
        self.assertTrue(accounts.password_matches("correct horse", salt, digest))
        self.assertFalse(accounts.password_matches("wrong horse", salt, digest))

    def test_sessions_have_names_of_their_own(self):
        self.assertEqual(len({accounts.session_id() for _ in range(50)}), 50)

    def test_an_order_is_sent_to_the_warehouse(self):
        sync.send(1)
        url, options = requests.sent[-1]
        self.assertEqual(url, sync.WAREHOUSE)
        self.assertEqual(options["json"], {"number": 1, "total": 30})
        self.assertEqual(options["timeout"], 10)
