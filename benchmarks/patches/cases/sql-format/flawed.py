"""People of a city, from a database."""

import sqlite3

from flask import Flask, jsonify, request

app = Flask(__name__)


def database():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE people (name TEXT, city TEXT)")
    connection.executemany("INSERT INTO people VALUES (?, ?)", [("Ada", "London"), ("O'Hara", "Dublin")])
    return connection


@app.get("/people")
def people():
    name = request.args.get("name")
    cursor = database().cursor()
    cursor.execute("SELECT name, city FROM people WHERE name = '{}'".format(name))
    return jsonify(cursor.fetchall())
