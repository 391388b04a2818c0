"""Statements whose values look like parameters and are none, and calls with no place for them."""

import pytest
from python_mending import mended, refused

SQLITE = "import sqlite3\ndb = sqlite3.connect('x')\ndef f(name, given):\n>   db.execute({})\n"
DJANGO = "from django.db import models\ndef f(name):\n>   User.objects.raw({})\n"


@pytest.mark.parametrize("value", [
    'name or "NULL"', 'str(name or "null")', '"NULL" if name is None else name', 'given.get("b", "NULL")', 'given.pop("b", "now()")',
])  # fmt: skip
def test_a_word_of_sql_is_no_value(value):
    """As a parameter it would be the text of four letters."""
    assert "word of SQL" in refused(
        "sql-parameters", SQLITE.format(f'"SELECT * FROM t WHERE a = " + ({value})')
    )


def test_a_key_may_be_called_like_a_word_of_sql():
    """It is the value behind it that is put in."""
    after = mended(
        "sql-parameters", SQLITE.format('"SELECT * FROM t WHERE a = " + given.get("default", "x")')
    )

    assert '("SELECT * FROM t WHERE a = ?", (given.get("default", "x"),))' in after


def test_what_repr_quotes_is_not_quoted_twice():
    """The quotes that it puts round the value would become part of it."""
    assert "given a form" in refused(
        "sql-parameters", SQLITE.format('"SELECT * FROM t WHERE a = %s" % repr(name)')
    )


def test_parameters_do_not_take_the_place_of_another_argument():
    """`translations` stands where parameters may stand too."""
    assert refused(
        "sql-parameters", DJANGO.format('"SELECT * FROM u WHERE a = \'" + name + "\'", translations=t')
    )
